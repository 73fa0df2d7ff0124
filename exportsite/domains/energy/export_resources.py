from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exports.formats.base import Kind
from exports.registry import register
from exports.resources import Column, ExportResource
from exportsite.domains.energy.filters import DayFilters, MeterFilters, ReadingFilters
from exportsite.domains.energy.models import Meter, MeterReading
from exportsite.domains.energy.mpan import is_valid_mpan
from exportsite.domains.energy.rows import (
    DAY_KEY,
    KEY,
    PERIODS,
    days,
    period_name,
    three_places,
)


def extra(name: str, **more: Any) -> Column:
    return Column(name=name, default=False, **more)


@register
class MeterResource(ExportResource):
    name = "meters"
    model = Meter
    columns = (
        Column(name="id", label=_("ID")),
        Column(name="mpan"),
        Column(name="serial_number"),
        Column(name="meter_type"),
        Column(name="site", source="site__name", label=_("Site")),
        Column(name="company", source="site__company__name", label=_("Company")),
        Column(name="region", source="site__region__name", label=_("Region")),
        Column(name="supplier", source="supplier__name", label=_("Supplier")),
        Column(name="postcode", source="site__postcode"),
        Column(name="is_smart_meter"),
        Column(name="is_half_hourly"),
        Column(name="installation_date"),
        Column(name="removal_date"),
        Column(name="is_active"),
        extra("site_id", label=_("Site ID")),
        extra("site_type", source="site__site_type", label=_("Type of site")),
        extra("address", source="site__address"),
        extra("floor_area", source="site__floor_area"),
        extra("latitude", source="site__latitude"),
        extra("longitude", source="site__longitude"),
        extra("region_code", source="site__region__code", label=_("Region code")),
        extra("supplier_code", source="supplier__code", label=_("Supplier code")),
        extra("metric_variable_name"),
        extra("metric_variable_value"),
        extra(
            "mpan_is_valid",
            source="mpan",
            convert=is_valid_mpan,
            kind=Kind.BOOLEAN,
            label=_("MPAN with a right check digit"),
        ),
    )
    filterset = MeterFilters
    sort_fields = {
        "id": "id",
        "mpan": "mpan",
        "site": "site__name",
        "company": "site__company__name",
        "meter_type": "meter_type",
        "installation_date": "installation_date",
    }
    default_sort = "id"
    changelist_filters = {
        "meter_type__exact": "meter_type",
        "is_half_hourly__exact": "is_half_hourly",
        "is_smart_meter__exact": "is_smart_meter",
        "is_active__exact": "is_active",
        "supplier__id__exact": "supplier",
        "site__region__id__exact": "region",
        "site__company__id__exact": "company",
    }
    search_fields = ("mpan", "serial_number", "site__name")


@register
class ReadingResource(ExportResource):
    """One row for each reading."""

    name = "readings"
    model = MeterReading
    columns = (
        Column(name="mpan", source="meter__mpan"),
        Column(name="site", source="meter__site__name", label=_("Site")),
        Column(name="reading_date"),
        Column(name="period", source="period_number"),
        Column(name="start_time", source="reading_time"),
        Column(name="value", source="reading_value"),
        Column(name="type", source="reading_type"),
        Column(name="is_validated"),
        extra("id", label=_("ID")),
        extra("company", source="meter__site__company__name", label=_("Company")),
        extra("region", source="meter__site__region__name", label=_("Region")),
        extra("supplier", source="meter__supplier__name", label=_("Supplier")),
        extra("meter_type", source="meter__meter_type", label=_("Type of meter")),
        extra("serial_number", source="meter__serial_number"),
        extra("import_batch_id"),
    )
    filterset = ReadingFilters
    sort_fields = {
        "meter": "meter_id",
        "mpan": "meter__mpan",
        "site": "meter__site__name",
        "reading_date": "reading_date",
        "value": "reading_value",
        "id": "id",
    }
    default_sort = "meter"
    dated_by = "reading_date"
    tie_break = KEY  # an index holds it
    changelist_filters = {
        "reading_type__exact": "reading_type",
        "is_validated__exact": "is_validated",
        "interval": "interval",
        "meter__meter_type__exact": "meter_type",
    }
    search_fields = ("meter__mpan", "import_batch_id")


@register
class WideReadingResource(ExportResource):
    """One row for each day of a meter; daily totals that were read as such are not in it."""

    name = "readings-wide"
    model = MeterReading
    label = _("Meter readings, a day in a row")
    columns = (
        Column(name="mpan", source="meter__mpan", header="MPAN"),
        Column(name="date", source="reading_date", header="Date", label=_("Date")),
        *(
            Column(
                name=period_name(number),
                header=period_name(number).upper(),
                label=period_name(number).upper(),
                kind=Kind.DECIMAL,
                convert=three_places,
            )
            for number in PERIODS
        ),
        extra("total", header="Total", kind=Kind.DECIMAL, convert=three_places, label=_("Total")),
        extra("periods", header="Periods", kind=Kind.INTEGER, label=_("Number of periods")),
        extra("site", source="meter__site__name", header="Site", label=_("Site")),
        extra("company", source="meter__site__company__name", header="Company"),
        extra("meter_type", source="meter__meter_type", header="MeterType"),
    )
    filterset = DayFilters
    sort_fields = {"meter": "meter_id", "mpan": "meter__mpan", "date": "reading_date"}
    default_sort = "meter"
    dated_by = "reading_date"
    tie_break = DAY_KEY  # a group of readings has no key of its own

    @classmethod
    def get_queryset(cls) -> "QuerySet[Any]":
        return days()
