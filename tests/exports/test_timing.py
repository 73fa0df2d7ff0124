"""When something is due next: clocks that jump, ends of months, cron lines."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from exports.saved import Kind
from exports.timing import NeverDue, Timing, check_cron, next_run, next_runs

LONDON, BERLIN = ZoneInfo("Europe/London"), ZoneInfo("Europe/Berlin")


def at(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def runs(kind: str, after: str, count: int = 3, *, zone: Any = LONDON, **fields: Any) -> list[str]:
    timing = Timing(kind=kind, zone=zone, **fields)
    return [f"{one:%Y-%m-%d %H:%M}" for one in next_runs(timing, at(after), count)]


# -- When: the calendar -----------------------------------------------------------------------
def test_a_daily_run_that_the_clock_leaves_out_in_spring_comes_an_hour_later_once() -> None:
    half_past_one = dt.time(1, 30)
    assert runs(Kind.DAILY, "2026-03-28 00:00", time=half_past_one) == [
        "2026-03-28 01:30",
        "2026-03-29 01:30",  # 02:30 on the wall, since 01:30 did not exist
        "2026-03-30 00:30",
    ]


def test_a_daily_run_whose_time_comes_twice_in_autumn_runs_once() -> None:
    half_past_one = dt.time(1, 30)
    assert runs(Kind.DAILY, "2026-10-24 12:00", time=half_past_one) == [
        "2026-10-25 00:30",  # the first 01:30; the second one, at 01:30 UTC, is none
        "2026-10-26 01:30",
        "2026-10-27 01:30",
    ]
    assert runs(Kind.DAILY, "2026-10-25 01:15", 1, time=half_past_one) == ["2026-10-26 01:30"]


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize("kind", [Kind.DAILY, Kind.CRON])
@pytest.mark.parametrize("time", [dt.time(0, 0), dt.time(1, 30), dt.time(2, 15), dt.time(23, 59)])
def test_there_is_one_run_for_every_day_of_two_years(zone: str, kind: str, time: dt.time) -> None:
    cron = f"{time.minute} {time.hour} * * *"
    timing = Timing(kind=kind, time=time, cron=cron, zone=ZoneInfo(zone))
    found = next_runs(timing, at("2026-01-02 00:00"), 730)
    days = [one.astimezone(ZoneInfo(zone)).date() for one in found]
    assert days == [days[0] + dt.timedelta(days=number) for number in range(730)]


def test_the_site_clock_counts_by_default(settings: Any) -> None:
    settings.TIME_ZONE = "Asia/Tokyo"
    timezone.get_default_timezone.cache_clear()
    try:
        timing = Timing(kind=Kind.DAILY, time=dt.time(6))
        assert next_run(timing, at("2026-11-21 00:00")) == at("2026-11-21 21:00")
    finally:
        settings.TIME_ZONE = "UTC"
        timezone.get_default_timezone.cache_clear()


def test_a_run_is_never_at_the_moment_it_is_counted_from() -> None:
    assert runs(Kind.DAILY, "2026-01-05 06:00", 1, time=dt.time(6)) == ["2026-01-06 06:00"]
    assert runs(Kind.CRON, "2026-01-05 06:00", 1, cron="0 6 * * *") == ["2026-01-06 06:00"]


def test_weekly_keeps_to_its_weekday() -> None:
    assert runs(Kind.WEEKLY, "2026-11-21 12:00", weekday=0, time=dt.time(6)) == [
        "2026-11-23 06:00",
        "2026-11-30 06:00",
        "2026-12-07 06:00",
    ]


def test_the_31st_is_the_last_day_of_every_month() -> None:
    assert runs(Kind.MONTHLY, "2027-12-31 23:00", 4, day_of_month=31, time=dt.time(6)) == [
        "2028-01-31 06:00",
        "2028-02-29 06:00",
        "2028-03-31 05:00",  # summer time
        "2028-04-30 05:00",
    ]


def test_the_30th_of_february_is_its_last_day() -> None:
    assert runs(Kind.MONTHLY, "2027-01-31 00:00", 2, day_of_month=30, time=dt.time(6)) == [
        "2027-02-28 06:00",
        "2027-03-30 05:00",
    ]


# -- When: cron -------------------------------------------------------------------------------
def test_cron_runs_on_working_days() -> None:
    assert runs(Kind.CRON, "2026-11-20 07:00", cron="30 6 * * 1-5") == [
        "2026-11-23 06:30",
        "2026-11-24 06:30",
        "2026-11-25 06:30",
    ]


def test_every_hour_goes_by_hours_that_pass_where_the_clock_jumps() -> None:
    spring = runs(Kind.CRON, "2026-03-28 23:45", 4, cron="30 * * * *")
    assert [one[-5:] for one in spring] == ["00:30", "01:30", "02:30", "03:30"]
    autumn = runs(Kind.CRON, "2026-10-24 22:45", 4, cron="30 * * * *")
    assert [one[-5:] for one in autumn] == ["23:30", "00:30", "01:30", "02:30"]


def test_every_second_hour_is_neither_lost_nor_doubled_where_the_clock_jumps() -> None:
    spring = runs(Kind.CRON, "2026-03-28 22:30", 3, cron="0 */2 * * *", zone=BERLIN)
    assert [one[-5:] for one in spring] == ["23:00", "01:00", "02:00"]  # 00:00, 03:00, 04:00
    autumn = runs(Kind.CRON, "2026-10-24 21:30", 3, cron="0 */2 * * *", zone=BERLIN)
    assert [one[-5:] for one in autumn] == ["22:00", "00:00", "03:00"]  # 00:00, 02:00, 04:00


def test_cron_finds_a_leap_day_years_ahead() -> None:
    assert runs(Kind.CRON, "2026-01-01 00:00", 1, cron="0 6 29 2 *") == ["2028-02-29 06:00"]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("", "Write a cron line, for example “30 6 * * 1-5”."),
        ("6:30", "“6:30” is not a cron line: it takes five fields, minute, hour"),
        ("0 30 6 * * 1", "it takes five fields"),
        ("@daily", "it takes five fields"),
        ("61 6 * * *", "“61” cannot be the minute of a cron line, as in “30 6 * * 1-5”."),
        ("0 25 * * *", "“25” cannot be the hour"),
        ("0 6 32 * *", "“32” cannot be the day of the month"),
        ("0 6 * foo *", "“foo” cannot be the month"),
        ("0 6 * * mo", "“mo” cannot be the weekday"),
        ("*/0 6 * * *", "“*/0” cannot be the minute"),
        ("R 6 * * *", "“R” cannot be the minute"),
        ("H 6 * * *", "“H” cannot be the minute"),
        ("0 0 31 2 *", "“0 0 31 2 *” never happens"),
        ("* * * * * " * 30, "it takes five fields"),
    ],
)
def test_a_wrong_cron_line_is_refused_in_words(line: str, said: str) -> None:
    with pytest.raises(NeverDue) as caught:
        next_run(Timing(kind=Kind.CRON, cron=line), at("2026-11-21 00:00"))
    assert said in str(caught.value)


@pytest.mark.parametrize("line", ["0 6 * * mon-fri", "0 6 1 jan *", "*/5  6 L * *", "0 6 * * 1,3"])
def test_usual_cron_lines_are_taken(line: str) -> None:
    assert check_cron(line) == " ".join(line.split())
