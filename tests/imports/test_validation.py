"""Rows of a file into records: shapes, blanks, rules, and everything that is wrong with a row."""

import datetime as dt
import time
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from imports.fields import Field, Integer, Money, Number, Text
from imports.importers import Importer, Row, Run, Values
from imports.models import Blank
from imports.problems import Problem
from imports.readers.base import RawRow
from imports.validation import Parsed, RowReader, compile_rows
from tests.imports.reading import naive
from tests.library.importers import BookImporter
from tests.library.models import Book, Note

RUN = Run(job_id=UUID(int=1), user_id=1, filename="books.csv", options={"stamps": "end"})
HEADER = ("Title", "Pages", "Price", "Published", "Shelf", "Other")
MAPPING = {
    "Title": "title",
    "Pages": "pages",
    "Price": "price",
    "Published": "published_on",
    "Shelf": "shelf",
    "Other": None,
}


def reader(
    importer: type[Importer] = BookImporter,
    header: Sequence[str] = HEADER,
    mapping: Mapping[str, str | None] = MAPPING,
    **given: Any,
) -> RowReader:
    facts = {"values": {}, "run": RUN, "time_zone": "Europe/London", **given}
    return compile_rows(importer, header=header, mapping=mapping, **facts)


def read(*cells: Any, **given: Any) -> Parsed:
    return reader(**given)(RawRow(7, cells))


def problems(parsed: Parsed) -> list[tuple[str, str, str]]:
    return [(problem.code, problem.column, problem.value) for problem in parsed.problems]


def test_a_good_row_is_one_record() -> None:
    parsed = read("Emma", "474", "$12.40", "23/12/2015", "novel", "ignored")
    assert parsed.records == [
        {
            "title": "Emma",
            "pages": 474,
            "price": Decimal("12.40"),
            "published_on": dt.date(2015, 12, 23),
            "shelf": "novel",
        }
    ]
    assert (parsed.row, parsed.problems, parsed.skipped) == (7, [], "")
    assert parsed.cells == ("Emma", "474", "$12.40", "23/12/2015", "novel", "ignored")


def test_typed_cells_are_kept_as_text_for_the_report() -> None:
    parsed = read("Emma", 474.0, 12.4, naive("2015-12-23"), None, True)
    assert parsed.cells == ["Emma", "474", "12.4", "2015-12-23", "", "TRUE"]
    assert parsed.records[0]["published_on"] == dt.date(2015, 12, 23)


def test_all_that_is_wrong_with_a_row_is_said_at_once() -> None:
    parsed = read("", "many", "x", "31/02/2025", "Novle", "")
    assert parsed.records == []
    assert problems(parsed) == [
        ("not_a_number", "Pages", "many"),
        ("not_a_number", "Price", "x"),
        ("not_a_date", "Published", "31/02/2025"),
        ("unknown_choice", "Shelf", "Novle"),
    ]
    assert all(problem.is_error for problem in parsed.problems)


def test_a_long_value_is_cut_in_its_problem() -> None:
    assert len(read("Emma", "9x" * 5000, "", "", "", "").problems[0].value) == 200


def test_a_row_that_the_reader_refuses_stays_out() -> None:
    fault = Problem(code="unclosed_quote", message="A quote is not closed.")
    parsed = reader()(RawRow(7, ("Emma",), fault))
    assert (parsed.records, parsed.problems, parsed.cells) == ([], [fault], ("Emma",))


def test_a_row_with_too_few_cells_stays_out() -> None:
    parsed = read("Emma", "474")
    assert problems(parsed) == [("too_few_cells", "", "")]
    assert "This row has 2 cells, the header has 6." in parsed.problems[0].message


def test_a_row_with_too_many_cells_stays_out_unless_they_are_empty() -> None:
    good = ("Emma", "474", "1", "", "", "")
    assert problems(read(*good, " ", "x")) == [("too_many_cells", "", "")]
    assert read(*good, " ", "").records == [{"title": "Emma", "pages": 474, "price": 1}]


@pytest.mark.parametrize("empty", ["", "   ", "\u00a0", None, '=""'])
def test_an_empty_cell_is_left_alone(empty: Any) -> None:
    assert read("Emma", empty, empty, empty, empty, "").records == [{"title": "Emma"}]


@pytest.mark.parametrize("empty", ["", "   ", None, '=""'])
def test_an_empty_cell_empties_its_field_if_asked(empty: Any) -> None:
    parsed = read("Emma", "1", empty, empty, "novel", "", blank=Blank.CLEAR)
    assert parsed.records == [
        {"title": "Emma", "pages": 1, "price": None, "published_on": None, "shelf": "novel"}
    ]


def test_a_field_that_may_not_be_empty_is_not_emptied() -> None:
    parsed = read("Emma", "", "", "", "", "", blank=Blank.CLEAR)
    assert problems(parsed) == [
        ("may_not_be_empty", "Pages", ""),
        ("may_not_be_empty", "Shelf", ""),
    ]
    assert parsed.problems[0].message == "pages may not be empty."
    assert parsed.records == []


def test_translations_are_by_field() -> None:
    given = {"shelf": {"Novle": "novel"}, "title": {"E": "Emma"}}
    parsed = read("E", "", "", "", "Novle", "", values=given)
    assert parsed.records == [{"title": "Emma", "shelf": "novel"}]


def test_columns_of_one_header_are_told_apart() -> None:
    header = ("Price", "", "Price")
    mapping = {"Price": None, "Column 2": "title", "Price (column 3)": "price"}
    parsed = read("1", "Emma", "2", header=header, mapping=mapping)
    assert parsed.records == [{"title": "Emma", "price": 2}]


def test_rules_of_an_importer_warn_skip_and_refuse() -> None:
    class Strict(BookImporter):
        name = "strict"

        @classmethod
        def check_row(cls, row: Row, run: Run) -> None:
            super().check_row(row, run)
            if row.values.get("pages", 1) > 9000:
                row.refuse("too_thick", f"Nobody binds {row.values['pages']}.", field="pages")

    facts = {
        "importer": Strict,
        "header": ("T", "P", "In print"),
        "mapping": {"T": "title", "P": "pages", "In print": "in_print"},
    }
    warned = read("Emma", "0", "yes", **facts)
    assert problems(warned) == [("no_pages", "P", "0")]
    assert not warned.problems[0].is_error
    assert warned.records == [{"title": "Emma", "pages": 0, "in_print": True}]
    skipped = read("# Emma", "1", "", **facts)
    assert (skipped.records, skipped.skipped) == ([], "a comment")
    refused = read("Emma", "9001", "maybe", **facts)
    assert problems(refused) == [("not_yes_or_no", "In print", "maybe"), ("too_thick", "P", "9001")]
    assert refused.records == []


class Wide(Importer):
    """Several records a row, as half-hourly readings are."""

    name = "wide"
    model = Note
    fields = (Text(name="text"),)

    @classmethod
    def fields_for(cls, header: Sequence[str]) -> tuple[Field, ...]:
        stars = [Integer(name=name) for name in header if name.startswith("S")]
        return (*cls.fields, *stars)

    @classmethod
    def expand(cls, row: Row, run: Run) -> Iterable[Values]:
        text = row.values.pop("text", "")
        if not row.values:
            row.refuse("no_value", f"There is no value; stamps are at the {run.options['stamps']}.")
        for name, stars in row.values.items():
            yield {"text": f"{text} {name}", "stars": stars}


def test_one_row_may_become_several_records_or_none() -> None:
    header = ("text", "S1", "S2")
    facts = {"importer": Wide, "header": header, "mapping": {name: name for name in header}}
    assert read("a", "1", "2", **facts).records == [
        {"text": "a S1", "stars": 1},
        {"text": "a S2", "stars": 2},
    ]
    assert read("a", "1", "x", **facts).records == []
    refused = read("a", "", "", **facts)
    assert (refused.records, problems(refused)) == ([], [("no_value", "", "")])
    assert refused.problems[0].message.endswith("at the end.")


def test_words_for_nothing_are_empty_cells() -> None:
    class Meters(Importer):
        name = "meters"
        model = Book
        fields = (Number(name="weight", empty_words=("Null",)), Money(name="price"))

    header, mapping = ("w", "p"), {"w": "weight", "p": "price"}
    facts = {"importer": Meters, "header": header, "mapping": mapping}
    assert read("null", "1", **facts).records == [{"price": 1}]
    assert read("null", "1", blank=Blank.CLEAR, **facts).records == [{"weight": None, "price": 1}]


def test_a_million_rows_can_be_waited_for() -> None:
    """A guard against a slow path, far above what is measured (about 8 µs)."""
    header = [field.name for field in BookImporter.fields]
    read_row = reader(header=header, mapping={name: name for name in header})
    rows = [
        RawRow(
            number,
            (
                *(f"Title {number}", "Jane", "novel", str(number % 900), f"{number % 99}.50", "1"),
                *("yes", f"{number % 28 + 1}/12/2025", "14:30", "1/7/2025 14:30", "a", "some text"),
            ),
        )
        for number in range(5_000)
    ]
    began = time.process_time()
    assert all(read_row(row).records for row in rows)
    assert (time.process_time() - began) / len(rows) < 100e-6
