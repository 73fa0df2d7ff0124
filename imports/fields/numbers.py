"""Fields of numbers. Point or comma, thousands marks, and amounts as accountants write them."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from imports.fields.base import Field, Parser, ParseSettings, TextReader
from imports.problems import BadValue

Bound = int | Decimal | float

# [0-9] and not \d, which takes the digits of every script.
_SIMPLE = re.compile(r"-?[0-9]{1,40}(?:\.[0-9]{1,40})?")
_SCIENTIFIC = re.compile(r"[+-]?[0-9]{1,40}(?:\.[0-9]{0,40})?[eE][+-]?[0-9]{1,3}")
_NUMBERS = {
    point: re.compile(
        rf"([+-]?)((?:[0-9]{{1,3}}(?:[{marks}][0-9]{{3}})+|[0-9]{{1,40}})(?:[{point}][0-9]{{0,40}})?"
        rf"|[{point}][0-9]{{1,40}})"
    )
    for point, marks in ((".", ",'’ \u00a0\u202f"), (",", ".'’ \u00a0\u202f"))
}
_CURRENCY = re.compile(r"(?:[$£€¥₹]|\b(?:USD|GBP|EUR|CHF|US\$))", re.IGNORECASE)
EXACT = Context(prec=120, rounding=ROUND_HALF_EVEN)


@dataclass(frozen=True, kw_only=True)
class Integer(Field):
    """A whole number. "12.0" is one, "12.5" is not."""

    type: ClassVar[str] = "integer"
    sample: ClassVar[str] = "12"

    low: int | None = None
    high: int | None = None
    decimal_comma: bool = False

    def text_reader(self, settings: ParseSettings) -> TextReader:
        is_within = limiter(self.low, self.high)
        number = reads_number(decimal_comma=self.decimal_comma)

        def read(text: str) -> int:
            if text.isascii() and text.isdecimal() and len(text) < 40:
                return int(is_within(int(text)))
            if _SCIENTIFIC.fullmatch(text):
                raise BadValue(
                    "digits_lost",
                    _("A spreadsheet has shortened this number. Write it out in full."),
                )
            return int(is_within(whole(number(text))))

        return read

    def cell_reader(self, settings: ParseSettings) -> Parser:
        is_within = limiter(self.low, self.high)
        return lambda cell: int(is_within(whole(decimal_of(cell))))


@dataclass(frozen=True, kw_only=True)
class Number(Field):
    """A number with decimals, as an exact Decimal; as a float where the model has one."""

    type: ClassVar[str] = "decimal"
    sample: ClassVar[str] = "12.50"

    digits: int | None = None  # in front of and after the point together
    places: int | None = None  # after the point
    rounds: bool = False  # more places than that are rounded, instead of refused
    low: Bound | None = None
    high: Bound | None = None
    decimal_comma: bool = False  # 1.234,50
    is_float: bool = False

    def text_reader(self, settings: ParseSettings) -> TextReader:
        number = reads_number(decimal_comma=self.decimal_comma)
        fit = self._fitter()
        return lambda text: fit(number(text))

    def cell_reader(self, settings: ParseSettings) -> Parser:
        fit = self._fitter()
        return lambda cell: fit(decimal_of(cell))

    def _fitter(self) -> Callable[[Decimal], Any]:
        is_within = limiter(self.low, self.high)
        if self.is_float:
            return lambda value: is_within(_float_of(value))
        scale = scaler(self.digits, self.places, rounds=self.rounds)
        return lambda value: is_within(scale(value))


@dataclass(frozen=True, kw_only=True)
class Money(Number):
    """An amount: `$9.00`, `$1,234.50`; below zero `($9.11)`, `$-2.86`, `-$2.00`, `2.00-`."""

    type: ClassVar[str] = "money"
    places: int | None = 2

    def text_reader(self, settings: ParseSettings) -> TextReader:
        number = reads_number(decimal_comma=self.decimal_comma)
        fit = self._fitter()

        def read(text: str) -> Any:
            if _SIMPLE.fullmatch(text):
                return fit(number(text))
            amount, is_negative = unsigned(text)
            value = number(amount)
            return fit(-value if is_negative else value)

        return read


def unsigned(text: str) -> tuple[str, bool]:
    """An amount without currency and accountants' signs, and whether these mean below zero."""
    is_negative = False
    if text[0] == "(" and text[-1] == ")":
        text, is_negative = text[1:-1].strip(), True
    elif text[-1] in "-−" and len(text) > 1:  # noqa: RUF001  # the sign for minus
        text, is_negative = text[:-1].strip(), True
    amount = _CURRENCY.sub("", text, count=1).replace("- ", "-").strip()
    if is_negative and amount[:1] in ("-", "+", "−"):  # noqa: RUF001
        raise not_a_number()
    return amount, is_negative


def reads_number(*, decimal_comma: bool) -> Callable[[str], Decimal]:
    """What turns a text into a Decimal. Raises BadValue; "inf" and "nan" are no numbers."""
    pattern = _NUMBERS["," if decimal_comma else "."]
    point = "," if decimal_comma else "."

    def read(text: str) -> Decimal:
        if not decimal_comma and _SIMPLE.fullmatch(text):
            return Decimal(text)
        text = text.replace("−", "-")  # noqa: RUF001  # the sign for minus
        found = pattern.fullmatch(text)
        if found and not _mixes_marks(found[2], point):
            plain = "".join(c for c in found[2] if c in point or "0" <= c <= "9")
            return Decimal(found[1] + plain.replace(",", "."))
        if _SCIENTIFIC.fullmatch(text):
            return Decimal(text)
        raise not_a_number(decimal_comma=decimal_comma)

    return read


def _mixes_marks(text: str, point: str) -> bool:
    return len({sign for sign in text if sign not in point and not "0" <= sign <= "9"}) > 1


def decimal_of(cell: Any) -> Decimal:
    """A typed cell as a number. Floats have up to 15 digits, as many as Excel keeps."""
    if cell.__class__ is int or cell.__class__ is Decimal:
        value = Decimal(cell)
    elif cell.__class__ is float:
        value = Decimal(format(cell, ".15g"))
    else:
        raise not_a_number()
    if not value.is_finite() or abs(value.adjusted()) > 400:
        raise not_a_number()
    return value


def whole(value: Decimal) -> int:
    if abs(value.adjusted()) > 40 and value:
        raise BadValue("out_of_range", _("This number is too large."))
    if value != value.to_integral_value():
        raise BadValue(
            "not_whole", _("This is not a whole number. Leave out what follows the point.")
        )
    return int(value)


def scaler(digits: int | None, places: int | None, *, rounds: bool) -> Callable[[Decimal], Decimal]:
    """What brings a number to a column's scale. Raises BadValue if it does not fit in."""
    if places is None:
        return lambda value: value
    unit = Decimal(1).scaleb(-places)
    most = Decimal(10) ** ((digits or 60) - places)

    def scale(value: Decimal) -> Decimal:
        if not -most < value < most:
            raise too_large(most)
        scaled = value.quantize(unit, context=EXACT)
        if scaled != value and not rounds:
            raise BadValue(
                "too_many_decimals",
                _("This has more than %(places)d decimals.") % {"places": places},
            )
        if not -most < scaled < most:  # rounded up to one digit more
            raise too_large(most)
        return scaled or abs(scaled)  # there is no -0.00

    return scale


def too_large(most: Decimal) -> BadValue:
    return BadValue(
        "out_of_range",
        _("This number is too large: it must be nearer to zero than %(most)s.")
        % {"most": format(most, ",f")},
    )


def limiter(low: Bound | None, high: Bound | None) -> Callable[[Any], Any]:
    """What lets a number through that is within the bounds. Raises BadValue for others."""
    if low is None and high is None:
        return lambda value: value

    def check(value: Any) -> Any:
        if low is not None and value < low:
            raise BadValue("out_of_range", _("This must not be below %(low)s.") % {"low": low})
        if high is not None and value > high:
            raise BadValue("out_of_range", _("This must not be above %(high)s.") % {"high": high})
        return value

    return check


def _float_of(value: Decimal) -> float:
    number = float(value)
    if number - number != 0:
        raise BadValue("out_of_range", _("This number is too large."))
    return number + 0.0  # there is no -0.0


def not_a_number(*, decimal_comma: bool = False) -> BadValue:
    return BadValue(
        "not_a_number",
        _("This is not a number. Write it like %(example)s.")
        % {"example": "1234,50" if decimal_comma else "1234.50"},
    )
