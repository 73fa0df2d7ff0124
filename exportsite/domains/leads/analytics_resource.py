"""The figures about leads as rows, for any format."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import NumberFilter

from exports.filters import (
    AnyOfFilter,
    ExportFilterSet,
    MomentFromFilter,
    MomentToFilter,
    RelatedFilter,
)
from exports.formats.base import Kind
from exports.registry import register
from exports.resources import Column, ExportResource
from exportsite.domains.leads.analytics import (
    MOST_DAYS,
    USUAL_DAYS,
    LeadAnalytics,
    figures,
    lead_analytics,
    performance,
)
from exportsite.domains.leads.lookups import Category, Location
from exportsite.domains.leads.models import Lead


class DaysFilter(NumberFilter):  # type: ignore[misc]
    """How far back the performance looks. It chooses no leads."""

    def filter(self, qs: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        return qs


class AnalyticsFilters(ExportFilterSet):
    date_from = MomentFromFilter("scraped_at", label=_("Scraped from"))
    date_to = MomentToFilter("scraped_at", label=_("Scraped to"))
    location_ids = RelatedFilter(
        "location", queryset=Location.objects.all(), name_field="code", label=_("Location")
    )
    categories = AnyOfFilter("category", label=_("Category"), choices=Category.choices)
    days = DaysFilter(
        label=_("Days of performance"),
        help_text=_("1 to 365; 30 when empty. Over all leads, whatever else is chosen."),
        min_value=1,
        max_value=MOST_DAYS,
        decimal_places=0,
    )
    keys = None  # type: ignore[assignment]  # figures are no rows that could be selected

    ranges: ClassVar[tuple[tuple[str, str], ...]] = (("date_from", "date_to"),)
    aliases = {"location_id": "location_ids", "category": "categories"}


def days_of(filters: Mapping[str, Any]) -> int:
    """Days of performance, from cleaned filters."""
    return int(filters["days"] or USUAL_DAYS)


def analytics_of(filters: Mapping[str, Any]) -> LeadAnalytics:
    """The figures of the leads that cleaned filters choose."""
    return lead_analytics(
        date_from=filters["date_from"],
        date_to=filters["date_to"],
        location_ids=[location.pk for location in filters["location_ids"]],
        categories=filters["categories"],
    )


@register
class LeadAnalyticsResource(ExportResource):
    name = "lead-analytics"
    model = Lead
    label = _("Lead analytics")
    is_computed = True
    columns = (
        Column(name="category"),
        Column(name="metric", label=_("Metric")),
        Column(name="value", kind=Kind.FLOAT, label=_("Value")),
        Column(name="exported_at", kind=Kind.DATETIME, label=_("Exported at")),
    )
    filterset = AnalyticsFilters
    datetime_format = "iso"
    changelist_filters = {
        "category__exact": "categories",
        "location__id__exact": "location_ids",
        "date_from": "date_from",
        "date_to": "date_to",
    }
    file_name = "analytics_export_%Y%m%d_%H%M%S"

    @classmethod
    def compute_rows(cls, filters: Mapping[str, Any]) -> Sequence[Mapping[str, object]]:
        found = figures(analytics_of(filters), performance(days_of(filters)))
        return [asdict(figure) for figure in found]
