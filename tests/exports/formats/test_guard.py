"""Formulas in text files: every trigger, behind everything a spreadsheet strips."""

import csv
import io
from typing import Any

import pytest

from exports.formats import Field, Kind
from exports.formats.guard import is_formula

TRIGGERS = {
    "equals": "=", "plus": "+", "minus": "-", "at": "@", "tab": "\t", "return": "\r",
    "newline": "\n", "wide equals": "\uff1d", "wide plus": "\uff0b", "wide minus": "\uff0d",
    "wide at": "\uff20",
}  # fmt: skip
BEFORE = {
    "raw": "", "space": " ", "no-break space": "\u00a0", "bom": "\ufeff", "nul": "\0",
    "zero width space": "\u200b", "word joiner": "\u2060", "several": " \0\ufeff \u200d",
}  # fmt: skip


@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE.keys())
@pytest.mark.parametrize("trigger", TRIGGERS.values(), ids=TRIGGERS.keys())
@pytest.mark.parametrize("rest", ["1+1", '1+2";=1+2', "A1,B2", ""])
def test_a_formula_gets_an_apostrophe_in_cells_and_headers(
    before: str, trigger: str, rest: str, make_document: Any, written: Any, read: Any
) -> None:
    text = before + trigger + rest
    document = make_document(fields=(Field(name="a", header=text),))
    data, totals = written("csv", document, [[text]])
    assert read["csv"](data) == [["'" + text.replace("\0", "")]] * 2
    assert totals.protected_cells == 2


@pytest.mark.parametrize(
    ("text", "kind", "protected"),
    [
        ("-5", Kind.TEXT, True),
        ("-5", Kind.INTEGER, False),
        ("+1.50", Kind.MONEY, False),
        ("-5\n", Kind.INTEGER, True),
        ("-\u0665", Kind.INTEGER, True),
        ("-1+cmd", Kind.FLOAT, True),
        ("+49 30 123", Kind.TEXT, True),
        ("a=1", Kind.TEXT, False),
        ("'=1", Kind.TEXT, False),
        (" ", Kind.TEXT, False),
        (-5, Kind.TEXT, False),
        (-5.5, Kind.TEXT, False),
    ],
)
def test_only_what_a_spreadsheet_would_run_is_changed(
    text: object, kind: Kind, protected: bool, make_document: Any, written: Any, read: Any
) -> None:
    data, totals = written("csv", make_document([kind]), [[text]])
    assert read["csv"](data)[1] == [f"'{text}" if protected else str(text)]
    assert totals.protected_cells == protected


def test_the_guard_can_be_turned_off(make_document: Any, written: Any, read: Any) -> None:
    data, totals = written("csv", make_document(), [["=1+1"]], formula_guard="false")
    assert read["csv"](data)[1] == ["=1+1"]
    assert totals.protected_cells == 0


@pytest.mark.parametrize("delimiter", [",", ";", "tab", "|"])
def test_no_cell_can_break_out_into_a_formula_of_its_own(
    delimiter: str, make_document: Any, written: Any
) -> None:
    comma = "\t" if delimiter == "tab" else delimiter
    text = f'x{comma}=1+1"{comma}=2"\n=3\r=4{comma}'
    data, _ = written("csv", make_document(), [[text]], delimiter=delimiter)
    rows = csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=comma)
    assert not any(is_formula(cell) for row in rows for cell in row)
