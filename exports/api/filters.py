"""What a FilterSet says of itself: to callers who ask, and to the OpenAPI document."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django import forms
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError

from exports.filters import (
    AnyOfFilter,
    DayFromFilter,
    DayToFilter,
    ExportFilterSet,
    KeysField,
    SearchFilter,
    TriStateField,
    TriStateSelect,
)
from exports.filters.choices import ChoicesField, RelatedField
from exports.filters.ranges import MomentField
from exports.filters.texts import CommaListField, CommaNumbersField
from exports.formats import ALIASES, FORMATS
from exports.plans import bind_filters
from exports.registry import all_resources
from exports.resources import ExportResource, label_of
from exports.states import Status

LISTED_AT_MOST = 200  # related rows that are named as choices; there may be thousands

# The first that fits decides.
TYPES: tuple[tuple[type[forms.Field], str], ...] = (
    (KeysField, "keys"),
    (RelatedField, "reference"),
    (ChoicesField, "choice"),
    (TriStateField, "boolean"),
    (CommaNumbersField, "integers"),
    (CommaListField, "texts"),
    (MomentField, "datetime"),
    (forms.DateTimeField, "datetime"),
    (forms.DateField, "date"),
    (forms.TimeField, "time"),
    (forms.DecimalField, "number"),
    (forms.FloatField, "number"),
    (forms.IntegerField, "integer"),
)
# In JSON a number may stand for its text, and the other way round.
TEXT: Mapping[str, Any] = {"type": ["string", "number", "boolean"]}
NUMBER = {"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$"}
SCHEMAS: Mapping[str, Mapping[str, Any]] = {
    "boolean": {"anyOf": [{"type": "boolean"}, {"enum": [*TriStateSelect.WORDS, 0, 1]}]},
    "datetime": {
        "anyOf": [{"type": "string", "format": "date-time"}, {"type": "string", "format": "date"}]
    },
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "description": "HH:MM or HH:MM:SS"},
    "integer": {"anyOf": [{"type": "integer"}, NUMBER]},
    "number": {"anyOf": [{"type": "number"}, NUMBER]},
    "integers": {"type": ["integer", "string"]},
}
# In an address everything is text.
IN_QUERY: Mapping[str, Mapping[str, Any]] = {
    "boolean": {"type": "boolean"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "date": SCHEMAS["date"],
    "datetime": SCHEMAS["datetime"],
}


def type_of(one: django_filters.Filter) -> str:
    """What its values are; a "reference" is a row of another table, by key or by name."""
    found = next((name for kind, name in TYPES if issubclass(one.field_class, kind)), "text")
    is_whole = found == "number" and one.extra.get("decimal_places") == 0
    return "integer" if is_whole else found


def takes_many(one: django_filters.Filter) -> bool:
    return bool(getattr(one, "takes_many", False))


def label_of_filter(name: str, one: django_filters.Filter) -> str:
    return str(one.label or name.replace("_", " ").capitalize())


def describe(resource: type[ExportResource]) -> list[dict[str, Any]]:
    """Every filter, with its choices where it has some."""
    filterset = bind_filters(resource, {})
    fields = filterset.form.fields
    return [_describe(name, one, fields[name]) for name, one in filterset.filters.items()]


def _describe(name: str, one: django_filters.Filter, field: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": name,
        "type": type_of(one),
        "label": label_of_filter(name, one),
        "multiple": takes_many(one),
    }
    if isinstance(field, RelatedField):
        rows = field.queryset[: LISTED_AT_MOST + 1]
        choices = [(row.pk, field.label_from_instance(row)) for row in rows]
        if len(choices) > LISTED_AT_MOST:
            return found
    elif isinstance(field, ChoicesField):
        choices = field.pairs()
    else:
        return found
    found["choices"] = [{"value": value, "label": str(label)} for value, label in choices]
    return found


def value_schema(one: django_filters.Filter) -> dict[str, Any]:
    """One value of the filter, as JSON Schema. Choices that are rows are no part of the code."""
    choices = one.extra.get("choices")
    if type_of(one) == "choice" and choices and not callable(choices):
        names = [str(key) for key, _label in choices]
        if not one.field_class.__name__.startswith("Comma"):
            return {"type": "string", "enum": names}
        return {"type": "string", "description": f"One of {', '.join(names)}, or a comma list."}
    return dict(SCHEMAS.get(type_of(one), TEXT))


def query_schema(one: django_filters.Filter) -> dict[str, Any]:
    """One value of the filter in a query string."""
    value = value_schema(one)
    is_choice = type_of(one) == "choice" and value != TEXT
    known = value if is_choice else IN_QUERY.get(type_of(one))
    return {"anyOf": [known, {"const": ""}]} if known else {"type": "string"}


def body_schema(filterset: type[ExportFilterSet]) -> dict[str, Any]:
    """The object `filters` of a request's body."""
    properties = {}
    for name, one in filterset.base_filters.items():
        value = value_schema(one)
        options = [value, {"type": "array", "items": value}] if takes_many(one) else [value]
        properties[name] = {
            "anyOf": [*options, {"type": "null"}],
            "description": label_of_filter(name, one),
        }
    aliases = ", ".join(f"`{other}` is `{name}`" for other, name in filterset.aliases.items())
    return {
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
        "description": f"All of them apply. Old spellings: {aliases}." if aliases else "",
    }


def parameters(filterset: type[ExportFilterSet]) -> list[OpenApiParameter]:
    """The filters as parameters of a query string."""
    return [
        OpenApiParameter(
            name,
            {"type": "array", "items": query_schema(one)} if takes_many(one) else query_schema(one),
            OpenApiParameter.QUERY,
            description=label_of_filter(name, one),
            explode=True if takes_many(one) else None,
        )
        for name, one in filterset.base_filters.items()
    ]


def known_resources() -> list[tuple[str, str]]:
    return [(one.name, label_of(one)) for one in all_resources()]


class ExportListFilters(ExportFilterSet):
    """What a list of exports can be narrowed by."""

    status = AnyOfFilter("status", choices=Status.choices, label="Status")
    resource_type = AnyOfFilter("resource", choices=known_resources, label="What was exported")
    format = AnyOfFilter(
        "format",
        choices=[
            *((one.name, one.label) for one in FORMATS.values()),
            *((name, name) for name in ALIASES),
        ],
        label="Format",
        method="filter_format",
    )
    date_from = DayFromFilter("created_at", label="Asked from this day")
    date_to = DayToFilter("created_at", label="Asked up to this day")
    search = SearchFilter("title", "file_name", label="Words of the title or file name")
    keys = None  # type: ignore[assignment]  # an export is called by its address

    ranges: ClassVar[tuple[tuple[str, str], ...]] = (("date_from", "date_to"),)

    def filter_format(self, rows: Any, _name: str, names: list[str]) -> Any:
        return rows.filter(format__in=[ALIASES.get(name, name) for name in names])


def narrow(filterset: ExportFilterSet) -> Any:
    """The rows that the filters leave. Raises ValidationError with every fault."""
    if not filterset.is_valid():
        raise ValidationError({name: list(map(str, e)) for name, e in filterset.errors.items()})
    return filterset.qs
