"""Readings, a half-hour or a day in a row, and daily totals."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from exportsite.domains.energy.models import Company, Meter, MeterReading, Site
from imports import intake
from imports.mapping import check_mapping, guess_mapping
from imports.registry import find_importer
from imports.requests import UploadRequest
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import Taken, sample, written

pytestmark = pytest.mark.django_db

LONG = {
    "MPAN": "1200001234566",
    "ReadDateTime": "2024-11-09 00:30:00",
    "ReadValue": "5.6",
    "Unit": "kWh",
    "ReadingType": "A",
}
WIDE = {
    "MPAN": "1200001234566",
    "Date": "2025-11-07",
    **{f"HH{period:02}": f"0.{period:03}" for period in range(1, 49)},
}
DAILY = {"MPAN": "1200001234566", "Date": "2025-11-07", "Reading": "45.6"}


def stored(*names: str) -> list[tuple[Any, ...]]:
    order = ("meter__mpan", "reading_date", "period_number")
    return list(MeterReading.objects.order_by(*order).values_list(*names))


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"MPAN": ""}, "fail missing"),
        ({"MPAN": "E06BG12862"}, "create"),
        ({"MPAN": "1234567890123"}, "create check_digit"),
        ({"MPAN": "001111221200001234566"}, "create"),
        ({"MPAN": "1.23457E+12"}, "fail digits_lost"),
        ({"MPAN": '="1200001234566"'}, "create"),
        ({"MPAN": "x" * 22}, "fail too_long"),
        ({"ReadDateTime": ""}, "fail missing"),
        ({"ReadDateTime": "09/11/2024 00:30"}, "create"),
        ({"ReadDateTime": "09-11-2024 00:30:00"}, "create"),
        ({"ReadDateTime": "2024-11-09T00:30:00Z"}, "create"),
        ({"ReadDateTime": "2024-11-09 00:30:00.0000000"}, "create"),
        ({"ReadDateTime": "2024-11-09 00:40:00"}, "create not_on_the_half_hour"),
        ({"ReadDateTime": "31/02/2024 00:30"}, "fail not_a_date"),
        ({"ReadDateTime": "yesterday"}, "fail not_a_date"),
        ({"ReadValue": ""}, "fail missing"),
        ({"ReadValue": "Null"}, "fail missing"),
        ({"ReadValue": "n.a."}, "fail not_a_number"),
        ({"ReadValue": "0"}, "create"),
        ({"ReadValue": "-1.5"}, "create"),
        ({"ReadValue": "1000000000000"}, "fail out_of_range"),
        ({"ReadValue": "1000000000", "Unit": "MWh"}, "fail out_of_range"),
        ({"MPAN": "", "ReadDateTime": "never", "ReadValue": "n.a."},
         "fail not_a_date not_a_number missing"),
    ],
)  # fmt: skip
def test_each_rule_for_a_half_hour(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("readings-hh", LONG, **cells).outcomes == [outcome]


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"MPAN": ""}, "fail missing"),
        ({"Date": ""}, "fail missing"),
        ({"Date": "07/11/2025"}, "create"),
        ({"Date": "31/02/2025"}, "fail not_a_date"),
        ({"HH07": "x"}, "fail not_a_number"),
        ({"HH07": "x", "HH08": "y"}, "fail not_a_number not_a_number"),
        ({"HH07": ""}, "create"),
        ({f"HH{period:02}": " " for period in range(1, 49)}, "fail no_values"),
        ({f"HH{period:02}": "" for period in range(2, 49)}, "create"),
    ],
)
def test_each_rule_for_a_day_in_a_row(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("readings-hh", WIDE, **cells).outcomes == [outcome]


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"MPAN": ""}, "fail missing"),
        ({"Date": ""}, "fail missing"),
        ({"Date": "07/11"}, "create"),
        ({"Date": "07/11/0"}, "create"),
        ({"Date": "31/02"}, "fail not_a_date"),
        ({"Date": "45968"}, "fail not_a_date"),
        ({"Reading": ""}, "fail missing"),
        ({"Reading": "lots"}, "fail not_a_number"),
    ],
)
def test_each_rule_for_a_days_total(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("readings-daily", DAILY, **cells).outcomes == [outcome]


@pytest.mark.parametrize(
    ("value", "unit", "stored_value"),
    [("5.6", "kWh", "5.600"), ("5.6", "", "5.600"), ("5600", "Wh", "5.600"), ("1", "Wh", "0.001"),
     ("0.0056", "MWH", "5.600"), ("5.6", "m3", "5.600"), ("0.0004", "kWh", "0.000")],
)  # fmt: skip
def test_readings_are_kept_in_kwh(
    value: str, unit: str, stored_value: str, take_row: Callable[..., Taken]
) -> None:
    take_row("readings-hh", LONG, ReadValue=value, Unit=unit)
    assert MeterReading.objects.get().reading_value == Decimal(stored_value)


def test_a_column_called_wh_is_in_wh(take: Take) -> None:
    take("readings-daily", "MPAN,Date,Wh\n1200001234566,2025-11-07,45600\n")
    assert MeterReading.objects.get().reading_value == Decimal("45.600")


@pytest.mark.parametrize(
    ("text", "kind"),
    [("A", "actual"), ("E", "estimated"), ("estimated", "estimated"), ("Manual", "manual"),
     ("", "actual"), ("whatever", "actual")],
)  # fmt: skip
def test_a_letter_says_what_kind_of_reading_it_is(
    text: str, kind: str, take_row: Callable[..., Taken]
) -> None:
    take_row("readings-hh", LONG, ReadingType=text)
    assert MeterReading.objects.get().reading_type == kind


def test_the_long_example_line_by_line(take: Take) -> None:
    text = sample("readings-long.csv").replace(b"5500,Wh", b"5.5,kWh")
    assert take("readings-hh", text).outcomes == ["create"] * 4
    assert stored("period_number", "reading_time", "reading_type")[:2] == [
        (1, dt.time(0, 0), "actual"),
        (2, dt.time(0, 30), "actual"),
    ]
    assert stored("reading_type")[3] == ("estimated",)


def test_the_wide_example_is_48_readings_a_row(take: Take) -> None:
    taken = take("readings-hh", sample("readings-wide.csv"))
    assert taken.outcomes == ["create"] * 4
    assert taken.job.values_written == MeterReading.objects.count() == 4 * 48
    first = MeterReading.objects.get(
        meter__mpan="1200001234566", reading_date="2025-11-08", period_number=35
    )
    assert (first.reading_value, first.reading_time) == (Decimal("1.068"), dt.time(17))
    assert first.import_batch_id == str(taken.job.pk)


def test_the_daily_example_is_kept_as_period_0(take: Take) -> None:
    text = (
        "MPAN,Date,Reading\n1234567890123,2025-11-01,45.6\n1234567890123,2025-11-02,48.2\n"
        "1234567890123,2025-11-03,46.8\n1234567890124,2025-11-01,38.4\n"
    )
    outcomes = ["create check_digit", "create", "create", "create check_digit"]
    assert take("readings-daily", text).outcomes == outcomes
    assert set(stored("period_number", "reading_time")) == {(0, None)}
    again = take("readings-daily", text.replace("46.8", "47"), applies=True)
    assert again.counts == {"unchanged": 3, "update": 1}
    assert MeterReading.objects.count() == 4


def test_unknown_meters_go_to_a_place_of_their_own(take: Take) -> None:
    text = "MPAN,Date,Reading\nM012345,2025-11-07,1\nE012345,2025-11-07,1\nm6,2025-11-07,1\n"
    take("readings-daily", text)
    take("readings-daily", text.replace("E012345", "E9"))
    kinds = dict(Meter.objects.values_list("mpan", "meter_type"))
    assert kinds == {"M012345": "gas", "E012345": "electricity", "m6": "gas", "E9": "electricity"}
    assert Site.objects.get().name == "Auto-imported Meters"
    assert Company.objects.get().name == "Default Company"


def test_known_meters_stay_where_they_are(take: Take, make_meter: Callable[..., Meter]) -> None:
    meter = make_meter()
    take("readings-daily", sample("readings-daily.csv"))
    assert MeterReading.objects.filter(meter=meter).count() == 2


def test_a_check_adds_no_meter(take: Take) -> None:
    assert take("readings-hh", sample("readings-long.csv"), applies=False).counts == {"create": 4}
    assert not Meter.objects.exists()
    assert not Site.objects.exists()


def test_one_bad_cell_keeps_the_whole_day_out(take: Take) -> None:
    good, bad = WIDE | {"Date": "2025-11-08"}, WIDE | {"HH48": "x"}
    taken = take("readings-hh", written([bad, good]))
    assert taken.outcomes == ["fail not_a_number", "create"]
    assert taken.said(2)[0].startswith("HH48: ")
    assert {day for (day,) in stored("reading_date")} == {dt.date(2025, 11, 8)}


def test_stamps_may_mark_the_end_of_a_half_hour(take: Take) -> None:
    text = written([LONG, LONG | {"ReadDateTime": "2024-11-10 00:00:00"}])
    take("readings-hh", text, options={"stamps": "end"})
    assert stored("reading_date", "period_number", "reading_time") == [
        (dt.date(2024, 11, 9), 1, dt.time(0, 0)),
        (dt.date(2024, 11, 9), 48, dt.time(23, 30)),
    ]


@pytest.mark.parametrize(
    ("time", "period"),
    [("00:30", 2), ("0.5", 25), ("30:00.0", 2), ("11:30 PM", 48), ("0", 1)],
)
def test_date_and_time_may_stand_in_two_columns(time: str, period: int, take: Take) -> None:
    take("readings-hh", f"Meter ID,Read Date,Read Time,kWh\nE1,07/11/2025,{time},1\n")
    assert stored("reading_date", "period_number") == [(dt.date(2025, 11, 7), period)]


def test_missing_parts_of_a_moment_are_named(take: Take) -> None:
    taken = take("readings-hh", "MPAN,Date,Time,Value\nE1,,,1\nE1,2025-11-07,,1\nE1,,00:30,1\n")
    assert taken.said(2) == ["Date: The date is missing.", "Time: The time is missing."]
    assert taken.said(3) == ["Time: The time is missing."]
    assert taken.said(4) == ["Date: The date is missing."]


def test_the_files_of_the_london_trial_come_in_as_they_are(take: Take) -> None:
    text = (
        "LCLid,stdorToU,DateTime,KWH/hh (per half hour) \r\n"
        "MAC000002,Std,2012-10-12 00:30:00.0000000, 0 \r\n"
        "MAC000002,Std,2012-10-12 01:00:00.0000000, 0.143 \r\n"
        "MAC000002,Std,2012-10-12 01:30:00.0000000,Null\r\n"
    )
    taken = take("readings-hh", text)
    assert taken.outcomes == ["create", "create", "fail missing"]
    assert stored("period_number", "reading_value") == [(2, 0), (3, Decimal("0.143"))]


OCTOPUS = (
    "Consumption (kwh), Estimated Cost Inc. Tax (p), Standing Charge Inc. Tax (p), Start, End{0}\n"
    "0.107, 2.1, 0.9, 2024-10-01T00:00:00+01:00, 2024-10-01T00:30:00+01:00{1}\n"
    "0.101, 2.1, 0.9, 2024-10-01T01:00:00+01:00, 2024-10-01T01:30:00+01:00{1}\n"
)


def test_an_octopus_download_waits_for_its_meter(root: User, tmp_path: Any) -> None:
    importer: Any = find_importer("readings-hh")
    header = tuple(OCTOPUS.format("", "").splitlines()[0].split(", "))
    mapping = {name: guess.field for name, guess in guess_mapping(importer, header).items()}
    assert check_mapping(importer, header, mapping) == ["No column is mapped to “Meter”."]
    path = tmp_path / "octopus.csv"
    path.write_text(OCTOPUS.format("", ""))
    with path.open("rb") as stream:
        request = UploadRequest(importer="readings-hh", filename=path.name)
        assert intake.receive_upload(root, request, stream).status == "uploaded"


def test_an_octopus_download_with_its_meter_comes_in(take: Take) -> None:
    taken = take("readings-hh", OCTOPUS.format(", MPAN", ", 1200001234566"))
    assert taken.outcomes == ["create", "create"]
    assert stored("reading_date", "period_number") == [
        (dt.date(2024, 10, 1), 1),
        (dt.date(2024, 10, 1), 3),
    ]


@pytest.mark.parametrize("header", [" HH01", "HH1", "hh 01", "HH01 "])
def test_headers_of_half_hours_are_known_however_they_are_written(header: str, take: Take) -> None:
    assert take("readings-hh", f"MPAN,Date,{header}\nE1,2025-11-07,1.5\n").outcomes == ["create"]
    assert stored("period_number", "reading_value") == [(1, Decimal("1.500"))]


@pytest.mark.parametrize(
    ("header", "fault"),
    [
        (("MPAN", "Value"), "No column says which half-hour a reading is of."),
        (("MPAN", "Date", "Value"), "No column says which half-hour a reading is of."),
        (("Date", "HH01"), "No column is mapped to “Meter”."),
        (("MPAN", "HH01"), "No column is mapped to “Date”."),
        (("MPAN", "DateTime"), "No column is mapped to “Reading”."),
    ],
)
def test_a_file_that_lacks_a_column_is_refused_as_a_whole(
    header: tuple[str, ...], fault: str
) -> None:
    importer: Any = find_importer("readings-hh")
    mapping = {name: guess.field for name, guess in guess_mapping(importer, header).items()}
    faults = check_mapping(importer, header, mapping)
    assert any(found.startswith(fault) for found in faults), faults
