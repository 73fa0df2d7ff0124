"""What a checked request would give: how many rows, how large, and the first of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from exports import summaries
from exports.admin.create_budget import TooSlow, at_most
from exports.admin.create_cells import Cell, cells_of, headers_of
from exports.admin.create_command import command_of
from exports.answers import decide_mode
from exports.estimates import MEASURED_ROWS, estimate_bytes
from exports.formats.json import JSON
from exports.formats.zip import ZIP
from exports.forms import others_of
from exports.models import Mode
from exports.permissions import User
from exports.plans import ExportRequest, Plan
from exports.resources import label_of, noun_of
from exports.sources.orm import read_some
from exports.writing import Author, describe

SHOWN_ROWS = 10
NO_ID = UUID(int=0)  # as long as the export's own will be
SECONDS = 2.0  # for the rows, and again for the count


@dataclass(frozen=True, kw_only=True)
class Preview:
    noun: str  # "tickets"
    sentence: str  # "" when there is neither filter nor limit
    columns: int
    format: str
    command: str
    count: int | None = None  # of these rows; None: not counted in time
    counts: Sequence[tuple[str, int]] = ()  # what the file holds, by part, if there are several
    total: int | None = None  # of all parts
    keeps_names: bool = False  # headings were chosen, but the format has none
    bytes: int | None = None
    is_exact: bool = False  # the size, since every row was measured
    is_at_once: bool = False  # made without a worker
    is_fast: bool = False  # goes into the lane for small ones
    headers: Sequence[tuple[str, bool]] = ()
    rows: Sequence[Sequence[Cell]] | None = None  # None: not read in time


def preview_of(
    plan: Plan, user: User, asked: ExportRequest, *, in_background: bool = False
) -> Preview:
    sample, counts = _read(plan), _count(plan)
    count, total = (None, None) if counts is None else (counts[0][1], sum(n for _l, n in counts))
    is_narrowed = bool(plan.filters) or plan.limit is not None
    document = describe(plan, Author(user=user, export_id=NO_ID), rows=len(sample or ()))
    inner = _inner_format(plan)
    shown = (sample or [])[:SHOWN_ROWS]
    mode = None if total is None else decide_mode(total, in_background=in_background)
    return Preview(
        noun=noun_of(plan.resource),
        sentence=summaries.sentence(plan) if is_narrowed else "",
        columns=len(plan.columns),
        format=plan.format.label,
        command=command_of(plan, asked),
        count=count,
        counts=counts if counts and len(counts) > 1 else (),
        total=total,
        # What else goes in is not measured, so nothing is said then.
        bytes=None
        if sample is None or count is None or others_of(asked)
        else estimate_bytes(plan, document, sample, count),
        is_exact=not plan.parts
        and sample is not None
        and count is not None
        and count <= len(sample),
        is_at_once=mode in (Mode.IMMEDIATE, Mode.STREAM),
        is_fast=total is not None and total <= settings.EXPORT_FAST_ROWS,
        keeps_names=bool(plan.headers) and inner == JSON.name,
        headers=headers_of(inner, document),
        rows=None if sample is None else cells_of(inner, document, plan.options, shown),
    )


def _inner_format(plan: Plan) -> str:
    """What the rows are written in: an archive's own cells are those of the file in it."""
    return str(plan.options["part_format"]) if plan.format is ZIP else plan.format.name


def _read(plan: Plan) -> list[tuple[object, ...]] | None:
    try:
        with at_most(SECONDS, using=plan.rows.db):
            return read_some(plan, MEASURED_ROWS)
    except TooSlow:
        return None


def _count(plan: Plan) -> list[tuple[str, int]] | None:
    """How many rows of what the file will hold; the chosen rows come first."""
    try:
        with at_most(SECONDS, using=plan.rows.db):
            return [(label_of(part.resource), part.count()) for part in plan.parts or (plan,)]
    except TooSlow:
        return None
