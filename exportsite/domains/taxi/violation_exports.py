"""The export "pvb"."""

from django.db.models.functions import TruncDate
from django.utils.translation import gettext_lazy as _
from django_filters import DateFilter, TimeFilter

from exports.filters import (
    CommaChoicesFilter,
    CommaContainsFilter,
    DayFromFilter,
    DayToFilter,
    FromFilter,
    ToFilter,
)
from exports.formats.base import Kind
from exports.registry import register
from exports.resources import Column, ExportResource
from exportsite.domains.taxi import columns as shared
from exportsite.domains.taxi.choices import Category, Disposition, LedgerStatus, Source
from exportsite.domains.taxi.filters import LedgerBalanceFilter, LicenseeFilters
from exportsite.domains.taxi.models import PVBViolation


class ViolationFilters(LicenseeFilters):
    plate = CommaContainsFilter("plate", label=_("Plate"))
    state = CommaContainsFilter("state", label=_("State"))
    type = CommaContainsFilter("type", label=_("Type"))
    summons = CommaContainsFilter("summons", label=_("Summons"))
    failure_reason = CommaContainsFilter("failure_reason", label=_("Failure reason"))
    violation_code = CommaContainsFilter("violation_code", label=_("Violation code"))
    violation_country = CommaContainsFilter("violation_country", label=_("County"))
    street_name = CommaContainsFilter("street_name", label=_("Street"))
    status = CommaChoicesFilter("status", LedgerStatus, label=_("Status"))
    source = CommaChoicesFilter("source", Source, label=_("Source"))
    disposition = CommaChoicesFilter("disposition", Disposition, label=_("Disposition"))
    from_issue_date = DateFilter("issue_date", "gte", label=_("Issue date from"))
    to_issue_date = DateFilter("issue_date", "lte", label=_("Issue date to"))
    from_issue_time = TimeFilter("issue_time", "gte", label=_("Issue time from"))
    to_issue_time = TimeFilter("issue_time", "lte", label=_("Issue time to"))
    from_posting_date = DayFromFilter("posting_date", label=_("Posting date from"))
    to_posting_date = DayToFilter("posting_date", label=_("Posting date to"))
    from_amount = FromFilter("amount_due", label=_("Amount due from"))
    to_amount = ToFilter("amount_due", label=_("Amount due to"))
    from_fine = FromFilter("fine", label=_("Fine from"))
    to_fine = ToFilter("fine", label=_("Fine to"))
    from_penalty = FromFilter("penalty", label=_("Penalty from"))
    to_penalty = ToFilter("penalty", label=_("Penalty to"))
    from_interest = FromFilter("interest", label=_("Interest from"))
    to_interest = ToFilter("interest", label=_("Interest to"))
    from_reduction = FromFilter("reduction", label=_("Reduction from"))
    to_reduction = ToFilter("reduction", label=_("Reduction to"))
    from_processing_fee = FromFilter("processing_fee", label=_("Processing fee from"))
    to_processing_fee = ToFilter("processing_fee", label=_("Processing fee to"))
    from_reduce_to = FromFilter("reduce_to", label=_("Reduced to, from"))
    to_reduce_to = ToFilter("reduce_to", label=_("Reduced to, to"))
    from_ledger_balance = LedgerBalanceFilter(
        "summons", "gte", Category.PVB, label=_("Ledger balance from")
    )
    to_ledger_balance = LedgerBalanceFilter(
        "summons", "lte", Category.PVB, label=_("Ledger balance to")
    )

    ranges = tuple(
        (f"from_{name}", f"to_{name}")
        for name in (
            "issue_date", "issue_time", "posting_date", "amount", "fine", "penalty", "interest",
            "reduction", "processing_fee", "reduce_to", "ledger_balance",
        )
    )  # fmt: skip
    aliases = {
        **LicenseeFilters.aliases,
        "plate_number": "plate",
        "county": "violation_country",
        "from_amount_due": "from_amount",
        "to_amount_due": "to_amount",
    }


@register
class ViolationResource(ExportResource):
    name = "pvb"
    model = PVBViolation
    label = _("PVB violations")
    columns = (
        Column(name="summons", header="Summons"),
        Column(name="plate", header="Plate"),
        Column(name="state", header="State"),
        Column(name="type", header="Type"),
        Column(name="issue_date", header="Issue Date"),
        Column(name="issue_time", header="Issue Time"),
        Column(
            name="posting_date",
            header="Posting Date",
            expression=TruncDate("posting_date"),
            kind=Kind.DATE,
            label=_("Posting date"),
        ),
        shared.dollars("amount_due", "Amount Due"),
        shared.dollars("fine", "Fine"),
        shared.dollars("penalty", "Penalty"),
        shared.dollars("interest", "Interest"),
        shared.dollars("reduction", "Reduction"),
        shared.dollars("processing_fee", "Processing Fee"),
        Column(name="status", header="Status"),
        Column(name="source", header="Source"),
        shared.DRIVER_ID,
        shared.DRIVER_NAME,
        shared.VEHICLE_VIN,
        shared.MEDALLION_NO,
        shared.LEASE_ID,
        Column(name="violation_code", header="Violation Code"),
        Column(name="street_name", header="Street Name"),
        Column(name="disposition", header="Disposition"),
        Column(name="failure_reason", header="Failure Reason"),
    )
    filterset = ViolationFilters
    sort_fields = {
        **shared.sorts(
            "issue_date", "issue_time", "posting_date", "summons", "plate", "state", "type",
            "amount_due", "fine", "penalty", "interest", "reduction", "processing_fee", "status",
            "source", "violation_code", "street_name", "disposition",
        ),
        **shared.LICENSEE_SORTS,
    }  # fmt: skip
    default_sort = "-issue_date"
    dated_by = "issue_date"
    file_name = "pvb_export_%Y%m%d_%H%M%S"
    changelist_filters = {
        "status__exact": "status",
        "source__exact": "source",
        "disposition__exact": "disposition",
        "from_issue_date": "from_issue_date",
        "to_issue_date": "to_issue_date",
    }
    search_fields = ("summons", "plate", "street_name")
