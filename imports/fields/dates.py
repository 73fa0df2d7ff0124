"""Fields of days, as people and programs write them. What could be two days is refused."""

import calendar
import datetime as dt
import re
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from imports.fields.base import Field, Parser, ParseSettings, TextReader
from imports.problems import BadValue

_ISO = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_YEAR_LAST = re.compile(r"([0-9]{1,2})([-/.])([0-9]{1,2})\2([0-9]{4})")
_SHORT_YEAR = re.compile(r"[0-9]{1,2}([-/. ])(?:[0-9]{1,2}|[A-Za-z]{3,9})(?:\1[0-9]{0,2})?")
_DAY_MONTH = re.compile(
    r"([0-9]{1,2})(?:st|nd|rd|th)?[-/. ]{1,2}([a-z]{3,9})[-/. ,]{1,2}([0-9]{4})"
)
_MONTH_DAY = re.compile(
    r"([a-z]{3,9})[-/. ]{1,2}([0-9]{1,2})(?:st|nd|rd|th)?[-/. ,]{1,2}([0-9]{4})"
)
_MIDNIGHT = re.compile(r"[T ]+(?:00:00(?::00(?:\.0+)?)?|12:00(?::00)? AM)Z?", re.IGNORECASE)
_TIME_OF_DAY = re.compile(r"[T ]+[0-9]{1,2}:[0-9]{2}.*", re.IGNORECASE)
MONTHS = {name.lower(): number for number, name in enumerate(calendar.month_name) if name}
MONTHS |= {name[:3]: number for name, number in MONTHS.items()} | {"sept": 9}

# Day 0 of a workbook. Its numbers mean days; outside of these they are more likely years or ids.
EPOCH = dt.datetime.fromisoformat("1899-12-30")
FIRST_SERIAL, LAST_SERIAL = 10_000, 99_999  # 1927-05-18 to 2173-10-13
FIRST_YEAR = 1000  # years have four digits


@dataclass(frozen=True, kw_only=True)
class Date(Field):
    """A day: 2025-02-28, 28/02/2025 or 02/28/2025, 28 Feb 2025, or a workbook's date.

    Years have four digits. `day_first` says what 03/04/2025 is; None: it is refused, while
    28/02/2025 is understood.
    """

    type: ClassVar[str] = "date"
    sample: ClassVar[str] = "2025-02-28"

    day_first: bool | None = None
    takes_serials: bool = False  # texts such as 45716, which a spreadsheet made of a date

    def text_reader(self, settings: ParseSettings) -> TextReader:
        day_first, takes_serials = self.day_first, self.takes_serials

        def read(text: str) -> dt.date:
            if text.isdecimal() and text.isascii() and len(text) == 5:
                if takes_serials:
                    return moment_of(float(text)).date()
                raise _looks_like_serial()
            return read_date(_without_midnight(text), day_first)

        return read

    def cell_reader(self, settings: ParseSettings) -> Parser:
        return date_of

    @property
    def example_text(self) -> str:
        return self.example or example_date(self.day_first)


def example_date(day_first: bool | None) -> str:
    texts: dict[bool | None, str] = {None: "2025-02-28", True: "28/02/2025", False: "02/28/2025"}
    return texts[day_first]


def read_date(text: str, day_first: bool | None) -> dt.date:
    """A day out of a text without a time. Raises BadValue."""
    if found := _ISO.fullmatch(text):
        return day_of(found[1], found[2], found[3])
    if found := _YEAR_LAST.fullmatch(text):
        return _slashed(found[1], found[3], found[4], day_first)
    if found := _YEAR_FIRST.fullmatch(text):
        return day_of(found[1], found[3], found[4])
    lower = text.lower()
    if (found := _DAY_MONTH.fullmatch(lower)) and (month := MONTHS.get(found[2])):
        return day_of(found[3], month, found[1])
    if (found := _MONTH_DAY.fullmatch(lower)) and (month := MONTHS.get(found[1])):
        return day_of(found[3], month, found[2])
    if _SHORT_YEAR.fullmatch(text):
        raise BadValue("short_year", _("The year of this date needs four digits."))
    raise not_a_date(day_first)


def _slashed(first: str, second: str, year: str, day_first: bool | None) -> dt.date:
    if day_first is None:
        if int(first) <= 12 and int(second) <= 12 and int(first) != int(second):
            raise BadValue(
                "ambiguous_date",
                _("This can be two days. Write %(one)s or %(other)s.")
                % {
                    "one": f"{year}-{int(second):02d}-{int(first):02d}",
                    "other": f"{year}-{int(first):02d}-{int(second):02d}",
                },
            )
        day_first = int(second) <= 12
    day, month = (first, second) if day_first else (second, first)
    try:
        return day_of(year, month, day)
    except BadValue:
        if int(month) > 12 and int(day) <= 12:
            order = _("the day comes first") if day_first else _("the month comes first")
            raise BadValue(
                "not_a_date",
                _("There is no month %(month)d: %(order)s in this column.")
                % {"month": int(month), "order": order},
            ) from None
        raise


def day_of(year: str | int, month: str | int, day: str | int) -> dt.date:
    try:
        found = dt.date(int(year), int(month), int(day))
    except ValueError:
        raise BadValue("not_a_date", _("There is no such day in the calendar.")) from None
    if found.year < FIRST_YEAR:
        raise BadValue("short_year", _("The year of this date needs four digits."))
    return found


def date_of(cell: Any) -> dt.date:
    """A typed cell as a day. Raises BadValue."""
    if isinstance(cell, int | float) and cell.__class__ is not bool:
        cell = moment_of(cell)
    if isinstance(cell, dt.datetime):
        if cell.time() != dt.time():
            raise _has_time()
        cell = cell.date()
    if isinstance(cell, dt.date):
        return day_of(cell.year, cell.month, cell.day)
    raise not_a_date(None)


def moment_of(serial: float) -> dt.datetime:
    """What a workbook means by a number of days; to the millisecond, as Excel does."""
    if not FIRST_SERIAL <= serial <= LAST_SERIAL:
        raise _looks_like_serial() if serial == serial else not_a_date(None)
    return EPOCH + dt.timedelta(milliseconds=round(serial * 86_400_000))


def not_a_date(day_first: bool | None) -> BadValue:
    return BadValue(
        "not_a_date",
        _("This is not a date. Write it like %(example)s.") % {"example": example_date(day_first)},
    )


def _without_midnight(text: str) -> str:
    if len(text) > 10 and ":" in text:
        if found := _MIDNIGHT.search(text):
            return text[: found.start()] if found.end() == len(text) else text
        if _TIME_OF_DAY.search(text):
            raise _has_time()
    return text


def _has_time() -> BadValue:
    return BadValue("has_time", _("This says a time of day too. Write the date only."))


def _looks_like_serial() -> BadValue:
    return BadValue(
        "not_a_date",
        _("This is a number and not a date. Format the column as a date and save the file anew."),
    )
