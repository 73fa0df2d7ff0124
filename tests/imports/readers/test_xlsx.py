"""Workbooks: typed cells, and nothing lost, whatever the sheet says of itself."""

import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.utils.datetime import CALENDAR_MAC_1904

from imports.problems import FileRefused
from imports.readers.base import RawRow
from imports.readers.workbooks.cells import kind_of_format

Read = Callable[..., list[RawRow]]
Make = Callable[..., bytes]
at = dt.datetime.fromisoformat
STRICT = "http://purl.oclc.org/ooxml/spreadsheetml/main"
HEADER = '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'


def cells(rows: list[RawRow]) -> list[list[Any]]:
    return [list(row.cells) for row in rows[1:]]


def test_values_have_their_types(read: Read, make_book: Make) -> None:
    values = [
        "text",
        "0012",
        12,
        12.5,
        -3,
        True,
        False,
        at("2024-02-29 13:05:59"),
        dt.date(2024, 2, 29),
        dt.time(23, 30),
        None,
        "  x ",
        "line\nbreak\ttab & <b>",
        1e20,
        123456789012345,
    ]
    rows = read(make_book([[f"h{n}" for n in range(len(values))], values]), "a.xlsx")
    assert cells(rows) == [values]
    assert [type(cell) for cell in rows[1].cells] == [type(value) for value in values]
    assert rows[1].number == 2


def test_percentages_stay_numbers_and_spans_are_told(read: Read, save: Any) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["a", "b", "c", "d"])
    sheet.append([0.25, 0.5, 1.0625, 0.75])
    for column, code in enumerate(("0%", "[h]:mm", "[h]:mm:ss", "h:mm AM/PM"), 1):
        sheet.cell(2, column).number_format = code
    assert cells(read(save(book), "a.xlsx")) == [[0.25, dt.time(12), "25:30:00", dt.time(18)]]


@pytest.mark.parametrize("system", ["1900", "1904"])
def test_dates_of_both_systems_are_those_of_openpyxl(read: Read, save: Any, system: str) -> None:
    book = Workbook()
    if system == "1904":
        book.epoch = CALENDAR_MAC_1904
    sheet: Any = book.active
    days = [
        at("1904-01-02"),
        at("1999-12-31 23:59:59"),
        at("9999-12-31"),
    ]
    sheet.append(["day"])
    for day in days:
        sheet.append([day])
    assert [row[0] for row in cells(read(save(book), "a.xlsx"))] == days


@pytest.mark.parametrize(
    ("serial", "value"),
    [
        ("1", dt.date(1900, 1, 1)),
        ("59", dt.date(1900, 2, 28)),
        ("60", 60),
        ("61", dt.date(1900, 3, 1)),
        ("45000.5", at("2023-03-15 12:00")),
        ("-1", -1),
        ("2958466", 2958466),
        ("0", 0),
    ],
)
def test_days_that_no_calendar_has_stay_numbers(
    read: Read, make_sheet: Make, save: Any, change: Any, serial: str, value: Any
) -> None:
    book = Workbook()
    sheet: Any = book.active
    sheet.append(["a", "b"])
    sheet.append([dt.date(2024, 1, 1), "x"])
    sheet.cell(2, 1).number_format = "yyyy-mm-dd"
    data = save(book)
    xml = load_part(data, "xl/worksheets/sheet1.xml").replace("<v>45292</v>", f"<v>{serial}</v>")
    assert cells(read(change(data, {"xl/worksheets/sheet1.xml": xml}), "a.xlsx")) == [[value, "x"]]


def load_part(data: bytes, part: str) -> str:
    import zipfile

    return zipfile.ZipFile(io.BytesIO(data)).read(part).decode()


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("General", "n"),
        ("0.00", "n"),
        ('#,##0 "days"', "n"),
        ("[Red]0", "n"),
        ("0.00E+00", "n"),
        ("yyyy-mm-dd", "d"),
        ("d. mmmm", "d"),
        ("mmm-yy", "d"),
        ("[$-409]d/m/yy h:mm AM/PM;@", "m"),
        ("hh:mm", "h"),
        ("mm:ss.0", "h"),
        ("[h]:mm", "l"),
        ("[mm]:ss", "l"),
        ("\\d0", "n"),
        ("_d0", "n"),
    ],
)
def test_number_formats_are_told_apart(code: str, kind: str) -> None:
    assert kind_of_format(code) == kind


def test_an_error_cell_keeps_its_row_out_and_is_named(read: Read, make_sheet: Make) -> None:
    rows = read(
        make_sheet(
            HEADER
            + '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="e"><v>#N/A</v></c></row>'
            + '<row r="3"><c r="A3"><v>2</v></c></row>'
        ),
        "a.xlsx",
    )
    fault = rows[1].fault
    assert fault is not None
    assert (fault.code, fault.column, fault.value) == ("error_cell", "b", "#N/A")
    assert fault.message == "Cell B2 shows the error #N/A. Mend it."
    assert list(rows[1].cells) == [1, "#N/A"]
    assert rows[2].fault is None


def test_a_formula_gives_its_kept_result(read: Read, make_sheet: Make) -> None:
    rows = read(
        make_sheet(
            HEADER
            + '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c>'
            + '<c r="B2" t="str"><f>A2&amp;"x"</f><v></v></c></row>'
            + '<row r="3"><c r="A3"><f t="shared" si="0"/><v>3</v></c></row>'
            + '<row r="4"><c r="A4"><f>A3*2</f></c></row>'
        ),
        "a.xlsx",
    )
    assert cells(rows)[:2] == [[2, None], [3, None]]
    assert rows[3].fault is not None
    assert rows[3].fault.code == "formula_without_result"
    assert "A4" in rows[3].fault.message


@pytest.mark.parametrize("dimension", ["A1", "A1:A1", "C5:D9", "A1:XFD1048576", ""])
def test_a_wrong_dimension_changes_nothing(read: Read, make_sheet: Make, dimension: str) -> None:
    rows = "".join(f'<row r="{n}"><c r="A{n}"><v>{n}</v></c></row>' for n in range(2, 52))
    data = make_sheet(
        f'<worksheet xmlns="http://x"><dimension ref="{dimension}"/>'
        f"<sheetData>{HEADER}{rows}</sheetData></worksheet>"
    )
    assert cells(read(data, "a.xlsx")) == [[n, None] for n in range(2, 52)]


A = '<c r="A2"><v>7</v></c>'
B = '<c r="B2" t="str"><v>x&amp;y</v></c>'
ROW = f'<row r="2">{A}{B}</row>'
FORMS = {
    "as Excel writes it": f'<row r="2" spans="1:2">{A}{B}</row>',
    "no references": '<row><c><v>7</v></c><c t="str"><v>x&amp;y</v></c></row>',
    "other order": '<row spans="1:2" r="2"><c t="n" r="A2"><v>7</v></c>'
    '<c t="str" r="B2"><v>x&#38;y</v></c></row>',
    "single quotes": "<row r='2'><c r='A2'><v>7</v></c><c r='B2' t='str'><v>x&amp;y</v></c></row>",
    "pretty": f'<row r="2">\n <c r="A2">\n  <v>7</v>\n </c>\n {B}\n</row>',
    "inline": f'<row r="2">{A}<c r="B2" t="inlineStr"><is><t>x&amp;y</t></is></c></row>',
    "rich inline": f'<row r="2">{A}<c r="B2" t="inlineStr"><is>'
    "<r><t>x&amp;</t></r>"
    "<r><rPr><b/></rPr><t>y</t></r><rPh><t>no</t></rPh></is></c></row>",
    "comment": f'<row r="2"><!-- </row> -->{A}{B}</row>',
    "cdata": f'<row r="2">{A}<c r="B2" t="str"><v><![CDATA[x&y]]></v></c></row>',
    "instruction": f'<row r="2"><?x y?>{A}{B}</row>',
    "blank rows": f'{ROW}<row r="3"/>'
    '<row r="4"><c r="A4" s="0"/></row><row r="5"><c r="A5" t="str"><v>  </v></c></row>',
    "more attributes": '<row r="2"><c r="A2" s="0" cm="1"><v>7</v></c>'
    '<c r="B2" s="0" t="str" ph="1"><v>x&amp;y</v></c></row>',
    "extension": f'<row r="2"><c r="A2"><v>7</v><extLst><ext/></extLst></c>{B}</row>',
}


@pytest.mark.parametrize("after", [0, 2])
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_same_row_is_read(
    read: Read, make_sheet: Make, form: str, after: int
) -> None:
    more = "".join(f'<row r="{9 + n}"><c r="A{9 + n}"><v>{n}</v></c></row>' for n in range(after))
    rows = read(make_sheet(HEADER + FORMS[form] + more), "a.xlsx")
    assert cells(rows) == [[7, "x&y"]] + [[n, None] for n in range(after)]
    assert [row.number for row in rows[1:]] == [2, 9, 10][: 1 + after]


@pytest.mark.parametrize("prefix", ["", "x:"])
def test_strict_and_prefixed_workbooks_are_read(read: Read, make_sheet: Make, prefix: str) -> None:
    name = f"xmlns{':x' if prefix else ''}"
    row = FORMS["as Excel writes it"]
    iso = '<row r="3"><c r="A3" t="d"><v>2024-05-06</v></c>'
    iso += '<c r="B3" t="d"><v>2024-05-06T07:08:09</v></c></row>'
    inner = f"<sheetData>{HEADER}{row}{iso}</sheetData>"
    inner = inner.replace("</", "\0").replace("<", f"<{prefix}").replace("\0", f"</{prefix}")
    xml = f'<{prefix}worksheet {name}="{STRICT}">{inner}</{prefix}worksheet>'
    assert cells(read(make_sheet(xml), "a.xlsx")) == [
        [7, "x&y"],
        [dt.date(2024, 5, 6), at("2024-05-06 07:08:09")],
    ]


def test_shared_and_rich_texts_are_whole(read: Read, make_sheet: Make, change: Any) -> None:
    data = make_sheet(
        '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="s"><v>1</v></c></row>'
        '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>3</v></c></row>'
    )
    rels = load_part(data, "xl/_rels/workbook.xml.rels").replace(
        "</Relationships>",
        '<Relationship Id="rId99" Target="/xl/sharedStrings.xml" Type="http://x/sharedStrings"/>'
        "</Relationships>",
    )
    texts = (
        '<sst xmlns="http://x"><si><t>a</t></si><si><t>b</t></si>'
        "<si><r><t>one </t></r><r><rPr/><t>two</t></r><rPh><t>no</t></rPh></si>"
        '<si><t xml:space="preserve"> _x0041_ _x0000_ _x000A_</t></si></sst>'
    )
    data = change(data, {"xl/_rels/workbook.xml.rels": rels, "xl/sharedStrings.xml": texts})
    assert cells(read(data, "a.xlsx")) == [["one two", " A _x0000_ \n"]]


def test_rich_text_of_openpyxl_is_whole(read: Read, make_book: Make) -> None:
    rich = CellRichText("plain ", TextBlock(InlineFont(b=True), "bold"))
    assert cells(read(make_book([["a", "b"], [rich, 1]]), "a.xlsx")) == [["plain bold", 1]]


def test_merged_cells_have_their_value_at_the_upper_left(read: Read, save: Any) -> None:
    book = Workbook()
    sheet: Any = book.active
    for row in (["a", "b"], ["x", None], [None, 1]):
        sheet.append(row)
    sheet.merge_cells("A2:A3")
    assert cells(read(save(book), "a.xlsx")) == [["x", None], [None, 1]]


def test_the_sheet_is_chosen_by_name(read: Read, save: Any) -> None:
    book = Workbook()
    for title in ("One", "Two & co"):
        sheet = book.create_sheet(title)
        sheet.append(["name", "n"])
        sheet.append([title, 1])
    data = save(book)
    assert cells(read(data, "a.xlsx", sheet="Two & co")) == [["Two & co", 1]]
    assert cells(read(data, "a.xlsx")) == [["One", 1]]
    with pytest.raises(FileRefused, match=r"no sheet “Three”\. It has: Sheet, One, Two & co"):
        read(data, "a.xlsx", sheet="Three")


def test_a_sheet_with_values_and_no_rows_is_refused(read: Read, make_sheet: Make) -> None:
    data = make_sheet(
        '<worksheet xmlns="http://x"><sheetData><line><c r="A1"><v>5</v></c></line>'
        "</sheetData></worksheet>"
    )
    with pytest.raises(FileRefused) as refusal:
        read(data, "a.xlsx")
    assert refusal.value.code == "no_rows_read"


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (
            '<row r="3"><c r="A3"><v>1</v></c></row><row r="2"/><row r="2"><c><v>1</v></c></row>',
            "rows_out_of_order",
        ),
        ('<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>', "cells_out_of_order"),
        ('<row r="2"><c r="XFD2"><v>1</v></c></row>', "too_wide_sheet"),
        ('<row r="1048577"><c><v>1</v></c></row>', "too_many_rows"),
        ('<row r="2"><c r="A2" t="s"><v>7</v></c></row>', "missing_text"),
        ('<row r="2"><c r="A2"><v>1</v></row>', "damaged_xml"),
        ('<row r="2"><c r="A2" t="str"><v>&nothing;</v></c></row>', "damaged_xml"),
    ],
)
def test_what_would_lose_cells_is_refused(
    read: Read, make_sheet: Make, rows: str, code: str
) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(make_sheet(HEADER + rows), "a.xlsx", header_row=1, sheet="Sheet")
    assert refusal.value.code == code


@pytest.mark.parametrize("end", ["", "</sheetData>", "<row r='3'>"])
def test_a_sheet_that_ends_too_early_is_refused(read: Read, make_sheet: Make, end: str) -> None:
    xml = f'<worksheet xmlns="http://x"><sheetData>{HEADER}<row r="2"><c><v>1</v></c></row>'
    is_whole = end == "</sheetData>"  # what comes after the rows is not missed
    data = make_sheet(xml + end)
    if is_whole:
        assert len(read(data, "a.xlsx")) == 2
        return
    with pytest.raises(FileRefused, match="is damaged"):
        read(data, "a.xlsx")


def test_a_number_that_is_none_keeps_its_row_out(read: Read, make_sheet: Make) -> None:
    rows = read(make_sheet(HEADER + '<row r="2"><c r="A2"><v>nan</v></c></row>'), "a.xlsx")
    assert rows[1].fault is not None
    assert rows[1].fault.code == "unreadable_cell"


def test_rows_are_as_wide_as_the_header_and_wider_where_something_is(
    read: Read, make_book: Make
) -> None:
    rows = read(make_book([["a", "b"], [1], [1, 2, 3], [None, 0], [1, 2, " "]]), "a.xlsx")
    assert cells(rows) == [[1, None], [1, 2, 3], [None, 0], [1, 2]]


def test_openpyxl_reads_the_same(read: Read, make_book: Make) -> None:
    table = [["a", "b", "c", "d"]]
    for n in range(1500):
        day = at("2020-01-01") + dt.timedelta(hours=n)
        table.append([n, f"t{n}" if n % 3 else None, n / 7, day])  # type: ignore[list-item]
    data = make_book(table)
    sheet: Any = load_workbook(io.BytesIO(data), read_only=True, data_only=True).worksheets[0]
    sheet.reset_dimensions()
    expected = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert cells(read(data, "a.xlsx")) == expected[1:]
