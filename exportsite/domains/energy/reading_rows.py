"""One reading out of a row: of which half-hour it is, and what it says in kWh."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from exportsite.domains.energy.models import MeterReading
from exportsite.domains.energy.mpan import CORE_DIGITS, FULL_DIGITS, is_valid_mpan
from exportsite.domains.energy.periods import (
    DAILY,
    HALF_HOUR,
    ZONE,
    periods_in,
    start_of_period,
)
from exportsite.domains.energy.reading_fields import FACTORS, TYPES
from imports.fields.moments import in_utc
from imports.importers import Row, Values
from imports.problems import BadValue

PLACES = Decimal("0.001")
TOO_MUCH = Decimal(10**12)  # kWh; what the column cannot hold
USUAL_PERIODS = 48
DAY = dt.timedelta(days=1)
Options = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Slot:
    """A half-hour of a day, or with period 0 the whole of it."""

    day: dt.date
    period: int
    start: dt.time | None  # what the clock shows when it begins


def require(row: Row, name: str, message: str) -> None:
    """Say that a value is missing, unless what is wrong with it has been said."""
    if name not in row.values and not _is_blamed(row, name):
        row.refuse("missing", message, field=name)


def _is_blamed(row: Row, name: str) -> bool:
    header = row.columns.get(name)
    return header is not None and any(problem.column == header for problem in row.problems)


def warn_about_meter(row: Row) -> None:
    """Say once a file that a supply number has a wrong check digit. Real files use other ids."""
    require(row, "meter", _("The meter is missing."))
    meter = row.values.get("meter", "")
    if not (meter.isdecimal() and len(meter) in (CORE_DIGITS, FULL_DIGITS)):
        return
    if ("meter", meter) not in row.memory:
        row.memory["meter", meter] = is_valid_mpan(meter)
        if not row.memory["meter", meter]:
            row.warn(
                "check_digit",
                _("The check digit of this MPAN is wrong. It is taken as it stands."),
                field="meter",
            )


def common_values(row: Row) -> Values:
    kind = str(row.values.get("kind", "")).lower()
    found: Values = {"meter": row.values["meter"]}
    if "kind" in row.columns:
        found["reading_type"] = TYPES.get(kind, MeterReading.Type.ACTUAL.value)
    return found


def record_of(row: Row, slot: Slot, value: Decimal) -> Values:
    """The reading of a slot, in kWh."""
    return {
        "reading_date": slot.day,
        "period_number": slot.period,
        "reading_time": slot.start,
        "reading_value": in_kwh(row, value),
    }


def in_kwh(row: Row, value: Decimal) -> Decimal:
    unit = str(row.values.get("unit", "kwh")).lower()
    if "unit" not in row.columns and row.columns.get("value", "").strip().lower() == "wh":
        unit = "wh"
    found = value * FACTORS.get(unit, Decimal(1))
    if abs(found) >= TOO_MUCH:
        row.refuse("out_of_range", _("This reading is too large for any meter."), field="value")
        return Decimal()
    return found.quantize(PLACES, ROUND_HALF_UP)


def slot_of(row: Row, options: Options) -> Slot | None:
    """The half-hour of a row that has one reading; None when it is refused."""
    values, columns = row.values, row.columns
    try:
        if "moment" in values:
            return _slot_at(row, values["moment"], "moment", options)
        if "date" not in columns:
            require(row, "moment", _("The date and time are missing."))
            return None
        if _is_blamed(row, "moment") or not _has_day_and_time(row):
            return None
        if "period" in values:
            return slot(values["date"], values["period"], options)
        moment = dt.datetime.combine(values["date"], values["time"])
        return _slot_at(row, moment, "time", options)
    except BadValue as error:
        name = next(name for name in ("moment", "period", "time") if name in values)
        row.refuse(error.code, error.message, field=name)
    return None


def _has_day_and_time(row: Row) -> bool:
    """Says what is missing of the two."""
    require(row, "date", _("The date is missing."))
    if "period" not in row.values and not _is_blamed(row, "period"):
        is_by_time = "time" in row.columns
        missing = _("The time is missing.") if is_by_time else _("The period is missing.")
        require(row, "time" if is_by_time else "period", missing)
    return "date" in row.values and bool({"period", "time"} & row.values.keys())


def slot(day: dt.date, period: int, options: Options) -> Slot:
    """Raises BadValue for a period that the day does not have."""
    if period == DAILY:
        return Slot(day=day, period=DAILY, start=None)
    if options.get("clock") == "gmt":
        if period > USUAL_PERIODS:
            raise BadValue("no_such_period", _("On GMT a day has 48 half-hours."))
        return Slot(day=day, period=period, start=_clock_time(period))
    most = _periods_in(day)
    if period > most:
        raise BadValue(
            "no_such_period",
            _("%(day)s has %(most)d half-hours.") % {"day": day, "most": most},
        )
    if most == USUAL_PERIODS:
        return Slot(day=day, period=period, start=_clock_time(period))
    return Slot(day=day, period=period, start=_start_time(day, period))


def _slot_at(row: Row, moment: dt.datetime, name: str, options: Options) -> Slot:
    """The half-hour that a stamp stands for. Raises BadValue for a time that never was."""
    if moment.minute % 30 or moment.second:
        row.warn(
            "not_on_the_half_hour",
            _("This is not on the hour or half-hour; it counts for the one that it is in."),
            field=name,
        )
    if moment.tzinfo is not None:
        return _slot_in_time(moment - _shift(options))
    if options.get("clock") == "gmt":
        start = moment - _shift(options)
        return slot(start.date(), _position(start), options)
    if _periods_in(moment.date()) == USUAL_PERIODS and not _ends_short_day(moment, options):
        start = moment - _shift(options)
        return slot(start.date(), _position(start), options)
    in_utc(moment, ZONE)  # raises for the hour that was left out
    local = moment.replace(tzinfo=ZONE, fold=_fold(row, moment))
    return _slot_in_time(local.astimezone(dt.UTC) - _shift(options))


def _shift(options: Options) -> dt.timedelta:
    return HALF_HOUR if options.get("stamps") == "end" else dt.timedelta()


def _ends_short_day(moment: dt.datetime, options: Options) -> bool:
    """Whether it is the midnight that ends a day on which the clocks changed."""
    yesterday = moment.date() - DAY
    is_midnight = moment.hour == 0 and moment.minute < 30
    return bool(_shift(options)) and is_midnight and _periods_in(yesterday) != USUAL_PERIODS


def _fold(row: Row, moment: dt.datetime) -> int:
    """1 for the second time that a file says the hour which comes twice in October."""
    first, second = (moment.replace(tzinfo=ZONE, fold=fold).utcoffset() for fold in (0, 1))
    if first == second:
        return 0
    key = ("twice", row.values.get("meter"), moment)
    row.memory[key] = row.memory.get(key, 0) + 1
    return int(row.memory[key] > 1)


def _slot_in_time(moment: dt.datetime) -> Slot:
    """The half-hour of the local day in which a moment is."""
    local = moment.astimezone(ZONE)
    begin = start_of_period(local.date(), 1)
    period = (moment - begin.astimezone(dt.UTC)) // HALF_HOUR + 1
    return Slot(day=local.date(), period=period, start=_start_time(local.date(), period))


def _start_time(day: dt.date, period: int) -> dt.time:
    return start_of_period(day, period).time().replace(fold=0)


def _position(moment: dt.datetime) -> int:
    return (moment.hour * 60 + moment.minute) // 30 + 1


@lru_cache(maxsize=64)
def _clock_time(period: int) -> dt.time:
    return dt.time((period - 1) // 2, (period - 1) % 2 * 30)


@lru_cache(maxsize=4096)
def _periods_in(day: dt.date) -> int:
    return periods_in(day)
