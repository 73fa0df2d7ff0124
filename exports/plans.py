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
from exports.formats.zip import ZIP
from exports.permissions import User
from exports.registry import find_resource
from exports.requests import ExportRequest
from exports.resources import Column, ExportResource, order_of

__all__ = ["ExportRequest", "Filters", "Plan", "bind_filters", "formats_of", "make_plan"]

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
    filters = read_filters(resource, request.filters, errors)
    filterset = bind_filters(resource, filters)
    for name, messages in filterset.form.errors.items():
        errors.setdefault(name, []).extend(str(message) for message in messages)
    sort_by, descending = read_sort(resource, request, errors)
    if request.limit is not None and not 1 <= request.limit <= LIMIT_AT_MOST:
        errors["limit"] = [_("The limit is a number of rows, at least 1.")]
    options = read_format_options(resource, file_format, request.options, errors)
    headers = read_headers(columns, request.headers, errors)
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
        parts=_plan_parts(user, resource, file_format, options, request),
    )


def _plan_parts(
    user: User,
    resource: type[ExportResource],
    file_format: Format,
    options: Mapping[str, object],
    request: ExportRequest,
) -> tuple[Plan, ...]:
    """The plans of what goes into one file together. Their faults are named by their place."""
    asked = request.parts
    if not asked and file_format is ZIP and resource.companions:
        asked = _with_companions(resource, options, request)
    if not asked:
        return ()
    if file_format not in (ZIP, XLSX):
        raise InvalidRequest({"parts": [_("Only ZIP and Excel files can hold several parts.")]})
    if file_format is XLSX:
        asked = tuple(replace(part, format="xlsx") for part in asked)
    errors: dict[str, list[str]] = {}
    plans = []
    for number, part in enumerate(asked):
        try:
            plans.append(make_plan(user, replace(part, parts=())))
        except InvalidRequest as error:
            errors |= {f"parts.{number}.{name}": texts for name, texts in error.errors.items()}
    if errors:
        raise InvalidRequest(errors)
    return tuple(plans)


def _with_companions(
    resource: type[ExportResource], options: Mapping[str, object], request: ExportRequest
) -> tuple[ExportRequest, ...]:
    """The resource itself and what goes along with it, with those filters that it has too."""
    part_format = str(options["part_format"])
    parts = [replace(request, format=part_format, options={})]
    for name in resource.companions:
        known = filterset_of(find_resource(name)).base_filters
        filters = {key: value for key, value in request.filters.items() if key in known}
        parts.append(ExportRequest(resource=name, format="json", filters=filters))
    return tuple(parts)
