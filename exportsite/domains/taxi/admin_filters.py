"""Filters of the lists that mean what the filters of the exports mean."""

from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exports.filters import ExportFilterSet
from exportsite.domains.taxi.ledger_exports import PostingFilters
from exportsite.domains.taxi.toll_exports import TollFilters
from exportsite.domains.taxi.trip_exports import TripFilters
from exportsite.domains.taxi.violation_exports import ViolationFilters

Rows = QuerySet[Any]
AGENCIES = ("MTAB&T", "NYSTA", "PANYNJ", "NYSBA", "GSP", "NJTP", "CBDTP")


class DaysFilter(admin.ListFilter):
    """The first and the last day, under the names that they have in the export."""

    names: tuple[str, str]
    filterset: type[ExportFilterSet]

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.names:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        chosen = self.filterset(self.used_parameters, queryset=queryset)
        if not chosen.is_valid():
            raise IncorrectLookupParameters(chosen.errors)
        return cast("Rows", chosen.qs)

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        today = timezone.localdate()
        yield self._choice(changelist, _("Any date"), {})
        beginnings = (
            (_("Today"), today),
            (_("This month"), today.replace(day=1)),
            (_("This year"), today.replace(month=1, day=1)),
        )
        for label, first in beginnings:
            yield self._choice(changelist, label, {self.names[0]: first.isoformat()})

    def _choice(
        self, changelist: ChangeList, label: str | Promise, wanted: dict[str, str]
    ) -> dict[str, Any]:
        return {
            "selected": self.used_parameters == wanted,
            "query_string": changelist.get_query_string(wanted, list(self.names)),
            "display": label,
        }


class TollDays(DaysFilter):
    title = _("transaction date")
    names = ("from_transaction_date", "to_transaction_date")
    filterset = TollFilters


class IssueDays(DaysFilter):
    title = _("issue date")
    names = ("from_issue_date", "to_issue_date")
    filterset = ViolationFilters


class TripDays(DaysFilter):
    title = _("start")
    names = ("trip_start_from", "trip_start_to")
    filterset = TripFilters


class PostingDays(DaysFilter):
    title = _("posting date")
    names = ("start_date", "end_date")
    filterset = PostingFilters


class AgencyFilter(admin.SimpleListFilter):
    """The known ones; asking a long table which there are would take too long."""

    title = _("agency")
    parameter_name = "agency"
    known: ClassVar = [(name, name) for name in AGENCIES]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        return self.known

    def queryset(self, request: HttpRequest, queryset: Rows) -> Rows:
        return cast("Rows", TollFilters(self.used_parameters, queryset=queryset).qs)
