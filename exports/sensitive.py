"""What is sensitive beyond a file: filters, orders and pages that would tell it to others.

The columns of the resources say which fields of models are meant.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import django_filters
from django.db import models
from django.db.models import F

from exports.default_filters import filterset_of
from exports.filters import HasValueFilter
from exports.permissions import User, may_export_sensitive
from exports.registry import all_resources
from exports.resources import Column, ExportResource, columns_of, find_field, sorts_of

DOTS = "•••"
LONG_NUMBER = 8  # digits, from which the last four may be seen: they tell nobody the rest


# -- Fields -----------------------------------------------------------------------------------
def sensitive_fields() -> "set[models.Field[Any, Any]]":
    """The fields that any resource shows in a sensitive column."""
    found = (
        find_field(resource.model, path)
        for resource in all_resources()
        for column in columns_of(resource)
        if column.sensitive
        for path in _paths_of(column)
    )
    return {field for field in found if field is not None}


def sensitive_names(model: type[models.Model]) -> list[str]:
    """The model's own sensitive fields by name, in its order."""
    sensitive = sensitive_fields()
    return [field.name for field in model._meta.concrete_fields if field in sensitive]


def is_sensitive_path(model: type[models.Model], path: str) -> bool:
    """Whether an ORM path, with or without lookups behind it, leads to a sensitive field."""
    sensitive, parts = sensitive_fields(), path.lstrip("^=@-").split("__")
    steps = ("__".join(parts[: end + 1]) for end in range(len(parts)))
    return any(find_field(model, step) in sensitive for step in steps)


def _paths_of(column: Column) -> Iterator[str]:
    if column.expression is None:
        yield column.path
    else:
        yield from _references(column.expression)


def _references(expression: Any) -> Iterator[str]:
    if isinstance(expression, F):
        yield str(expression.name)  # type: ignore[attr-defined]  # the stubs forget it
    elif hasattr(expression, "get_source_expressions"):
        for source in expression.get_source_expressions():
            yield from _references(source)


# -- Filters and orders -----------------------------------------------------------------------
def closed_filters(user: User, resource: type[ExportResource]) -> set[str]:
    """The filters that would let this person guess sensitive values, match by match.

    Whether there is a value at all may be asked by everybody.
    """
    if may_export_sensitive(user):
        return set()
    filters = filterset_of(resource).base_filters
    return {name for name, one in filters.items() if _tells(resource.model, one)}


def open_sorts(user: User, resource: type[ExportResource]) -> Mapping[str, str]:
    """The sort fields for this person: an order by sensitive values would tell them too."""
    sorts = sorts_of(resource)
    if may_export_sensitive(user):
        return sorts
    return {n: path for n, path in sorts.items() if not is_sensitive_path(resource.model, path)}


def _tells(model: type[models.Model], filter_: django_filters.Filter) -> bool:
    if isinstance(filter_, HasValueFilter) or filter_.lookup_expr == "isnull":
        return False
    paths: Iterable[str | None] = getattr(filter_, "paths", None) or (filter_.field_name,)
    return any(path is not None and is_sensitive_path(model, path) for path in paths)


# -- Values -----------------------------------------------------------------------------------
def mask(value: object) -> str:
    """Enough to know a value again, too little to use it: "a•••@e•••.com", "•••-1234", "J•••"."""
    text = str(value or "").strip()
    if not text:
        return ""
    if re.fullmatch(r"[^@\s]+@[^@\s]+", text):
        name, _at, host = text.partition("@")
        _host, dot, ending = host.rpartition(".")
        return f"{name[0]}{DOTS}@{host[0]}{DOTS}{dot}{ending if dot else ''}"
    digits = re.sub(r"\D", "", text)
    if not digits:
        return f"{text[0]}{DOTS}"
    return f"{DOTS}-{digits[-4:]}" if len(digits) >= LONG_NUMBER else DOTS
