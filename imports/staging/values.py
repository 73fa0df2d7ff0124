"""Values made to fit their column, the same on every database, before any of them sees one."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from itertools import repeat
from typing import Any, TypeAlias

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from imports.batches import ABSENT
from imports.fields.base import Column
from imports.fields.columns import INTEGER_RANGES, stored
from imports.fields.numbers import limiter
from imports.fields.texts import too_long
from imports.problems import BadValue

Step: TypeAlias = Callable[[Any], Any]

_TEXT = frozenset((str,))
_NUMBER = frozenset((Decimal,))
_UNFIT = (ValidationError, ArithmeticError, TypeError, ValueError)


def fit(column: Column, values: list[Any]) -> tuple[list[Any], dict[int, BadValue]]:
    """The values as the column holds them, and what is wrong with which of them."""
    faults: dict[int, BadValue] = {}
    if not column.null and None in values:
        empty = BadValue("may_not_be_empty", _("A value is needed here."))
        faults = {n: empty for n, value in enumerate(values) if value is None}
    if (scaled := _scaled_at_once(stored(column), values)) is not None:
        return scaled, faults
    step = _step(column, values)
    if step is None:
        return values, faults
    try:
        return [v if v is None or v is ABSENT else step(v) for v in values], faults
    except (BadValue, *_UNFIT):
        return _fit_one_by_one(step, values, faults)


def _fit_one_by_one(
    step: Step, values: list[Any], faults: dict[int, BadValue]
) -> tuple[list[Any], dict[int, BadValue]]:
    fitted = []
    for n, value in enumerate(values):
        if value is not None and value is not ABSENT:
            try:
                value = step(value)
            except BadValue as error:
                faults[n] = error
            except _UNFIT:
                faults[n] = BadValue("does_not_fit", _("The column cannot hold this value."))
        fitted.append(value)
    return fitted, faults


def _step(column: Column, values: list[Any]) -> Step | None:
    """What each value passes; None if a look at all of them shows that they fit."""
    held = stored(column)
    if held.to_python.__func__ not in _DJANGOS:  # type: ignore[attr-defined]
        return held.to_python  # a class with habits of its own: codes in capitals
    kinds = set(map(type, values)) - {type(None), type(ABSENT)}
    if isinstance(held, models.CharField):
        most = held.max_length
        if kinds <= {str} and (most is None or _longest(values) <= most):
            return None
        return _short(most)
    if isinstance(held, models.IntegerField):
        low, high = INTEGER_RANGES.get(held.get_internal_type(), (-(2**63), 2**63 - 1))
        within = limiter(low, high)
        return lambda value: within(int(value))
    if isinstance(held, models.DecimalField):
        return _scaled(held)
    if isinstance(held, models.DateTimeField) and kinds <= {dt.datetime}:
        zones = {value.tzinfo for value in values if value.__class__ is dt.datetime}
        return None if zones <= {None, dt.UTC} else _in_utc  # the same moment is the same key
    if isinstance(held, models.TextField) and kinds <= {str}:
        return None
    if isinstance(held, models.JSONField) or kinds <= _EXACT.get(type(held), frozenset()):
        return None
    return held.to_python


def _longest(values: list[Any]) -> int:
    if _TEXT.issuperset(map(type, values)):
        return max(map(len, values), default=0)
    return max((len(value) for value in values if value.__class__ is str), default=0)


def _short(most: int | None) -> Step:
    def check(value: Any) -> str:
        text = str(value)
        if most is not None and len(text) > most:
            raise too_long(len(text), most)
        return text

    return check


def _scaled(column: "models.DecimalField[Any, Any]") -> Step:
    """Rounded to the column's places here, since the databases do it differently."""
    unit = Decimal(1).scaleb(-column.decimal_places)
    limit = Decimal(1).scaleb(column.max_digits - column.decimal_places)

    def scale(value: Any) -> Decimal:
        is_number = value.__class__ is Decimal and value.is_finite()
        exact: Decimal = value if is_number else column.to_python(value)
        if not abs(exact) < limit or abs(rounded := exact.quantize(unit)) >= limit:
            message = _("At most %(digits)d digits fit in front of the decimal point.")
            digits = column.max_digits - column.decimal_places
            raise BadValue("does_not_fit", message % {"digits": digits})
        return rounded

    return scale


def _scaled_at_once(column: Column, values: list[Any]) -> list[Any] | None:
    """The same for all of them, if each is a number that fits: a tenth of the time."""
    is_djangos = getattr(column.to_python, "__func__", None) in _DJANGOS
    if not isinstance(column, models.DecimalField) or not is_djangos:
        return None
    if not values or not _NUMBER.issuperset(map(type, values)):
        return None
    unit = Decimal(1).scaleb(-column.decimal_places)
    limit = Decimal(1).scaleb(column.max_digits - column.decimal_places)
    try:
        scaled = list(map(Decimal.quantize, values, repeat(unit)))
        return scaled if max(map(abs, scaled)) < limit else None
    except ArithmeticError:  # what is not a number, or far too long
        return None


def _in_utc(value: dt.datetime) -> dt.datetime:
    is_done = value.tzinfo is None or value.tzinfo is dt.UTC
    return value if is_done else value.astimezone(dt.UTC)


_DJANGOS = frozenset(
    vars(kind)["to_python"]
    for kind in vars(models).values()
    if isinstance(kind, type) and issubclass(kind, models.Field) and "to_python" in vars(kind)
)
_EXACT: dict[type, frozenset[type]] = {
    models.BooleanField: frozenset((bool,)),
    models.DateField: frozenset((dt.date,)),
    models.TimeField: frozenset((dt.time,)),
    models.FloatField: frozenset((float,)),
    models.DurationField: frozenset((dt.timedelta,)),
}
