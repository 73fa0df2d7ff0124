"""The export "curb"."""

from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from exports.filters import (
    CommaChoicesFilter,
    CommaContainsFilter,
    CommaNumbersFilter,
    ExportFilterSet,
    FromFilter,
    MomentFromFilter,
    MomentToFilter,
    ToFilter,
)
from exports.filters.texts import contains_any
from exports.formats.base import Kind
from exports.registry import register
from exports.resources import Column, ExportResource
from exportsite.domains.taxi import columns as shared
from exportsite.domains.taxi.choices import PaymentType, TripStatus
from exportsite.domains.taxi.filters import CommaRelatedFilter
from exportsite.domains.taxi.models import CurbAccount, CurbTrip, VehicleRegistration

Rows = QuerySet[Any]
ACTIVE = VehicleRegistration.objects.filter(is_active=True)
LICENSE = Coalesce(F("driver__tlc_license_number"), F("curb_driver_id"))


class ActivePlateFilter(CommaContainsFilter):
    """Any text is in the plate that the vehicle has now. Earlier plates do not count."""

    def filter(self, qs: Rows, value: list[str]) -> Rows:
        if not value:
            return qs
        found = ACTIVE.filter(contains_any(value, ["plate_number"]))
        return qs.filter(vehicle__in=found.values("vehicle"))


class TripFilters(ExportFilterSet):
    trip_ids = CommaContainsFilter("curb_trip_id", label=_("Trip IDs"))
    driver_ids = CommaNumbersFilter("driver__driver_id", label=_("Driver IDs"))
    vehicle_plates = ActivePlateFilter("vehicle", label=_("Vehicle plates"))
    medallion_numbers = CommaContainsFilter("curb_cab_number", label=_("Medallions"))
    tlc_license_numbers = CommaContainsFilter(
        "driver__tlc_license_number", "curb_driver_id", label=_("TLC licences")
    )
    payment_modes = CommaChoicesFilter("payment_type", PaymentType, label=_("Payment"))
    account_ids = CommaRelatedFilter(
        "account",
        queryset=CurbAccount.objects.all(),
        name_field="account_name",
        label=_("Accounts"),
    )
    status = CommaChoicesFilter("status", TripStatus, label=_("Status"))
    trip_start_from = MomentFromFilter("start_time", label=_("Trip start from"))
    trip_start_to = MomentToFilter("start_time", label=_("Trip start to"))
    trip_end_from = MomentFromFilter("end_time", label=_("Trip end from"))
    trip_end_to = MomentToFilter("end_time", label=_("Trip end to"))
    transaction_date_from = MomentFromFilter("transaction_date", label=_("Transaction from"))
    transaction_date_to = MomentToFilter("transaction_date", label=_("Transaction to"))
    total_amount_from = FromFilter("total_amount", label=_("Total from"), min_value=0)
    total_amount_to = ToFilter("total_amount", label=_("Total to"), min_value=0)

    ranges = tuple(
        (f"{name}_from", f"{name}_to")
        for name in ("trip_start", "trip_end", "transaction_date", "total_amount")
    )
    aliases = {
        "trip_id": "trip_ids",
        "driver_id": "driver_ids",
        "vehicle_plate": "vehicle_plates",
        "medallion_no": "medallion_numbers",
        "tlc_license_no": "tlc_license_numbers",
        "payment_mode": "payment_modes",
        "payment_type": "payment_modes",
        "account_id": "account_ids",
        "account": "account_ids",
    }


@register
class TripResource(ExportResource):
    name = "curb"
    model = CurbTrip
    label = _("CURB trips")
    columns = (
        Column(name="trip_id", header="Trip ID", source="curb_trip_id"),
        Column(
            name="trip_start_date", header="Trip Start Date", source="start_time", label=_("Start")
        ),
        Column(name="trip_end_date", header="Trip End Date", source="end_time", label=_("End")),
        Column(name="transaction_date", header="Transaction Date"),
        shared.DRIVER_ID,
        shared.DRIVER_NAME,
        Column(
            name="tlc_license_no",
            header="TLC License No",
            expression=LICENSE,
            label=_("TLC licence"),
            sensitive=True,
        ),
        # A join would repeat a trip for every plate that its vehicle ever had.
        Column(
            name="vehicle_plate",
            header="Vehicle Plate",
            expression=Subquery(
                ACTIVE.filter(vehicle=OuterRef("vehicle")).values("plate_number")[:1]
            ),
            label=_("Vehicle plate"),
        ),
        Column(
            name="medallion_no",
            header="Medallion No",
            source="curb_cab_number",
            label=_("Medallion"),
        ),
        shared.dollars("total_amount", "Total Amount"),
        shared.dollars("fare", "Fare"),
        shared.dollars("tips", "Tips"),
        shared.dollars("tolls", "Tolls"),
        shared.dollars("extras", "Extras"),
        shared.dollars("surcharge", "Surcharge"),
        shared.dollars("improvement_surcharge", "Improvement Surcharge"),
        shared.dollars("congestion_fee", "Congestion Fee"),
        shared.dollars("airport_fee", "Airport Fee"),
        shared.dollars("cbdt_fee", "CBDT Fee"),
        Column(name="payment_mode", header="Payment Mode", source="payment_type"),
        Column(name="status", header="Status"),
        Column(name="account", header="Account", source="account__account_name"),
        Column(
            name="distance_miles",
            header="Distance (Miles)",
            source="distance_miles",
            kind=Kind.DECIMAL,
        ),
        Column(name="passengers", header="Passengers", source="num_passengers"),
    )
    filterset = TripFilters
    sort_fields = {
        "trip_id": "curb_trip_id",
        **shared.sorts("start_time", "end_time", "transaction_date"),
        "driver_id": "driver__driver_id",
        **shared.sorts("total_amount", "payment_type", "status"),
    }
    default_sort = "-start_time"
    dated_by = "start_time"
    file_name = "curb_export_%Y%m%d_%H%M%S"
    changelist_filters = {
        "status__exact": "status",
        "payment_type__exact": "payment_modes",
        "account__id__exact": "account_ids",
        "trip_start_from": "trip_start_from",
        "trip_start_to": "trip_start_to",
    }
    search_fields = ("curb_trip_id", "curb_cab_number")
