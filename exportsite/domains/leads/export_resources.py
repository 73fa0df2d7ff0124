from typing import Any

from django.db.models import F
from django.db.models.functions import JSONObject
from django.utils.translation import gettext_lazy as _

from exports.formats.base import Kind
from exports.registry import register
from exports.resources import Column, ExportResource
from exportsite.domains.leads import analytics_resource  # noqa: F401  # registers itself
from exportsite.domains.leads.analytics import HAS_EMAIL, HAS_PHONE
from exportsite.domains.leads.filters import LeadFilters
from exportsite.domains.leads.models import Lead


def extra(name: str, **more: Any) -> Column:
    return Column(name=name, default=False, **more)


def contact(name: str, *, default: bool = False) -> Column:
    return Column(name=name, default=default, sensitive=True)


LOCATION_DETAIL = JSONObject(
    id=F("location_id"), name=F("location__name"), code=F("location__code")
)


@register
class LeadResource(ExportResource):
    name = "leads"
    model = Lead
    columns = (
        Column(name="id", label=_("ID")),
        Column(name="craigslist_id"),
        Column(name="title"),
        Column(name="description"),
        Column(name="category"),
        Column(name="subcategory"),
        Column(name="price"),
        Column(name="url"),
        Column(name="location", source="location__name", label=_("Location")),
        Column(name="status"),
        Column(name="posted_at"),
        Column(name="scraped_at"),
        contact("email", default=True),
        contact("phone", default=True),
        contact("contact_name", default=True),
        contact("reply_email"),
        contact("reply_phone"),
        contact("reply_contact_name"),
        extra("email_source"),
        extra("compensation"),
        extra("employment_type"),
        extra("is_remote"),
        extra("is_internship"),
        extra("is_nonprofit"),
        extra("location_id", label=_("Location ID")),
        extra("location_code", source="location__code", label=_("Location code")),
        extra(
            "location_detail",
            expression=LOCATION_DETAIL,
            kind=Kind.JSON,
            label=_("Location with ID and code"),
        ),
        extra("neighborhood"),
        extra("latitude"),
        extra("longitude"),
        extra("image_urls"),
        extra("attributes"),
        extra("source"),
        extra("is_processed"),
        extra("is_contacted"),
        extra("has_been_qualified"),
        extra("qualification_score"),
        extra("qualified_at"),
        extra("response_method"),
        extra("response_sent_at"),
        extra("created_at"),
        extra("updated_at"),
    )
    filterset = LeadFilters
    sort_fields = {
        column.name: column.path
        for column in columns
        if not (column.sensitive or column.expression)
        and column.name not in ("employment_type", "image_urls", "attributes")
    }
    default_sort = "-scraped_at"
    dated_by = "scraped_at"
    counted = {
        "with_email": HAS_EMAIL,
        "with_phone": HAS_PHONE,
        "with_both": HAS_EMAIL & HAS_PHONE,
    }
    bytes_per_row = {"csv": 500, "xlsx": 1000, "json": 750}  # as the old system estimated
    datetime_format = "iso"
    file_name = "leads_export_%Y%m%d_%H%M%S"
    changelist_filters = {
        "status__exact": "status",
        "category__exact": "categories",
        "location__id__exact": "location_ids",
        "has_email": "has_email",
        "has_phone": "has_phone",
        "date_from": "date_from",
        "date_to": "date_to",
    }
    # Never contact information: a search would tell it to those who may not have it.
    search_fields = ("title", "description", "craigslist_id")
    companions = ("lead-analytics",)
