"""A model list's filters, search and order as the query string of the create page.

What has no counterpart is named in it, so that the page can say so.
"""

from collections.abc import Iterable, Sequence

import django_filters
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.forms import NullBooleanField
from django.http import QueryDict
from django.utils.translation import gettext as _

from exports.admin.create_bounds import Bounds
from exports.default_filters import filterset_of
from exports.filters import (
    AnyOfFilter,
    ContainsFilter,
    DayFromFilter,
    DayToFilter,
    HasValueFilter,
    RelatedFilter,
    SearchFilter,
    TriStateField,
    TriStateFilter,
)
from exports.forms import LOST, SORT, takes_many
from exports.resources import ExportResource, find_field, sorts_of

LOOKUPS = ("exact", "in", "isnull", "isempty", "gte", "gt", "lte", "lt", "year", "month", "day")
TRUE = ("1", "true")


def carry_list(resource: type[ExportResource], changelist: ChangeList) -> str:
    """What the list shows now."""
    carried = _Carried(resource, changelist)
    carried.search()
    for parameter, values in changelist.get_filters_params().items():
        carried.parameter(parameter, [str(value) for value in values])
    carried.bounds_found()
    carried.order()
    return carried.query()


def carry_selection(
    resource: type[ExportResource], changelist: ChangeList, keys: Sequence[str]
) -> str:
    """The chosen rows, in the order of the list."""
    carried = _Carried(resource, changelist)
    carried.data["keys"] = ",".join(keys)
    carried.order()
    return carried.query()


class _Carried:
    def __init__(self, resource: type[ExportResource], changelist: ChangeList) -> None:
        self.resource, self.changelist = resource, changelist
        self.filters = filterset_of(resource).base_filters
        self.aliases = filterset_of(resource).aliases
        self.bounds = Bounds(filterset_of(resource))
        self.data = QueryDict(mutable=True)

    def query(self) -> str:
        return self.data.urlencode(safe=",")

    def search(self) -> None:
        if not self.changelist.query:
            return
        if "search" in self.filters:
            self.data["search"] = self.changelist.query
        else:
            self._lose(_("search “%s”") % self.changelist.query)

    def parameter(self, parameter: str, values: list[str]) -> None:
        path, lookup = split(parameter)
        name = self.resource.changelist_filters.get(parameter) or self._filter_for(
            parameter, path, lookup
        )
        if name is None and self.bounds.take(path, lookup, values):
            return
        found = None if name is None else converted(self.filters[name], lookup, values)
        if name is None or found is None:
            self._lose_parameter(parameter)
        elif name in self.data and self.data.getlist(name) != found:
            self._lose_parameter(parameter)  # another parameter wants something else of it
        else:
            self.data.setlist(name, found)

    def bounds_found(self) -> None:
        for name, value in self.bounds.values():
            self.data.setdefault(name, value)
        for parameter in self.bounds.lost:
            self._lose_parameter(parameter)

    def order(self) -> None:
        """Only an order that the person chose; else the resource has its own."""
        if not self.changelist.params.get(ORDER_VAR):
            return
        fields = [str(field) for field in self.changelist.queryset.query.order_by]
        columns = self.changelist.get_ordering_field_columns()
        if not fields or not columns:
            return
        name = self._sort_for(fields[0].removeprefix("-"))
        if name is not None:
            self.data[SORT] = ("-" if fields[0].startswith("-") else "") + name
        if name is None or len(columns) > 1:
            self._lose(_("order by %s") % ", ".join(fields[: len(columns)]))

    def _sort_for(self, path: str) -> str | None:
        wanted = find_field(self.resource.model, path)
        for name, sort_path in sorts_of(self.resource).items():
            if sort_path == path or (
                wanted is not None
                and not wanted.is_relation
                and "__" not in path + sort_path
                and find_field(self.resource.model, sort_path) is wanted
            ):
                return name
        return None

    def _filter_for(self, parameter: str, path: str, lookup: str) -> str | None:
        """A filter of that name, or over that field; one over a field must mean the same."""
        is_lookup = find_field(self.resource.model, path) is not None
        candidates = dict.fromkeys((parameter, path, *_spellings(path)))
        for candidate in candidates:
            name = self.aliases.get(candidate, candidate)
            if name in self.filters and (not is_lookup or means(self.filters[name], path, lookup)):
                return name
        if not is_lookup:
            return None
        over_field = (n for n, one in self.filters.items() if means(one, path, lookup))
        return next(over_field, None)

    def _lose_parameter(self, parameter: str) -> None:
        for spec in self.changelist.filter_specs:
            is_its = getattr(spec, "field_path", None) == split(parameter)[0]
            if is_its or parameter in spec.expected_parameters():
                return self._lose(str(spec.title))
        field = find_field(self.resource.model, split(parameter)[0])
        return self._lose(str(field.verbose_name) if field else parameter)

    def _lose(self, words: str) -> None:
        if words not in self.data.getlist(LOST):
            self.data.appendlist(LOST, words)


def split(parameter: str) -> tuple[str, str]:
    """ "status__id__exact" is the path "status__id" and the lookup "exact"."""
    path, _dunder, last = parameter.rpartition("__")
    return (path, last) if path and last in LOOKUPS else (parameter, "exact")


def means(one: django_filters.Filter, path: str, lookup: str) -> bool:
    """Whether the filter keeps the same rows as the list's lookup over this field."""
    is_loose = one.method or isinstance(one, ContainsFilter | SearchFilter)
    if is_loose or not _same_field(one.field_name, path):
        return False
    if lookup in ("isnull", "isempty"):
        return _means_missing(one, lookup)
    if lookup == "in":
        return isinstance(one, AnyOfFilter | RelatedFilter) or (
            takes_many(one) and one.lookup_expr in ("exact", "in")
        )
    if isinstance(one, DayFromFilter | DayToFilter):
        return False
    return bool(one.lookup_expr == lookup)


def _means_missing(one: django_filters.Filter, lookup: str) -> bool:
    """A text may be empty without being null; nothing else may."""
    if isinstance(one, HasValueFilter):
        return lookup == "isempty"
    return isinstance(one, TriStateFilter) and one.lookup_expr == "isnull" == lookup


def converted(one: django_filters.Filter, lookup: str, values: Iterable[str]) -> list[str] | None:
    """The parameter's values as the filter takes them; None when it cannot."""
    found = list(values)
    is_flag = issubclass(one.field_class, TriStateField | NullBooleanField)
    if lookup == "in":
        found = [item.strip() for value in found for item in value.split(",") if item.strip()]
    if lookup in ("isnull", "isempty"):
        if not is_flag:
            return None
        wanted = found[-1].lower() in TRUE
        # "Has one" is the opposite of "is null".
        return [str(wanted if one.lookup_expr == "isnull" else not wanted).lower()]
    if is_flag:
        found = [{"1": "true", "0": "false"}.get(value, value.lower()) for value in found]
    if len(set(found)) > 1 and not takes_many(one):
        return None
    return found


def _same_field(one: str | None, other: str) -> bool:
    return one is not None and bool({one, *_spellings(one)} & {other, *_spellings(other)})


def _spellings(path: str) -> tuple[str, ...]:
    """A relation may be named with or without its key."""
    for ending in ("__id", "__pk", "_id"):
        if path.endswith(ending):
            bare = path.removesuffix(ending)
            return bare, f"{bare}_id"
    return (f"{path}_id",)
