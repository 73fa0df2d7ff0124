"""Files for readers: from bytes, from cells, from the XML of a sheet."""

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from imports.readers.base import Guess, Layout, RawRow, open_reader
from imports.readers.sniff import look

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


@pytest.fixture
def make_file(tmp_path: Path) -> Callable[[str, bytes], Path]:
    def make(name: str, data: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(data)
        return path

    return make


@pytest.fixture
def look_at(make_file: Callable[[str, bytes], Path]) -> Callable[..., Guess]:
    def look_at(data: bytes, name: str = "a.csv", known: Any = (), **layout: Any) -> Guess:
        return look(make_file(name, data), name, Layout(**layout), known)

    return look_at


@pytest.fixture
def read(make_file: Callable[[str, bytes], Path]) -> Callable[..., list[RawRow]]:
    """The header as a row, then the rows: read(data, name, encoding=..., header_row=...)."""

    def read(data: bytes, name: str = "a.csv", **layout: Any) -> list[RawRow]:
        reader = open_reader(make_file(name, data), name, Layout(**layout))
        try:
            return [RawRow(0, reader.header), *reader.rows()]
        finally:
            reader.close()

    return read


@pytest.fixture
def make_book() -> Callable[..., bytes]:
    """make_book([[cells], ...], title=...) as openpyxl writes it."""

    def make(rows: list[list[Any]], title: str = "Data") -> bytes:
        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.title = title
        for row in rows:
            sheet.append(row)
        return save(book)

    return make


def save(book: Workbook) -> bytes:
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture(name="save")
def _save() -> Callable[[Workbook], bytes]:
    return save


@pytest.fixture
def make_sheet(change: Callable[..., bytes]) -> Callable[..., bytes]:
    """A workbook whose sheet is this XML: the whole of it, or only the rows."""

    def make(rows: str, **parts: str) -> bytes:
        if not rows.lstrip().startswith("<?xml") and "worksheet" not in rows:
            rows = f'<worksheet xmlns="{MAIN}"><sheetData>{rows}</sheetData></worksheet>'
        return change(save(Workbook()), {"xl/worksheets/sheet1.xml": rows, **parts})

    return make


@pytest.fixture
def change() -> Callable[..., bytes]:
    """The archive with some parts replaced or added."""

    def change(data: bytes, parts: dict[str, str | bytes]) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", 8) as new:
            for name in old.namelist():
                if name not in parts:
                    new.writestr(name, old.read(name))
            for name, part in parts.items():
                new.writestr(name, part)
        return stream.getvalue()

    return change
