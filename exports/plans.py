"""A request for an export, checked and made ready: the same for preview, count, file and API."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exports.acceptance import (
    Filters,
    allowed_resource,
    bind_filters,
    formats_of,
    read_columns,
    read_filters,
    read_format,
    read_format_options,
    read_headers,
    read_sort,
)
from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.filters import ExportFilterSet
from exports.formats.base import Format
from exports.formats.xlsx import XLSX
from exports.formats.zip import ZIP, part_options
from exports.permissions import User
from exports.registry import find_resource
from exports.requests import ExportRequest
from exports.resources import Column, ExportResource, order_of

__all__ = ["ExportRequest", "Filters", "Plan", "bind_filters", "formats_of", "make_plan"]

MOST_PARTS = 20  # of one file; each costs a count and a look at its first rows
LIMIT_AT_MOST = 10**15  # rows; what every database can count to


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A checked request: everything that is needed to count, preview or write."""

    resource: type[ExportResource]
    format: Format
    columns: tuple[Column, ...]
    filters: Filters  # accepted, normalised, without empty ones
    filterset: ExportFilterSet
    sort_by: str
    sort_descending: bool
    limit: int | None
    options: Mapping[str, object]
    headers: Mapping[str, str]  # of chosen columns, where they differ from the usual ones
    include_contact_info: bool
    parts: "tuple[Plan, ...]" = ()  # what an archive or a workbook of several resources holds

    @property
    def rows(self) -> "QuerySet[Any]":
        """The chosen rows in their order, the limit applied after sorting."""
        order = order_of(self.resource, self.sort_by, descending=self.sort_descending)
        rows: QuerySet[Any] = self.filterset.qs.order_by(*order)
        return rows[: self.limit] if self.limit is not None else rows

    def computed_rows(self) -> list[Mapping[str, object]]:
        """The rows of a computed resource."""
        rows = list(self.resource.compute_rows(self.filterset.form.cleaned_data))
        return rows if self.limit is None else rows[: self.limit]

    def count(self) -> int:
        """How many rows there are, over all parts."""
        if self.parts:
            return sum(part.count() for part in self.parts)
        if self.resource.is_computed:
            return len(self.computed_rows())
        rows: QuerySet[Any] = self.filterset.qs.order_by()
        return (rows[: self.limit] if self.limit is not None else rows).count()


def make_plan(user: User, request: ExportRequest) -> Plan:
    """Check a request for a person. Raises NotAllowed, or InvalidRequest with every fault found."""
    resource = allowed_resource(user, request.resource)
    errors: dict[str, list[str]] = {}
    file_format = read_format(resource, request, errors)
    columns = read_columns(user, resource, request, errors)
    filters = read_filters(user, resource, request.filters, errors)
    filterset = bind_filters(resource, filters)
    for name, messages in filterset.form.errors.items():
        errors.setdefault(name, []).extend(str(message) for message in messages)
    sort_by, descending = read_sort(user, resource, request, errors)
    if request.limit is not None and not 1 <= request.limit <= LIMIT_AT_MOST:
        errors["limit"] = [_("The limit is a number of rows, at least 1.")]
    options = read_format_options(resource, file_format, request.options, errors)
    headers = read_headers(resource, columns, request.headers, errors)
    parts = _plan_parts(user, resource, file_format, options, request, errors)
    if errors:
        raise InvalidRequest(errors)
    assert file_format is not None  # noqa: S101  # else there was an error
    return Plan(
        resource=resource,
        format=file_format,
        columns=columns,
        filters=filters,
        filterset=filterset,
        sort_by=sort_by,
        sort_descending=descending,
        limit=request.limit,
        options=options,
        headers=headers,
        include_contact_info=request.include_contact_info,
        parts=parts,
    )


def _plan_parts(
    user: User,
    resource: type[ExportResource],
    file_format: Format | None,
    options: Mapping[str, object],
    request: ExportRequest,
    errors: dict[str, list[str]],
) -> tuple[Plan, ...]:
    """The plans of what goes into one file together. Their faults are named by their place."""
    if file_format is None or not _may_hold(file_format, request, errors):
        return ()
    asked = _numbered("parts", request.parts) or _numbered("also", request.also)
    if not request.parts and not errors:  # what is wrong with these rows is said already
        asked = _whole(resource, file_format, options, request)
    plans = []
    for place, part in asked.items():
        wanted = replace(part, format="xlsx", options={}) if file_format is XLSX else part
        try:
            plans.append(make_plan(user, replace(wanted, parts=(), also=())))
        except InvalidRequest as error:
            errors |= {f"{place}.{name}": texts for name, texts in error.errors.items()}
    return tuple(plans)


def _may_hold(file_format: Format, request: ExportRequest, errors: dict[str, list[str]]) -> bool:
    found = {}
    for name, parts in (("parts", request.parts), ("also", request.also)):
        if parts and file_format not in (ZIP, XLSX):
            found[name] = [_("Only ZIP and Excel files can hold several parts.")]
        elif len(parts) > MOST_PARTS:
            found[name] = [_("One file can hold at most %d parts.") % MOST_PARTS]
    errors |= found
    return not found


def _numbered(place: str, parts: tuple[ExportRequest, ...]) -> dict[str, ExportRequest]:
    return {f"{place}.{number}": part for number, part in enumerate(parts)}


def _whole(
    resource: type[ExportResource],
    file_format: Format,
    options: Mapping[str, object],
    request: ExportRequest,
) -> dict[str, ExportRequest]:
    """These rows, what belongs to them and what else was asked for; nothing when they are alone."""
    companions = _companions(resource, request) if file_format is ZIP else ()
    others = _numbered("companions", companions) | _numbered("also", request.also)
    if not others:
        return {}
    return {"rows": replace(request, **_inner(file_format, options)), **others}


def _inner(file_format: Format, options: Mapping[str, object]) -> dict[str, Any]:
    """Format and options of these rows' own file in an archive."""
    if file_format is not ZIP:
        return {}
    return {"format": str(options["part_format"]), "options": part_options(options)}


def _companions(
    resource: type[ExportResource], request: ExportRequest
) -> tuple[ExportRequest, ...]:
    """What goes along with the resource, with those filters that it has too."""
    parts = []
    for name in resource.companions:
        known = filterset_of(find_resource(name)).base_filters
        filters = {key: value for key, value in request.filters.items() if key in known}
        parts.append(ExportRequest(resource=name, format="json", filters=filters))
    return tuple(parts)
