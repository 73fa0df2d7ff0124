"""What a checked request would give: how many rows, how large, and the first of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from exports import summaries
from exports.admin.create_budget import TooSlow, at_most
from exports.admin.create_cells import Cell, cells_of, headers_of
from exports.admin.create_command import command_of
from exports.answers import decide_mode
from exports.formats import FORMATS
from exports.formats.base import Document, Field, Format, Kind, Row
from exports.models import Mode
from exports.permissions import User
from exports.plans import Plan
from exports.resources import label_of
from exports.sources.orm import read_some
from exports.writing import Author, describe

SHOWN_ROWS = 10
MEASURED_ROWS = 100  # enough that a compressed file's size can be told from them
NO_ID = UUID(int=0)  # as long as the export's own will be
SECONDS = 2.0  # for the rows, and again for the count


@dataclass(frozen=True, kw_only=True)
class Preview:
    noun: str  # "tickets"
    sentence: str  # "" when there is neither filter nor limit
    columns: int
    format: str
    command: str
    count: int | None = None  # None: not counted in time
    bytes: int | None = None
    is_exact: bool = False  # the size, since every row was measured
    is_at_once: bool = False  # made while the person waits
    is_fast: bool = False  # goes into the lane for small ones
    headers: Sequence[tuple[str, bool]] = ()
    rows: Sequence[Sequence[Cell]] | None = None  # None: not read in time


def preview_of(plan: Plan, user: User, *, fast_rows: int) -> Preview:
    sample, count = _read(plan), _count(plan)
    is_narrowed = bool(plan.filters) or plan.limit is not None
    document = describe(plan, Author(user=user, export_id=NO_ID), rows=len(sample or ()))
    headers = headers_of(plan.format.name, document)
    shown = (sample or [])[:SHOWN_ROWS]
    cells = cells_of(plan.format.name, document, plan.options, shown)
    return Preview(
        noun=label_of(plan.resource).lower(),
        sentence=summaries.sentence(plan) if is_narrowed else "",
        columns=len(plan.columns),
        format=plan.format.label,
        command=command_of(plan),
        count=count,
        bytes=None if sample is None or count is None else _size(plan, document, sample, count),
        is_exact=not plan.parts
        and sample is not None
        and count is not None
        and count <= len(sample),
        is_at_once=count is not None and decide_mode(count) is Mode.IMMEDIATE,
        is_fast=count is not None and count <= fast_rows,
        headers=headers,
        rows=None if sample is None else cells,
    )


def _read(plan: Plan) -> list[tuple[object, ...]] | None:
    try:
        with at_most(SECONDS, using=plan.rows.db):
            return read_some(plan, MEASURED_ROWS)
    except TooSlow:
        return None


def _count(plan: Plan) -> int | None:
    try:
        with at_most(SECONDS, using=plan.rows.db):
            main = plan.parts[0] if plan.parts else plan
            return main.count()
    except TooSlow:
        return None


def _size(plan: Plan, document: Document, sample: Sequence[Row], count: int) -> int:
    """The measured size of the sample; for more rows, its rows' share times their number."""
    full = _written(plan.format, document, sample, plan.options)
    if count <= len(sample):
        return full
    columns = tuple((field.name, field.header, field.kind) for field in document.fields)
    empty = _empty_size(plan.format.name, columns, tuple(sorted(plan.options.items())))
    return empty + (full - empty) * count // max(1, len(sample))


@lru_cache(maxsize=256)
def _empty_size(
    name: str, columns: tuple[tuple[str, str, Kind], ...], options: tuple[tuple[str, Any], ...]
) -> int:
    """What a file weighs before its first row; kept, since a workbook takes a tenth of a second."""
    fields = tuple(Field(name=n, header=header, kind=kind) for n, header, kind in columns)
    document = Document(title="", fields=fields, total_rows=0, time_zone=ZoneInfo("UTC"))
    return _written(FORMATS[name], document, [], dict(options))


def _written(
    file_format: Format, document: Document, rows: Sequence[Row], options: Mapping[str, object]
) -> int:
    stream = BytesIO()
    writer = file_format.open(stream, document, options)
    if rows:
        writer.write(rows)
    writer.close()
    return stream.tell()
