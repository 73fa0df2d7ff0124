"""The rows of a plan into an open stream, all of them from one state of the database."""

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, fields
from typing import BinaryIO, cast
from uuid import UUID

from django.utils import timezone

from exports import summaries
from exports.formats import Archive, open_workbook
from exports.formats.base import Document, Field, Total, Totals, Writer
from exports.formats.rendering import RenderedWriter
from exports.formats.stored import StoredWriter
from exports.formats.xlsx import XLSX
from exports.permissions import User
from exports.plans import Plan
from exports.resources import column_kind, label_of
from exports.sources.orm import read_batches
from exports.sources.postgres import Copy, make_copy
from exports.sources.replica import reading
from exports.sources.sqlite import make_stored
from exportsite.jobs.progress import Ticker

COMPRESSED = {"xlsx", "pdf", "csv.gz"}  # extensions of files that do not get smaller


class RowsLost(Exception):
    """The file does not hold as many rows as the database gave."""


@dataclass(frozen=True, kw_only=True)
class Author:
    """Who a file is for, and the export that it belongs to."""

    user: User
    export_id: UUID


def write_plan(plan: Plan, author: Author, stream: BinaryIO, ticker: Ticker) -> Totals:
    """Everything of the plan into the stream. Raises RowsLost when a row is missing."""
    with reading():
        if not plan.parts:
            ticker.total = plan.count()
            return _write_one(plan, author, stream, ticker, rows=ticker.total)
        counts = [part.count() for part in plan.parts]
        ticker.total = sum(counts)
        write = _write_workbook if plan.format is XLSX else _write_archive
        return write(plan, author, stream, ticker, counts)


def _write_one(
    plan: Plan, author: Author, stream: BinaryIO, ticker: Ticker, *, rows: int
) -> Totals:
    writer = plan.format.open(stream, describe(plan, author, rows=rows), plan.options)
    _write_rows(plan, writer, ticker)
    totals = writer.close()
    if totals.rows != rows:
        raise RowsLost(f"{plan.resource.name}: counted {rows}, wrote {totals.rows}")
    return totals


def _write_rows(plan: Plan, writer: Writer, ticker: Ticker) -> None:
    if copy := make_copy(plan, writer):
        _copy_rows(copy, cast(RenderedWriter, writer), ticker)
        return
    if stored := make_stored(plan, writer):
        with closing(stored):
            for columns in stored:
                cast(StoredWriter, writer).write_stored(columns)
                ticker.tick(len(columns[0]))
        return
    with closing(read_batches(plan)) as batches:
        for batch in batches:
            writer.write(batch)
            ticker.tick(len(batch))


def _copy_rows(copy: Copy, writer: RenderedWriter, ticker: Ticker) -> None:
    with copy.runs() as runs:
        for run in runs:
            if run.rendered:
                writer.write_rendered(run.rendered, run.rows)
            else:
                writer.write(run.values)
            ticker.tick(run.rows)


def _write_archive(
    plan: Plan, author: Author, stream: BinaryIO, ticker: Ticker, counts: Sequence[int]
) -> Totals:
    """Several files in one, with a page of facts about each."""
    archive = Archive(stream, level=int(str(plan.options["level"])))
    totals = []
    for part, rows in zip(plan.parts, counts, strict=True):
        extension = part.format.extension_for(part.options)
        name = f"{part.resource.name}.{extension}"
        with archive.part(name, is_compressed=extension in COMPRESSED) as inner:
            totals.append(_write_one(part, author, inner, ticker, rows=rows))
    archive.add_metadata(_metadata(plan, author, totals))
    archive.close()
    return _sum(totals)


def _metadata(plan: Plan, author: Author, totals: list[Totals]) -> dict[str, object]:
    return {
        "export_info": {
            "export_id": str(author.export_id),
            "export_type": plan.resource.name,
            "created_at": timezone.localtime(),
            "created_by": author.user.get_username(),
            "filters_applied": dict(plan.filters),
            "include_contact_info": any(part.include_contact_info for part in plan.parts),
        },
        "parts": [
            {
                "resource_type": part.resource.name,
                "format": part.format.name,
                "columns": [column.name for column in part.columns],
                "filters": dict(part.filters),
                "rows": counted.rows,
            }
            for part, counted in zip(plan.parts, totals, strict=True)
        ],
    }


def _write_workbook(
    plan: Plan, author: Author, stream: BinaryIO, ticker: Ticker, counts: Sequence[int]
) -> Totals:
    """Several sheets in one workbook."""
    documents = [
        describe(part, author, rows=rows) for part, rows in zip(plan.parts, counts, strict=True)
    ]
    book = open_workbook(stream, documents)
    for part in plan.parts:
        sheet = book.next_sheet()
        _write_rows(part, sheet, ticker)
        sheet.close()
    totals = book.close()
    for document, counted in zip(documents, totals, strict=True):
        if document.total_rows != counted.rows:
            raise RowsLost(f"{document.title}: counted {document.total_rows}, {counted.rows}")
    return _sum(list(totals))


def _sum(totals: list[Totals]) -> Totals:
    names = [field.name for field in fields(Totals)]
    return Totals(**{name: sum(getattr(each, name) for each in totals) for name in names})


def describe(plan: Plan, author: Author, *, rows: int) -> Document:
    """What the format is told about a file of so many rows; a preview is told the same."""
    now = timezone.localtime()
    asked_at = now.strftime("%Y-%m-%d %H:%M:%S %Z")
    return Document(
        title=label_of(plan.resource),
        fields=fields_of(plan),
        total_rows=rows,
        time_zone=timezone.get_current_timezone(),
        datetime_format=plan.resource.datetime_format,
        about=summaries.about(plan, asked_by=author.user.get_username(), asked_at=asked_at),
        envelope={
            "export_id": str(author.export_id),
            "resource_type": plan.resource.name,
            "exported_at": now.isoformat(timespec="seconds"),
            "item_count": rows,
            "filters": dict(plan.filters),
        },
        as_of=now,
        totals=_chosen(plan, plan.resource.totals),
        tallies=tuple(name for name in plan.resource.tallies if name in _names(plan)),
    )


def _names(plan: Plan) -> set[str]:
    return {column.name for column in plan.columns}


def _chosen(plan: Plan, totals: Mapping[str, Total]) -> dict[str, Total]:
    return {name: total for name, total in totals.items() if name in _names(plan)}


def fields_of(plan: Plan) -> tuple[Field, ...]:
    return tuple(
        Field(
            name=column.name,
            header=plan.headers.get(column.name, column.file_header),
            kind=column_kind(plan.resource, column),
            highlights=column.highlights,
        )
        for column in plan.columns
    )
