"""Columns read at once give what their cells give one after the other."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.fields import (
    EMPTY,
    Boolean,
    Choice,
    Date,
    DateTime,
    Field,
    Integer,
    IsEmpty,
    Json,
    List,
    Money,
    Number,
    ParseSettings,
    Text,
    Time,
    bind,
)
from imports.fields.blocks import column_reader
from imports.importers import Importer, Row, Run
from imports.models import Blank
from imports.problems import BadValue, FileRefused
from imports.readers.base import RawRow
from imports.validation import BLOCK, Parsed, RowReader, compile_rows
from tests.library.importers import BookImporter
from tests.library.models import Book

FIELDS: tuple[Field, ...] = (
    Text(name="t"),
    Text(name="t", max_length=5),
    Text(name="t", is_code=True),
    Text(name="t", empty_words=("n/a",)),
    bind(Text(name="title"), Book),
    Integer(name="n"),
    Number(name="n", places=2),
    Money(name="n"),
    Boolean(name="b"),
    Choice(name="c", choices=(("a", "Alpha"), ("b", "Beta"))),
    Date(name="d"),
    DateTime(name="m", day_first=False),
    Time(name="t"),
    Json(name="j"),
    List(name="l"),
)
CELLS: tuple[Any, ...] = (
    *("", " ", "\u00a0", "a", " a ", "Beta", "plain text", "many characters", "O'Brien", "n/a"),
    *('="0012"', '=""', "=1+1", "'=1+1", "'+1", "'quoted'", "#N/A", "#4 Main St", "#REF!", "Null"),
    *("1", "1.0", "-0", "12.50", "($9.11)", "$1,234.50", "1E+21", "1.2E+10", "9" * 50, "1e5", "+1"),
    *("2025-02-28", "02/28/2025", "28/02/2025", "2025-02-30", "45716", "0001-01-01", "9999-12-31"),
    *("2025-02-28 14:30", "02/28/2025 02:30:00 PM", "2025-03-30 01:30:00", "2025-10-26 01:30"),
    *("14:44", "02:44:33 PM", "12:00:00 AM", "13:00:00 PM", "00:00:60", "02:44:33 XM", "0752A"),
    *("02:44:33 pm", "2:44:33 PM", "02:44:33PM", "02.44.33 PM", "23:59:59", "24:00:00", "07:5:33"),
    *("\0", "a\x00b", "a\nb", "a\tb", "a\\b", "\ufffe", "\ud800", "١٢", "é", "[1]", "{}"),
    "\uff11\uff12",
    *(None, True, False, 0, 1, 1.0, 1.5, 10**30, float("nan"), float("inf"), Decimal("1.10")),
    *(dt.date(2025, 2, 28), dt.datetime(2025, 2, 28, 1, 2), dt.time(1, 2)),  # noqa: DTZ001
)


def one_by_one(field: Field, cells: list[Any], settings: ParseSettings) -> list[Any]:
    parse = field.parser(settings)
    given: list[Any] = []
    for cell in cells:
        bare = cell.strip() if isinstance(cell, str) else cell
        if bare is None or bare == "":
            given.append(EMPTY)
            continue
        try:
            given.append(parse(bare))
        except IsEmpty:
            given.append(EMPTY)
        except BadValue as error:
            given.append((error.code, error.message))
    return given


def told(values: list[Any]) -> list[tuple[type, str]]:
    said = [(v.code, v.message) if isinstance(v, BadValue) else v for v in values]
    return [(type(value), repr(value)) for value in said]


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.type}-{field.name}")
@given(st.lists(st.sampled_from(CELLS) | st.text(max_size=12), min_size=1, max_size=12))
@settings(max_examples=150)
def test_a_column_gives_what_its_cells_give(field: Field, cells: list[Any]) -> None:
    facts = ParseSettings(time_zone="Europe/London")
    read = column_reader(field, facts)
    for _ in range(2):  # the second time out of its memory
        assert told(read(cells)) == told(one_by_one(field, cells, facts))


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: f"{field.type}-{field.name}")
def test_each_cell_alone_gives_the_same_too(field: Field) -> None:
    facts = ParseSettings(time_zone="Europe/London", values={"Null": "Beta"})
    read = column_reader(field, facts)
    alone = [value for cell in CELLS for value in read([cell])]
    assert told(alone) == told(one_by_one(field, list(CELLS), facts)) == told(read(CELLS))


def test_values_that_can_be_changed_are_not_shared() -> None:
    read = column_reader(List(name="l"), ParseSettings())
    first, second = read(["red, green", "red, green"])
    assert first == second
    assert first is not second


# -- Rows ---------------------------------------------------------------------------------------
class RuledImporter(BookImporter):
    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        if row.raw.get("title", "").startswith("skip"):
            row.skipped = "Not wanted."
        if row.values.get("pages") == 13:
            row.refuse("unlucky", "Not thirteen.", field="pages")


HEADER = ("Title", "Pages", "Price", "Published", "Shelf", "Other")
NAMES = ("title", "pages", "price", "published_on", "shelf", None)
ROWS = st.lists(
    st.lists(
        st.sampled_from(CELLS) | st.sampled_from(("novel", "13", "skip", "2025-02-28")),
        min_size=4,
        max_size=8,
    ),
    max_size=12,
)


def reader(importer: type[Importer], blank: str = Blank.IGNORE) -> RowReader:
    run = Run(job_id=UUID(int=1), user_id=1, filename="books.csv")
    return compile_rows(
        importer,
        header=HEADER,
        mapping=dict(zip(HEADER, NAMES, strict=True)),
        values={},
        run=run,
        time_zone="Europe/London",
        blank=blank,
    )


@pytest.mark.parametrize("importer", [BookImporter, RuledImporter])
@pytest.mark.parametrize("blank", [Blank.IGNORE, Blank.CLEAR])
@given(rows=ROWS)
@settings(max_examples=150)
def test_rows_together_give_what_each_gives_alone(
    importer: type[Importer], blank: str, rows: list[list[Any]]
) -> None:
    raw = [RawRow(number, cells) for number, cells in enumerate(rows, 2)]
    read = reader(importer, blank)
    assert list(map(repr, read.each(raw))) == [repr(read(one)) for one in raw]


def test_rows_before_a_fault_of_the_file_are_given() -> None:
    def rows() -> Iterator[RawRow]:
        for number in range(BLOCK + 3):
            yield RawRow(number, ("Emma", "1", "", "", "", ""))
        raise FileRefused("unclosed_quote", "A quote is not closed.")

    given: list[Parsed] = []
    with pytest.raises(FileRefused):
        given.extend(reader(BookImporter).each(rows()))
    assert [parsed.row for parsed in given] == list(range(BLOCK + 3))
