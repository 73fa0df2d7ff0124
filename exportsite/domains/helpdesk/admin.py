import datetime as dt
from collections.abc import Iterator
from typing import Any, ClassVar, cast

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exports.admin.changelist import ExportButtonMixin
from exportsite.domains.helpdesk import lookups
from exportsite.domains.helpdesk.export_resources import CreatedFilters, TicketFilters
from exportsite.domains.helpdesk.models import Asset, Ticket, next_ticket_code
from imports.admin.changelist import ImportButtonMixin


class CreatedFilter(admin.ListFilter):
    """Days of creation, with the parameters and the meaning that they have in an export."""

    title = _("created")
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
        chosen = CreatedFilters(self.used_parameters, queryset=queryset)
        if not chosen.is_valid():
            raise IncorrectLookupParameters(chosen.errors)
        return cast("QuerySet[Any]", chosen.qs)

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        for display, first in self._beginnings():
            wanted = {"date_from": first.isoformat()} if first else {}
            yield {
                "selected": self.used_parameters == wanted,
                "query_string": changelist.get_query_string(wanted, list(self.names)),
                "display": display,
            }

    def _beginnings(self) -> Iterator[tuple[Any, dt.date | None]]:
        today = timezone.localdate()
        yield _("Any date"), None
        yield _("Today"), today
        yield _("Past 7 days"), today - dt.timedelta(days=7)
        yield _("This month"), today.replace(day=1)
        yield _("This year"), today.replace(month=1, day=1)


class OpenFilter(admin.SimpleListFilter):
    title = _("open")
    parameter_name = "is_open"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("true", _("Yes")), ("false", _("No"))]

    def queryset(self, request: HttpRequest, queryset: "QuerySet[Any]") -> "QuerySet[Any]":
        return cast("QuerySet[Any]", TicketFilters(self.used_parameters, queryset=queryset).qs)


@admin.register(Asset)
class AssetAdmin(ImportButtonMixin, ExportButtonMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "asset_tag", "name", "serial_number", "model", "status", "location", "assigned_to",
        "purchase_date", "created_at",
    )  # fmt: skip
    list_filter = (
        "status",
        CreatedFilter,
        ("assigned_to", admin.EmptyFieldListFilter),
        "location",
        "division",
        "model__asset_type",
        "model__manufacturer",
    )
    list_select_related = ("model", "status", "location", "assigned_to")
    search_fields = ("asset_tag", "name", "serial_number", "notes")
    autocomplete_fields = ("model", "supplier", "location", "assigned_to")
    ordering = ("-id",)
    show_full_result_count = False
    readonly_fields = ("created_at", "updated_at")

    def save_model(self, request: HttpRequest, obj: Asset, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        super().save_model(request, obj, form, change)


@admin.register(Ticket)
class TicketAdmin(ImportButtonMixin, ExportButtonMixin, admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = (
        "ticket_code", "subject", "status", "priority", "type", "requester", "assigned_to",
        "created_at", "sla_due",
    )  # fmt: skip
    list_filter = (
        OpenFilter,
        "status",
        "priority",
        "type",
        CreatedFilter,
        ("assigned_to", admin.EmptyFieldListFilter),
        "location",
    )
    list_select_related = ("status", "priority", "type", "requester", "assigned_to")
    search_fields = ("ticket_code", "subject", "description")
    autocomplete_fields = ("requester", "assigned_to", "location", "asset")
    ordering = ("-id",)
    show_full_result_count = False
    readonly_fields = ("created_at", "updated_at")

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        code = next_ticket_code(timezone.localdate())
        return {"ticket_code": code, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Ticket, form: Any, change: bool) -> None:
        obj.updated_at = timezone.now()
        if obj.sla_due is None:
            obj.sla_due = obj.created_at + dt.timedelta(hours=obj.priority.sla_hours)
        super().save_model(request, obj, form, change)


@admin.register(
    lookups.AssetStatus, lookups.Division, lookups.Manufacturer, lookups.Supplier,
    lookups.TicketStatus, lookups.TicketType, lookups.WarrantyType,
)  # fmt: skip
class NamedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display: tuple[str, ...] = ("id", "name")
    list_display_links = ("name",)
    search_fields: ClassVar[tuple[str, ...]] = ("name",)


@admin.register(lookups.AssetType)
class AssetTypeAdmin(NamedAdmin):
    list_display = ("id", "name", "abbreviation")


@admin.register(lookups.TicketPriority)
class TicketPriorityAdmin(NamedAdmin):
    list_display = ("id", "name", "sla_hours")


@admin.register(lookups.Location)
class LocationAdmin(NamedAdmin):
    list_display = ("id", "name", "building", "office", "storeroom")
    list_filter = ("building", "storeroom")
    search_fields = ("name", "building", "office")


@admin.register(lookups.AssetModel)
class AssetModelAdmin(NamedAdmin):
    list_display = ("id", "name", "manufacturer", "asset_type", "pcspec", "part_number")
    list_select_related = ("manufacturer", "asset_type", "pcspec")
    list_filter = ("asset_type", "manufacturer")
    search_fields = ("name", "part_number")


@admin.register(lookups.PcSpec)
class PcSpecAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ("id", "cpu", "ram", "hdd")
    list_display_links = ("cpu",)
    search_fields = ("cpu",)
