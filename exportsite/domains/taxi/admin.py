from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone

from exports.admin.changelist import ExportButtonMixin
from exports.admin.masking import MaskedFieldsMixin
from exportsite.domains.taxi import models
from exportsite.domains.taxi.admin_filters import (
    AgencyFilter,
    IssueDays,
    PostingDays,
    TollDays,
    TripDays,
)
from imports.admin.changelist import ImportButtonMixin

WHOSE = ("driver", "vehicle", "medallion", "lease")


class TrackedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    readonly_fields = ("created_by", "created_on", "updated_on")
    show_full_result_count = False

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        obj.updated_on = timezone.now()
        if not change:
            obj.created_by = request.user
        super().save_model(request, obj, form, change)


class ReadOnlyAdmin(TrackedAdmin):
    """Rows that only programs write: imports, and the ledger, whose entries never change."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(models.Driver)
class DriverAdmin(MaskedFieldsMixin, TrackedAdmin):
    list_display = ("driver_id", "full_name", "driver_status", "tlc_license_expiry", "is_active")
    list_filter = ("driver_status", "is_active")
    search_fields = ("driver_id", "full_name", "tlc_license_number")
    ordering = ("-id",)


class RegistrationInline(admin.TabularInline):  # type: ignore[type-arg]
    model = models.VehicleRegistration
    extra = 0


@admin.register(models.Vehicle)
class VehicleAdmin(TrackedAdmin):
    list_display = ("vin", "make", "model", "year", "color", "is_active")
    list_filter = ("is_active",)
    search_fields = ("vin", "registrations__plate_number")
    inlines: ClassVar = [RegistrationInline]
    ordering = ("-id",)


@admin.register(models.Medallion)
class MedallionAdmin(TrackedAdmin):
    list_display = (
        "medallion_number", "medallion_type", "medallion_status", "owner_name", "agent_name",
    )  # fmt: skip
    list_filter = ("medallion_status",)
    search_fields = ("medallion_number", "owner_name")
    ordering = ("medallion_number",)


@admin.register(models.Lease)
class LeaseAdmin(TrackedAdmin):
    list_display = (
        "lease_id", "lease_type", "lease_status", "driver", "vehicle", "medallion", "start_date",
        "end_date", "weekly_rate",
    )  # fmt: skip
    list_filter = ("lease_status", "lease_type")
    list_select_related = ("driver", "vehicle", "medallion")
    search_fields = ("lease_id", "driver__full_name")
    autocomplete_fields = ("driver", "vehicle", "medallion")
    ordering = ("-id",)


@admin.register(models.EZPassImport, models.PVBImport)
class ImportRunAdmin(ReadOnlyAdmin):
    list_display = (
        "file_name", "import_timestamp", "status", "total_records", "successful_records",
        "failed_records",
    )  # fmt: skip
    list_filter = ("status",)
    search_fields = ("file_name",)
    ordering = ("-id",)


@admin.register(models.EZPassTransaction)
class EZPassTransactionAdmin(ImportButtonMixin, ExportButtonMixin, TrackedAdmin):
    list_display = (
        "transaction_id", "transaction_datetime", "tag_or_plate", "agency", "exit_plaza", "amount",
        "status", "driver", "medallion", "posting_date",
    )  # fmt: skip
    list_filter = ("status", TollDays, AgencyFilter)
    list_select_related = ("driver", "medallion")
    search_fields = ("transaction_id", "tag_or_plate")
    autocomplete_fields = (*WHOSE, "ezpass_import")
    ordering = ("-transaction_datetime", "id")


@admin.register(models.PVBViolation)
class PVBViolationAdmin(ImportButtonMixin, ExportButtonMixin, TrackedAdmin):
    list_display = (
        "summons", "plate", "state", "issue_date", "violation_code", "street_name", "fine",
        "amount_due", "status", "disposition", "driver",
    )  # fmt: skip
    list_filter = ("status", "source", "disposition", IssueDays)
    list_select_related = ("driver",)
    search_fields = ("summons", "plate", "street_name")
    autocomplete_fields = (*WHOSE, "pvb_import")
    ordering = ("-issue_date", "id")


@admin.register(models.CurbAccount)
class CurbAccountAdmin(TrackedAdmin):
    list_display = ("account_name", "is_active")
    search_fields = ("account_name",)


@admin.register(models.CurbTrip)
class CurbTripAdmin(ImportButtonMixin, ExportButtonMixin, MaskedFieldsMixin, TrackedAdmin):
    list_display = (
        "curb_trip_id", "start_time", "end_time", "curb_cab_number", "driver", "total_amount",
        "payment_type", "status", "account",
    )  # fmt: skip
    list_filter = ("status", "payment_type", "account", TripDays)
    list_select_related = ("driver", "account")
    search_fields = ("curb_trip_id", "curb_cab_number")
    autocomplete_fields = (*WHOSE, "account")
    ordering = ("-start_time", "id")


@admin.register(models.LedgerPosting)
class LedgerPostingAdmin(ExportButtonMixin, ReadOnlyAdmin):
    list_display = (
        "id", "created_on", "category", "entry_type", "amount", "reference_id", "status", "driver",
        "lease",
    )  # fmt: skip
    list_filter = ("category", "entry_type", "status", PostingDays)
    list_select_related = ("driver", "lease")
    search_fields = ("reference_id", "description")
    ordering = ("-created_on", "id")


@admin.register(models.LedgerBalance)
class LedgerBalanceAdmin(ExportButtonMixin, ReadOnlyAdmin):
    list_display = (
        "id", "category", "reference_id", "original_amount", "prior_balance", "balance", "status",
        "driver", "lease", "updated_on",
    )  # fmt: skip
    list_filter = ("category", "status")
    list_select_related = ("driver", "lease")
    search_fields = ("reference_id",)
    ordering = ("-created_on", "id")
