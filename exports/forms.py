"""A request for an export as the create page's query string, and back. No rules: see `plans`.

Filters stand under their own names; everything else has a name with "_" in front.
"""

from collections.abc import Sequence
from typing import Any

import django_filters
from django.http import QueryDict
from django.utils.translation import gettext as _

from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.filters.texts import CommaListField
from exports.permissions import User
from exports.plans import ExportRequest, Plan, formats_of, make_plan
from exports.resources import ExportResource

FORMAT, COLUMNS, SORT, ORDER, LIMIT = "_format", "_columns", "_sort", "_order", "_limit"
CONTACT = "_contact"  # include sensitive columns
OPTION = "_option_"  # and the option's name
OPTIONS_FOR = "_options_for"  # the format whose options the form shows
LOST = "_lost"  # what a list could not hand over, in words
SAVE_AS = "_save_as"  # the name of a template to be made of it
CSRF = "csrfmiddlewaretoken"
KNOWN = {FORMAT, COLUMNS, SORT, ORDER, LIMIT, CONTACT, OPTIONS_FOR, LOST, SAVE_AS}
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


def write_query(request: ExportRequest, lost: Sequence[str] = ()) -> str:
    """The query string that `read_request` makes the same request of."""
    data = QueryDict(mutable=True)
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
    if request.include_contact_info:
        data[CONTACT] = "1"
    data.setlist(LOST, list(lost))
    return data.urlencode()


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
        include_contact_info=data.get(CONTACT, "").lower() in ("1", "true", "on"),
    )
    return request, errors


def _read_names(data: QueryDict, errors: Errors) -> None:
    for name in data:
        if name.startswith("_") and name not in KNOWN and not name.startswith(OPTION):
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
