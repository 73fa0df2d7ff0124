"""Value -> text. What a type looks like in a text file, whichever format it is."""

import datetime as dt
import json
from collections.abc import Callable
from decimal import Decimal
from types import NoneType
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from exports.formats.base import Document, Kind

Encoder: TypeAlias = Callable[[Any], str]

PLAIN_DATETIME = "%Y-%m-%d %H:%M:%S"
BOOLEANS = {True: "true", False: "false"}


class ByType(dict[type, Encoder]):
    """Encoders by the exact type of a value; a type not listed gets its nearest parent's.

    A dict lookup and one call per cell: the row loop of every format needs no test of types.
    """

    def __missing__(self, kind: type) -> Encoder:
        encode = self[next(parent for parent in kind.__mro__ if parent in self)]
        if issubclass(kind, str):  # an enum member or marked-safe text, as the text it is
            self[kind] = lambda value: encode(str.__str__(value))
        else:
            self[kind] = encode
        return self[kind]


def text_table(kind: Kind, document: Document) -> ByType:
    """What a cell of a column of this kind reads like, by the type of its value.

    None is empty. Numbers keep their scale and have no exponent, unless they are floats.
    """
    table = ByType(iso_table(document.time_zone))
    table |= {
        NoneType: lambda _: "",
        str: str,
        bool: BOOLEANS.__getitem__,
        int: int.__repr__,
        float: float_text,
        dt.datetime: datetime_text(document),
    }
    table |= dict.fromkeys((dict, list, tuple), nested_text(document.time_zone, ",", ":"))
    if kind is Kind.BOOLEAN:
        table[int] = _flag_text
    if kind is Kind.MONEY:
        table |= {
            Decimal: money_text,
            int: lambda value: money_text(Decimal(value)),
            float: lambda value: money_text(Decimal(repr(value))),
        }
    return table


def then(first: Encoder, second: Callable[[str], str]) -> Encoder:
    """The text of a value, changed once more."""
    return lambda value: second(first(value))


def iso_table(zone: ZoneInfo) -> ByType:
    """The types that JSON does not know, as text that is the same in every format."""
    shown = in_zone(zone)
    return ByType(
        {
            Decimal: decimal_text,
            dt.datetime: lambda value: shown(value).isoformat(),
            dt.date: dt.date.isoformat,
            dt.time: dt.time.isoformat,
            dt.timedelta: duration_text,
            object: str,
        }
    )


def decimal_text(value: Decimal) -> str:
    text = str(value)
    return format(value, "f") if "E" in text else text


def money_text(value: Decimal) -> str:
    text = decimal_text(value)
    if text[-3:-2] == "." or not value.is_finite():
        return text
    whole, _, cents = text.partition(".")
    return f"{whole}.{cents:0<2}"


def float_text(value: float) -> str:
    text = float.__repr__(value)
    return {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}.get(text, text)


def duration_text(value: dt.timedelta) -> str:
    """ISO 8601, as Django writes it: P1DT02H03M04.000005S."""
    sign, span = ("-", -value) if value < dt.timedelta() else ("", value)
    minutes, seconds = divmod(span.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{span.microseconds:06d}" if span.microseconds else ""
    return f"{sign}P{span.days}DT{hours:02d}H{minutes:02d}M{seconds:02d}{fraction}S"


def in_zone(zone: ZoneInfo) -> Callable[[dt.datetime], dt.datetime]:
    """Aware times as the clock of the zone shows them; naive ones are left alone."""

    def convert(value: dt.datetime) -> dt.datetime:
        if value.tzinfo is None:
            return value
        try:
            return value.astimezone(zone)
        except OverflowError:  # a time within a day of year 1 or 9999
            return value

    return convert


def datetime_text(document: Document) -> Callable[[dt.datetime], str]:
    shown, pattern = in_zone(document.time_zone), document.datetime_format
    if pattern == "iso":
        return lambda value: shown(value).isoformat()
    if pattern == PLAIN_DATETIME:  # a third of strftime's time, and pads years before 1000
        return lambda value: shown(value).isoformat(" ")[:19]
    return lambda value: shown(value).strftime(pattern)


def nested_text(zone: ZoneInfo, comma: str, colon: str) -> Callable[[object], str]:
    """JSON text of lists and dicts. NaN and infinities, which JSON lacks, become strings."""
    iso = iso_table(zone)
    encode = json.JSONEncoder(
        ensure_ascii=False,
        allow_nan=False,
        separators=(comma, colon),
        default=lambda value: iso[type(value)](value),
    ).encode

    def text(value: object) -> str:
        try:
            return encode(value)
        except (TypeError, ValueError):  # a NaN inside, or a key that is no text
            return encode(_plain(value))

    return text


def _plain(value: object) -> object:
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return float_text(value)
    return value


def _flag_text(value: int) -> str:
    return BOOLEANS[bool(value)] if value in (0, 1) else int.__repr__(value)
