"""The report as CSV: in UTF-8 with a mark, so that Excel knows, and no cell is run as a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import IO

from imports.guard import guarded
from imports.mended_files import PROBLEM, ROW
from imports.models import FailedRow, ImportJob
from imports.report.columns import ReportColumn, padded, sentence

SIGNS = (",", ";", "\t", "|")  # that the csv module may separate with


def write_csv(
    stream: IO[bytes],
    columns: Sequence[ReportColumn],
    rows: Iterable[FailedRow],
    job: ImportJob,
) -> None:
    """With the delimiter of the uploaded file, in the order of its rows."""
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    delimiter = job.delimiter if job.delimiter in SIGNS else ","
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow([ROW, PROBLEM, *(guarded(column.header) for column in columns)])
    for failed in rows:
        cells = padded(failed.cells, len(columns))
        writer.writerow([failed.row, guarded(sentence(failed)), *map(guarded, cells)])
    text.detach()
