"""What files of readings say, under all the headers that are in use."""

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from exportsite.domains.energy.models import Company, Meter, MeterReading, Site
from exportsite.domains.energy.periods import DAILY, MOST_PERIODS
from imports.fields import Date, DateTime, Field, Integer, Lookup, Number, ParseSettings, Text, Time
from imports.fields.base import TextReader
from imports.fields.dates import day_of

METER_HEADERS = (
    "mpan", "mpancore", "metercode", "meter", "meterid", "meterreference", "meterref",
    "meterserial", "meterserialnumber", "serial", "serialnumber", "supplynumber", "mprn", "lclid",
)  # fmt: skip
DATE_HEADERS = ("date", "readdate", "readingdate", "perioddate", "billdate", "insertdate")
TIME_HEADERS = ("time", "readtime", "readingtime", "periodtime", "starttime")
MOMENT_HEADERS = ("datetime", "timestamp", "readdatetime", "readingdatetime", "start")
VALUE_HEADERS = (
    "reading", "readvalue", "value", "consumption", "kwh", "wh", "usage", "kwhhhperhalfhour",
    "consumptionkwh", "readingvalue",
)  # fmt: skip
UNIT_HEADERS = ("unit", "units", "uom")
TYPE_HEADERS = ("readingtype", "type", "status", "ae", "actualestimated", "estimate")
NO_VALUE = ("null", "n/a", "-")

FACTORS = {"kwh": Decimal(1), "wh": Decimal("0.001"), "mwh": Decimal(1000)}
ESTIMATED, MANUAL = MeterReading.Type.ESTIMATED.value, MeterReading.Type.MANUAL.value
TYPES = {"e": ESTIMATED, "estimated": ESTIMATED, "estimate": ESTIMATED, "manual": MANUAL}
TYPES["m"] = MANUAL

COMPANY_NAME = "Default Company"
SITE_NAME = "Auto-imported Meters"
DAY_AND_MONTH = re.compile(r"([0-9]{1,2})/([0-9]{1,2})(?:/0)?")


@dataclass(frozen=True, kw_only=True)
class ReadingDate(Date):
    """A day; without a year, or with the year 0, it is one of this year."""

    day_first: bool | None = True

    def text_reader(self, settings: ParseSettings) -> TextReader:
        read_whole = super().text_reader(settings)
        this_year = timezone.localdate().year

        def read(text: str) -> dt.date:
            found = DAY_AND_MONTH.fullmatch(text)
            return day_of(this_year, found[2], found[1]) if found else read_whole(text)

        return read


def meter_field(*, is_half_hourly: bool) -> Field:
    def new_meter(text: str) -> dict[str, Any]:
        is_gas = text[:1] in ("M", "m")
        return {
            "mpan": text,
            "meter_type": Meter.Type.GAS if is_gas else Meter.Type.ELECTRICITY,
            "is_half_hourly": is_half_hourly,
        }

    return MeterLookup(
        name="meter",
        label=_("Meter"),
        aliases=METER_HEADERS,
        by=("mpan",),
        create=new_meter,
        shared=site_of_new_meters,
        required=True,
        example="1200001234566",
        help=_("The MPAN, or whatever the files call the meter. Unknown ones are added."),
    )


@dataclass(frozen=True, kw_only=True)
class MeterLookup(Lookup):
    """A meter by its id, which spreadsheets damage like any long number."""

    def text_reader(self, settings: ParseSettings) -> TextReader:
        return Text(name=self.name, is_code=True, max_length=21).text_reader(settings)

    def cell_reader(self, settings: ParseSettings) -> Any:
        return Text(name=self.name, is_code=True, max_length=21).cell_reader(settings)


def site_of_new_meters() -> dict[str, Any]:
    """Where meters go that no file has told a place of."""
    company = Company.objects.filter(name=COMPANY_NAME).order_by("pk").first()
    if company is None:
        company = Company.objects.create(name=COMPANY_NAME)
    site = Site.objects.filter(name=SITE_NAME, company=company).order_by("pk").first()
    if site is None:
        site = Site.objects.create(name=SITE_NAME, company=company, site_type=Site.Type.OTHER)
    return {"site": site}


# Names of our own for what makes the half-hour: a file need not have a column for each of these.
def date_field(*, required: bool) -> Field:
    return ReadingDate(
        name="date",
        label=_("Date"),
        aliases=DATE_HEADERS,
        required=required,
        example="2025-11-07",
    )


# Not bound to a column: a value in Wh has three decimals more than one in kWh.
def number(name: str, label: Any = "", **more: Any) -> Field:
    return Number(name=name, label=label, empty_words=NO_VALUE, **more)


VALUE = number("value", _("Reading"), aliases=VALUE_HEADERS, required=True, example="45.6")
UNIT = Text(
    name="unit",
    label=_("Unit"),
    aliases=UNIT_HEADERS,
    example="kWh",
    help=_("kWh, Wh or MWh; kWh when it is empty."),
)
KIND = Text(
    name="kind",
    label=_("Type of reading"),
    aliases=TYPE_HEADERS,
    example="A",
    help=_("E or estimated, M or manual; anything else is an actual reading."),
)
TIME = Time(name="time", label=_("Time"), aliases=TIME_HEADERS, example="00:30")
MOMENT = DateTime(
    name="moment",
    label=_("Date and time"),
    aliases=MOMENT_HEADERS,
    day_first=True,
    is_local=True,
    example="2025-11-07 00:30:00",
)
PERIOD = Integer(
    name="period",
    label=_("Period"),
    aliases=("settlementperiod", "periodnumber"),
    low=DAILY,
    high=MOST_PERIODS,
    example="2",
    help=_("1 to 50 in the order of time; 0 is the whole day."),
)
