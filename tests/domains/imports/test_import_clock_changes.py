"""The days of 46 and of 50 half-hours, and what is said twice."""

import datetime as dt
from decimal import Decimal

import pytest

from exportsite.domains.energy.models import MeterReading
from tests.domains.imports.conftest import Take

pytestmark = pytest.mark.django_db

SPRING, AUTUMN = dt.date(2025, 3, 30), dt.date(2025, 10, 26)


def wide(day: dt.date, *periods: int) -> str:
    """A row with readings in some of 50 columns; each is worth a thousandth of its number."""
    header = ",".join(f"HH{period:02}" for period in range(1, 51))
    cells = ",".join(f"{period / 1000}" if period in periods else "" for period in range(1, 51))
    return f"MPAN,Date,{header}\nE1,{day},{cells}\n"


def long(*stamps: str) -> str:
    rows = "".join(f"E1,{stamp},{number}\n" for number, stamp in enumerate(stamps, 1))
    return f"MPAN,DateTime,Value\n{rows}"


def stored() -> list[tuple[int, dt.time, Decimal]]:
    readings = MeterReading.objects.order_by("reading_date", "period_number")
    return list(readings.values_list("period_number", "reading_time", "reading_value"))


def test_a_day_in_march_has_46_half_hours(take: Take) -> None:
    assert take("readings-hh", wide(SPRING, *range(1, 47))).outcomes == ["create"]
    assert [period for period, _time, _value in stored()] == list(range(1, 47))
    assert [time for _period, time, _value in stored()][1:4] == [
        dt.time(0, 30), dt.time(2, 0), dt.time(2, 30)
    ]  # fmt: skip


def test_columns_that_go_by_the_clock_leave_the_missing_hour_empty(take: Take) -> None:
    take("readings-hh", wide(SPRING, 1, 2, *range(5, 49)))
    assert [period for period, _time, _value in stored()] == list(range(1, 47))
    assert stored()[2] == (3, dt.time(2, 0), Decimal("0.005"))
    assert stored()[-1] == (46, dt.time(23, 30), Decimal("0.048"))


def test_more_half_hours_than_the_day_has_are_refused(take: Take) -> None:
    taken = take("readings-hh", wide(SPRING, *range(1, 49)))
    assert taken.outcomes == ["fail no_such_period no_such_period"]
    assert taken.said()[0] == "HH47: 2025-03-30 has 46 half-hours, so this cell must be empty."
    assert take("readings-hh", wide(dt.date(2025, 11, 7), *range(1, 50))).outcomes == [
        "fail no_such_period"
    ]


def test_a_day_in_october_has_50_half_hours(take: Take) -> None:
    assert take("readings-hh", wide(AUTUMN, *range(1, 51))).outcomes == ["create"]
    assert len(stored()) == 50
    assert [time for _period, time, _value in stored()][2:6] == [
        dt.time(1, 0), dt.time(1, 30), dt.time(1, 0), dt.time(1, 30)
    ]  # fmt: skip
    assert stored()[49] == (50, dt.time(23, 30), Decimal("0.050"))


def test_48_half_hours_in_october_may_be_a_file_on_gmt(take: Take) -> None:
    assert take("readings-hh", wide(AUTUMN, *range(1, 49))).outcomes == ["create short_of_periods"]
    again = take("readings-hh", wide(AUTUMN, *range(1, 49)), options={"clock": "gmt"})
    assert again.warnings() == []
    assert stored()[47][:2] == (48, dt.time(23, 30))


def test_on_gmt_every_day_has_48(take: Take) -> None:
    text = wide(SPRING, *range(1, 49))
    assert take("readings-hh", text, options={"clock": "gmt"}).outcomes == ["create"]
    assert stored()[2][:2] == (3, dt.time(1, 0))
    beyond = take("readings-hh", wide(SPRING, 49), options={"clock": "gmt"})
    assert beyond.outcomes == ["fail no_such_period"]


def test_stamps_that_come_twice_in_october_are_two_half_hours(take: Take) -> None:
    stamps = ("00:30", "01:00", "01:30", "01:00", "01:30", "02:00")
    taken = take("readings-hh", long(*(f"2025-10-26 {stamp}" for stamp in stamps)))
    assert taken.outcomes == ["create"] * 6
    assert [(period, int(value)) for period, _time, value in stored()] == [
        (2, 1), (3, 2), (4, 3), (5, 4), (6, 5), (7, 6)
    ]  # fmt: skip


def test_a_bad_reading_is_still_the_first_of_two(take: Take) -> None:
    text = "MPAN,DateTime,Value\nE1,2025-10-26 01:00,x\nE1,2025-10-26 01:00,2\n"
    assert take("readings-hh", text).outcomes == ["fail not_a_number", "create"]
    assert [period for period, _time, _value in stored()] == [5]


def test_offsets_say_which_of_the_two_is_meant(take: Take) -> None:
    take("readings-hh", long("2025-10-26T01:00:00Z", "2025-10-26T01:00:00+01:00"))
    assert [(period, int(value)) for period, _time, value in stored()] == [(3, 2), (5, 1)]


def test_an_hour_that_never_was_is_refused(take: Take) -> None:
    taken = take("readings-hh", long("2025-03-30 00:30", "2025-03-30 01:30", "2025-03-30 02:00"))
    assert taken.outcomes == ["create", "fail no_such_time", "create"]
    assert [period for period, _time, _value in stored()] == [2, 3]


def test_the_midnight_that_ends_a_short_or_long_day_is_its_last_half_hour(take: Take) -> None:
    stamps = long("2025-03-31 00:00", "2025-10-27 00:00")
    take("readings-hh", stamps, options={"stamps": "end"})
    assert [period for period, _time, _value in stored()] == [46, 50]


def test_days_of_which_a_part_is_missing_come_in_as_they_are(take: Take) -> None:
    assert take("readings-hh", wide(dt.date(2025, 11, 7), 1, 2, 47)).outcomes == ["create"]
    assert [period for period, _time, _value in stored()] == [1, 2, 47]


def test_what_is_said_twice_counts_once_and_the_later_value_wins(take: Take) -> None:
    text = "MPAN,DateTime,Value\n" + "".join(
        f"E1,2025-11-07 00:00,{value}\n" for value in ("1.5", "1.5", "2.5", "2.5")
    )
    taken = take("readings-hh", text)
    assert taken.outcomes == ["create", "skip repeated", "update repeated", "skip repeated"]
    assert taken.said(3) == [
        "MPAN, Date, Period: Row 2 of this file says the same. It counts once."
    ]
    assert taken.said(4)[0].endswith("is about the same record. This later row counts.")
    assert [value for _period, _time, value in stored()] == [Decimal("2.500")]
