"""Fields of moments: a day and a time of a clock that stands somewhere."""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from operator import add, attrgetter
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from imports.fields.base import EMPTY, Field, Parser, ParseSettings, TextReader
from imports.fields.dates import FIRST_YEAR, date_of, example_date, moment_of, not_a_date, read_date
from imports.fields.times import read_time
from imports.problems import BadValue

_PARTS = re.compile(
    r"(?P<day>[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}|[^:]*?[0-9]{4})"
    r"(?:(?:[T ]|, )\s*(?P<time>[0-9].*?)\s?"
    r"(?P<offset>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2}(?::00)?)?)?",
    re.IGNORECASE,
)
# The usual end of a moment, after a day of ten characters.
_CLOCK = re.compile(r"[T ]([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]))?")
_MIDNIGHT = dt.time()
_tzinfo_of = attrgetter("tzinfo")
MOST_REMEMBERED = 2_000  # days of a column or a zone


@dataclass(frozen=True, kw_only=True)
class DateTime(Field):
    """A moment. A text without an offset is what a clock in the time zone showed.

    An hour that the clocks left out in spring is refused. Of an hour that came twice in autumn
    the first is meant, or it is refused with `takes_twofold=False`.
    """

    type: ClassVar[str] = "datetime"
    sample: ClassVar[str] = "2025-02-28 14:30:00"

    day_first: bool | None = None  # as for Date
    time_zone: str = ""  # of the clock; default: the import's
    takes_twofold: bool = True
    needs_time: bool = False  # a date alone is refused, instead of being its midnight
    is_local: bool = (
        False  # leave what the clock showed as it is: without zone, unless one is given
    )

    def text_reader(self, settings: ParseSettings) -> TextReader:
        fix = self._fixer(settings)
        days: dict[str, dt.date] = {}  # moments seldom repeat, their days do

        def read(text: str) -> dt.datetime:
            day = days.get(text[:10])
            if day is not None and (found := _CLOCK.fullmatch(text, 10)):
                return fix(_combined(day, found))
            moment = self._read_parts(text)
            if len(days) < MOST_REMEMBERED and _CLOCK.fullmatch(text, 10):
                days[text[:10]] = moment.date()
            return fix(moment)

        return read

    def _read_parts(self, text: str) -> dt.datetime:
        found = _PARTS.fullmatch(text)
        if not found:
            raise not_a_moment(self.day_first)
        day = read_date(found["day"].rstrip(","), self.day_first)
        if found["time"] is None:
            return self._midnight(day)
        moment = dt.datetime.combine(day, read_time(found["time"]))
        return moment.replace(tzinfo=_zone_of(found["offset"]))

    def cell_reader(self, settings: ParseSettings) -> Parser:
        fix = self._fixer(settings)

        def take(cell: Any) -> dt.datetime:
            if isinstance(cell, int | float) and cell.__class__ is not bool:
                cell = moment_of(cell)
            if isinstance(cell, dt.datetime):
                return fix(cell)
            return fix(self._midnight(date_of(cell)))

        return take

    def _midnight(self, day: dt.date) -> dt.datetime:
        if self.needs_time:
            raise BadValue("no_time", _("This date needs a time of day, such as 14:30."))
        return dt.datetime.combine(day, _MIDNIGHT)

    def _fixer(self, settings: ParseSettings) -> Callable[[dt.datetime], dt.datetime]:
        if self.is_local:
            return _in_years
        zone, twofold = ZoneInfo(self.time_zone or settings.time_zone), self.takes_twofold
        return lambda moment: in_utc(moment, zone, takes_twofold=twofold)

    @property
    def example_text(self) -> str:
        return self.example or f"{example_date(self.day_first)} 14:30:00"


class Offsets(dict[dt.date, dt.timezone | None]):
    """The offset of a whole day in a zone, so that the zone is not asked for each of its moments.

    None: it changes on that day, or is too near to the end of the calendar.
    """

    def __init__(self, zone: ZoneInfo) -> None:
        super().__init__()
        self._zone = zone

    def __missing__(self, day: dt.date) -> dt.timezone | None:
        offset = None
        if FIRST_YEAR < day.year < dt.MAXYEAR:
            midnight = dt.datetime.combine(day, _MIDNIGHT, self._zone)
            hours = [midnight + dt.timedelta(hours=hour) for hour in range(25)]
            spans = {moment.replace(fold=fold).utcoffset() for moment in hours for fold in (0, 1)}
            span = spans.pop()
            offset = None if spans or span is None else dt.timezone(span)
        if len(self) < MOST_REMEMBERED:
            self[day] = offset
        return offset


@cache
def _offsets_of(zone: ZoneInfo) -> Offsets:
    return Offsets(zone)


def at_clock(day: dt.date, time: dt.time, zone: ZoneInfo) -> dt.datetime:
    """The moment when a clock of the zone showed this on that day. Raises BadValue."""
    if time.tzinfo is None and (offset := _offsets_of(zone)[day]) is not None:
        return dt.datetime.combine(day, time, offset).astimezone(dt.UTC)
    return in_utc(dt.datetime.combine(day, time), zone)


def at_clocks(days: Sequence[Any], times: Sequence[Any], zone: ZoneInfo) -> list[Any]:
    """`at_clock` of many; EMPTY where either is EMPTY, and where it would raise."""
    try:
        if not any(map(_tzinfo_of, times)) and (shifts := shifts_to_utc(days, zone)) is not None:
            clocks = map(dt.datetime.combine, days, times, repeat(dt.UTC))
            return list(map(add, clocks, map(shifts.__getitem__, days)))
    except AttributeError:  # a gap
        pass
    return [_moment_or_empty(day, time, zone) for day, time in zip(days, times, strict=True)]


def shifts_to_utc(days: Sequence[dt.date], zone: ZoneInfo) -> dict[dt.date, dt.timedelta] | None:
    """What brings the clocks of each day to UTC; None if they change on one of them."""
    offsets = _offsets_of(zone)
    shifts = {}
    for day in set(days):
        if (offset := offsets[day]) is None:
            return None
        shifts[day] = -offset.utcoffset(None)
    return shifts


def _moment_or_empty(day: Any, time: Any, zone: ZoneInfo) -> Any:
    if day is EMPTY or time is EMPTY:
        return EMPTY
    try:
        return at_clock(day, time, zone)
    except BadValue:
        return EMPTY


def in_utc(moment: dt.datetime, zone: ZoneInfo, *, takes_twofold: bool = True) -> dt.datetime:
    """The moment when a clock showed this; with an offset, that moment. Raises BadValue."""
    if moment.tzinfo is not None:
        return _as_utc(moment)
    if (offset := _offsets_of(zone)[moment.date()]) is not None:
        return moment.replace(tzinfo=offset).astimezone(dt.UTC)
    found = _as_utc(moment.replace(tzinfo=zone))
    if found.astimezone(zone).replace(tzinfo=None) != moment:
        raise BadValue(
            "no_such_time",
            _("The clocks in %(zone)s went forward over this time; it never was.")
            % {"zone": zone.key},
        )
    if not takes_twofold and _as_utc(moment.replace(tzinfo=zone, fold=1)) != found:
        raise BadValue(
            "time_came_twice",
            _("The clocks in %(zone)s went back, so this time came twice. Add +01:00 or the like.")
            % {"zone": zone.key},
        )
    return found


def _combined(day: dt.date, clock: re.Match[str]) -> dt.datetime:
    hour, minute, second = clock.groups(default="0")
    return dt.datetime(day.year, day.month, day.day, int(hour), int(minute), int(second))  # noqa: DTZ001


def _as_utc(moment: dt.datetime) -> dt.datetime:
    try:
        return _in_years(moment.astimezone(dt.UTC))
    except OverflowError:
        raise not_a_date(None) from None


def _in_years(moment: dt.datetime) -> dt.datetime:
    if moment.year >= FIRST_YEAR:
        return moment
    raise BadValue("short_year", _("The year of this date needs four digits."))


def _zone_of(offset: str | None) -> dt.tzinfo | None:
    if offset is None:
        return None
    if offset[0] not in "+-":
        return dt.UTC
    digits = offset.replace(":", "")
    span = dt.timedelta(hours=int(digits[1:3]), minutes=int(digits[3:5]))
    if span >= dt.timedelta(days=1):
        raise BadValue("not_a_date", _("There is no such offset from UTC."))
    return dt.timezone(-span if offset[0] == "-" else span)


def not_a_moment(day_first: bool | None) -> BadValue:
    return BadValue(
        "not_a_date",
        _("This is not a date and time. Write it like %(example)s 14:30:00.")
        % {"example": example_date(day_first)},
    )
