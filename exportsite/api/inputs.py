"""Bodies and query strings: a declared field or an error that names the declared ones.

JSON has types, so that "5" is no number here; in a query string everything is text.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.exceptions import ValidationError


class TrueOrFalse(serializers.BooleanField):
    """JSON's true and false."""

    def to_internal_value(self, data: Any) -> bool:
        if not isinstance(data, bool):
            self.fail("invalid", input=data)
        return data


class WholeNumber(serializers.IntegerField):
    """A JSON number without a fraction."""

    def to_internal_value(self, data: Any) -> int:
        is_whole = isinstance(data, int) or (isinstance(data, float) and data.is_integer())
        if isinstance(data, bool) or not is_whole:
            self.fail("invalid")
        return int(data)


class Text(serializers.CharField):
    """A JSON string, as it is."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return super().to_internal_value(data)


class Yes(serializers.BooleanField):
    """true or false in a query string."""

    def to_internal_value(self, data: Any) -> bool:
        if data not in ("true", "false"):
            raise ValidationError(_("“%s” is neither true nor false.") % data)
        return bool(data == "true")


class OneOf(serializers.ChoiceField):
    """A text of a few. The refusal names them."""

    def to_internal_value(self, data: Any) -> str:
        names = list(map(str, self.choices))
        if data in names or (data == "" and self.allow_blank):
            return str(data)
        text = _("There is no “%(value)s” here. There are: %(names)s.")
        raise ValidationError(text % {"value": data, "names": ", ".join(names)})


class Moment(serializers.DateTimeField):
    """ISO 8601 in UTC, whatever zone the site has."""

    def __init__(self, **options: Any) -> None:
        super().__init__(default_timezone=dt.UTC, **options)


class Body(serializers.Serializer[Any]):
    """The JSON object of a request."""

    def to_internal_value(self, data: Any) -> Any:
        errors = unknown(data, self.fields) if isinstance(data, Mapping) else {}
        try:
            read = super().to_internal_value(data)
        except ValidationError as error:
            if isinstance(error.detail, dict):
                errors |= error.detail
            raise ValidationError(errors or error.detail) from None
        if errors:
            raise ValidationError(errors)
        return read


class Query(serializers.Serializer[Any]):
    """The parameters of a query string."""


def read_body(kind: type[Body], data: Any) -> dict[str, Any]:
    """The body's values. Raises ValidationError with every fault."""
    body = kind(data=data)
    body.is_valid(raise_exception=True)
    return dict(body.validated_data)


def read_query(kind: type[Query], given: QueryDict, also: Mapping[str, Any] = {}) -> dict[str, Any]:
    """The values of the query string. `also` are names that somebody else reads.

    Raises ValidationError with every fault; a parameter that nobody knows is one.
    """
    query = kind(data={name: _value(kind, given, name) for name in given if name not in also})
    errors = unknown(query.initial_data, query.fields, also)
    for name, field in query.fields.items():
        if len(given.getlist(name)) > 1 and not isinstance(field, serializers.ListField):
            errors[name] = [_("This is given %d times; once is meant.") % len(given.getlist(name))]
    if not query.is_valid():
        errors |= {name: texts for name, texts in query.errors.items() if name not in errors}
    errors |= {name: [_nul()] for name in given if _has_nul(name, given)}
    if errors:
        raise ValidationError(errors)
    return dict(query.validated_data)


def unknown(
    given: Mapping[str, Any], fields: Mapping[str, Any], also: Mapping[str, Any] = {}
) -> dict[str, Any]:
    names = ", ".join([*fields, *also]) or _("none")
    text = _("There is nothing called “%(name)s” here. There are: %(names)s.")
    return {
        str(name): [text % {"name": name, "names": names}] for name in given if name not in fields
    }


def _value(kind: type[Query], given: QueryDict, name: str) -> Any:
    field = kind._declared_fields.get(name)
    return given.getlist(name) if isinstance(field, serializers.ListField) else given[name]


def _has_nul(name: str, given: QueryDict) -> bool:
    return any("\0" in text for text in (name, *given.getlist(name)))


def _nul() -> str:
    return _("The text has a NUL character, which no database holds.")
