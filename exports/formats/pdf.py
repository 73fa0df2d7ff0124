"""PDF: a table on paper, landscape letter. See the modules pdf_*.

They are imported for the first one: no other file needs the library that draws.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, BinaryIO

from exports.formats.base import Document, Format
from exports.formats.errors import TooManyRows
from exports.formats.options import read_options

if TYPE_CHECKING:
    from exports.formats.pdf_writer import PdfWriter

MAX_ROWS = 10_000


def refuse_above_limit(rows: int) -> None:
    if rows > MAX_ROWS:
        raise TooManyRows(f"A PDF has at most {MAX_ROWS:,} rows; these are {rows:,}.")


def open_pdf(stream: BinaryIO, document: Document, options: Mapping[str, object]) -> "PdfWriter":
    from exports.formats.pdf_writer import PdfWriter

    read_options(PDF, options)
    return PdfWriter(stream, document)


PDF = Format(
    name="pdf",
    label="PDF",
    extension="pdf",
    content_type="application/pdf",
    open=open_pdf,
    bytes_per_cell=16,
    max_rows=MAX_ROWS,
)
