from typing import Any, cast

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from exports.admin.changelist import ExportButtonMixin
from exportsite.domains.energy.filters import INTERVALS, ReadingFilters
from exportsite.domains.energy.models import Company, Meter, MeterReading, Region, Site, Supplier
from imports.admin.changelist import ImportButtonMixin


class IntervalFilter(admin.SimpleListFilter):
    title = _("interval")
    parameter_name = "interval"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(INTERVALS)

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        chosen = {"interval": [self.value()] if self.value() else []}
        return cast("QuerySet[Any]", ReadingFilters(chosen, queryset=queryset).qs)


@admin.register(Meter)
class MeterAdmin(ExportButtonMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "mpan", "serial_number", "meter_type", "site", "company", "supplier", "is_half_hourly",
        "is_active",
    )  # fmt: skip
    list_filter = (
        "meter_type", "is_half_hourly", "is_smart_meter", "is_active", "supplier", "site__region",
        "site__company",
    )  # fmt: skip
    list_select_related = ("site__company", "supplier")
    search_fields = ("mpan", "serial_number", "site__name")
    autocomplete_fields = ("site", "supplier")
    ordering = ("-id",)
    show_full_result_count = False

    @admin.display(description=_("company"), ordering="site__company__name")
    def company(self, meter: Meter) -> str:
        return str(meter.site.company)


@admin.register(MeterReading)
class MeterReadingAdmin(ImportButtonMixin, ExportButtonMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    export_resource = "readings"
    list_display = (
        "meter", "reading_date", "period_number", "reading_time", "reading_value", "reading_type",
        "is_validated",
    )  # fmt: skip
    list_filter = ("reading_type", "is_validated", IntervalFilter, "meter__meter_type")
    list_select_related = ("meter",)
    search_fields = ("meter__mpan", "import_batch_id")
    autocomplete_fields = ("meter",)
    ordering = ("-id",)
    show_full_result_count = False


@admin.register(Site)
class SiteAdmin(ImportButtonMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "company", "region", "site_type", "postcode", "is_active")
    list_filter = ("site_type", "is_active", "region")
    list_select_related = ("company", "region")
    search_fields = ("name", "postcode", "company__name")
    autocomplete_fields = ("company", "region")


@admin.register(Company)
class CompanyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "registration_number", "vat_number", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name", "registration_number")


@admin.register(Region, Supplier)
class CodedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("name", "code")
    search_fields = ("name", "code")
