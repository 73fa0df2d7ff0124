"""Start-up checks of every declared resource, so that a wrong one is found before a person does."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import FieldError
from django.db import DEFAULT_DB_ALIAS, connections

from exports.default_filters import filterset_of
from exports.formats import FORMATS
from exports.registry import all_resources
from exports.resources import ExportResource, columns_of, presets_of, sorts_of

ROUTER = "exports.sources.replica.Router"
# Never in a file, whatever a resource says.
SECRET_FIELDS = {"password", "secret", "token", "api_token", "secret_key", "private_key"}


@register()
def check_resources(**_given: Any) -> list[CheckMessage]:
    return [message for resource in all_resources() for message in check(resource)]


@register()
def check_database(**_given: Any) -> list[CheckMessage]:
    """A replica is read only where the router says so."""
    alias = settings.EXPORT_DATABASE
    if alias == DEFAULT_DB_ALIAS:
        return []
    if alias not in connections:
        return [Error(f"EXPORT_DATABASE: there is no “{alias}” in DATABASES.", id="exports.E010")]
    if ROUTER not in settings.DATABASE_ROUTERS:
        return [Error(f"EXPORT_DATABASE needs {ROUTER} in DATABASE_ROUTERS.", id="exports.E011")]
    return []


def check(resource: type[ExportResource]) -> Iterator[CheckMessage]:
    """Everything that is wrong with one declaration."""
    yield from _check_columns(resource)
    yield from _check_presets(resource)
    yield from _check_sorts(resource)
    yield from _check_names(resource)


def _check_columns(resource: type[ExportResource]) -> Iterator[CheckMessage]:
    names = [column.name for column in columns_of(resource)]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield _error(resource, f"has two columns named “{name}”.", "exports.E001")
    for column in columns_of(resource):
        if column.path.rsplit("__", 1)[-1].lower() in SECRET_FIELDS:
            yield _error(resource, f"would export the secret “{column.path}”.", "exports.E002")
        if resource.is_computed:
            continue
        if problem := _unreadable(resource, column.expression or column.path):
            yield _error(resource, f"column “{column.name}”: {problem}", "exports.E003")


def _check_presets(resource: type[ExportResource]) -> Iterator[CheckMessage]:
    known = {column.name for column in columns_of(resource)}
    for label, names in presets_of(resource).items():
        for name in (name for name in names if name not in known or names.count(name) > 1):
            text = f"presets: “{label}” names “{name}”, which is no column, or names it twice."
            yield _error(resource, text, "exports.E008")


def _unreadable(resource: type[ExportResource], source: Any) -> str:
    """Why the ORM cannot read this, or nothing. Asks no database."""
    try:
        resource.get_queryset().values_list(source)
    except FieldError as error:
        return str(error)
    return ""


def _check_sorts(resource: type[ExportResource]) -> Iterator[CheckMessage]:
    sorts = sorts_of(resource)
    default = resource.default_sort.removeprefix("-")
    if default and default not in sorts:
        yield _error(resource, f"default_sort “{default}” is no sort field.", "exports.E004")
    for name, path in sorts.items():
        if problem := _unreadable(resource, path):
            yield _error(resource, f"sort field “{name}”: {problem}", "exports.E005")
    for path in resource.tie_break:
        if problem := _unreadable(resource, path):
            yield _error(resource, f"tie_break: {problem}", "exports.E009")


def _check_names(resource: type[ExportResource]) -> Iterator[CheckMessage]:
    filters = filterset_of(resource).base_filters
    for parameter, name in resource.changelist_filters.items():
        if name not in filters:
            yield _error(
                resource, f"changelist_filters: “{parameter}” leads to no filter.", "exports.E006"
            )
    for name in (*resource.formats, *resource.format_defaults):
        if name not in FORMATS:
            yield _error(resource, f"there is no format “{name}”.", "exports.E007")


def _error(resource: type[ExportResource], text: str, code: str) -> Error:
    return Error(f"Export resource {resource.__name__} {text}", obj=resource, id=code)
