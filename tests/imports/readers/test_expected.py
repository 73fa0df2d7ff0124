"""About how many rows come, said before the file is read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imports.readers import expected
from imports.readers.base import Layout, open_reader
from imports.readers.expected import last_row_said, lines_in
from tests.imports.readers.test_conformance import write_csv, write_xlsx, write_zip

ROWS: list[list[Any]] = [["id", "text"], *([n, f"text {n}"] for n in range(300))]
MakeFile = Callable[[str, bytes], Path]


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("a.csv", write_csv(ROWS)),
        ("mac.csv", write_csv(ROWS, lineterminator="\r")),
        ("wide.csv", write_csv(ROWS, encoding="utf-16")),
        ("a.zip", write_zip(ROWS)),
        ("a.xlsx", write_xlsx(ROWS)),
    ],
)
def test_every_reader_guesses_how_many_rows_come(
    make_file: MakeFile, name: str, data: bytes
) -> None:
    reader = open_reader(make_file(name, data), name, Layout(header_row=1))
    try:
        assert reader.expected_rows() == len(list(reader.rows())) == 300
    finally:
        reader.close()


def test_a_long_text_is_judged_by_its_beginning(
    make_file: MakeFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(expected, "PIECE", 1_000)
    monkeypatch.setattr(expected, "LOOKED_AT", 1_000)
    assert lines_in(make_file("a.csv", b"123456789\n" * 5_000)) == 5_000


@pytest.mark.parametrize(
    ("beginning", "rows"),
    [
        (b'<worksheet><dimension ref="A1:I150001"/><sheetData>', 150_001),
        (b'<x:worksheet><x:dimension ref="A1:B7"/>', 7),
        (b'<worksheet><dimension ref="A1"/>', 0),
        (b"<worksheet><sheetData>", 0),
        (b"", 0),
    ],
)
def test_a_sheet_is_believed_about_its_last_row(beginning: bytes, rows: int) -> None:
    assert last_row_said(beginning) == rows
