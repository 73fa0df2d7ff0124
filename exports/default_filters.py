"""Filters for a resource that declares none: what fits the kinds of its model's fields."""

from typing import Any

import django_filters
from django.db import models

from exports.filters import (
    AnyOfFilter,
    ContainsFilter,
    DayFromFilter,
    DayToFilter,
    ExportFilterSet,
    FromFilter,
    SearchFilter,
    ToFilter,
    TriStateFilter,
)
from exports.resources import ExportResource

_built: dict[type[ExportResource], type[ExportFilterSet]] = {}


def filterset_of(resource: type[ExportResource]) -> type[ExportFilterSet]:
    """The resource's FilterSet, with "search" and "keys" added; made up when none is declared."""
    if resource not in _built:
        _built[resource] = _build(resource)
    return _built[resource]


def _build(resource: type[ExportResource]) -> type[ExportFilterSet]:
    base = resource.filterset or _made_up(resource)
    extra: dict[str, Any] = {}
    if resource.search_fields and "search" not in base.base_filters:
        extra["search"] = SearchFilter(*resource.search_fields, label="Search")
    return type(f"{resource.__name__}FilterSet", (base,), extra)


def _made_up(resource: type[ExportResource]) -> type[ExportFilterSet]:
    filters: dict[str, Any] = {}
    ranges: list[tuple[str, str]] = []
    for field in resource.model._meta.concrete_fields:
        made = _filters_for(field)
        if len(made) == 2:
            lower, upper = made
            ranges.append((lower, upper))
        filters |= made
    return type("MadeUpFilterSet", (ExportFilterSet,), {**filters, "ranges": tuple(ranges)})


def _filters_for(field: "models.Field[Any, Any]") -> dict[str, django_filters.Filter]:
    name, label = field.name, str(field.verbose_name)
    if field.primary_key or field.is_relation:
        return {}
    if field.choices:
        return {name: AnyOfFilter(field_name=name, label=label, choices=field.flatchoices)}
    if isinstance(field, models.BooleanField):
        return {name: TriStateFilter(field_name=name, label=label)}
    if isinstance(field, models.DateTimeField):
        return _pair(name, label, DayFromFilter(name), DayToFilter(name))
    if isinstance(field, models.DateField):
        return _pair(
            name,
            label,
            django_filters.DateFilter(name, "gte"),
            django_filters.DateFilter(name, "lte"),
        )
    if isinstance(field, models.IntegerField):
        whole = {"decimal_places": 0}
        return _pair(name, label, FromFilter(name, **whole), ToFilter(name, **whole))
    if isinstance(field, models.DecimalField | models.FloatField):
        return _pair(name, label, FromFilter(name), ToFilter(name))
    if isinstance(field, models.CharField | models.TextField):
        return {name: ContainsFilter(name, label=label)}
    return {}


def _pair(
    name: str, label: str, lower: django_filters.Filter, upper: django_filters.Filter
) -> dict[str, django_filters.Filter]:
    lower.label, upper.label = f"{label} from", f"{label} to"
    return {f"{name}_from": lower, f"{name}_to": upper}
