"""Workbooks with more than rows: several documents, highlights, totals, tallies."""

import datetime as dt
import io
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from exports.formats import Document, Field, Highlight, Kind, Total, Totals, open_workbook
from exports.formats.highlights import AMBER, BLUE, GREEN, GREY, RED, contrast
from exports.formats.xlsx import open_xlsx

PRIORITIES = {"High": RED, "Medium": AMBER, "=1+1": GREEN}
FIELDS = (
    Field(name="id", header="ID", kind=Kind.INTEGER),
    Field(name="priority", header="Priority", highlights=PRIORITIES),
    Field(name="amount", header="Amount", kind=Kind.MONEY),
    Field(name="level", header="Level", kind=Kind.INTEGER, highlights={"3": RED}),
)
ROWS = [
    (1, "High", Decimal("10.50"), 3),
    (2, "Medium", None, 2),
    (3, "=1+1", Decimal("-0.25"), 3),
    (4, None, Decimal("1234567890123456.78"), None),  # stays text: too long for a number
    (5, "High", Decimal(2), 1),
]


@pytest.fixture
def workbook(make_document: Any) -> Callable[..., bytes]:
    def write(
        rows: Sequence[Any] = ROWS, max_rows: int = 100, fields: Any = FIELDS, **changes: object
    ) -> bytes:
        stream = io.BytesIO()
        writer = open_xlsx(stream, make_document(fields=fields, **changes), {}, max_rows=max_rows)
        writer.write(rows)
        assert writer.close().rows == len(rows)
        return stream.getvalue()

    return write


def load(data: bytes, **options: bool) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data), **options)


def shown(data: bytes, sheet: str) -> list[list[object]]:
    """The results that are stored with the formulas, which both readers must see."""
    rows = [list(row) for row in load(data, data_only=True)[sheet].values]
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    other = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    assert [[cell or "" for cell in row] for row in rows] == [
        [cell or "" for cell in row] for row in other
    ]
    return rows


def formulas(data: bytes, sheet: str) -> list[str]:
    return [cell.value for row in load(data)[sheet] for cell in row if cell.data_type == "f"]


def test_highlights_colour_the_cell_and_leave_its_text(workbook: Any) -> None:
    sheet = load(workbook())["Tickets"]
    cells = {cell.value: cell for cell in sheet["B"][1:]}
    for text, highlight in PRIORITIES.items():
        assert cells[text].fill.fgColor.rgb == f"00{highlight.fill}"
        assert cells[text].font.color.rgb == f"00{highlight.font}"
        assert (cells[text].data_type, cells[text].number_format) == ("s", "@")
    assert cells[None].fill.fill_type is None
    assert [cell.fill.fill_type for cell in sheet["D"][1:]] == ["solid", None, "solid", None, None]
    assert (sheet["D2"].value, sheet["D2"].number_format) == (3, "0")
    assert sheet["A2"].fill.fill_type is None


def test_highlights_change_no_other_format(make_document: Any, written: Any) -> None:
    plain = tuple(Field(name=one.name, header=one.header, kind=one.kind) for one in FIELDS)
    for name in ("csv", "json", "pdf"):
        coloured, _ = written(name, make_document(fields=FIELDS), ROWS)
        assert coloured == written(name, make_document(fields=plain), ROWS)[0]


@pytest.mark.parametrize("one", [RED, AMBER, GREEN, BLUE, GREY])
def test_our_highlights_can_be_read(one: Highlight) -> None:
    assert contrast(one.fill, one.font) >= 7


@pytest.mark.parametrize(
    ("fill", "font", "message"),
    [
        ("FFFFFF", "FFFF00", "contrast"),
        ("red", "000000", "six digits"),
        ("#FFFFFF", "000000", "six digits"),
    ],
)
def test_colours_that_cannot_be_read_are_refused(fill: str, font: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Highlight(fill=fill, font=font)


def test_totals_stand_below_the_data_and_outside_of_the_filter(workbook: Any) -> None:
    data = workbook(totals={"amount": "sum", "level": Total.SUM, "priority": "count"})
    sheet = load(data)["Tickets"]
    assert sheet.auto_filter.ref == "A1:D6"
    assert [cell.value for cell in sheet[7]] == [
        "Total",
        "=SUBTOTAL(103,'Tickets'!$B$2:$B$6)",
        "=SUBTOTAL(109,'Tickets'!$C$2:$C$6)",
        "=SUBTOTAL(109,'Tickets'!$D$2:$D$6)",
    ]
    assert shown(data, "Tickets")[6] == ["Total", 4, 12.25, 9]
    assert all(cell.font.bold and cell.border.top.style == "thin" for cell in sheet[7])
    assert sheet["C7"].number_format == "#,##0.00"
    assert [sheet.column_dimensions[letter].width for letter in "ABCD"] == [7, 16, 25, 16]
    assert ["Rows", 5] in shown(data, "About")


def test_totals_of_several_sheets_stand_on_the_last(workbook: Any) -> None:
    data = workbook([(row, "a", row, 1) for row in range(1, 8)], 4, totals={"amount": "sum"})
    book = load(data)
    assert book.sheetnames == ["Tickets", "About", "Tickets (2)", "Tickets (3)"]
    assert formulas(data, "Tickets (3)") == [
        "=SUBTOTAL(109,'Tickets'!$C$2:$C$4,'Tickets (2)'!$C$2:$C$4,'Tickets (3)'!$C$2:$C$2)"
    ]
    assert shown(data, "Tickets (3)")[-1][2] == 28
    assert formulas(data, "Tickets") == formulas(data, "Tickets (2)") == []


def test_totals_of_a_full_sheet_get_a_sheet_of_their_own(workbook: Any) -> None:
    data = workbook([(row, "a", row, 1) for row in range(1, 4)], 4, totals={"amount": "sum"})
    assert shown(data, "Tickets (2)") == [
        ["ID", "Priority", "Amount", "Level"],
        ["Total", None, 6, None],
    ]
    assert load(data)["Tickets (2)"].auto_filter.ref == "A1:D1"


def test_no_rows_have_no_totals(workbook: Any) -> None:
    data = workbook([], totals={"amount": "sum"}, tallies=("priority",))
    assert shown(data, "Tickets") == [["ID", "Priority", "Amount", "Level"]]
    assert formulas(data, "About") == []


def test_tallies_count_the_rows_of_each_value(workbook: Any) -> None:
    data = workbook(tallies=("priority", "level"), title="It's")
    about = shown(data, "About")
    assert about[5:] == [
        [None, None],
        ["Priority", "Rows"],
        ["High", 2],
        ["Medium", 1],
        ["=1+1", 1],
        ["No value", 1],
        [None, None],
        ["Level", "Rows"],
        [3, 2],
        [2, 1],
        [1, 1],
        ["No value", 1],
    ]
    assert formulas(data, "About")[:4] == [
        "=COUNTIF('It''s'!$B$2:$B$6,$A8)",
        "=COUNTIF('It''s'!$B$2:$B$6,$A9)",
        "=SUMPRODUCT(--EXACT('It''s'!$B$2:$B$6,$A10))",
        "=COUNTBLANK('It''s'!$B$2:$B$6)",
    ]
    assert load(data)["About"]["A8"].fill.fill_type == "solid"  # as in the data: a legend


@pytest.mark.parametrize(
    "text", ["<5", "a*", "x~y", "007", "May 5", "TRUE", "50%", "Open", "a" * 300, "1e3"]
)
def test_texts_that_are_criteria_are_compared_instead(text: str, workbook: Any) -> None:
    rows = [(1, text, 1, 1), (2, "open", 1, 1), (3, "in progress", 1, 1)]
    found = formulas(workbook(rows, tallies=("priority",)), "About")
    assert "EXACT" in found[0]
    assert "COUNTIF" in found[2]


def test_more_values_than_a_block_holds_are_others(workbook: Any) -> None:
    rows = [(row, f"value {row % 60}", 1, 1) for row in range(120)]
    data = workbook(rows, 200, tallies=("priority",))
    about = shown(data, "About")
    assert about[-1] == ["Other values", 20]
    assert sum(row[1] for row in about[7:]) == 120  # type: ignore[misc]
    assert formulas(data, "About")[-1] == "=COUNTA('Tickets'!$B$2:$B$121)-SUM(B8:B57)"


def test_tallies_add_up_over_sheets(workbook: Any) -> None:
    data = workbook([(1, "a", 1, 1)] * 5, 4, tallies=("priority",))
    assert formulas(data, "About") == [
        "=COUNTIF('Tickets'!$B$2:$B$4,$A8)+COUNTIF('Tickets (2)'!$B$2:$B$3,$A8)"
    ]
    assert shown(data, "About")[-1] == ["a", 5]


def test_booleans_and_dates_are_tallied_as_they_are(workbook: Any) -> None:
    fields = (
        Field(name="open", header="Open", kind=Kind.BOOLEAN),
        Field(name="day", header="Day", kind=Kind.DATE),
    )
    day = dt.date(2026, 11, 21)
    data = workbook([(True, day), (False, day)], fields=fields, tallies=("open", "day"))
    values = [row[0] for row in load(data)["About"].values]
    assert values[7:9] == [True, False]
    assert values[-1] == dt.datetime.combine(day, dt.time())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"totals": {"nothing": "sum"}}, 'no field "nothing"'),
        ({"tallies": ("nothing",)}, 'no field "nothing"'),
        ({"totals": {"priority": "sum"}}, "is no number"),
    ],
)
def test_totals_of_what_is_not_there_are_our_bug(
    changes: dict[str, object], message: str, workbook: Any
) -> None:
    with pytest.raises(ValueError, match=message):
        workbook(**changes)


def write_all(documents: Sequence[Document], rows: Sequence[Any], **options: int) -> Any:
    stream = io.BytesIO()
    book = open_workbook(stream, documents, **options)
    for _, some in zip(documents, rows, strict=True):
        sheet = book.next_sheet()
        sheet.write(some)
        sheet.close()
    return stream.getvalue, book.close


def test_several_documents_share_a_workbook(make_document: Any) -> None:
    documents = [
        make_document(title="Tickets", about=(("Asked by", "ada"),)),
        make_document([Kind.INTEGER, Kind.TEXT], title="Assets", tallies=("field_1",)),
        make_document(title="tickets", about=(("Filter", "x" * 40_000),)),
    ]
    rows = [[["a\0"]] * 3, [(1, "b"), (2, "b")], [["c"], ["y" * 40_000]]]
    value, close = write_all(documents, rows)
    totals: tuple[Totals, ...] = close()
    data = value()
    assert load(data).sheetnames == ["Tickets", "Assets", "tickets (2)", "About", "Long texts"]
    assert [one.rows for one in totals] == [3, 2, 2]
    assert [one.removed_nuls for one in totals] == [3, 0, 0]
    assert [one.long_texts for one in totals] == [0, 0, 2]
    assert shown(data, "Assets") == [["Field 0", "Field 1"], [1, "b"], [2, "b"]]
    about = [row[:1] if row[0] != "b" else row for row in shown(data, "About")]
    headings = [row[0] for row in about if row[0] in ("Tickets", "Assets", "tickets (2)")]
    assert headings == ["Tickets", "Assets", "tickets (2)"]
    assert ["b", 2] in about
    assert formulas(data, "About") == ["=COUNTIF('Assets'!$B$2:$B$3,$A17)"]
    kept = [row[:2] for row in shown(data, "Long texts")[1:]]
    assert kept == [["tickets (2)", 3]] * 2 + [["About", 20]] * 2


def test_full_sheets_of_several_documents_keep_their_own_names(make_document: Any) -> None:
    documents = [make_document(title=title) for title in ("A", "A (2)", "A")]
    value, close = write_all(documents, [[["a"]] * 5, [["b"]] * 5, [["c"]]], max_rows=4)
    close()
    assert load(value()).sheetnames == ["A", "A (2)", "A (2) (2)", "A (2) (3)", "A (3)", "About"]


def test_sheets_come_one_after_the_other(make_document: Any) -> None:
    book = open_workbook(io.BytesIO(), [make_document(), make_document()])
    first = book.next_sheet()
    with pytest.raises(ValueError, match="not closed"):
        book.next_sheet()
    first.close()
    with pytest.raises(ValueError, match="Every document"):
        book.close()
    with pytest.raises(ValueError, match="needs a document"):
        open_workbook(io.BytesIO(), [])
