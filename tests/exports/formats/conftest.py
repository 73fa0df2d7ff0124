"""Writes through a format and reads back with programs that are not ours."""

import csv
import ctypes
import gzip
import io
import json
import zipfile
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import openpyxl
import pypdfium2
import pypdfium2.raw as pdfium
import pytest
from openpyxl.utils.escape import unescape
from python_calamine import CalamineWorkbook

from exports.formats import Document, Field, Kind, Totals, find_format

Cells = list[object]


@pytest.fixture(scope="session")
def make_document() -> Callable[..., Document]:
    def make(kinds: Sequence[Kind] = (Kind.TEXT,), **changes: object) -> Document:
        fields = tuple(
            Field(name=f"field_{number}", header=f"Field {number}", kind=kind)
            for number, kind in enumerate(kinds)
        )
        given = {
            "title": "Tickets",
            "fields": fields,
            "total_rows": 0,
            "time_zone": ZoneInfo("Europe/Berlin"),
        }
        return Document(**(given | changes))

    return make


@pytest.fixture(scope="session")
def written() -> Callable[..., tuple[bytes, Totals]]:
    def write(
        name: str, document: Document, rows: Sequence[Sequence[object]], **options: object
    ) -> tuple[bytes, Totals]:
        stream = io.BytesIO()
        writer = find_format(name).open(stream, document, options)
        writer.write(rows)
        totals = writer.close()
        assert not stream.closed
        return stream.getvalue(), totals

    return write


def csv_rows(data: bytes) -> list[Cells]:
    text = io.StringIO(data.decode("utf-8-sig"), newline="")
    return [list(row) for row in csv.reader(text, strict=True)]


def json_rows(data: bytes) -> list[Cells]:
    records = json.loads(data)["data"]
    return [list(records[0]) if records else [], *(list(record.values()) for record in records)]


def openpyxl_rows(data: bytes, sheet: str = "Tickets") -> list[Cells]:
    """openpyxl leaves Excel's _xHHHH_ escapes to its caller."""
    found = openpyxl.load_workbook(io.BytesIO(data))[sheet]
    assert all(cell.data_type != "f" for row in found for cell in row)
    rows = [list(row) for row in found.values]
    return [[unescape(cell) if isinstance(cell, str) else cell for cell in row] for row in rows]


def calamine_rows(data: bytes, sheet: str = "Tickets") -> list[Cells]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return [list(row) for row in book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)]


class Printed(NamedTuple):
    """Text without a gap on a page: where it begins, where it ends, its base line."""

    text: str
    x: float
    end: float
    y: float
    size: float
    is_bold: bool


def printed(data: bytes) -> list[list[Printed]]:
    """What stands where, page by page, as Chrome's reader sees it."""
    with pypdfium2.PdfDocument(data) as document:
        return [_pieces(page.get_textpage()) for page in document]


def _pieces(page: Any) -> list[Printed]:
    pieces: list[Printed] = []
    for number in range(page.count_chars()):
        char = _char(page, number)
        last = pieces[-1] if pieces else None
        if char is None:
            continue
        if (
            last
            and last.y == char.y
            and last.size == char.size
            and 0 <= char.x - last.end + 3 < 4.2
        ):
            pieces[-1] = last._replace(text=last.text + char.text, end=char.end)
        else:
            pieces.append(char)
    return [piece._replace(text=piece.text.strip()) for piece in pieces if piece.text.strip()]


def _char(page: Any, number: int) -> Printed | None:
    """None for blanks that are not in the file."""
    if pdfium.FPDFText_IsGenerated(page, number):
        return None
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(page, number, x, y)
    box = pdfium.FS_RECTF()
    pdfium.FPDFText_GetLooseCharBox(page, number, box)
    name, flags = ctypes.create_string_buffer(80), ctypes.c_int()
    pdfium.FPDFText_GetFontInfo(page, number, name, 80, flags)
    size = round(pdfium.FPDFText_GetFontSize(page, number), 1)
    text = chr(pdfium.FPDFText_GetUnicode(page, number))
    return Printed(text, x.value, box.right, round(y.value, 1), size, b"Bold" in name.value)


def pdf_rows(data: bytes) -> list[Cells]:
    """Rows of left-aligned columns; the header of the first page first."""
    rows: list[Cells] = []
    for pieces in printed(data):
        _, *bold = [piece for piece in pieces if piece.is_bold]  # the first one is the title
        columns = sorted({piece.x for piece in bold})
        top = min(piece.y for piece in bold)
        if not rows:
            rows.append(_cells(bold, columns))
        table = [one for one in pieces if 40 < one.y < top and one.text != "No rows."]
        line, last = [], top
        for piece in sorted(table, key=lambda one: -one.y):
            if line and last - piece.y > 1.4 * piece.size:
                rows.append(_cells(line, columns))
                line = []
            line.append(piece)
            last = piece.y
        rows += [_cells(line, columns)] if line else []
    return rows


def _cells(pieces: Sequence[Printed], columns: Sequence[float]) -> Cells:
    cells: dict[float, list[str]] = {x: [] for x in columns}
    for piece in pieces:
        cells[min(columns, key=lambda x: abs(x - piece.x))].append(piece.text)
    return [" ".join(lines) for lines in cells.values()]


def zip_rows(data: bytes) -> list[Cells]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return csv_rows(archive.read("Tickets.csv"))


@pytest.fixture(scope="session")
def read() -> dict[str, Callable[..., list[Cells]]]:
    """The rows of a file, header first, as an independent reader sees them."""
    return {
        "csv": csv_rows,
        "json": json_rows,
        "openpyxl": openpyxl_rows,
        "calamine": calamine_rows,
        "csv.gz": lambda data: csv_rows(gzip.decompress(data)),
        "zip": zip_rows,
        "pdf": pdf_rows,
    }
