"""Cars for sale, from a file of the store's own columns."""

from django.utils.translation import gettext_lazy as _

from exportsite.domains.cars.models import CarListing
from imports.fields import Choice, Integer, List, Money, Text
from imports.importers import Importer, Row, Run
from imports.registry import register


@register
class CarImporter(Importer):
    name = "cars"
    model = CarListing
    label = _("Cars")
    help = _(
        "One car a row. Rows whose ID is there already change that listing; without an ID they are "
        "new ones."
    )
    fields = (
        # Not the model's field: a file of new cars has no such column.
        Integer(name="listing", label=_("ID"), low=1, high=2**63 - 1, example=""),
        Text(name="title", required=True, example="2019 Audi A4 - Premium Sedan"),
        Text(name="make", required=True, aliases=("manufacturer", "brand"), example="Audi"),
        Text(name="model", required=True, example="A4"),
        Integer(name="year", required=True, aliases=("model year",), example="2019"),
        Money(name="price", required=True, example="27800.00"),
        Integer(name="mileage", required=True, aliases=("miles",), example="38000"),
        Text(name="description", example="Well kept and garaged."),
        Choice(name="status", example="available"),
        List(name="images", example=""),
    )
    keys = (("id",),)
    touch = ("updated_at",)

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        if "listing" in row.values:
            row.values["id"] = row.values.pop("listing")
