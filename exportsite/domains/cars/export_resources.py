from django.utils.translation import gettext_lazy as _
from django_filters import NumberFilter

from exports.filters import AnyOfFilter, ContainsFilter, ExportFilterSet
from exports.formats.base import Kind
from exports.registry import register
from exports.resources import Column, ExportResource
from exportsite.domains.cars.models import CarListing


class CarFilters(ExportFilterSet):
    title = ContainsFilter("title", label=_("Title"))
    make = ContainsFilter("make", label=_("Make"))
    model = ContainsFilter("model", label=_("Model"))
    year = NumberFilter("year", label=_("Year"), decimal_places=0)
    status = AnyOfFilter("status", label=_("Status"), choices=CarListing.Status.choices)
    min_price = NumberFilter("price", "gte", label=_("Price from"))
    max_price = NumberFilter("price", "lte", label=_("Price to"))
    min_year = NumberFilter("year", "gte", label=_("Year from"), decimal_places=0)
    max_year = NumberFilter("year", "lte", label=_("Year to"), decimal_places=0)

    ranges = (("min_price", "max_price"), ("min_year", "max_year"))
    aliases = {
        "minPrice": "min_price",
        "maxPrice": "max_price",
        "minYear": "min_year",
        "maxYear": "max_year",
    }


@register
class CarResource(ExportResource):
    name = "cars"
    model = CarListing
    label = _("Cars")
    columns = (
        Column(name="id", header="ID", label=_("ID")),
        Column(name="title", header="Title"),
        Column(name="make", header="Make"),
        Column(name="model", header="Model"),
        Column(name="year", header="Year"),
        Column(name="price", header="Price", kind=Kind.MONEY),
        Column(name="mileage", header="Mileage"),
        Column(name="description", header="Description"),
        Column(name="status", header="Status"),
        Column(name="created_at", header="Created At"),
        Column(name="updated_at", header="Updated At"),
    )
    filterset = CarFilters
    default_sort = "id"
    # The form of the files that the car store's readers know.
    format_defaults = {"csv": {"bom": False, "line_end": "lf", "quote": "spaced"}}
    file_name = "car_listings_export_%Y-%m-%d_%H-%M-%S_{uid}"
    changelist_filters = {"status__exact": "status", "year": "year"}
    search_fields = ("title", "make", "model", "description")
