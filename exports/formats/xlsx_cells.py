"""Value -> cell of a sheet. Numbers and times are typed wherever Excel keeps every digit."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from math import isfinite
from types import NoneType

from exports.formats.base import Document, Field, Kind
from exports.formats.values import ByType, Encoder, decimal_text, in_zone, text_table, then
from exports.formats.xlsx_styles import DATE, DATETIME, GENERAL, MONEY, TEXT, TIME, fixed, style_ids
from exports.formats.xlsx_text import TextCells, text_cell

SAFE_DIGITS = 15  # Excel computes with IEEE doubles and shows no more digits
SAFE_MAGNITUDE = 300  # decimal exponent; a double ends at 308

# Day 60 of Excel is 1900-02-29, which never was, so only later days mean the same everywhere:
# https://learn.microsoft.com/office/troubleshoot/excel/wrongly-assumes-1900-is-leap-year
EPOCH = dt.datetime.fromisoformat("1899-12-30")
FIRST_DAY = dt.datetime.fromisoformat("1900-03-01")
DAY_SECONDS = 86_400

BLANKS = {
    Kind.INTEGER: fixed(0),
    Kind.DECIMAL: GENERAL,
    Kind.MONEY: MONEY,
    Kind.FLOAT: GENERAL,
    Kind.BOOLEAN: GENERAL,
    Kind.DATE: DATE,
    Kind.TIME: TIME,
    Kind.DATETIME: DATETIME,
}  # so that what a person types into a blank cell is taken for what the column holds


def cell_table(field: Field, document: Document, texts: TextCells) -> ByType:
    """The cell of each type of value in this column; text for what a sheet has no type for.

    None and the empty text are both a blank cell.
    """
    as_text = text_table(field.kind, document)
    text = texts.encoder(field.header, style_ids()[TEXT])
    table = ByType({kind: then(encode, text) for kind, encode in as_text.items()})
    blank = text_cell("", style_ids()[BLANKS.get(field.kind, TEXT)])
    table |= {
        NoneType: lambda _: blank,
        str: text,
        bool: _bool_cell,
        int: _int_cell(field.kind, table[int]),
        float: _float_cell(field.kind, table[float]),
        Decimal: _decimal_cell(field.kind, table[Decimal]),
        dt.datetime: _datetime_cell(document, text),
        dt.date: _date_cell(text),
        dt.time: _time_cell(text),
    }
    return table


def plain_row(*cells: str | int, style: str = TEXT) -> str:
    """A row of texts in this style and of whole numbers."""
    text = style_ids()[style]
    made = [
        text_cell(cell, text) if isinstance(cell, str) else f"{_number(fixed(0))}{cell}</v></c>"
        for cell in cells
    ]
    return f"<row>{''.join(made)}</row>"


def _number(number_format: str) -> str:
    return f'<c s="{style_ids()[number_format]}"><v>'


def _bool_cell(value: bool) -> str:
    return f'<c t="b"><v>{value:d}</v></c>'


def _int_cell(kind: Kind, as_text: Encoder) -> Encoder:
    before = _number(MONEY if kind is Kind.MONEY else fixed(0))
    limit = 10**SAFE_DIGITS

    def encode(value: int) -> str:
        if -limit < value < limit:
            return f"{before}{value:d}</v></c>"
        return as_text(value)

    def encode_flag(value: int) -> str:
        return _bool_cell(value == 1) if value in (0, 1) else encode(value)

    return encode_flag if kind is Kind.BOOLEAN else encode


def _float_cell(kind: Kind, as_text: Encoder) -> Encoder:
    before = _number(MONEY if kind is Kind.MONEY else GENERAL)

    def encode(value: float) -> str:
        return f"{before}{float.__repr__(value)}</v></c>" if isfinite(value) else as_text(value)

    return encode


def _decimal_cell(kind: Kind, as_text: Encoder) -> Encoder:
    by_scale = [_number(MONEY if kind is Kind.MONEY else fixed(scale)) for scale in range(11)]
    by_scale.append(_number(MONEY if kind is Kind.MONEY else GENERAL))

    def encode(value: Decimal) -> str:
        text = decimal_text(value)
        if (len(text) > SAFE_DIGITS or not value.is_finite()) and not is_exact(value):
            return as_text(value)
        scale = len(text) - text.find(".") - 1 if "." in text else 0
        return f"{by_scale[min(scale, 11)]}{text}</v></c>"

    return encode


def is_exact(value: Decimal) -> bool:
    """Whether Excel keeps every significant digit."""
    figures = "".join(map(str, value.as_tuple().digits)).strip("0")
    return (
        value.is_finite() and len(figures) <= SAFE_DIGITS and abs(value.adjusted()) < SAFE_MAGNITUDE
    )


def _datetime_cell(document: Document, text: Callable[[str], str]) -> Encoder:
    """Whole seconds: Excel would round a fraction up, at midnight into the next day."""
    before, shown = _number(DATETIME), in_zone(document.time_zone)

    def encode(value: dt.datetime) -> str:
        wall = shown(value).replace(tzinfo=None)
        if wall < FIRST_DAY:
            return text(wall.isoformat(" ", "seconds"))
        since = wall - EPOCH
        return f"{before}{days_text(since.days * DAY_SECONDS + since.seconds)}</v></c>"

    return encode


def _date_cell(text: Callable[[str], str]) -> Encoder:
    before, first, epoch = _number(DATE), FIRST_DAY.toordinal(), EPOCH.toordinal()

    def encode(value: dt.date) -> str:
        day = value.toordinal()
        return text(value.isoformat()) if day < first else f"{before}{day - epoch}</v></c>"

    return encode


def _time_cell(text: Callable[[str], str]) -> Encoder:
    before = _number(TIME)

    def encode(value: dt.time) -> str:
        if value.tzinfo is not None:
            return text(value.isoformat())
        seconds = value.hour * 3600 + value.minute * 60 + value.second
        return f"{before}{days_text(seconds)}</v></c>"

    return encode


def days_text(seconds: int) -> str:
    """Rounded once only, and whole days without a point: so says PostgreSQL too."""
    return repr(seconds / DAY_SECONDS).removesuffix(".0")
