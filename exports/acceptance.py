"""What of a request is acceptable: each part by itself, every fault in words."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import QueryDict
from django.utils.translation import gettext as _

from exports.default_filters import filterset_of
from exports.errors import InvalidRequest, NotAllowed
from exports.filters import ExportFilterSet
from exports.formats import FORMATS, InvalidOption, UnknownFormat, find_format, read_options
from exports.formats.base import Format
from exports.formats.csv import CSV
from exports.formats.zip import PART_OPTIONS, ZIP
from exports.permissions import User, may_export, may_export_sensitive
from exports.registry import UnknownResource, find_resource
from exports.requests import ExportRequest
from exports.resources import (
    Column,
    ExportResource,
    column_label,
    column_named,
    columns_of,
    default_columns,
    default_sort,
    label_of,
    noun_of,
)
from exports.sensitive import closed_filters, open_sorts

Filters = Mapping[str, str | list[str]]
HEADER_LENGTH = 100


def allowed_resource(user: User, name: str) -> type[ExportResource]:
    try:
        resource = find_resource(name)
    except UnknownResource as error:
        raise InvalidRequest({"resource": [str(error)]}) from None
    if not may_export(user, resource):
        raise NotAllowed(_("You may not export %(what)s.") % {"what": noun_of(resource)})
    return resource


def formats_of(resource: type[ExportResource]) -> list[Format]:
    return [FORMATS[name] for name in resource.formats or FORMATS]


def read_format(
    resource: type[ExportResource], request: ExportRequest, errors: dict[str, list[str]]
) -> Format | None:
    offered = formats_of(resource)
    try:
        found = find_format(request.format)
    except UnknownFormat as error:
        errors["format"] = [str(error)]
        return None
    if found not in offered:
        names = ", ".join(item.name for item in offered)
        errors["format"] = [
            _("%(what)s cannot be had as “%(format)s”. Choose from: %(names)s.")
            % {"what": label_of(resource), "format": request.format, "names": names}
        ]
        return None
    return found


def read_columns(
    user: User,
    resource: type[ExportResource],
    request: ExportRequest,
    errors: dict[str, list[str]],
) -> tuple[Column, ...]:
    known = {column.name: column for column in columns_of(resource)}
    names = list(request.columns) or usual_columns(user, resource, request)
    unknown = [name for name in names if name not in known]
    if unknown:
        errors["columns"] = [
            _("There is no column %(unknown)s. There are: %(names)s.")
            % {"unknown": ", ".join(f"“{n}”" for n in unknown), "names": ", ".join(known)}
        ]
        return ()
    if twice := sorted({name for name in names if names.count(name) > 1}):
        errors["columns"] = [_("Chosen more than once: %(names)s.") % {"names": ", ".join(twice)}]
        return ()
    columns = tuple(known[name] for name in names)
    if refusal := _refuse_sensitive(user, request, columns):
        errors["columns"] = [refusal]
    return columns


def usual_columns(user: User, resource: type[ExportResource], request: ExportRequest) -> list[str]:
    """The columns when none are named; sensitive ones for who asks for them and may have them."""
    may = request.include_contact_info and may_export_sensitive(user)
    return default_columns(resource, with_sensitive=may)


def read_headers(
    resource: type[ExportResource],
    columns: tuple[Column, ...],
    given: Mapping[str, str],
    errors: dict[str, list[str]],
) -> dict[str, str]:
    """The renamed headings of chosen columns; those that say what they say anyway are dropped."""
    known = {column.name: column.file_header for column in columns_of(resource)}
    chosen = {column.name for column in columns}
    headers = {name: text.strip() for name, text in given.items()}
    for name, text in headers.items():
        if fault := _heading_fault(resource, name, text, is_known=name in known):
            errors[f"headers.{name}"] = [fault]
    return {name: text for name, text in headers.items() if name in chosen and text != known[name]}


def _heading_fault(resource: type[ExportResource], name: str, text: str, *, is_known: bool) -> str:
    if not is_known:
        return _("There is no column “%s” that could get another heading.") % name
    if text and len(text) <= HEADER_LENGTH and text.isprintable():
        return ""
    return _("The heading of %(name)s must be one line of 1 to %(most)d characters.") % {
        "name": column_label(resource, column_named(resource, name)),
        "most": HEADER_LENGTH,
    }


def _refuse_sensitive(user: User, request: ExportRequest, columns: tuple[Column, ...]) -> str:
    sensitive = ", ".join(column.name for column in columns if column.sensitive)
    if not sensitive:
        return ""
    if not may_export_sensitive(user):
        return _("You may not export these columns: %(names)s.") % {"names": sensitive}
    if not request.include_contact_info:
        return _("Sensitive columns must be asked for expressly: %(names)s.") % {"names": sensitive}
    return ""


def read_filters(
    user: User,
    resource: type[ExportResource],
    given: Mapping[str, Any],
    errors: dict[str, list[str]],
) -> dict[str, str | list[str]]:
    filterset, closed = filterset_of(resource), closed_filters(user, resource)
    filters: dict[str, str | list[str]] = {}
    for spelled, value in given.items():
        name = filterset.aliases.get(spelled, spelled)
        if name not in filterset.base_filters:
            errors[spelled] = [_unknown_filter(spelled, filterset)]
        elif name in filters:
            errors[spelled] = [_("This filter is given twice, as “%s” too.") % name]
        elif name in closed:
            errors[spelled] = [_("It looks into sensitive columns, which you may not export.")]
        elif (text := _as_text(value)) not in ("", []):
            if fault := _misfit(text, takes_many=_takes_many(filterset, name)):
                errors[spelled] = [fault]
            else:
                filters[name] = text
    return filters


def _takes_many(filterset: type[ExportFilterSet], name: str) -> bool:
    return bool(getattr(filterset.base_filters[name], "takes_many", False))


def _misfit(value: str | list[str], *, takes_many: bool) -> str:
    """What is wrong with a filter's value before anybody has looked at its meaning."""
    if isinstance(value, list) and len(value) > 1 and not takes_many:
        return _("This filter takes one value, not %d.") % len(value)
    text = "".join(value)
    if "\0" in text or (not text.isprintable() and any(0xD800 <= ord(c) <= 0xDFFF for c in text)):
        return _("The text has a character that no database holds, so nothing can match it.")
    return ""


def _unknown_filter(name: str, filterset: type[ExportFilterSet]) -> str:
    names = ", ".join(filterset.base_filters)
    return _("There is no filter “%(name)s”. There are: %(names)s.") % {
        "name": name,
        "names": names,
    }


def _as_text(value: Any) -> str | list[str]:
    """A filter's value as a form would send it, which is how it is stored."""
    if isinstance(value, list | tuple | set):
        return [text for item in value if isinstance(text := _as_text(item), str) and text]
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).strip()


def bind_filters(resource: type[ExportResource], filters: Filters) -> ExportFilterSet:
    """The resource's FilterSet over its rows, fed with stored filters."""
    data = QueryDict(mutable=True)
    for name, value in filters.items():
        data.setlist(name, value if isinstance(value, list) else [value])
    return filterset_of(resource)(data, queryset=resource.get_queryset())


def read_sort(
    user: User,
    resource: type[ExportResource],
    request: ExportRequest,
    errors: dict[str, list[str]],
) -> tuple[str, bool]:
    if not request.sort_by:
        name, descending = default_sort(resource)
        return name, descending if request.sort_descending is None else request.sort_descending
    offered = open_sorts(user, resource)
    if request.sort_by not in offered:
        names = ", ".join(offered)
        errors["sort_by"] = [
            _("There is no sorting by “%(name)s”. There is: %(names)s.")
            % {"name": request.sort_by, "names": names}
        ]
    return request.sort_by, bool(request.sort_descending)


def read_format_options(
    resource: type[ExportResource],
    file_format: Format | None,
    given: Mapping[str, object],
    errors: dict[str, list[str]],
) -> dict[str, object]:
    if file_format is None:
        return {}
    try:
        return read_options(file_format, {**usual_options(resource, file_format), **given})
    except InvalidOption as error:
        errors["options"] = [str(error)]
        return {}


def usual_options(resource: type[ExportResource], file_format: Format) -> Mapping[str, object]:
    """What the options are when nobody says anything: the site's wish, then the resource's."""
    own = resource.format_defaults.get(file_format.name, {})
    if file_format is not ZIP:
        return own
    inner = resource.format_defaults.get(CSV.name, {})
    carried = {name: value for name, value in inner.items() if name in PART_OPTIONS}
    return {"level": settings.EXPORT_COMPRESSION_LEVEL, **carried, **own}
