"""Dates, times of day and moments, in every spelling that files were seen with."""

import datetime as dt
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.fields import Date, DateTime, Field, ParseSettings, Time
from imports.fields.moments import at_clock, in_utc
from imports.problems import BadValue
from tests.imports.reading import naive, read, refusal

ANY = Date(name="x")
UK = Date(name="x", day_first=True)
US = Date(name="x", day_first=False)
CLOCK = Time(name="x")
MOMENT = DateTime(name="x")
NEW_YORK = DateTime(name="x", day_first=False, time_zone="America/New_York")
FEBRUARY = dt.date(2025, 2, 28)


def utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("field", "cell", "day"),
    [
        (ANY, "2025-02-28", FEBRUARY),
        (ANY, "2025/2/28", FEBRUARY),
        (ANY, "28/02/2025", FEBRUARY),
        (ANY, "02/28/2025", FEBRUARY),
        (ANY, "7.7.2025", dt.date(2025, 7, 7)),
        (UK, "03/04/2025", dt.date(2025, 4, 3)),
        (US, "03/04/2025", dt.date(2025, 3, 4)),
        (UK, "3-4-2025", dt.date(2025, 4, 3)),
        (US, "7/3/2025", dt.date(2025, 7, 3)),
        (ANY, "28 Feb 2025", FEBRUARY),
        (ANY, "28-feb-2025", FEBRUARY),
        (ANY, "28th February, 2025", FEBRUARY),
        (ANY, "Feb 28, 2025", FEBRUARY),
        (ANY, "Sept. 1, 2025", dt.date(2025, 9, 1)),
        (ANY, "2025-02-28 00:00:00", FEBRUARY),
        (ANY, "2025-02-28T00:00:00Z", FEBRUARY),
        (ANY, "2024-02-29", dt.date(2024, 2, 29)),
        (ANY, naive("2025-02-28"), FEBRUARY),
        (ANY, FEBRUARY, FEBRUARY),
        (ANY, 45716, FEBRUARY),
        (ANY, 45716.0, FEBRUARY),
        (Date(name="x", takes_serials=True), "45716", FEBRUARY),
    ],
)
def test_a_cell_becomes_a_day(field: Field, cell: Any, day: dt.date) -> None:
    found = read(field, cell)
    assert (found, type(found)) == (day, dt.date)


@pytest.mark.parametrize(
    ("field", "cell", "code", "words"),
    [
        (ANY, "03/04/2025", "ambiguous_date", "Write 2025-04-03 or 2025-03-04."),
        (UK, "31/02/2025", "not_a_date", "no such day"),
        (UK, "02/28/2025", "not_a_date", "There is no month 28: the day comes first"),
        (US, "28/02/2025", "not_a_date", "There is no month 28: the month comes first"),
        (ANY, "2025-02-30", "not_a_date", "no such day"),
        (ANY, "2025-13-01", "not_a_date", "no such day"),
        (ANY, "28/02/25", "short_year", "four digits"),
        (ANY, "28 Feb 25", "short_year", "four digits"),
        (ANY, "28/02", "short_year", "four digits"),
        (ANY, "0025-02-28", "short_year", "four digits"),
        (ANY, "20250228", "not_a_date", "2025-02-28"),
        (ANY, "2025-W09-5", "not_a_date", "2025-02-28"),
        (UK, "soon", "not_a_date", "28/02/2025"),
        (US, "soon", "not_a_date", "02/28/2025"),
        (ANY, "28 Fev 2025", "not_a_date", "2025-02-28"),
        (ANY, "\u0662\u0660\u0662\u0665-\u0660\u0662-\u0662\u0668", "not_a_date", ""),
        (ANY, "45716", "not_a_date", "Format the column as a date"),
        (ANY, 2025, "not_a_date", "Format the column as a date"),
        (ANY, float("nan"), "not_a_date", ""),
        (ANY, True, "not_a_date", ""),
        (ANY, dt.time(1), "not_a_date", ""),
        (ANY, "2025-02-28 14:30", "has_time", "date only"),
        (ANY, naive("2025-02-28T14:30"), "has_time", "date only"),
    ],
)
def test_what_is_no_day_or_two_is_refused(field: Field, cell: Any, code: str, words: str) -> None:
    error = refusal(field, cell)
    assert error.code == code
    assert words in error.message


@pytest.mark.parametrize(
    ("cell", "time"),
    [
        ("14:30", "14:30:00"),
        ("9:05", "09:05:00"),
        ("14:30:15", "14:30:15"),
        ("14:30:15.250", "14:30:15.250000"),
        ("14:30:15:250", "14:30:15.250000"),
        ("00:30:00.0000000", "00:30:00"),
        ("02:44:33 PM", "14:44:33"),
        ("2:44 pm", "14:44:00"),
        ("2:44 p.m.", "14:44:00"),
        ("12:00 AM", "00:00:00"),
        ("12:00 PM", "12:00:00"),
        ("2 PM", "14:00:00"),
        ("0752A", "07:52:00"),
        ("1230A", "00:30:00"),
        ("0550P", "17:50:00"),
        ("1230P", "12:30:00"),
        ("06:56P", "18:56:00"),
        ("30:00.0", "00:30:00"),
        ("00:00.0", "00:00:00"),
        ("0.5", "12:00:00"),
        ("0.020833333", "00:30:00"),
        ("0", "00:00:00"),
        (0.0208333333333333, "00:30:00"),
        (0, "00:00:00"),
        (dt.time(14, 30), "14:30:00"),
        (naive("1899-12-30T14:30"), "14:30:00"),
    ],
)
def test_a_cell_becomes_a_time_of_day(cell: Any, time: str) -> None:
    assert read(CLOCK, cell).isoformat() == time


@pytest.mark.parametrize(
    ("cell", "code", "words"),
    [
        ("24:00", "not_a_time", "23:59:59"),
        ("12:60", "not_a_time", "23:59:59"),
        ("1330P", "not_a_time", "1 to 12"),
        ("13:30 PM", "not_a_time", "1 to 12"),
        ("noon", "not_a_time", "14:30"),
        ("1.5", "not_a_time", "14:30"),
        ("\u0660\u0667:\u0665\u0662", "not_a_time", "14:30"),
        (1.5, "not_a_time", "14:30"),
        (True, "not_a_time", "14:30"),
        (naive("2025-02-28T14:30"), "has_date", "time only"),
    ],
)
def test_what_is_no_time_of_day_is_refused(cell: Any, code: str, words: str) -> None:
    error = refusal(CLOCK, cell)
    assert error.code == code
    assert words in error.message


@pytest.mark.parametrize(
    ("field", "cell", "moment"),
    [
        (MOMENT, "2025-02-28 14:30:00", "2025-02-28T14:30:00"),
        (MOMENT, "2025-07-01 14:30", "2025-07-01T13:30:00"),
        (MOMENT, "2025-07-01T14:30:00.250", "2025-07-01T13:30:00.250000"),
        (MOMENT, "2025-07-01T14:30:00Z", "2025-07-01T14:30:00"),
        (MOMENT, "2024-10-01T00:00:00+01:00", "2024-09-30T23:00:00"),
        (MOMENT, "2024-10-01 00:00:00 -0530", "2024-10-01T05:30:00"),
        (MOMENT, "2012-10-12 00:30:00.0000000", "2012-10-11T23:30:00"),
        (MOMENT, "28 Feb 2025 2:30 PM", "2025-02-28T14:30:00"),
        (MOMENT, "Feb 28, 2025, 14:30", "2025-02-28T14:30:00"),
        (MOMENT, "2025-02-28", "2025-02-28T00:00:00"),
        (MOMENT, naive("2025-07-01T14:30"), "2025-07-01T13:30:00"),
        (MOMENT, FEBRUARY, "2025-02-28T00:00:00"),
        (MOMENT, 45716.5, "2025-02-28T12:00:00"),
        (NEW_YORK, "11/19/2025 02:44:33 PM", "2025-11-19T19:44:33"),
        (NEW_YORK, "04/03/2025 14:30:15:250", "2025-04-03T18:30:15.250000"),
        (NEW_YORK, "11/02/2025 01:30", "2025-11-02T05:30:00"),
    ],
)
def test_a_cell_becomes_a_moment(field: Field, cell: Any, moment: str) -> None:
    found = read(field, cell)
    assert (found, found.tzinfo) == (utc(moment), dt.UTC)


@pytest.mark.parametrize(
    ("field", "cell", "code", "words"),
    [
        (MOMENT, "2025-03-30 01:30", "no_such_time", "Europe/London went forward"),
        (NEW_YORK, "03/09/2025 02:30", "no_such_time", "America/New_York went forward"),
        (
            DateTime(name="x", takes_twofold=False),
            "2025-10-26 01:30",
            "time_came_twice",
            "went back",
        ),
        (DateTime(name="x", needs_time=True), "2025-02-28", "no_time", "14:30"),
        (DateTime(name="x", needs_time=True), FEBRUARY, "no_time", "14:30"),
        (MOMENT, "2025-02-28 25:00", "not_a_time", ""),
        (MOMENT, "2025-02-30 12:00", "not_a_date", "no such day"),
        (MOMENT, "2025-01-01 10:00 +99:00", "not_a_date", "offset"),
        (MOMENT, "1000-01-01 00:00:00+10:00", "short_year", ""),
        (MOMENT, "9999-12-31 23:59:59-10:00", "not_a_date", ""),
        (MOMENT, "yesterday", "not_a_date", "2025-02-28 14:30:00"),
    ],
)
def test_what_is_no_moment_is_refused(field: Field, cell: Any, code: str, words: str) -> None:
    error = refusal(field, cell)
    assert error.code == code
    assert words in error.message


def test_a_time_that_came_twice_is_the_first_unless_it_has_an_offset() -> None:
    strict = DateTime(name="x", takes_twofold=False)
    assert read(MOMENT, "2025-10-26 01:30") == utc("2025-10-26T00:30")
    assert read(strict, "2025-10-26 01:30+00:00") == utc("2025-10-26T01:30")
    assert read(strict, "2025-10-26 03:30") == utc("2025-10-26T03:30")


def test_a_local_moment_is_what_the_clock_showed() -> None:
    local = DateTime(name="x", is_local=True)
    assert read(local, "2025-03-30 01:30") == naive("2025-03-30T01:30")
    assert read(local, "2025-03-30T01:30+01:00").isoformat() == "2025-03-30T01:30:00+01:00"


DAYS = st.dates(min_value=dt.date(1000, 1, 1))


@given(DAYS)
@settings(max_examples=200, deadline=None)
def test_days_come_back_however_they_are_written(day: dt.date) -> None:
    year = f"{day.year:04d}"
    texts = [day.isoformat(), f"{year}/{day.month}/{day.day}", f"{day:%d %b} {year}"]
    assert {read(field, text) for field in (ANY, UK, US) for text in texts} == {day}
    assert read(UK, f"{day:%d/%m}/{year}") == read(US, f"{day:%m/%d}/{year}") == day


@given(st.times())
@settings(max_examples=200, deadline=None)
def test_times_come_back_however_they_are_written(time: dt.time) -> None:
    assert read(CLOCK, time.isoformat()) == time
    minute = time.replace(second=0, microsecond=0)
    texts = [f"{minute:%H:%M}", f"{minute:%I:%M %p}", f"{minute:%I%M}{minute:%p}"[:5]]
    assert {read(CLOCK, text) for text in texts} == {minute}
    seconds = minute.hour * 3600 + minute.minute * 60
    assert read(CLOCK, seconds / 86_400) == minute


@given(st.datetimes(naive("1950-01-01"), naive("2100-01-01"), timezones=st.just(dt.UTC)))
@settings(max_examples=200, deadline=None)
def test_moments_with_an_offset_come_back(moment: dt.datetime) -> None:
    for zone in (dt.UTC, ZoneInfo("Asia/Kathmandu")):
        assert read(MOMENT, moment.astimezone(zone).isoformat()) == moment
        assert read(MOMENT, moment.astimezone(zone).isoformat(" ")) == moment


@given(
    st.lists(st.datetimes(dt.datetime(2025, 3, 29), dt.datetime(2025, 3, 31)), max_size=9),  # noqa: DTZ001
    st.sampled_from(["Europe/London", "Australia/Lord_Howe", "America/New_York"]),
)
@settings(max_examples=100, deadline=None)
def test_a_moment_is_the_same_whatever_was_read_before(
    moments: list[dt.datetime], zone: str
) -> None:
    warm = MOMENT.parser(ParseSettings(time_zone=zone))
    for text in [moment.isoformat(" ", "seconds") for moment in moments]:
        try:
            found = warm(text)
        except BadValue as error:
            found = error.code
        try:
            alone = read(MOMENT, text, time_zone=zone)
        except BadValue as error:
            alone = error.code
        assert found == alone
        if isinstance(found, dt.datetime):
            shown = found.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            assert shown.isoformat(" ") == text


@pytest.mark.parametrize("day", ["2025-03-30", "2025-10-26", "1000-01-01", "9999-12-31"])
@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "UTC"])
def test_a_day_and_a_time_are_the_moment_of_both(day: str, zone: str) -> None:
    date, place = dt.date.fromisoformat(day), ZoneInfo(zone)
    for minute in range(0, 24 * 60, 30):
        time = dt.time(minute // 60, minute % 60, 59)
        assert outcome(at_clock, date, time, place) == outcome(
            in_utc, dt.datetime.combine(date, time), place
        )


def outcome(step: Callable[..., dt.datetime], *given: object) -> object:
    try:
        return step(*given)
    except BadValue as error:
        return error.code
