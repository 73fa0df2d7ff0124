"""Texts of the usual form, many at once: the same values as one by one, without Python's steps.

Each reader looks at all texts together, and gives None if one of them is of another form or says
something that its field may refuse. Then they are read one by one.
"""

import datetime as dt
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from itertools import repeat
from operator import add
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from imports.fields.base import Field, ParseSettings
from imports.fields.dates import FIRST_YEAR, Date
from imports.fields.moments import DateTime, shifts_to_utc
from imports.fields.numbers import EXACT, Bound, Integer, Money, Number
from imports.fields.times import HOURS, SIXTIETHS, Time

Values: TypeAlias = list[Any]
UsualReader: TypeAlias = Callable[[Sequence[str]], Values | None]

LONGEST_NUMBER = 40  # characters
_DIGITS = str.maketrans("123456789", "0" * 9)
_DAY, _MINUTE, _SECOND = "0000-00-00", "0000-00-00 00:00", "0000-00-00 00:00:00"
_MINUTES = {f"{m}:{s}": minute for m, minute in SIXTIETHS.items() for s in SIXTIETHS}
_SECONDS = {f"{m}:{s}": second for m in SIXTIETHS for s, second in SIXTIETHS.items()}


def usual_reader(field: Field, settings: ParseSettings) -> UsualReader | None:
    """What reads many texts of a field at once; None if it has none."""
    make = _MAKERS.get(type(field))
    if make is None or settings.values or field.empty_words:
        return None
    return make(field, settings)


def _integers(field: Any, _settings: ParseSettings) -> UsualReader:
    low, high = field.low, field.high

    def read(texts: Sequence[str]) -> Values | None:
        if not _are_of(texts, "0123456789-"):
            return None
        try:
            values = list(map(int, texts))
        except ValueError:
            return None
        return values if _are_within(values, low, high) else None

    return read


def _numbers(field: Any, _settings: ParseSettings) -> UsualReader | None:
    if field.decimal_comma:
        return None
    finish = _floats if field.is_float else _scaler(field.digits, field.places)

    def read(texts: Sequence[str]) -> Values | None:
        if not _are_of(texts, "0123456789-."):
            return None
        try:
            values = finish(list(map(Decimal, texts)))
        except InvalidOperation:
            return None
        return values if values and _are_within(values, field.low, field.high) else None

    return read


def _floats(values: Values) -> Values:
    return [float(value) + 0.0 for value in values]  # there is no -0.0


def _scaler(digits: int | None, places: int | None) -> Callable[[Values], Values | None]:
    if places is None:
        return lambda values: values
    unit, zero = Decimal(1).scaleb(-places), Decimal(0).scaleb(-places)
    most = Decimal(10) ** ((digits or 60) - places)

    def scale(values: Values) -> Values | None:
        scaled = list(map(Decimal.quantize, values, repeat(unit), repeat(None), repeat(EXACT)))
        # What has to be rounded is left to the slow way, which may refuse it.
        if scaled != values or not -most < min(values) or not max(values) < most:
            return None
        return [value or zero for value in scaled]  # there is no -0.00

    return scale


def _days(_field: Any, _settings: ParseSettings) -> UsualReader:
    def read(texts: Sequence[str]) -> Values | None:
        if not _have_form(texts, _DAY):
            return None
        try:
            days = list(map(dt.date.fromisoformat, texts))
        except ValueError:
            return None
        return days if min(days).year >= FIRST_YEAR else None

    return read


def _moments(field: Any, settings: ParseSettings) -> UsualReader:
    zone = ZoneInfo(field.time_zone or settings.time_zone)

    def read(texts: Sequence[str]) -> Values | None:
        if not _have_form(texts, _SECOND) and not _have_form(texts, _MINUTE):
            return None
        if any(text[11:13] == "24" for text in texts):  # newer Pythons take it
            return None
        try:
            if field.is_local:
                moments = list(map(dt.datetime.fromisoformat, texts))
                return moments if min(moments).year >= FIRST_YEAR else None
            moments = list(map(dt.datetime.fromisoformat, [f"{text}+00:00" for text in texts]))
        except ValueError:
            return None
        days = list(map(dt.datetime.date, moments))
        shifts = shifts_to_utc(days, zone)
        return None if shifts is None else list(map(add, moments, map(shifts.__getitem__, days)))

    return read


def _times(_field: Any, _settings: ParseSettings) -> UsualReader:
    def read(texts: Sequence[str]) -> Values | None:
        try:
            hours = [HOURS[text[:3] + text[8:]] for text in texts]
            rest = [text[3:8] for text in texts]
            minutes = map(_MINUTES.__getitem__, rest)
            return list(map(dt.time, hours, minutes, map(_SECONDS.__getitem__, rest)))
        except KeyError:
            return None

    return read


def _are_of(texts: Sequence[str], signs: str) -> bool:
    return not "".join(texts).strip(signs) and max(map(len, texts)) < LONGEST_NUMBER


def _have_form(texts: Sequence[str], form: str) -> bool:
    return "\n".join(texts).translate(_DIGITS) == "\n".join([form] * len(texts))


def _are_within(values: Values, low: Bound | None, high: Bound | None) -> bool:
    return (low is None or min(values) >= low) and (high is None or max(values) <= high)


_MAKERS: dict[type[Field], Callable[[Any, ParseSettings], UsualReader | None]] = {
    Integer: _integers,
    Number: _numbers,
    Money: _numbers,
    Date: _days,
    DateTime: _moments,
    Time: _times,
}
