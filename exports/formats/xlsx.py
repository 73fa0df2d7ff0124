"""XLSX: a frame that openpyxl made, and rows that go through it as text. See the modules xlsx_*.

They are imported for the first workbook, as no other file needs them.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO

from exports.formats.base import Document, Format
from exports.formats.options import read_options

if TYPE_CHECKING:
    from exports.formats.xlsx_workbook import Workbook, XlsxWriter

EXCEL_ROWS = 1_048_576  # of a sheet, its header too


def open_workbook(
    stream: BinaryIO, documents: Sequence[Document], *, max_rows: int = EXCEL_ROWS
) -> "Workbook":
    """One workbook of several documents. `max_rows` of a sheet counts its header."""
    from exports.formats.xlsx_workbook import Workbook

    return Workbook(stream, documents, max_rows)


def open_xlsx(
    stream: BinaryIO,
    document: Document,
    options: Mapping[str, object],
    *,
    max_rows: int = EXCEL_ROWS,
) -> "XlsxWriter":
    """`max_rows` of a sheet counts its header."""
    from exports.formats.xlsx_workbook import XlsxWriter

    read_options(XLSX, options)
    return XlsxWriter(stream, document, max_rows)


XLSX = Format(
    name="xlsx",
    label="Excel",
    extension="xlsx",
    content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    open=open_xlsx,
    bytes_per_cell=7,
)
