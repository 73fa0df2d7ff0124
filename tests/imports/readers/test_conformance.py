"""One suite for every reader: the same table comes out, cell by cell, row by row."""

import csv
import datetime as dt
import gzip
import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from imports.readers.base import Layout, RawRow, open_reader
from imports.readers.values import as_text

HEADER = ["id", "text", "more"]
NASTY = [
    "",
    "plain",
    " outer blanks ",
    'a "quoted" word',
    '"',
    "a,b;c|d\te",
    "two\nlines",
    "=1+1",
    "+49 30 123",
    "-",
    "@home",
    "'",
    "<b>&amp;</b>",
    "]]>",
    "0012",
    "1e5",
    "NULL",
    "#N/A",
    "ÄÖÜ ß é",
    "中文 العربية",
    "emoji 👩‍👩‍👧",
    "\u00a0",
    "x" * 30_000,
    "\\",
    "%s {0}",
]


def write_csv(rows: list[list[Any]], encoding: str = "utf-8", **dialect: Any) -> bytes:
    stream = io.StringIO(newline="")
    csv.writer(stream, **dialect).writerows(rows)
    return stream.getvalue().encode(encoding)


def write_zip(rows: list[list[Any]]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.csv", write_csv(rows))
    return stream.getvalue()


def write_xlsx(rows: list[list[Any]]) -> bytes:
    book = Workbook()
    sheet: Any = book.active
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row, 1):
            cell = sheet.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"  # no formula, no error
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


READERS: dict[str, Callable[[list[list[Any]]], bytes]] = {
    "a.csv": write_csv,
    "b.csv": lambda rows: write_csv(rows, "utf-16", delimiter=";"),
    "c.tsv": lambda rows: write_csv(rows, "utf-8-sig", delimiter="\t", quoting=csv.QUOTE_ALL),
    "d.csv.gz": lambda rows: gzip.compress(write_csv(rows)),
    "e.zip": write_zip,
    "f.xlsx": write_xlsx,
}


@pytest.mark.parametrize("name", READERS)
def test_nasty_cells_come_out_as_they_went_in(name: str, read: Callable[..., Any]) -> None:
    table = [[f"r{number}", text, "end"] for number, text in enumerate(NASTY)]
    rows = read(READERS[name]([HEADER, *table]), name)
    assert list(rows[0].cells) == HEADER
    assert [[as_text(cell) for cell in row.cells] for row in rows[1:]] == table
    assert not any(row.fault for row in rows)


@pytest.mark.parametrize("name", READERS)
def test_blank_rows_are_left_out_and_numbers_are_kept(name: str, read: Any) -> None:
    table = [HEADER, ["1", "x", ""], ["", "", ""], [], ["", " ", ""], ["2", "y", ""]]
    rows = read(READERS[name](table), name)
    assert [row.number for row in rows[1:]] == [2, 6]


@pytest.mark.parametrize("name", READERS)
def test_a_header_without_rows_is_a_file(name: str, read: Any) -> None:
    rows = read(READERS[name]([HEADER]), name)
    assert [list(row.cells) for row in rows] == [HEADER]


@pytest.mark.parametrize("name", READERS)
def test_long_files_lose_no_row(name: str, read: Any) -> None:
    table = [[str(n), f"text {n}" * 3, "" if n % 7 else "x"] for n in range(3000)]
    rows = read(READERS[name]([HEADER, *table]), name)
    assert [as_text(row.cells[0]) for row in rows[1:]] == [str(n) for n in range(3000)]
    assert [row.number for row in rows[1:]] == list(range(2, 3002))


@pytest.mark.parametrize("name", READERS)
def test_the_header_may_stand_below_a_title(name: str, read: Any) -> None:
    table = [["Our list"], [], HEADER, ["1", "x", "y"], ["2", "z", "w"]]
    rows = read(READERS[name](table), name)
    assert list(rows[0].cells) == HEADER
    assert [row.number for row in rows[1:]] == [4, 5]


# -- Round trips ------------------------------------------------------------------------------
CONTROLS = "\0"
TEXT = st.text(st.characters(exclude_categories=("Cs",), exclude_characters=CONTROLS), max_size=20)
WESTERN = st.text(st.characters(codec="latin-1", exclude_categories=("Cc",)), max_size=20)
QUICK = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


def read_all(make_file: Any, data: bytes, name: str, layout: Layout) -> list[RawRow]:
    reader = open_reader(make_file(name, data), name, layout)
    try:
        return list(reader.rows())
    finally:
        reader.close()


@QUICK
@given(data=st.data())
def test_what_the_csv_module_writes_is_read(make_file: Any, data: st.DataObject) -> None:
    encoding, codec = data.draw(
        st.sampled_from(
            [
                ("utf-8", "utf-8"),
                ("utf-8", "utf-8-sig"),
                ("utf-16", "utf-16"),
                ("latin-1", "latin-1"),
            ]
        )
    )
    texts = WESTERN if encoding == "latin-1" else TEXT
    table = data.draw(st.lists(st.lists(texts, min_size=1, max_size=4), max_size=8))
    delimiter = data.draw(st.sampled_from(",;\t|"))
    # csv.writer leaves a lone CR or LF in a cell bare when lines do not end in it.
    end, quoting = data.draw(
        st.sampled_from(
            [
                ("\r\n", csv.QUOTE_MINIMAL),
                ("\r\n", csv.QUOTE_ALL),
                ("\n", csv.QUOTE_ALL),
                ("\r", csv.QUOTE_ALL),
            ]
        )
    )
    written = write_csv(
        [["h1", "h2"], *table],
        codec,
        delimiter=delimiter,
        lineterminator=end,
        quoting=quoting,
    )
    rows = read_all(
        make_file,
        written,
        "a.csv",
        Layout(encoding=encoding, delimiter=delimiter, header_row=1),
    )
    assert [row.cells for row in rows] == [row for row in table if any(map(str.strip, row))]


at = dt.datetime.fromisoformat
SHEET_TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn"), exclude_characters="_"),
    min_size=1,
    max_size=20,
).filter(str.strip)
CELLS = st.one_of(
    st.none(),
    st.booleans(),
    SHEET_TEXT,
    st.integers(-(10**15), 10**15),
    # Excel keeps 15 digits, and openpyxl writes 16.
    st.floats(-1e300, 1e300)
    .map(lambda number: float(f"{number:.15g}"))
    .filter(lambda number: not number.is_integer()),
    st.datetimes(at("1901-01-01"), at("9999-01-01")).map(
        lambda moment: moment.replace(microsecond=0)
    ),
    st.dates(dt.date(1901, 1, 1), dt.date(9999, 1, 1)),
)


@settings(QUICK, max_examples=25)
@given(table=st.lists(st.lists(CELLS, min_size=3, max_size=3), max_size=8))
def test_what_openpyxl_writes_is_read(make_file: Any, table: list[list[Any]]) -> None:
    data = write_xlsx([["h1", "h2", "h3"], *table])
    rows = read_all(make_file, data, "a.xlsx", Layout(sheet="Sheet", header_row=1))
    expected = [row for row in table if any(cell is not None for cell in row)]
    assert [row.cells for row in rows] == expected
