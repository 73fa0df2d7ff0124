"""Fields of times of day and of spans."""

import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.dateparse import parse_duration
from django.utils.translation import gettext as _

from imports.fields.base import Field, Parser, ParseSettings, TextReader
from imports.fields.dates import EPOCH
from imports.problems import BadValue

_CLOCK = re.compile(
    r"([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:[.,:]([0-9]{1,9}))?)?\s*([AP])?\.?(?:M\.?)?",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"([0-9]{1,2})([0-9]{2})\s*([AP])M?", re.IGNORECASE)
_HOUR = re.compile(r"([0-9]{1,2})\s*([AP])\.?M\.?", re.IGNORECASE)
_MINUTES = re.compile(r"([0-9]{2}):([0-9]{2})\.0+")  # 30:00.0, how Excel shows 00:30
_FRACTION = re.compile(r"0?\.[0-9]{1,20}(?:E-0?[1-9])?", re.IGNORECASE)
DAY_SECONDS = 86_400
# The usual forms, 14:44:33 and 02:44:33 PM, in pieces: a look-up takes a third of a pattern's time.
HOURS = {f"{hour:02d}:": hour for hour in range(24)}
HOURS |= {f"{hour:02d}: {half}M": hour % 12 + 12 * (half == "P")
           for hour in range(13) for half in "AP"}  # fmt: skip
SIXTIETHS = {f"{number:02d}": number for number in range(60)}


@dataclass(frozen=True, kw_only=True)
class Time(Field):
    """A time of day: 14:44, 02:44:33 PM, 0752A (1230A is 00:30), or Excel's part of a day."""

    type: ClassVar[str] = "time"
    sample: ClassVar[str] = "14:30"

    def text_reader(self, settings: ParseSettings) -> TextReader:
        return read_time

    def cell_reader(self, settings: ParseSettings) -> Parser:
        return time_of


@dataclass(frozen=True, kw_only=True)
class Duration(Field):
    """A span: 02:30:00, 3 04:00:00 (three days and four hours), or ISO 8601's P3DT4H."""

    type: ClassVar[str] = "duration"
    sample: ClassVar[str] = "02:30:00"

    def text_reader(self, settings: ParseSettings) -> TextReader:
        def read(text: str) -> dt.timedelta:
            try:
                span = parse_duration(text) if text.isascii() else None
            except (ValueError, OverflowError):
                span = None
            if span is None:
                raise BadValue(
                    "not_a_duration", _("This is not a span of time. Write it like 02:30:00.")
                )
            return span

        return read

    def cell_reader(self, settings: ParseSettings) -> Parser:
        by_text = self.text_reader(settings)
        return lambda cell: (
            dt.timedelta(hours=cell.hour, minutes=cell.minute, seconds=cell.second)
            if isinstance(cell, dt.time)
            else by_text(str(cell))
        )


def read_time(text: str) -> dt.time:
    """A time of day out of a text. Raises BadValue."""
    if text[5:6] == ":":
        hours = HOURS.get(text[:3] + text[8:])
        minutes, seconds = SIXTIETHS.get(text[3:5]), SIXTIETHS.get(text[6:8])
        if hours is not None and minutes is not None and seconds is not None:
            return dt.time(hours, minutes, seconds)
    return _read_odd_time(text)


def _read_odd_time(text: str) -> dt.time:
    if found := _MINUTES.fullmatch(text):
        return _clock("0", found[1], found[2])
    if found := _CLOCK.fullmatch(text):
        hour, minute, second, fraction, half = found.groups()
        micros = int((fraction or "0")[:6].ljust(6, "0"))
        return _clock(hour, minute, second or "0", half or "", micros)
    if found := _COMPACT.fullmatch(text):
        return _clock(found[1], found[2], "0", found[3])
    if found := _HOUR.fullmatch(text):
        return _clock(found[1], "0", "0", found[2])
    if _FRACTION.fullmatch(text) or text == "0":
        return _part_of_day(float(text))
    raise not_a_time()


def _clock(hour: str, minute: str, second: str, half: str = "", micros: int = 0) -> dt.time:
    hours = int(hour)
    if half:
        if hours > 12:
            raise BadValue("not_a_time", _("With AM or PM, hours go from 1 to 12."))
        hours = hours % 12 + (12 if half in "Pp" else 0)
    try:
        return dt.time(hours, int(minute), int(second), micros)
    except ValueError:
        raise BadValue(
            "not_a_time", _("There is no such time of day: they end at 23:59:59.")
        ) from None


def time_of(cell: Any) -> dt.time:
    """A typed cell as a time of day. Raises BadValue."""
    if isinstance(cell, dt.datetime):
        # A time alone is kept as a part of the day before a workbook's first.
        if cell.date() <= EPOCH.date() + dt.timedelta(days=2):
            return cell.time()
        raise BadValue("has_date", _("This says a date too. Write the time only."))
    if isinstance(cell, dt.time):
        return cell.replace(tzinfo=None)
    if isinstance(cell, int | float) and cell.__class__ is not bool and 0 <= cell < 1:
        return _part_of_day(cell)
    raise not_a_time()


def _part_of_day(part: float) -> dt.time:
    seconds = round(part * DAY_SECONDS) % DAY_SECONDS
    return (EPOCH + dt.timedelta(seconds=seconds)).time()


def not_a_time() -> BadValue:
    return BadValue("not_a_time", _("This is not a time of day. Write it like 14:30 or 02:30 PM."))
