"""Failed rows as a file: Row, Problem and the uploaded columns, to be mended and dropped back."""

import tempfile
from dataclasses import dataclass
from typing import IO

from django.db import transaction
from django.utils.translation import gettext as _

from imports import logs
from imports.errors import InvalidRequest, NotAllowed, WrongState
from imports.models import Event, FailedRow, ImportJob
from imports.permissions import User, visible_to
from imports.report.columns import ReportColumn, columns_of
from imports.report.texts import write_csv

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MOST_ROWS = 1_048_575  # of a sheet, without the header
FETCHED = 1000  # rows at once
SPOOLED = 4 << 20  # bytes in memory before it becomes a file


@dataclass(frozen=True, kw_only=True)
class Report:
    """A report, at its beginning. Whoever asked for it closes the stream."""

    stream: IO[bytes]
    name: str
    size: int
    content_type: str


def make_report(user: User, job: ImportJob, file_format: str) -> Report:
    """Write the failed rows into a file that is gone when it is closed.

    Raises NotAllowed, InvalidRequest for another format, and WrongState when none has failed.
    """
    if not visible_to(user).filter(pk=job.pk).exists():
        raise NotAllowed(_("You may not see this import."))
    if file_format not in TYPES:
        valid = ", ".join(TYPES)
        message = _("There is no report “%(format)s”. There are: %(valid)s.")
        raise InvalidRequest({"format": [message % {"format": file_format, "valid": valid}]})
    rows = FailedRow.objects.filter(job=job)
    count = rows.count()
    if not count:
        raise WrongState(_("No row has failed; there is nothing to report."))
    if file_format == XLSX and count > MOST_ROWS:
        raise InvalidRequest({"format": [_("These are too many rows for a workbook. Take CSV.")]})
    stream: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115  # returned
    try:
        _write(job, file_format, stream)
    except BaseException:
        stream.close()
        raise
    size = stream.tell()
    stream.seek(0)
    with transaction.atomic():
        logs.write(job, Event.REPORTED, file_format.upper(), actor=user)
    return Report(
        stream=stream, name=name_of(job, file_format), size=size, content_type=TYPES[file_format]
    )


def name_of(job: ImportJob, file_format: str) -> str:
    """ "tickets_failed.csv" for "tickets.xlsx"."""
    stem = job.filename.split(".")[0] or "rows"
    return f"{stem[:200]}_failed.{file_format}"


def _write(job: ImportJob, file_format: str, stream: IO[bytes]) -> None:
    columns = columns_of(job)
    rows = FailedRow.objects.filter(job=job).order_by("row").iterator(chunk_size=FETCHED)
    if file_format == CSV:
        write_csv(stream, columns, rows, job)
        return
    from imports.report.sheets import write_xlsx  # openpyxl is 10 MB that few requests need

    write_xlsx(stream, columns, rows, job)


__all__ = ["CSV", "TYPES", "XLSX", "Report", "ReportColumn", "make_report", "name_of"]
