import datetime as dt
from collections.abc import Iterator
from typing import Any, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports.admin.changelist import ExportButtonMixin
from exports.admin.masking import MaskedFieldsMixin
from exportsite.domains.leads import figures_admin  # noqa: F401  # registers itself
from exportsite.domains.leads.filters import LeadFilters
from exportsite.domains.leads.lookups import Location
from exportsite.domains.leads.models import Lead
from imports.admin.changelist import ImportButtonMixin


class ScrapedFilter(admin.ListFilter):
    """Days of scraping, with the parameters and the meaning that they have in an export."""

    title = _("scraped")
    names = ("date_from", "date_to")

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        for name in self.names:
            if name in params:
                self.used_parameters[name] = params.pop(name)[-1]

    def has_output(self) -> bool:
        return True

    def expected_parameters(self) -> list[str | None]:
        return list(self.names)

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        chosen = LeadFilters(self.used_parameters, queryset=queryset)
        if not chosen.is_valid():
            raise IncorrectLookupParameters(chosen.errors)
        return cast("QuerySet[Any]", chosen.qs)

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        today = timezone.localdate()
        for display, days in ((_("Any date"), None), (_("Today"), 0), (_("Past 7 days"), 7),
                              (_("Past 30 days"), 30), (_("Past 365 days"), 365)):  # fmt: skip
            wanted: dict[str, Any] = {}
            if days is not None:
                wanted["date_from"] = (today - dt.timedelta(days=days)).isoformat()
            yield {
                "selected": self.used_parameters == wanted,
                "query_string": changelist.get_query_string(wanted, list(self.names)),
                "display": display,
            }


class HasFilter(admin.SimpleListFilter):
    """Yes or no, by the export's filter of the same name."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("true", _("Yes")), ("false", _("No"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        chosen = LeadFilters(self.used_parameters, queryset=queryset)
        if not chosen.is_valid():
            raise IncorrectLookupParameters(chosen.errors)
        return cast("QuerySet[Any]", chosen.qs)


class EmailFilter(HasFilter):
    title = _("with e-mail")
    parameter_name = "has_email"


class PhoneFilter(HasFilter):
    title = _("with phone")
    parameter_name = "has_phone"


@admin.register(Lead)
class LeadAdmin(ImportButtonMixin, ExportButtonMixin, MaskedFieldsMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    change_list_template = "leads/change_list.html"
    export_resource = "leads"  # "lead-analytics" is of this model too
    list_display = (
        "craigslist_id", "title", "category", "price", "location", "status", "scraped_at",
    )  # fmt: skip
    list_display_links = ("craigslist_id", "title")
    list_filter = ("status", ScrapedFilter, "category", EmailFilter, PhoneFilter, "location")
    list_select_related = ("location",)
    search_fields = ("title", "description", "craigslist_id")
    autocomplete_fields = ("location",)
    ordering = ("-scraped_at", "id")
    show_full_result_count = False
    readonly_fields = ("created_at", "updated_at")

    def save_model(self, request: HttpRequest, obj: Lead, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(Location)
class LocationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "name", "code", "state", "country", "is_active")
    list_display_links = ("name",)
    list_filter = ("is_active", "state")
    search_fields = ("name", "code")
    readonly_fields = ("created_at", "updated_at")

    def save_model(self, request: HttpRequest, obj: Location, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        super().save_model(request, obj, form, change)
