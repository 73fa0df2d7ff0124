"""The export "ezpass"."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.db.models.functions import TruncDate, TruncTime
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports.filters import (
    CommaChoicesFilter,
    CommaContainsFilter,
    ContainsFilter,
    DayFromFilter,
    DayToFilter,
)
from exports.filters.base import check_ranges
from exports.formats.base import Kind
from exports.registry import register
from exports.resources import Column, ExportResource
from exportsite.domains.taxi import columns as shared
from exportsite.domains.taxi.choices import Category, LedgerStatus
from exportsite.domains.taxi.filters import (
    LedgerBalanceFilter,
    LicenseeFilters,
    SizeFromFilter,
    SizeToFilter,
)
from exportsite.domains.taxi.models import EZPassTransaction

Rows = QuerySet[Any]
TIME = "transaction_datetime"
LAST_MOMENT = 999_999  # microseconds: a time to the second covers that second
WITH_DATE = _("With the date: from or to that moment. Without: a time of any day.")
SIGNLESS = _("Tolls are below 0 and refunds above; the sign does not count here.")


class TollFilters(LicenseeFilters):
    from_transaction_date = DayFromFilter(
        TIME, method="from_moment", label=_("Transaction date from")
    )
    to_transaction_date = DayToFilter(TIME, method="to_moment", label=_("Transaction date to"))
    from_transaction_time = django_filters.TimeFilter(
        method="from_time", label=_("Transaction time from"), help_text=WITH_DATE
    )
    to_transaction_time = django_filters.TimeFilter(
        method="to_time", label=_("Transaction time to"), help_text=WITH_DATE
    )
    from_posting_date = DayFromFilter("posting_date", label=_("Posting date from"))
    to_posting_date = DayToFilter("posting_date", label=_("Posting date to"))
    from_amount = SizeFromFilter("amount", label=_("Amount from"), help_text=SIGNLESS)
    to_amount = SizeToFilter("amount", label=_("Amount to"), help_text=SIGNLESS)
    from_ledger_balance = LedgerBalanceFilter(
        "transaction_id", "gte", Category.EZPASS, label=_("Ledger balance from")
    )
    to_ledger_balance = LedgerBalanceFilter(
        "transaction_id", "lte", Category.EZPASS, label=_("Ledger balance to")
    )
    status = CommaChoicesFilter("status", LedgerStatus, label=_("Status"))
    plate_number = CommaContainsFilter("tag_or_plate", label=_("Plate number"))
    transaction_id = CommaContainsFilter("transaction_id", label=_("Transaction ID"))
    entry_plaza = CommaContainsFilter("entry_plaza", label=_("Entry plaza"))
    exit_plaza = CommaContainsFilter("exit_plaza", label=_("Exit plaza"))
    entry_lane = CommaContainsFilter("entry_plaza", label=_("Entry lane"))
    exit_lane = CommaContainsFilter("exit_plaza", label=_("Exit lane"))
    agency = ContainsFilter("agency", label=_("Agency"))
    ezpass_class = ContainsFilter("ezpass_class", label=_("E-ZPass class"))

    ranges = (
        ("from_transaction_date", "to_transaction_date"),
        ("from_transaction_time", "to_transaction_time"),
        ("from_posting_date", "to_posting_date"),
        ("from_amount", "to_amount"),
        ("from_ledger_balance", "to_ledger_balance"),
    )
    aliases = {**LicenseeFilters.aliases, "tag_or_plate": "plate_number", "plate": "plate_number"}

    def get_form_class(self) -> type[forms.Form]:
        """Times are in order by themselves, unless each belongs to a day of its own."""
        base: type[forms.Form] = django_filters.FilterSet.get_form_class(self)
        of_days = tuple(pair for pair in self.ranges if "from_transaction_time" not in pair)

        def clean(form: forms.Form) -> dict[str, Any]:
            days = [form.cleaned_data.get(name) for name in self.ranges[0]]
            check_ranges(form, self.ranges if days[0] == days[1] else of_days)
            return form.cleaned_data

        return type(base.__name__, (base,), {"clean": clean})

    def from_moment(self, rows: Rows, _name: str, day: dt.date) -> Rows:
        time = self.form.cleaned_data.get("from_transaction_time") or dt.time.min
        return rows.filter(**{f"{TIME}__gte": timezone.make_aware(dt.datetime.combine(day, time))})

    def to_moment(self, rows: Rows, _name: str, day: dt.date) -> Rows:
        time = self.form.cleaned_data.get("to_transaction_time")
        return rows.filter(**{f"{TIME}__lte": last_moment(day, end_of_second(time))})

    def from_time(self, rows: Rows, _name: str, time: dt.time) -> Rows:
        has_day = self.form.cleaned_data.get("from_transaction_date")
        return rows if has_day else rows.filter(**{f"{TIME}__time__gte": time})

    def to_time(self, rows: Rows, _name: str, time: dt.time) -> Rows:
        has_day = self.form.cleaned_data.get("to_transaction_date")
        return rows if has_day else rows.filter(**{f"{TIME}__time__lte": end_of_second(time)})


def end_of_second(time: dt.time | None) -> dt.time:
    """Of the whole day, when there is no time."""
    if time is None:
        return dt.time.max
    return time if time.microsecond else time.replace(microsecond=LAST_MOMENT)


def last_moment(day: dt.date, time: dt.time) -> dt.datetime:
    """The later one where the clock shows this time twice."""
    naive = dt.datetime.combine(day, time)
    return max((timezone.make_aware(naive.replace(fold=fold)) for fold in (0, 1)), key=as_utc)


def as_utc(moment: dt.datetime) -> dt.datetime:
    """Moments of one zone compare by their clocks; those of UTC by what is later."""
    return moment.astimezone(dt.UTC)


@register
class TollResource(ExportResource):
    name = "ezpass"
    model = EZPassTransaction
    label = _("E-ZPass transactions")
    columns = (
        Column(name="transaction_id", header="Transaction ID"),
        Column(
            name="transaction_date",
            header="Transaction Date",
            expression=TruncDate(TIME),
            kind=Kind.DATE,
            label=_("Transaction date"),
        ),
        Column(
            name="transaction_time",
            header="Transaction Time",
            expression=TruncTime(TIME),
            kind=Kind.TIME,
            label=_("Transaction time"),
        ),
        Column(
            name="plate_number",
            header="Plate Number",
            source="tag_or_plate",
            label=_("Plate number"),
        ),
        Column(name="entry_plaza", header="Entry Plaza"),
        Column(name="exit_plaza", header="Exit Plaza"),
        # The files have no lanes; their readers expect the plazas here too.
        Column(name="entry_lane", header="Entry Lane", source="entry_plaza", label=_("Entry lane")),
        Column(name="exit_lane", header="Exit Lane", source="exit_plaza", label=_("Exit lane")),
        shared.dollars("amount", "Amount"),
        Column(
            name="posting_date",
            header="Posting Date",
            expression=TruncDate("posting_date"),
            kind=Kind.DATE,
            label=_("Posting date"),
        ),
        Column(name="status", header="Status"),
        Column(name="agency", header="Agency"),
        Column(name="ezpass_class", header="EZPass Class"),
        shared.DRIVER_ID,
        shared.DRIVER_NAME,
        shared.LEASE_ID,
        shared.VEHICLE_VIN,
        shared.MEDALLION_NO,
    )
    filterset = TollFilters
    sort_fields = {
        "transaction_date": TIME,
        "transaction_datetime": TIME,
        "transaction_id": "transaction_id",
        "plate_number": "tag_or_plate",
        **shared.sorts("posting_date", "amount", "status", "entry_plaza", "exit_plaza", "agency"),
        "driver_name": "driver__full_name",
        "lease_id": "lease__lease_id",
    }
    default_sort = "-transaction_datetime"
    dated_by = "transaction_datetime"
    file_name = "ezpass_export_%Y%m%d_%H%M%S"
    changelist_filters = {
        "status__exact": "status",
        "agency": "agency",
        "from_transaction_date": "from_transaction_date",
        "to_transaction_date": "to_transaction_date",
    }
    search_fields = ("transaction_id", "tag_or_plate")
