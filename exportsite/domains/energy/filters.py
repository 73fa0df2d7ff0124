"""What meters and readings can be chosen by."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exports.filters import (
    AnyOfFilter,
    CommaContainsFilter,
    ExportFilterSet,
    FromFilter,
    RelatedFilter,
    ToFilter,
    TriStateFilter,
)
from exports.resources import Text
from exportsite.domains.energy.models import Company, Meter, MeterReading, Region, Site, Supplier
from exportsite.domains.energy.periods import DAILY

INTERVALS = (("half-hourly", _("half-hourly")), ("daily", _("daily")))
BY_KEY = {
    "company_id": "company",
    "region_id": "region",
    "supplier_id": "supplier",
    "site_id": "site",
    "meter_id": "meter",
    "meter_type[]": "meter_type",
}


def one_of(path: str, model: Any, label: Text, name_field: str = "name") -> RelatedFilter:
    rows = model._default_manager.all()
    return RelatedFilter(path, queryset=rows, label=label, name_field=name_field)


class MeterFilters(ExportFilterSet):
    company = one_of("site__company", Company, _("Company"))
    region = one_of("site__region", Region, _("Region"))
    supplier = one_of("supplier", Supplier, _("Supplier"))
    site = one_of("site", Site, _("Site"))
    mpan = CommaContainsFilter("mpan", label=_("MPAN contains"))
    meter_type = AnyOfFilter("meter_type", label=_("Type"), choices=Meter.Type.choices)
    is_smart_meter = TriStateFilter("is_smart_meter", label=_("Smart meter"))
    is_half_hourly = TriStateFilter("is_half_hourly", label=_("Half-hourly"))
    is_active = TriStateFilter("is_active", label=_("Active"))

    aliases = {name: of for name, of in BY_KEY.items() if of != "meter"}


class DayFilters(ExportFilterSet):
    """For days of readings; what is asked of single readings leaves the others out."""

    company = one_of("meter__site__company", Company, _("Company"))
    region = one_of("meter__site__region", Region, _("Region"))
    supplier = one_of("meter__supplier", Supplier, _("Supplier"))
    site = one_of("meter__site", Site, _("Site"))
    meter = one_of("meter", Meter, _("Meter"), "mpan")
    mpan = CommaContainsFilter("meter__mpan", label=_("MPAN contains"))
    meter_type = AnyOfFilter(
        "meter__meter_type", label=_("Type of meter"), choices=Meter.Type.choices
    )
    reading_type = AnyOfFilter(
        "reading_type", label=_("Type of reading"), choices=MeterReading.Type.choices
    )
    is_validated = TriStateFilter("is_validated", label=_("Validated"))
    date_from = django_filters.DateFilter("reading_date", "gte", label=_("Date from"))
    date_to = django_filters.DateFilter("reading_date", "lte", label=_("Date to"))
    import_batch_id = django_filters.CharFilter("import_batch_id", label=_("Import batch"))

    ranges: ClassVar[tuple[tuple[str, str], ...]] = (("date_from", "date_to"),)
    aliases = {**BY_KEY, "reading_type[]": "reading_type", "batch_id": "import_batch_id"}


class ReadingFilters(DayFilters):
    interval = AnyOfFilter(label=_("Interval"), choices=INTERVALS, method="filter_interval")
    min_value = FromFilter("reading_value", label=_("Value from"))
    max_value = ToFilter("reading_value", label=_("Value to"))

    ranges = (*DayFilters.ranges, ("min_value", "max_value"))

    def filter_interval(
        self, rows: "QuerySet[Any]", _name: str, intervals: list[str]
    ) -> "QuerySet[Any]":
        is_daily = Q(period_number=DAILY)
        if set(intervals) == {"daily"}:
            return rows.filter(is_daily)
        return rows.filter(~is_daily) if set(intervals) == {"half-hourly"} else rows
