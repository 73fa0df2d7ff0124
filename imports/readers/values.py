"""The text of a workbook's cell into what Excel shows, and a cell back into text."""

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal

from imports.readers.base import Cell
from imports.readers.workbooks import cells

DAY_MS = 86_400_000
LAST_DAY = 2_958_465  # 9999-12-31
FAKE_DAY = 60  # 1900-02-29, which Excel has and no calendar
EPOCH = dt.datetime(1899, 12, 30)  # noqa: DTZ001  # sheets know no time zones
EXACT = 10**15  # beyond it a float no longer holds every whole number
DAYS_1904 = 1462  # between the two systems

Decode = Callable[[str], Cell]


def decoders(*, is_1904: bool) -> dict[str, Decode]:
    """For each kind of cell, how its text becomes a value. They raise ValueError."""
    shift = DAYS_1904 if is_1904 else 0
    return {
        cells.GAP: lambda text: None,  # noqa: ARG005
        cells.TEXT: lambda text: text or None,
        cells.NUMBER: read_number,
        cells.DATE: lambda text: _filled(text, lambda number: _date(number, shift)),
        cells.MOMENT: _quick_moments(shift),
        cells.TIME: lambda text: _filled(text, lambda number: _time(number, shift)),
        cells.SPAN: lambda text: _filled(text, _span),
        cells.ISO: _iso,
        cells.YES_NO: lambda text: text.strip() in ("1", "true") if text else None,
    }


def read_number(text: str) -> Cell:
    """Whole numbers as int, exact; others as the float that Excel has."""
    if text.isdecimal():
        return int(text) if len(text) < 400 else text
    if not text.strip():
        return None
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return int(number) if abs(number) < EXACT and number.is_integer() else number


def as_text(cell: Cell) -> str:
    """A cell as a person would write it; dates as ISO 8601."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ")
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    if isinstance(cell, float):
        return format(Decimal(repr(cell)), "f")
    return str(cell)


def _filled(text: str, decode: Callable[[float], Cell]) -> Cell:
    if not text.strip():
        return None
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return decode(number)


def _quick_moments(shift: int) -> Decode:
    """For the days after March 1900, which are nearly all."""
    start = EPOCH + dt.timedelta(days=shift)
    first, last = (FAKE_DAY + 1) * DAY_MS, (LAST_DAY + 1 - shift) * DAY_MS

    def decode(text: str) -> Cell:
        if not text:
            return None
        parts = round(float(text) * DAY_MS)
        if first <= parts < last:
            return start + dt.timedelta(milliseconds=parts)
        return _moment(float(text), shift)

    return decode


def _moment(number: float, shift: int) -> Cell:
    """A date with its time. What no calendar has stays a number, for the field to refuse."""
    days, part = divmod(round(number * DAY_MS), DAY_MS)
    days += shift
    if not shift and days <= FAKE_DAY:
        if days == FAKE_DAY or days < 1:
            return read_number(repr(number))
        days += 1
    if not 1 <= days <= LAST_DAY:
        return read_number(repr(number))
    return EPOCH + dt.timedelta(days=days, milliseconds=part)


def _date(number: float, shift: int) -> Cell:
    moment = _moment(number, shift)
    if isinstance(moment, dt.datetime) and moment.time() == dt.time():
        return moment.date()
    return moment


def _time(number: float, shift: int) -> Cell:
    if 0 <= number < 1:
        part = round(number * DAY_MS) % DAY_MS
        return (EPOCH + dt.timedelta(milliseconds=part)).time()
    return _moment(number, shift)


def _span(number: float) -> Cell:
    """Up to a day as a time; more as Excel shows it, 25:30:00."""
    if 0 <= number < 1:
        return _time(number, 0)
    seconds = round(abs(number) * 86_400)
    sign = "-" if number < 0 else ""
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _iso(text: str) -> Cell:
    if not text.strip():
        return None
    if "T" not in text and ":" not in text:
        return dt.date.fromisoformat(text)
    if "-" not in text:
        return dt.time.fromisoformat(text.lstrip("T").rstrip("Z"))
    return dt.datetime.fromisoformat(text.rstrip("Z"))
