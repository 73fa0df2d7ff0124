"""IT equipment, from the older system's file and from our own export."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from exportsite.domains.helpdesk.import_fields import NAMES, code, person
from exportsite.domains.helpdesk.models import Asset
from imports.fields import Date, Field, Integer, Ip, Lookup, Mac, Text
from imports.importers import Importer
from imports.registry import register


def called(name: str) -> dict[str, Any]:
    return {"name": name}


FIELDS: tuple[Field, ...] = (
    code("asset_tag", "Tag", required=True, example="AST-0001"),
    Text(name="name", aliases=("Asset Name",), example="Laptop of the front desk"),
    code("serial_number", "Serial", "Serial No", example="SN-1000000001"),
    Lookup(
        name="model",
        aliases=("Asset Model",),
        by=("name",),
        required=True,
        example="ThinkPad T14",
        help=_("A model that is known already."),
    ),
    Lookup(name="division", by=("name",), create=called, required=True, example="Finance"),
    Lookup(name="supplier", by=("name",), create=called, default="Unknown", example="Acme IT"),
    Lookup(name="location", by=NAMES, aliases=("location_id",), example="HQ"),
    Lookup(
        name="status",
        by=NAMES,
        aliases=("status_id",),
        create=called,
        required=True,
        example="Deployed",
    ),
    person("assigned_to", "Assigned To", "User"),
    Date(name="purchase_date", aliases=("Purchased",), example="2024-03-18"),
    Integer(name="warranty_months", aliases=("Warranty (Months)", "Warranty"), example="36"),
    Lookup(name="warranty_type", by=("name",), example=""),
    Ip(name="ip_address", aliases=("IP",), example="192.168.1.20"),
    Mac(name="mac_address", aliases=("MAC",), example="00:1A:2B:3C:4D:5E"),
    Text(name="notes", example=""),
)


@register
class AssetImporter(Importer):
    name = "assets"
    model = Asset
    label = _("Assets")
    help = _("IT equipment. Divisions, suppliers and statuses that are not known are added.")
    fields = FIELDS
    keys = (("asset_tag",), ("serial_number",))
    touch = ("updated_at",)
