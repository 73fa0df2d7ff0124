"""XLSX: the workbook around the cells."""

import datetime as dt
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from lxml import etree

from exports.formats import FORMATS, Field, Kind
from exports.formats.xlsx import open_xlsx
from exports.formats.xlsx_skeleton import cut_title, sheet_title

KINDS = [Kind.INTEGER, Kind.TEXT, Kind.MONEY, Kind.DECIMAL, Kind.DATE, Kind.DATETIME, Kind.TIME]
ROW = (
    7,
    "=1+1",
    Decimal("1234.5"),
    Decimal("0.250"),
    dt.date(2024, 2, 29),
    dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC),
    dt.time(6, 5, 4),
)


@pytest.fixture
def paged(make_document: Any) -> Callable[..., tuple[bytes, Any]]:
    """A workbook whose sheets end after a few rows."""

    def write(rows: list[Any], max_rows: int, **changes: object) -> tuple[bytes, Any]:
        stream = io.BytesIO()
        writer = open_xlsx(stream, make_document(**changes), {}, max_rows=max_rows)
        writer.write(rows)
        totals = writer.close()
        return stream.getvalue(), totals

    return write


def load(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def test_the_header_is_bold_frozen_and_filtered(make_document: Any, written: Any) -> None:
    sheet = load(written("xlsx", make_document(KINDS), [ROW, ROW])[0])["Tickets"]
    assert all(cell.font.bold for cell in sheet[1])
    assert not any(cell.font.bold for cell in sheet[2])
    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:G3"


def test_cells_are_typed_and_formatted(make_document: Any, written: Any) -> None:
    sheet = load(written("xlsx", make_document(KINDS), [ROW])[0])["Tickets"]
    assert [cell.number_format for cell in sheet[2]] == [
        "0",
        "@",
        "#,##0.00",
        "0.000",
        "yyyy-mm-dd",
        "yyyy-mm-dd hh:mm:ss",
        "hh:mm:ss",
    ]
    assert [cell.data_type for cell in sheet[2]] == ["n", "s", "n", "n", "d", "d", "d"]


def test_blank_cells_have_the_format_of_their_column(make_document: Any, written: Any) -> None:
    kinds = [Kind.TEXT, Kind.INTEGER, Kind.MONEY, Kind.DATE]
    sheet = load(written("xlsx", make_document(kinds), [[None] * 4])[0])["Tickets"]
    assert [cell.number_format for cell in sheet[2]] == ["@", "0", "#,##0.00", "yyyy-mm-dd"]


@pytest.mark.parametrize("reader", ["openpyxl", "calamine"])
def test_every_second_of_a_day_comes_back(
    reader: str, make_document: Any, written: Any, read: Any
) -> None:
    midnight = dt.datetime.fromisoformat("2024-02-29")
    moments = [[midnight + dt.timedelta(seconds=second)] for second in range(1, 86_400, 7)]
    data, _ = written("xlsx", make_document([Kind.DATETIME]), moments)
    assert read[reader](data)[1:] == moments


def test_columns_are_as_wide_as_their_longest_cell(make_document: Any, written: Any) -> None:
    rows = [["short", 1], ["twenty characters ok\nand", 2]] + [["x" * 30, 3]] * 600
    sheet = load(written("xlsx", make_document([Kind.TEXT, Kind.INTEGER]), rows)[0])["Tickets"]
    assert sheet.column_dimensions["A"].width == 32
    assert sheet.column_dimensions["B"].width == len("Field 1") + 2
    wide = load(written("xlsx", make_document(), [["x" * 999]])[0])["Tickets"]
    assert wide.column_dimensions["A"].width == 50


def test_the_second_sheet_tells_about_the_export(
    make_document: Any, written: Any, read: Any
) -> None:
    about = (("Exported by", "=ada"), ("Filter", "a\x01\0b"), ("Nothing", ""))
    data, _ = written("xlsx", make_document(about=about), [["a\0"]])
    assert load(data).sheetnames == ["Tickets", "About"]
    assert read["openpyxl"](data, "About") == [
        ["Exported by", "=ada"],
        ["Filter", "a\x01b"],
        ["Nothing", None],
        ["Rows", 1],
        ["Sheets", 2],
        ["Cells changed against formulas", 0],
        ["NUL characters removed", 2],
        ["Texts continued in another sheet", 0],
    ]


@pytest.mark.parametrize("reader", ["openpyxl", "calamine"])
def test_rows_past_the_limit_go_on_in_further_sheets(reader: str, paged: Any, read: Any) -> None:
    rows = [[f"row {number}"] for number in range(7)]
    data, totals = paged(rows, 4)
    assert load(data).sheetnames == ["Tickets", "About", "Tickets (2)", "Tickets (3)"]
    sheets = [read[reader](data, name) for name in ("Tickets", "Tickets (2)", "Tickets (3)")]
    assert all(sheet[0] == ["Field 0"] for sheet in sheets)
    assert [row for sheet in sheets for row in sheet[1:]] == rows
    assert totals.rows == 7
    assert load(data)["Tickets (3)"].auto_filter.ref == "A1:A2"
    assert ["Sheets", 4] in read["openpyxl"](data, "About")


def test_a_full_last_sheet_is_not_followed_by_an_empty_one(paged: Any) -> None:
    assert load(paged([["a"]] * 6, 4)[0]).sheetnames == ["Tickets", "About", "Tickets (2)"]


@pytest.mark.parametrize("reader", ["openpyxl", "calamine"])
@pytest.mark.parametrize("text", ["line\nof text\r" * 8_000, "😀" * 40_000], ids=["lines", "emoji"])
def test_a_long_text_is_whole_in_its_own_sheet(
    reader: str, text: str, paged: Any, read: Any
) -> None:
    data, totals = paged([["a"], ["b"], ["c"], [text]], 3)
    cell = read[reader](data, "Tickets (2)")[2][0]
    assert cell.endswith('… [continued in the sheet "Long texts"]')
    assert 32_765 <= len(cell.encode("utf-16-le")) // 2 <= 32_767
    names = [name for name in load(data).sheetnames if name.startswith("Long texts")]
    pages = [read[reader](data, name) for name in names]
    assert names[:2] == ["Long texts", "Long texts (2)"]
    assert all(page[0] == ["Sheet", "Row", "Column", "Part", "Text"] for page in pages)
    parts = [row for page in pages for row in page[1:]]
    assert [row[:4] for row in parts] == [
        ["Tickets (2)", 3, "Field 0", part] for part in range(1, len(parts) + 1)
    ]
    assert "".join(row[4] for row in parts) == text
    assert totals.long_texts == 1


@pytest.mark.parametrize("units", [32_767, 32_768])
def test_the_limit_of_a_cell_is_exact(
    units: int, make_document: Any, written: Any, read: Any
) -> None:
    text = "😀" + "x" * (units - 2)
    data, totals = written("xlsx", make_document(), [[text]])
    assert totals.long_texts == (units > 32_767)
    assert (read["openpyxl"](data)[1][0] == text) == (units <= 32_767)


@pytest.mark.parametrize(
    ("title", "wanted"),
    [
        ("Tickets", "Tickets"),
        ("[a]:b*c?d/e\\f", "a b c d e f"),
        ("x" * 40, "x" * 31),
        ("😀" * 20, "😀" * 15),
        ("'quoted'", "quoted"),
        ("\x01\ud800", "Data"),
        ("", "Data"),
        ("about", "about data"),
        ("LONG TEXTS", "LONG TEXTS data"),
    ],
)
def test_sheet_titles_are_what_excel_allows(title: str, wanted: str) -> None:
    assert sheet_title(title) == wanted


def test_a_numbered_title_keeps_its_number() -> None:
    assert cut_title("x" * 31, " (12)") == "x" * 26 + " (12)"


@pytest.mark.parametrize("title", ["It's [all]: 100 % & more", "About", ""])
def test_any_title_makes_a_workbook_that_opens(title: str, paged: Any, read: Any) -> None:
    data, _ = paged([["a"]] * 5, 3, title=title)
    names = load(data).sheetnames
    assert names[1] == "About"
    assert [len(read["calamine"](data, name)) for name in (names[0], *names[2:])] == [3, 3, 2]


def test_headers_are_text_whatever_is_in_them(make_document: Any, written: Any, read: Any) -> None:
    headers = ["=1+1", " \ufeff=x", "a\0b", "<&>", "\x02", "_x000D_"]
    fields = tuple(Field(name=header, header=header) for header in headers)
    data, totals = written("xlsx", make_document(fields=fields), [])
    assert read["openpyxl"](data) == [["=1+1", " \ufeff=x", "ab", "<&>", "\x02", "_x000D_"]]
    assert totals.removed_nuls == 1


def test_every_part_is_well_formed_and_small_files_need_no_zip64(
    make_document: Any, written: Any
) -> None:
    nasty = "".join(map(chr, range(0x1000))) + "\ufffe\uffff\ud800\udfff😀"
    data, _ = written("xlsx", make_document([Kind.TEXT] * 2), [[nasty, "\t"]])
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        for part in archive.infolist():
            etree.fromstring(archive.read(part))
            assert part.extract_version < zipfile.ZIP64_VERSION
            assert not part.extra


def test_programs_that_look_at_the_first_bytes_see_a_workbook(
    make_document: Any, written: Any
) -> None:
    with zipfile.ZipFile(io.BytesIO(written("xlsx", make_document(), [])[0])) as archive:
        assert archive.namelist()[0] == "_rels/.rels"


def test_a_sheet_ends_before_its_part_needs_zip64(
    paged: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exports.formats.xlsx_sheets.SHEET_BYTES", 300_000)
    data, _ = paged([["x" * 1_000]] * 700, 1_048_576)
    names = load(data).sheetnames
    assert names == ["Tickets", "About", "Tickets (2)", "Tickets (3)"]
    assert sum(load(data)[name].max_row - 1 for name in (names[0], *names[2:])) == 700


def test_the_stream_need_not_be_seekable(make_document: Any, read: Any) -> None:
    class Pipe(io.RawIOBase):
        data = b""

        def writable(self) -> bool:
            return True

        def write(self, chunk: Any) -> int:
            self.data += bytes(chunk)
            return len(chunk)

    pipe = Pipe()
    writer = FORMATS["xlsx"].open(pipe, make_document(), {})  # type: ignore[arg-type]
    writer.write([["a"]])
    writer.close()
    assert read["calamine"](pipe.data) == [["Field 0"], ["a"]]


def test_more_columns_than_a_sheet_has_are_refused(make_document: Any, written: Any) -> None:
    with pytest.raises(ValueError, match="at most 16384 columns"):
        written("xlsx", make_document([Kind.TEXT] * 16_385), [])
