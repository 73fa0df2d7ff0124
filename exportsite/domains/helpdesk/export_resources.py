from collections.abc import Mapping
from typing import Any, ClassVar

from django.contrib.auth import get_user_model
from django.db.models import F, QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import NumberFilter

from exports.filters import (
    DayFromFilter,
    DayToFilter,
    ExportFilterSet,
    RelatedFilter,
    TriStateFilter,
)
from exports.formats.base import Kind, Total
from exports.formats.highlights import AMBER, BLUE, GREEN, RED
from exports.registry import register
from exports.resources import Column, ExportResource, Text
from exportsite.domains.helpdesk import lookups
from exportsite.domains.helpdesk.expressions import (
    IS_OPEN,
    IS_RESOLVED,
    AddMonths,
    person_name,
    truth_of,
)
from exportsite.domains.helpdesk.models import Asset, Ticket

READABLE = _("Readable")  # the older sheets, column by column
BYTES_PER_ROW = {"csv": 250, "xlsx": 500, "json": 300}  # as the old system estimated
PRIORITY_COLOURS = {"Urgent": RED, "High": AMBER, "Medium": BLUE, "Low": GREEN}


def one_of(path: str, model: Any, label: Text, name_field: str = "name") -> RelatedFilter:
    rows = model._default_manager.all()
    return RelatedFilter(path, queryset=rows, label=label, name_field=name_field)


def readable(name: str, header: str, source: str = "", **more: Any) -> Column:
    """A column of the older sheets, which people read: titled, and with names for ids."""
    return Column(name=name, header=header, source=source, default=False, **more)


class CreatedFilters(ExportFilterSet):
    date_from = DayFromFilter("created_at", label=_("Created from"))
    date_to = DayToFilter("created_at", label=_("Created to"))

    ranges: ClassVar[tuple[tuple[str, str], ...]] = (("date_from", "date_to"),)


class AssetFilters(CreatedFilters):
    status_id = one_of("status", lookups.AssetStatus, _("Status"))
    location_id = one_of("location", lookups.Location, _("Location"))
    assigned_to = one_of("assigned_to", get_user_model(), _("Assigned to"), "username")
    manufacturer_id = one_of("model__manufacturer", lookups.Manufacturer, _("Manufacturer"))
    asset_type_id = one_of("model__asset_type", lookups.AssetType, _("Asset type"))
    division_id = one_of("division", lookups.Division, _("Division"))
    unassigned = TriStateFilter("assigned_to", "isnull", label=_("Without assignee"))
    no_location = TriStateFilter("location", "isnull", label=_("Without location"))
    warranty_months_min = NumberFilter(
        "warranty_months", "gte", label=_("Warranty months from"), decimal_places=0
    )
    warranty_months_max = NumberFilter(
        "warranty_months", "lte", label=_("Warranty months to"), decimal_places=0
    )

    ranges = (*CreatedFilters.ranges, ("warranty_months_min", "warranty_months_max"))
    aliases = {
        "status": "status_id",
        "location": "location_id",
        "assigned_to_id": "assigned_to",
        "manufacturer": "manufacturer_id",
        "asset_type": "asset_type_id",
        "division": "division_id",
    }


class TicketFilters(CreatedFilters):
    status_id = one_of("status", lookups.TicketStatus, _("Status"))
    priority_id = one_of("priority", lookups.TicketPriority, _("Priority"))
    type_id = one_of("type", lookups.TicketType, _("Type"))
    assigned_to = one_of("assigned_to", get_user_model(), _("Assigned to"), "username")
    location_id = one_of("location", lookups.Location, _("Location"))
    is_open = TriStateFilter(method="filter_open", label=_("Open"))
    is_resolved = TriStateFilter(method="filter_resolved", label=_("Resolved"))
    unassigned = TriStateFilter("assigned_to", "isnull", label=_("Without assignee"))

    aliases = {
        "status": "status_id",
        "priority": "priority_id",
        "type": "type_id",
        "assigned_to_id": "assigned_to",
        "location": "location_id",
    }

    def filter_open(self, rows: "QuerySet[Any]", _name: str, wanted: bool) -> "QuerySet[Any]":
        return rows.filter(IS_OPEN if wanted else ~IS_OPEN)

    def filter_resolved(self, rows: "QuerySet[Any]", _name: str, wanted: bool) -> "QuerySet[Any]":
        return rows.filter(IS_RESOLVED if wanted else ~IS_RESOLVED)


def sorts(*names: str) -> dict[str, str]:
    return {name: name for name in names}


@register
class AssetResource(ExportResource):
    name = "assets"
    model = Asset
    columns = (
        Column(name="id", label=_("ID")),
        Column(name="name"),
        Column(name="asset_tag"),
        Column(name="serial_number"),
        Column(name="status_id", label=_("Status ID")),
        Column(name="location_id", label=_("Location ID")),
        Column(name="assigned_to", source="assigned_to_id", label=_("Assigned to, ID")),
        Column(name="manufacturer_id", source="model__manufacturer_id", label=_("Manufacturer ID")),
        Column(name="asset_type_id", source="model__asset_type_id", label=_("Asset type ID")),
        Column(name="purchase_date"),
        Column(
            name="warranty_expiry_date",
            expression=AddMonths(F("purchase_date"), F("warranty_months")),
            kind=Kind.DATE,
        ),
        Column(name="created_at"),
        Column(name="updated_at"),
        readable("readable_asset_tag", "Asset Tag", "asset_tag", label=_("Asset tag, titled")),
        readable(
            "readable_serial_number",
            "Serial Number",
            "serial_number",
            label=_("Serial number, titled"),
        ),
        readable("model", "Model", "model__name", label=_("Model")),
        readable(
            "manufacturer", "Manufacturer", "model__manufacturer__name", label=_("Manufacturer")
        ),
        readable("asset_type", "Asset Type", "model__asset_type__name", label=_("Asset type")),
        readable("division", "Division", "division__name", label=_("Division")),
        readable("supplier", "Supplier", "supplier__name", label=_("Supplier")),
        readable("location", "Location", "location__name", label=_("Location")),
        readable(
            "readable_purchase_date",
            "Purchase Date",
            "purchase_date",
            label=_("Purchase date, titled"),
        ),
        readable("warranty_months", "Warranty (Months)"),
        readable("ip_address", "IP Address"),
        readable("mac_address", "MAC Address"),
        readable("status", "Status", "status__name", label=_("Status")),
        readable(
            "assigned_to_name",
            "Assigned To",
            expression=person_name("assigned_to"),
            label=_("Assigned to"),
        ),
        readable("notes", "Notes"),
        readable("readable_created_at", "Created At", "created_at", label=_("Created at, titled")),
    )
    presets: ClassVar[Mapping[Text, tuple[str, ...]]] = {
        READABLE: (
            "readable_asset_tag", "readable_serial_number", "model", "division", "supplier",
            "readable_purchase_date", "warranty_months", "ip_address", "mac_address", "status",
            "assigned_to_name", "notes", "readable_created_at",
        )
    }  # fmt: skip
    filterset = AssetFilters
    sort_fields = sorts("id", "name", "asset_tag", "created_at", "updated_at", "status_id")
    default_sort = "id"
    status_path = "status__name"
    bytes_per_row = BYTES_PER_ROW
    changelist_filters = {
        "status__id__exact": "status_id",
        "location__id__exact": "location_id",
        "location__isnull": "no_location",
        "model__manufacturer__id__exact": "manufacturer_id",
        "model__asset_type__id__exact": "asset_type_id",
        "division__id__exact": "division_id",
        "assigned_to__isempty": "unassigned",
        "date_from": "date_from",
        "date_to": "date_to",
    }
    search_fields = ("asset_tag", "name", "serial_number", "notes")


@register
class TicketResource(ExportResource):
    name = "tickets"
    model = Ticket
    columns = (
        Column(name="id", label=_("ID")),
        Column(name="ticket_code"),
        Column(name="subject"),
        Column(name="description"),
        Column(name="status_id", label=_("Status ID")),
        Column(name="priority_id", label=_("Priority ID")),
        Column(name="type_id", label=_("Type ID")),
        Column(name="assigned_to", source="assigned_to_id", label=_("Assigned to, ID")),
        Column(name="created_by", source="requester_id", label=_("Requester ID")),
        Column(name="is_open", expression=truth_of(IS_OPEN), kind=Kind.BOOLEAN),
        Column(name="is_resolved", expression=truth_of(IS_RESOLVED), kind=Kind.BOOLEAN),
        Column(name="created_at"),
        Column(name="due_date", source="sla_due", label=_("Due")),
        Column(name="updated_at"),
        readable(
            "readable_ticket_code", "Ticket Code", "ticket_code", label=_("Ticket code, titled")
        ),
        readable("readable_subject", "Subject", "subject", label=_("Subject, titled")),
        readable(
            "readable_description", "Description", "description", label=_("Description, titled")
        ),
        readable("requester", "User", expression=person_name("requester"), label=_("Requester")),
        readable(
            "requester_email",
            "User E-mail",
            "requester__email",
            sensitive=True,
            label=_("Requester's e-mail"),
        ),
        readable(
            "assigned_to_name",
            "Assigned To",
            expression=person_name("assigned_to"),
            label=_("Assigned to"),
        ),
        readable("location", "Location", "location__name", label=_("Location")),
        readable("asset", "Asset", "asset__asset_tag", label=_("Asset")),
        readable("status", "Status", "status__name", label=_("Status")),
        readable(
            "priority",
            "Priority",
            "priority__name",
            label=_("Priority"),
            highlights=PRIORITY_COLOURS,
        ),
        readable("type", "Type", "type__name", label=_("Type")),
        readable("sla_due", "SLA Due", label=_("SLA due, titled")),
        readable("first_response_at", "First Response At"),
        readable("resolved_at", "Resolved At"),
        readable("readable_created_at", "Created At", "created_at", label=_("Created at, titled")),
    )
    presets: ClassVar[Mapping[Text, tuple[str, ...]]] = {
        READABLE: (
            "readable_ticket_code", "readable_subject", "readable_description", "requester",
            "assigned_to_name", "location", "asset", "status", "priority", "type", "sla_due",
            "first_response_at", "resolved_at", "readable_created_at",
        )
    }  # fmt: skip
    filterset = TicketFilters
    sort_fields = sorts(
        "id", "ticket_code", "subject", "created_at", "updated_at", "status_id", "priority_id"
    )
    default_sort = "id"
    status_path = "status__name"
    bytes_per_row = BYTES_PER_ROW
    changelist_filters = {
        "status__id__exact": "status_id",
        "priority__id__exact": "priority_id",
        "type__id__exact": "type_id",
        "location__id__exact": "location_id",
        "assigned_to__isempty": "unassigned",
        "is_open": "is_open",
        "date_from": "date_from",
        "date_to": "date_to",
    }
    search_fields = ("ticket_code", "subject", "description")
    totals = {"ticket_code": Total.COUNT, "id": Total.COUNT}
    tallies = ("status", "priority", "status_id")
