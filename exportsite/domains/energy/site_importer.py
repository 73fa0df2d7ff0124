"""Sites: where meters are."""

import datetime as dt
import re
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exportsite.domains.energy.models import Site
from imports.fields import Boolean, Choice, DateTime, Field, Lookup, Number, ParseSettings, Text
from imports.fields.base import TextReader
from imports.importers import Importer, Row, Run
from imports.registry import register

YES_WORDS = ("1", "true", "yes", "active")
MONTH_FIRST = re.compile(r"[0-9]{1,2}/(?:1[3-9]|2[0-9]|3[01])/[0-9]{4}\b")


@dataclass(frozen=True, kw_only=True)
class SiteMoment(DateTime):
    """The day comes first, unless only the month can."""

    day_first: bool | None = True

    def text_reader(self, settings: ParseSettings) -> TextReader:
        read_day_first = super().text_reader(settings)
        read_month_first = DateTime(name=self.name, day_first=False).text_reader(settings)

        def read(text: str) -> dt.datetime:
            reader = read_month_first if MONTH_FIRST.match(text) else read_day_first
            moment: dt.datetime = reader(text)
            return moment

        return read


FIELDS: tuple[Field, ...] = (
    Text(name="name", required=True, aliases=("site", "site name"), example="Test Office 1"),
    Lookup(
        name="company",
        aliases=("company_id", "company name"),
        by=("pk", "name", "registration_number"),
        required=True,
        example="1",
        help=gettext_lazy("The company's number in this system, or its name."),
    ),
    Lookup(
        name="region",
        aliases=("region_id", "region code", "region name"),
        by=("pk", "code", "name"),
        example="1",
        help=gettext_lazy("The region's number in this system, its code or its name."),
    ),
    Text(name="address", example="123 Business St London"),
    Text(name="postcode", aliases=("post code", "zip"), example="SW1A 1AA"),
    Choice(name="site_type", aliases=("type",), example="office"),
    Number(name="floor_area", aliases=("floor area (m²)",), example="500.50"),
    Number(name="latitude", low=-90, high=90, example="51.5074"),
    Number(name="longitude", low=-180, high=180, example="-0.1278"),
    Boolean(name="is_active", aliases=("active",), yes_words=YES_WORDS, otherwise=False),
    SiteMoment(name="created_at", aliases=("created",), example="2025-01-15"),
)


@register
class SiteImporter(Importer):
    name = "sites"
    model = Site
    label = gettext_lazy("Sites")
    help = gettext_lazy("One site a row. Its company must be known already.")
    fields = FIELDS
    keys = (("company", "name"), ("name",))

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        if "created_at" in row.values and MONTH_FIRST.match(row.raw["created_at"].strip()):
            row.warn(
                "month_first",
                _("Here the month comes first. Of 03/04/2025 it would be the day."),
                field="created_at",
            )
