"""Columns of texts in the usual form give what each text gives alone."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.fields import (
    Date,
    DateTime,
    Field,
    Integer,
    Money,
    Number,
    ParseSettings,
    Time,
    bind,
)
from imports.fields.blocks import MOST_REMEMBERED, column_reader
from imports.fields.usual import usual_reader
from tests.imports.test_blocks import one_by_one, told
from tests.library.models import Book

FACTS = ParseSettings(time_zone="Europe/London")
NASTY = st.sampled_from(
    ("", " 1", "1 ", "-", "--1", "1-", "-0", "-0.00", ".", ".5", "5.", "-.5", "1.2.3", "+5", "1e5",
     "1_000", "1,000.5", "0" * 39 + "1", "9" * 41, "1" * 30 + ".5", "12.345", "999999.999", "٣",
     "\uff11", 
     "\0", "1\n2", "inf", "NaN", "unknown", "2025-02-29", "0999-12-31", "1000-01-01", "9999-12-31",
     "2025-W01-1", "20250101", "2025-03-30", "2025-03-30 01:30:00", "2025-10-26 01:30:00",
     "2025-03-30 01:30", "2025-01-01 24:00:00", "2025-01-01 23:59:60", "2025-01-01T10:00:00",
     "2025-01-01 10:00:00Z", "0999-12-31 10:00", "1000-01-01 00:00", "9999-12-31 23:59:59",
     "2025-13-01 10:00", "24:00:00", "12:60:00", "02:44:33 PM", "00:44:33 AM", "13:44:33 PM",
     "2:44:33", "02-44-33", "02:44-33", "02:44:3x", "02:44:33 pm")
)  # fmt: skip
DAYS = st.dates(dt.date(990, 1, 1)).map(str)
CLOCKS = st.times().map(lambda time: str(time)[:8])
USUAL: list[tuple[Field, Any]] = [
    (Integer(name="n"), st.integers(-(10**30), 10**42).map(str)),
    (Integer(name="n", low=-3, high=7), st.integers(-4, 8).map(str)),
    (bind(Integer(name="pages"), Book), st.integers(-1, 2**31).map(str)),
    (Number(name="n"), st.decimals(allow_nan=False, allow_infinity=False).map(str)),
    (Number(name="n", places=2), st.decimals(-99, 99, places=2).map(str)),
    (Number(name="n", places=2, rounds=True), st.decimals(-9, 9, places=3).map(str)),
    (Number(name="n", places=1, digits=3), st.decimals(-101, 101, places=1).map(str)),
    (Number(name="n", places=0, low=0), st.decimals(-1, 101, places=0).map(str)),
    (Number(name="n", is_float=True, high=5), st.decimals(-9, 6, places=7).map(str)),
    (Number(name="n", decimal_comma=True), st.decimals(-9, 9, places=3).map(str)),
    (bind(Number(name="price"), Book), st.decimals(-9999, 99999, places=2).map(str)),
    (Money(name="n"), st.decimals(-9999, 9999, places=2).map(str)),
    (Date(name="d"), DAYS),
    (DateTime(name="m"), st.builds("{} {}".format, DAYS, CLOCKS)),
    (DateTime(name="m", takes_twofold=False), st.datetimes(dt.datetime(2025, 3, 29), dt.datetime(2025, 10, 28)).map(lambda m: f"{m:%Y-%m-%d %H:%M}")),  # noqa: DTZ001, E501
    (DateTime(name="m", is_local=True, needs_time=True), st.builds("{} {}".format, DAYS, CLOCKS)),
    (DateTime(name="m", time_zone="America/New_York"), st.datetimes().map(lambda m: str(m)[:16])),
    (Time(name="t"), CLOCKS),
    (Time(name="t"), st.times().map(lambda time: f"{time:%I:%M:%S %p}")),
]  # fmt: skip


@pytest.mark.parametrize(("field", "texts"), USUAL, ids=lambda given: getattr(given, "type", ""))
@given(data=st.data())
@settings(max_examples=250, deadline=None)
def test_usual_texts_give_what_each_gives_alone(field: Field, texts: Any, data: Any) -> None:
    cells = data.draw(
        st.lists(texts, min_size=1, max_size=9)
        | st.lists(texts | NASTY, min_size=1, max_size=6)
        | st.lists(NASTY, min_size=1, max_size=3)
    )
    read = column_reader(field, FACTS)
    alone = told(one_by_one(field, cells, FACTS))
    assert told(read(cells)) == alone
    assert told(read(cells[::-1])) == alone[::-1]


@pytest.mark.parametrize(
    ("field", "texts", "values"),
    [
        (Integer(name="n"), ["12", "-3"], [12, -3]),
        (Number(name="n", places=2), ["12.5", "-0"], [Decimal("12.50"), Decimal("0.00")]),
        (Money(name="n"), ["9", ".5"], [Decimal("9.00"), Decimal("0.50")]),
        (Date(name="d"), ["2025-02-28"], [dt.date(2025, 2, 28)]),
        (
            DateTime(name="m"),
            ["2025-07-01 10:00:00"],
            [dt.datetime(2025, 7, 1, 9, tzinfo=dt.UTC)],
        ),
        (Time(name="t"), ["14:30:00", "02:30:00 PM"], [dt.time(14, 30)] * 2),
    ],
)
def test_the_usual_way_is_taken(field: Field, texts: list[str], values: list[Any]) -> None:
    read = usual_reader(field, FACTS)
    assert read is not None
    assert read(texts) == values
    assert read([*texts, "unknown"]) is None


def test_words_of_ones_own_are_not_overlooked() -> None:
    assert usual_reader(Integer(name="n", empty_words=("0",)), FACTS) is None
    assert usual_reader(Integer(name="n"), ParseSettings(values={"1": "2"})) is None


def test_more_texts_than_are_remembered_give_their_values() -> None:
    read = column_reader(Integer(name="n"), FACTS)
    for start in range(0, 2 * MOST_REMEMBERED, 700):
        numbers = [*range(start, start + 900), 0, 1]
        assert read(list(map(str, numbers))) == numbers


def test_validators_are_asked() -> None:
    def refuse_13(value: int) -> None:
        if value == 13:
            raise ValidationError("Not thirteen.")

    read = column_reader(Integer(name="n", validators=(refuse_13,)), FACTS)
    good, bad = read(["12", "13"])
    assert good == 12
    assert bad.message == "Not thirteen."


def test_a_column_that_is_mostly_new_may_become_odd() -> None:
    read = column_reader(Time(name="t"), FACTS)
    clocks = [str(dt.time(n // 3600, n // 60 % 60, n % 60)) for n in range(2 * MOST_REMEMBERED)]
    for start in range(0, len(clocks), 500):
        cells = clocks[start : start + 500]
        assert read(cells) == list(map(dt.time.fromisoformat, cells))
    odd = ["", "25:00", "00:00:01", "2 pm"]
    assert told(read(odd)) == told(one_by_one(Time(name="t"), odd, FACTS))
    assert read(clocks[:2]) == [dt.time(0), dt.time(0, 0, 1)]
