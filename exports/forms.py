"""A request for an export as the create page's query string, and back. No rules: see `plans`.

Filters stand under their own names; everything else has a name with "_" in front. What goes
into the same file beside these rows is a query string in itself: "_part_1=notes?title=a".
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import django_filters
from django.http import QueryDict
from django.utils.translation import gettext as _

from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.filters.texts import CommaListField
from exports.formats.csv import CSV
from exports.formats.zip import PART_FORMATS, ZIP
from exports.permissions import User
from exports.plans import ExportRequest, Plan, formats_of, make_plan
from exports.registry import UnknownResource, find_resource
from exports.resources import ExportResource

FORMAT, COLUMNS, SORT, ORDER, LIMIT = "_format", "_columns", "_sort", "_order", "_limit"
CONTACT = "_contact"  # include sensitive columns
EMAIL = "_email"  # a mail when it is ready
BACKGROUND = "_background"  # by a worker, however small it is
HEADING = "_heading_"  # and the column's name: its heading in the file
PART = "_part_"  # and a number: the resource of a further part, "?" and its own query string
PART_FORMAT = "_as"  # behind the name of a part: its format, whatever its query string says
DROP = "_drop"  # the number of a part that is not wanted any more
ALONE = "_alone"  # without what else belongs into an archive of these rows
OPTION = "_option_"  # and the option's name
OPTIONS_FOR = "_options_for"  # the format whose options the form shows
LOST = "_lost"  # what a list could not hand over, in words
SAVE_AS = "_save_as"  # the name of a template to be made of it
CSRF = "csrfmiddlewaretoken"
KNOWN = {
    FORMAT, COLUMNS, SORT, ORDER, LIMIT, CONTACT, EMAIL, BACKGROUND, DROP, ALONE, OPTIONS_FOR, LOST,
    SAVE_AS,
}  # fmt: skip
PREFIXES = (OPTION, HEADING, PART)
LIMIT_DIGITS = 15  # more would not fit into every database's numbers

Errors = dict[str, list[str]]


def read_request(resource: type[ExportResource], data: QueryDict) -> ExportRequest:
    """What the query string or the posted form asks for. Raises InvalidRequest when unreadable."""
    request, errors = _read(resource, data)
    if errors:
        raise InvalidRequest(errors)
    return request


def read_leniently(resource: type[ExportResource], data: QueryDict) -> ExportRequest:
    """What can be read of it, for a page that shows it once more with its faults."""
    return _read(resource, data)[0]


def check_request(user: User, resource: type[ExportResource], data: QueryDict) -> Plan:
    """The plan that the form describes. Raises NotAllowed, or InvalidRequest with every fault."""
    request, errors = _read(resource, data)
    try:
        plan = make_plan(user, request)
    except InvalidRequest as error:
        raise InvalidRequest({**error.errors, **errors}) from None
    if errors:
        raise InvalidRequest(errors)
    return plan


def wants_background(data: QueryDict) -> bool:
    """Whether a worker is to make the export, even if it could be made at once."""
    return _is_on(data, BACKGROUND)


def others_of(request: ExportRequest) -> tuple[ExportRequest, ...]:
    """What is in the file beside the rows that the form is about."""
    return request.parts[1:] or request.also


def for_part(options: Mapping[str, object]) -> dict[str, object]:
    """Those options of an archive that are meant for the file in it."""
    inner = PART_FORMATS.get(str(options.get("part_format", CSV.name)))
    known = {option.name for option in inner.options} if inner else set()
    return {name: value for name, value in options.items() if name in known}


def takes_many(filter_: django_filters.Filter) -> bool:
    """Whether the filter's value is a list."""
    widget = filter_.extra.get("widget", filter_.field_class.widget)
    return bool(getattr(widget, "allow_multiple_selected", False))


def _read(resource: type[ExportResource], data: QueryDict) -> tuple[ExportRequest, Errors]:
    errors: Errors = {}
    _read_names(data, errors)
    sort_by, descending = _read_sort(data)
    request = ExportRequest(
        resource=resource.name,
        format=data.get(FORMAT) or formats_of(resource)[0].name,
        columns=_read_columns(data, errors),
        filters=_read_filters(resource, data),
        sort_by=sort_by,
        sort_descending=descending,
        limit=_read_limit(data, errors),
        options=_read_options(data),
        headers=_read_headings(data),
        include_contact_info=_is_on(data, CONTACT),
        email_notification=_is_on(data, EMAIL),
        also=tuple(_read_parts(data, errors)),
    )
    return (stand_alone(request) if _is_on(data, ALONE) else request), errors


def _is_on(data: QueryDict, name: str) -> bool:
    return str(data.get(name, "")).lower() in ("1", "true", "on")


def _read_headings(data: QueryDict) -> dict[str, str]:
    """The headings that were filled in; the usual ones stand in the form as a hint only."""
    names = [name for name in data if name.startswith(HEADING) and str(data[name]).strip()]
    return {name.removeprefix(HEADING): str(data[name]) for name in names}


def _read_parts(data: QueryDict, errors: Errors) -> Iterator[ExportRequest]:
    numbers = (name.removeprefix(PART) for name in data if name.startswith(PART))
    dropped = data.getlist(DROP)
    wanted = sorted({int(n) for n in numbers if n.isdecimal() and n not in dropped})
    given = [number for number in wanted if data.get(f"{PART}{number}")]
    for place, number in enumerate(given):
        part, faults = _read_part(str(data[f"{PART}{number}"]))
        errors.update({f"also.{place}.{name}": texts for name, texts in faults.items()})
        other = str(data.get(f"{PART}{number}{PART_FORMAT}", ""))
        yield replace(part, format=other, options={}) if other not in ("", part.format) else part


def read_part(text: str) -> ExportRequest:
    """The part that `write_part` wrote. Raises InvalidRequest when unreadable."""
    part, errors = _read_part(text)
    if errors:
        raise InvalidRequest(errors)
    return part


def _read_part(text: str) -> tuple[ExportRequest, Errors]:
    name, _mark, query = text.partition("?")
    try:
        part, errors = _read(find_resource(name), QueryDict(query))
    except UnknownResource:  # which the plan says in words
        return ExportRequest(resource=name), {}
    return replace(part, parts=(), also=()), errors


def stand_alone(request: ExportRequest) -> ExportRequest:
    """The request with its parts by name, these rows first: nothing goes along by itself."""
    inner = request
    if request.format == ZIP.name:
        part_format = str(request.options.get("part_format", CSV.name))
        inner = replace(request, format=part_format, options=for_part(request.options))
    first = replace(inner, also=(), email_notification=False)
    return replace(request, parts=(first, *request.also), also=())


def _read_names(data: QueryDict, errors: Errors) -> None:
    for name in data:
        if name.startswith("_") and name not in KNOWN and not name.startswith(PREFIXES):
            errors[name] = [_("The address says “%s”, which means nothing here.") % name]


def _read_filters(resource: type[ExportResource], data: QueryDict) -> dict[str, Any]:
    filterset = filterset_of(resource)
    filters: dict[str, Any] = {}
    for name in data:
        if name.startswith("_") or name == CSRF:
            continue
        values = [text for value in data.getlist(name) if (text := str(value)).strip()]
        filter_ = filterset.base_filters.get(filterset.aliases.get(name, name))
        if values:
            is_list = filter_ is not None and takes_many(filter_)
            filters[name] = values if is_list else _one(filter_, values)
    return filters


def _one(filter_: django_filters.Filter | None, values: list[str]) -> str | list[str]:
    """The last value wins, as in a Django form; a line for a comma list takes them all."""
    is_line = filter_ is not None and issubclass(filter_.field_class, CommaListField)
    return values if is_line and len(values) > 1 else values[-1]


def _read_columns(data: QueryDict, errors: Errors) -> tuple[str, ...]:
    """None at all means the default ones; the form sends an empty name along with its own."""
    names = tuple(name for name in data.getlist(COLUMNS) if name)
    if COLUMNS in data and not names:
        errors["columns"] = [_("Choose at least one column.")]
    return names


def _read_sort(data: QueryDict) -> tuple[str, bool | None]:
    """The sign may stand before the field, as in a link, or beside it, as in the form."""
    if SORT not in data:
        return "", None
    text = str(data[SORT]).strip()
    return text.removeprefix("-"), text.startswith("-") or data.get(ORDER) == "desc"


def _read_limit(data: QueryDict, errors: Errors) -> int | None:
    text = "".join(data.get(LIMIT, "").replace(",", "").split())
    if not text:
        return None
    if text.isascii() and text.isdecimal() and len(text) <= LIMIT_DIGITS:
        return int(text)
    errors["limit"] = [_("“%s” is no number of rows. Use a whole number such as 1000.") % text]
    return None


def _read_options(data: QueryDict) -> dict[str, object]:
    """Options that the form still shows for another format than the chosen one are no wish."""
    if data.get(OPTIONS_FOR, data.get(FORMAT)) != data.get(FORMAT):
        return {}
    # A box sends "false" and then, when ticked, "true": the last value counts.
    names = [name for name in data if name.startswith(OPTION)]
    return {name.removeprefix(OPTION): _typed(str(data[name])) for name in names}


def _typed(text: str) -> object:
    """Truth as a bool, since that is how it is stored; the rest as the text it is."""
    return {"true": True, "false": False}.get(text, text)
