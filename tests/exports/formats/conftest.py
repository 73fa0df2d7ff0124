"""Writes through a format and reads back with programs that are not ours."""

import csv
import io
import json
from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

import openpyxl
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


@pytest.fixture(scope="session")
def read() -> dict[str, Callable[..., list[Cells]]]:
    """The rows of a file, header first, as an independent reader sees them."""
    return {
        "csv": csv_rows,
        "json": json_rows,
        "openpyxl": openpyxl_rows,
        "calamine": calamine_rows,
    }
