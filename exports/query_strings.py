"""A request as the create page's query string: what `forms` reads back as the same request."""

from collections.abc import Sequence
from dataclasses import replace

from django.http import QueryDict

from exports.acceptance import usual_options
from exports.formats import InvalidOption, UnknownFormat, find_format, read_options
from exports.formats.zip import PART_OPTIONS, ZIP
from exports.forms import (
    ALONE,
    COLUMNS,
    CONTACT,
    EMAIL,
    FORMAT,
    HEADING,
    LIMIT,
    LOST,
    OPTION,
    PART,
    SORT,
)
from exports.registry import UnknownResource, find_resource
from exports.requests import ExportRequest
from exports.resources import default_columns


def write_query(request: ExportRequest, lost: Sequence[str] = ()) -> str:
    """The query string that `read_request` makes the same request of."""
    data = QueryDict(mutable=True)
    if request.parts:
        request = _with_main_in_front(request)
        data[ALONE] = "1"
    for name, value in request.filters.items():
        data.setlist(name, [str(item) for item in value] if isinstance(value, list) else [value])
    data[FORMAT] = request.format
    data.setlist(COLUMNS, list(request.columns))
    if request.sort_by or request.sort_descending is not None:
        data[SORT] = ("-" if request.sort_descending else "") + request.sort_by
    if request.limit is not None:
        data[LIMIT] = str(request.limit)
    for name, option in request.options.items():
        data[OPTION + name] = str(option).lower() if isinstance(option, bool) else str(option)
    for name, text in request.headers.items():
        data[HEADING + name] = text
    for name, is_on in _switches(request).items():
        if is_on:
            data[name] = "1"
    for number, part in enumerate(request.also, start=1):
        data[f"{PART}{number}"] = write_part(part)
    data.setlist(LOST, list(lost))
    return data.urlencode()


def write_part(part: ExportRequest) -> str:
    """A further part as one value of the query string, without what is usual anyway."""
    query = write_query(replace(_shortened(part), parts=(), also=()))
    return f"{part.resource}?{query}"


def _shortened(part: ExportRequest) -> ExportRequest:
    try:
        resource, file_format = find_resource(part.resource), find_format(part.format)
        usual = read_options(file_format, usual_options(resource, file_format))
    except (UnknownResource, UnknownFormat, InvalidOption):  # which the plan says in words
        return part
    is_usual = list(part.columns) == default_columns(resource)
    return replace(
        part,
        columns=() if is_usual and not part.include_contact_info else part.columns,
        options={name: value for name, value in part.options.items() if value != usual.get(name)},
    )


def _with_main_in_front(request: ExportRequest) -> ExportRequest:
    """A file that is described by its parts alone, as its first part and what is beside it."""
    first, *others = request.parts
    carried = {name: first.options[name] for name in PART_OPTIONS if name in first.options}
    inner = {"part_format": first.format, **carried}
    return replace(
        first,
        format=request.format,
        options={**request.options, **inner} if request.format == ZIP.name else request.options,
        email_notification=request.email_notification,
        also=tuple(others),
    )


def _switches(request: ExportRequest) -> dict[str, bool]:
    return {CONTACT: request.include_contact_info, EMAIL: request.email_notification}
