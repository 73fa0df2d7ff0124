"""What leads can be chosen by: the same for the form, the API, the job and the admin's list."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exports.filters import (
    AnyOfFilter,
    ExcludeKeywordsFilter,
    ExportFilterSet,
    FromFilter,
    HasValueFilter,
    KeywordsFilter,
    MomentFromFilter,
    MomentToFilter,
    RelatedFilter,
    ToFilter,
)
from exportsite.domains.leads.lookups import Category, Location, Status

TEXTS = ("title", "description")


def location_names() -> list[tuple[str, str]]:
    names = Location.objects.order_by("name").values_list("name", flat=True).distinct()
    return [(name, name) for name in names]


class LeadFilters(ExportFilterSet):
    date_from = MomentFromFilter("scraped_at", label=_("Scraped from"))
    date_to = MomentToFilter("scraped_at", label=_("Scraped to"))
    status = AnyOfFilter("status", label=_("Status"), choices=Status.choices)
    location_ids = RelatedFilter(
        "location", queryset=Location.objects.all(), name_field="code", label=_("Location")
    )
    location_names = AnyOfFilter(
        label=_("Location by name"), choices=location_names, method="filter_location_names"
    )
    categories = AnyOfFilter("category", label=_("Category"), choices=Category.choices)
    min_price = FromFilter("price", label=_("Price from"))
    max_price = ToFilter("price", label=_("Price to"))
    has_email = HasValueFilter("email", label=_("With e-mail"))
    has_phone = HasValueFilter("phone", label=_("With phone"))
    keywords = KeywordsFilter(*TEXTS, label=_("Any of these words"))
    exclude_keywords = ExcludeKeywordsFilter(*TEXTS, label=_("None of these words"))

    ranges: ClassVar[tuple[tuple[str, str], ...]] = (
        ("date_from", "date_to"),
        ("min_price", "max_price"),
    )
    aliases = {
        "status[]": "status",
        "location_ids[]": "location_ids",
        "location_id": "location_ids",
        "location": "location_ids",
        "location_names[]": "location_names",
        "location_name": "location_names",
        "categories[]": "categories",
        "category": "categories",
        "keywords[]": "keywords",
        "exclude_keywords[]": "exclude_keywords",
        "price_min": "min_price",
        "price_max": "max_price",
    }

    def filter_location_names(
        self, rows: "QuerySet[Any]", _name: str, names: list[str]
    ) -> "QuerySet[Any]":
        """By key, so that the index of location and time serves it."""
        return rows.filter(location__in=Location.objects.filter(name__in=names).values("pk"))
