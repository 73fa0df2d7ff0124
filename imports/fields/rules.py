"""What a value must pass before a column takes it, compiled once for a file."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias

from django.core import validators
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from imports.fields.base import Column, Field
from imports.fields.choices import Choice, flat, unknown_choice
from imports.fields.columns import INTEGER_RANGES, stored
from imports.fields.numbers import Number, limiter, scaler
from imports.fields.relations import Lookup
from imports.fields.texts import Email, FormedText, Ip, Text, Url, too_long
from imports.problems import BadValue

Step: TypeAlias = Callable[[Any], Any]


def finisher(field: Field) -> Step | None:
    """What a value still has to pass once its field has read it; None: nothing."""
    steps = [*_column_steps(field), *(_validated(validator) for validator in field.validators)]
    if not steps:
        return None
    if len(steps) == 1:
        return steps[0]

    def finish(value: Any) -> Any:
        for step in steps:
            value = step(value)
        return value

    return finish


def _column_steps(field: Field) -> list[Step]:
    if field.column is None or isinstance(field, Lookup):
        return []
    column, target = field.column, stored(field.column)
    steps: list[Step] = []
    if type(column).__module__.partition(".")[0] != "django":  # a class with habits of its own
        steps.append(column.to_python)
    steps += _shape_steps(field, target)
    if column.choices and not isinstance(field, Choice):
        steps.append(_among(column))
    steps += [_ruled(rule) for rule in column.validators if not _is_covered(rule, field)]
    return steps


def _shape_steps(field: Field, target: Column) -> list[Step]:
    """What the type of the column in both databases can hold."""
    if isinstance(target, models.IntegerField):
        low, high = INTEGER_RANGES.get(target.get_internal_type(), (-(2**63), 2**63 - 1))
        return [limiter(low, high)]
    if isinstance(target, models.DecimalField) and not isinstance(field, Number):
        scale = scaler(target.max_digits, target.decimal_places, rounds=False)
        return [lambda value: scale(Decimal(value))]
    most = getattr(target, "max_length", None)
    if most is not None and not isinstance(field, Text | FormedText | Choice):
        return [_not_longer(most)]
    return []


def _not_longer(most: int) -> Step:
    def check(value: Any) -> Any:
        if isinstance(value, str) and len(value) > most:
            raise too_long(len(value), most)
        return value

    return check


def _among(column: Column) -> Step:
    pairs = flat(tuple(column.flatchoices))
    values = {value for value, _label in pairs}
    labels = [str(value) for value, _label in pairs]

    def check(value: Any) -> Any:
        if value not in values:
            raise unknown_choice(str(value), labels)
        return value

    return check


def _is_covered(rule: Any, field: Field) -> bool:
    """Whether the field's own reading or the column's shape has asked this already."""
    if isinstance(rule, validators.DecimalValidator | validators.ProhibitNullCharactersValidator):
        return True
    if isinstance(rule, validators.MaxLengthValidator):
        return not callable(rule.limit_value)
    if isinstance(rule, validators.URLValidator):
        return isinstance(field, Url)
    if isinstance(rule, validators.EmailValidator):
        return isinstance(field, Email)
    is_ip = rule in (
        validators.validate_ipv46_address,
        validators.validate_ipv4_address,
        validators.validate_ipv6_address,
    )
    return is_ip and isinstance(field, Ip)


def _ruled(rule: Any) -> Step:
    """A column's validator, with the bounds of numbers asked at the price of one comparison."""
    is_low = type(rule) is validators.MinValueValidator
    if not is_low and type(rule) is not validators.MaxValueValidator:
        return _validated(rule)
    bound = rule.limit_value() if callable(rule.limit_value) else rule.limit_value
    if not isinstance(bound, int | float | Decimal):
        return _validated(rule)
    return limiter(bound, None) if is_low else limiter(None, bound)


def _validated(validator: Callable[[Any], None]) -> Step:
    def check(value: Any) -> Any:
        try:
            validator(value)
        except ValidationError as error:
            raise BadValue(error.code or "invalid", " ".join(error.messages)) from None
        return value

    return check


def may_not_be_empty(field: Field) -> BadValue:
    return BadValue(
        "may_not_be_empty",
        _("%(field)s may not be empty.") % {"field": str(field.label) or field.name},
    )
