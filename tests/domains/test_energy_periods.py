"""Supply numbers, and half-hours by the clock."""

import datetime as dt

import pytest

from exportsite.domains.energy.mpan import check_digit, is_valid_mpan
from exportsite.domains.energy.periods import periods_in, start_of_period
from exportsite.domains.energy.seed import CLOCK_CHANGES

DAY = dt.date(2025, 11, 7)
FORWARD, BACK = dt.date(2025, 3, 30), dt.date(2025, 10, 26)


@pytest.mark.parametrize(
    "mpan",
    [
        "1030006718997", "1470116845051", "1049827101269", "3433899920164", "1200001234566",
        "1000001234567", "1400001234565", "1600001234564", "1900001234568", "2000001234560",
        "2200001234569", "2400001234568", "03801A22" + "1200001234566",
    ],
)  # fmt: skip
def test_a_supply_number_with_its_check_digit_is_valid(mpan: str) -> None:
    assert is_valid_mpan(mpan)


@pytest.mark.parametrize(
    "text",
    ["1234567890123", "1234567890124", "E06BG12862", "", "1.23457E+12", "120000123456",
     "12000012345667", "١٢٠٠٠٠١٢٣٤٥٦٦", " 1200001234566"],
)  # fmt: skip
def test_others_are_not(text: str) -> None:
    assert not is_valid_mpan(text)


def test_the_check_digit_wants_twelve_digits() -> None:
    assert check_digit("123456789012") == 6
    for wrong in ("12345678901", "12345678901x", "1234567890123"):
        with pytest.raises(ValueError, match="twelve digits"):
            check_digit(wrong)


def test_clocks_change_four_times_in_the_two_years() -> None:
    counts = {day: periods_in(day) for day in CLOCK_CHANGES}
    assert list(counts.values()) == [46, 50, 46, 50]
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=n) for n in range(730)]
    assert {day for day in days if periods_in(day) != 48} == set(CLOCK_CHANGES)


def test_periods_follow_the_clock_of_the_day() -> None:
    def clock(day: dt.date, *periods: int) -> list[str]:
        return [f"{start_of_period(day, period):%H:%M}" for period in periods]

    assert clock(DAY, 1, 2, 3, 48) == ["00:00", "00:30", "01:00", "23:30"]
    assert clock(FORWARD, 2, 3, 46) == ["00:30", "02:00", "23:30"]
    assert clock(BACK, 3, 4, 5, 6, 7, 50) == ["01:00", "01:30", "01:00", "01:30", "02:00", "23:30"]
    for day, period in ((DAY, 0), (DAY, 49), (FORWARD, 47), (BACK, 51)):
        with pytest.raises(ValueError, match="has periods 1 to"):
            start_of_period(day, period)
