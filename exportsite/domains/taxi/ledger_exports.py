"""The exports "ledger-postings" and "ledger-balances"."""

from django.db.models import F
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from exports.filters import (
    CommaChoicesFilter,
    CommaContainsFilter,
    DayFromFilter,
    DayToFilter,
    ExportFilterSet,
    FromFilter,
    ToFilter,
)
from exports.registry import register
from exports.resources import Column, ExportResource
from exportsite.domains.taxi import columns as shared
from exportsite.domains.taxi.choices import BalanceStatus, Category, EntryType, PostingStatus
from exportsite.domains.taxi.models import LedgerBalance, LedgerPosting

REFERENCE_ID = Column(name="reference_id", header="Reference ID")


class LedgerFilters(ExportFilterSet):
    category = CommaChoicesFilter("category", Category, label=_("Category"))
    reference_id = CommaContainsFilter("reference_id", label=_("Reference ID"))
    driver_name = CommaContainsFilter("driver__full_name", label=_("Driver name"))
    lease_id = CommaContainsFilter("lease__lease_id", label=_("Lease ID"))
    vehicle_vin = CommaContainsFilter("vin", "vehicle__vin", label=_("Vehicle VIN"))

    aliases = {"vin": "vehicle_vin"}


class PostingFilters(LedgerFilters):
    start_date = DayFromFilter("created_on", label=_("Posting date from"))
    end_date = DayToFilter("created_on", label=_("Posting date to"))
    entry_type = CommaChoicesFilter("entry_type", EntryType, label=_("Entry"))
    status = CommaChoicesFilter("status", PostingStatus, label=_("Status"))
    from_amount = FromFilter("amount", label=_("Amount from"))
    to_amount = ToFilter("amount", label=_("Amount to"))
    posting_id = CommaContainsFilter("id", label=_("Posting ID"))
    medallion_no = CommaContainsFilter("medallion__medallion_number", label=_("Medallion"))

    ranges = (("start_date", "end_date"), ("from_amount", "to_amount"))
    aliases = {
        **LedgerFilters.aliases,
        "from_posting_date": "start_date",
        "to_posting_date": "end_date",
        "medallion_number": "medallion_no",
        "posting_category": "category",
    }


class BalanceFilters(LedgerFilters):
    status = CommaChoicesFilter("status", BalanceStatus, label=_("Status"))
    from_original_amount = FromFilter("original_amount", label=_("Original amount from"))
    to_original_amount = ToFilter("original_amount", label=_("Original amount to"))
    from_prior_balance = FromFilter("prior_balance", label=_("Prior balance from"))
    to_prior_balance = ToFilter("prior_balance", label=_("Prior balance to"))
    from_balance = FromFilter("balance", label=_("Balance from"))
    to_balance = ToFilter("balance", label=_("Balance to"))
    balance_id = CommaContainsFilter("id", label=_("Balance ID"))

    ranges = tuple(
        (f"from_{name}", f"to_{name}") for name in ("original_amount", "prior_balance", "balance")
    )


@register
class PostingResource(ExportResource):
    name = "ledger-postings"
    model = LedgerPosting
    columns = (
        Column(name="posting_id", header="Posting ID", source="id", label=_("Posting ID")),
        Column(
            name="posting_date", header="Posting Date", source="created_on", label=_("Posting date")
        ),
        Column(name="category", header="Category"),
        Column(name="entry_type", header="Entry Type"),
        shared.dollars("amount", "Amount"),
        REFERENCE_ID,
        Column(name="description", header="Description"),
        Column(name="status", header="Status"),
        shared.DRIVER_ID,
        shared.DRIVER_NAME,
        shared.LEASE_ID,
    )
    filterset = PostingFilters
    sort_fields = {
        "date": "created_on",
        "posting_id": "id",
        **shared.sorts("reference_id", "category", "entry_type", "status", "amount"),
        **shared.LICENSEE_SORTS,
    }
    default_sort = "-date"
    dated_by = "created_on"
    file_name = "ledger_postings_export_%Y%m%d_%H%M%S"
    changelist_filters = {
        "category__exact": "category",
        "entry_type__exact": "entry_type",
        "status__exact": "status",
        "start_date": "start_date",
        "end_date": "end_date",
    }
    search_fields = ("reference_id", "description")


@register
class BalanceResource(ExportResource):
    name = "ledger-balances"
    model = LedgerBalance
    columns = (
        Column(name="balance_id", header="Balance ID", source="id", label=_("Balance ID")),
        Column(name="category", header="Category"),
        REFERENCE_ID,
        shared.dollars("balance", "Balance"),
        shared.DRIVER_ID,
        shared.DRIVER_NAME,
        shared.LEASE_ID,
        Column(name="updated_at", header="Updated At", source="updated_on", label=_("Updated at")),
        shared.dollars("original_amount", "Original Amount", default=False),
        shared.dollars("prior_balance", "Prior Balance", default=False),
        Column(name="status", header="Status", default=False),
        Column(
            name="vehicle_vin",
            header="Vehicle VIN",
            expression=Coalesce(F("vin"), F("vehicle__vin")),
            label=_("Vehicle VIN"),
            default=False,
        ),
    )
    filterset = BalanceFilters
    sort_fields = {
        "created_on": "created_on",
        "balance_id": "id",
        **shared.sorts(
            "category", "reference_id", "original_amount", "prior_balance", "balance", "status"
        ),
        "driver_id": "driver__driver_id",
        "driver_name": "driver__full_name",
        "vehicle_vin": "vehicle__vin",
        "lease_id": "lease__lease_id",
        "updated_at": "updated_on",
    }
    default_sort = "-created_on"
    dated_by = "created_on"
    file_name = "ledger_balances_export_%Y%m%d_%H%M%S"
    changelist_filters = {"category__exact": "category", "status__exact": "status"}
    search_fields = ("reference_id",)
