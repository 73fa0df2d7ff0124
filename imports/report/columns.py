"""The columns of a report: Row, Problem, then those of the uploaded file."""

from collections.abc import Sequence
from dataclasses import dataclass

from imports.mapping import column_names, mappable_fields
from imports.models import FailedRow, ImportJob
from imports.problems import Severity
from imports.registry import UnknownImporter, find_importer


@dataclass(frozen=True, kw_only=True)
class ReportColumn:
    header: str  # as it was uploaded
    name: str  # what problems call it
    choices: tuple[str, ...] = ()  # what a person may choose from


def columns_of(job: ImportJob) -> list[ReportColumn]:
    """The columns of the uploaded file, in their order."""
    choices = _choices(job)
    return [
        ReportColumn(header=header, name=name, choices=choices.get(job.mapping.get(name) or "", ()))
        for header, name in zip(job.header, column_names(job.header), strict=True)
    ]


def _choices(job: ImportJob) -> dict[str, tuple[str, ...]]:
    try:
        fields = mappable_fields(find_importer(job.importer), job.header)
    except UnknownImporter:
        return {}
    return {
        name: tuple(str(label) for _value, label in field.options())
        for name, field in fields.items()
    }


def sentence(failed: FailedRow) -> str:
    """Everything that is wrong with a row: "Date: “31/02/2025” is not a date. Price: …"."""
    return " ".join(
        f"{column}: {message}" if column else message
        for column, message, _code, severity in failed.problems
        if severity == Severity.ERROR
    )


def padded(cells: Sequence[str], width: int) -> list[str]:
    """A row that was too short has all its columns; one that was too long keeps what it has."""
    return [*cells, *[""] * (width - len(cells))]
