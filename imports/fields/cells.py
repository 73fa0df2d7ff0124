"""Cells as text: what a typed cell shows, and what a text says without a spreadsheet's quoting."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

# What Excel is made to leave alone: ="0012".
_ESCAPED = re.compile(r'="((?:[^"]|"")*)"')
# A quote in front of what a spreadsheet would run as a formula: how exports are made safe.
_STRIPPED = "\0 \u00a0\ufeff\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069"
_GUARDED = re.compile(f"'[{_STRIPPED}]*[=+\\-@\t\r\n＝＋－＠]")  # noqa: RUF001  # full-width signs


def text_of(cell: Any) -> str:
    """A cell as a person would type it: whole floats without ".0", times in ISO 8601."""
    return cell if cell.__class__ is str else _TEXTS.get(cell.__class__, str)(cell)


def plain_text(text: str) -> str:
    """Without outer blanks, Excel's `="…"` and the quote that guards against formulas."""
    text = text.strip()
    if text[:1] == "=" and (escaped := _ESCAPED.fullmatch(text)):
        return escaped[1].replace('""', '"').strip()
    if text[:1] == "'" and _GUARDED.match(text):
        return text[1:]
    return text


def number_text(value: float) -> str:
    """Up to 15 digits, as many as Excel keeps, and no exponent."""
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    text = format(value, ".15g")
    return format(Decimal(text), "f") if "e" in text else text


def _moment_text(value: dt.datetime) -> str:
    text = value.isoformat(" ")
    return text.removesuffix(" 00:00:00")


_TEXTS: dict[type, Callable[[Any], str]] = {
    type(None): lambda _: "",
    bool: lambda value: "TRUE" if value else "FALSE",
    int: str,
    float: number_text,
    Decimal: lambda value: format(value, "f"),
    dt.datetime: _moment_text,
    dt.date: dt.date.isoformat,
    dt.time: dt.time.isoformat,
}
