"""The figures about leads, over HTTP."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers
from rest_framework.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response

from exports.api.access import ExportsView, MayExport
from exports.api.filters import narrow, parameters
from exports.permissions import may_export
from exports.plans import bind_filters
from exportsite.api.inputs import Body, Moment, Query, Text, WholeNumber, read_body
from exportsite.api.routes import route
from exportsite.api.schema import described
from exportsite.api.security import HasScope, IsStaff
from exportsite.api.throttles import count_read
from exportsite.domains.leads.analytics import MOST_DAYS, USUAL_DAYS, performance
from exportsite.domains.leads.analytics_resource import (
    AnalyticsFilters,
    LeadAnalyticsResource,
    analytics_of,
)

TAG = "Lead analytics"
CHOOSING = {name: one for name, one in AnalyticsFilters.base_filters.items() if name != "days"}


class OverviewOut(serializers.Serializer[Any]):
    """How many leads there are, and how many can be reached."""

    total_leads = serializers.IntegerField()
    leads_with_email = serializers.IntegerField()
    leads_with_phone = serializers.IntegerField()
    leads_with_both_contacts = serializers.IntegerField()
    contact_rate = serializers.FloatField(help_text="Per cent of all that have an e-mail")


class PricesOut(serializers.Serializer[Any]):
    """Over the leads that have a price."""

    min_price = serializers.FloatField(allow_null=True)
    max_price = serializers.FloatField(allow_null=True)
    avg_price = serializers.FloatField(allow_null=True)
    leads_with_price = serializers.IntegerField()


class LeadAnalyticsOut(serializers.Serializer[Any]):
    """Figures of the chosen leads."""

    overview = OverviewOut()
    status_breakdown = serializers.DictField(child=serializers.IntegerField())
    category_breakdown = serializers.DictField(child=serializers.IntegerField())
    location_breakdown = serializers.DictField(child=serializers.IntegerField())
    price_statistics = PricesOut()
    generated_at = Moment()


class ScrapingOut(serializers.Serializer[Any]):
    leads_scraped = serializers.IntegerField()
    daily_average = serializers.FloatField()


class PerformanceOut(serializers.Serializer[Any]):
    """What the last days brought."""

    scraping = ScrapingOut()
    period_days = serializers.IntegerField()
    generated_at = Moment()


class GeneratedOut(serializers.Serializer[Any]):
    """Both in one answer."""

    leads = LeadAnalyticsOut()
    performance = PerformanceOut()


class DaysQuery(Query):
    days = serializers.IntegerField(min_value=1, max_value=MOST_DAYS, default=USUAL_DAYS)


class GenerateBody(Body):
    """Which leads, and how many days."""

    date_from = Text(required=False, allow_null=True)
    date_to = Text(required=False, allow_null=True)
    location_ids = serializers.ListField(child=serializers.JSONField(), default=list)
    categories = serializers.ListField(child=Text(), default=list)
    days = WholeNumber(min_value=1, max_value=MOST_DAYS, default=USUAL_DAYS)


class MayAnalyse(BasePermission):
    """Whoever may export the figures may see them."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if not may_export(request.user, LeadAnalyticsResource):
            raise PermissionDenied(_("You may not see figures about leads."))
        return True


class AnalyticsView(ExportsView):
    permission_classes = (IsStaff, HasScope, MayExport, MayAnalyse)


class LeadFigures(AnalyticsView):
    def more_parameters(self, **_place: Any) -> Mapping[str, Any]:
        return {**CHOOSING, **AnalyticsFilters.aliases}

    @described(
        "Figures of leads",
        operation_id="lead_analytics",
        tag=TAG,
        parameters=[one for one in parameters(AnalyticsFilters) if one.name in CHOOSING],
        answer={200: LeadAnalyticsOut},
    )
    def get(self, request: Request) -> Response:
        return Response(figures_of(dict(request.query_params.lists())))


class LeadPerformance(AnalyticsView):
    queries = {"GET": DaysQuery}

    @described(
        "What the last days brought",
        operation_id="lead_performance",
        tag=TAG,
        parameters=[DaysQuery],
        answer={200: PerformanceOut},
    )
    def get(self, request: Request) -> Response:
        return Response(performance_of(self.query["days"]))


class Generate(AnalyticsView):
    @described(
        "Both in one answer",
        operation_id="lead_analytics_generate",
        tag=TAG,
        body=GenerateBody,
        examples={"a month": {"date_from": "2026-11-01", "date_to": "2026-11-30", "days": 30}},
        answer={200: OpenApiResponse(GeneratedOut, "Figures and performance.")},
    )
    def post(self, request: Request) -> Response:
        count_read(request)
        body = read_body(GenerateBody, request.data)
        days = body.pop("days")
        return Response({"leads": figures_of(as_texts(body)), "performance": performance_of(days)})


def figures_of(given: Mapping[str, list[str]]) -> Any:
    """The figures of what the filters choose. Raises ValidationError with every fault."""
    chosen: dict[str, str | list[str]] = {}
    for name, texts in given.items():
        if told := [text for text in texts if text]:
            chosen[AnalyticsFilters.aliases.get(name, name)] = told
    filters = bind_filters(LeadAnalyticsResource, chosen)
    narrow(filters)
    return LeadAnalyticsOut(asdict(analytics_of(filters.form.cleaned_data))).data


def as_texts(body: Mapping[str, Any]) -> dict[str, list[str]]:
    lists = {name: value if isinstance(value, list) else [value] for name, value in body.items()}
    return {
        name: [str(item) for item in items if item is not None] for name, items in lists.items()
    }


def performance_of(days: int) -> Any:
    found = asdict(performance(days))
    return PerformanceOut({**found, "scraping": found}).data


urlpatterns = [
    route("analytics/leads", LeadFigures.as_view(), "analytics-leads"),
    route("analytics/performance", LeadPerformance.as_view(), "analytics-performance"),
    route("analytics/generate", Generate.as_view(), "analytics-generate"),
]
