"""Readings of meters: half-hourly ones, a day in a row or one in a row, and daily totals."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exportsite.domains.energy import reading_rows as rows
from exportsite.domains.energy.models import MeterReading
from exportsite.domains.energy.periods import DAILY
from exportsite.domains.energy.reading_fields import (
    KIND,
    MOMENT,
    PERIOD,
    TIME,
    UNIT,
    VALUE,
    date_field,
    meter_field,
)
from exportsite.domains.energy.wide_rows import WIDE_FIELDS, is_wide, periods_of
from imports.fields import Field
from imports.importers import Choice, Importer, Row, Run, Values
from imports.models import Mode
from imports.registry import register

LONG_FIELDS: tuple[Field, ...] = (
    meter_field(is_half_hourly=True),
    MOMENT,
    date_field(required=False),
    TIME,
    PERIOD,
    VALUE,
    UNIT,
    KIND,
)
WHOLE_DAY_FIELDS: tuple[Field, ...] = (
    meter_field(is_half_hourly=True),
    date_field(required=True),
    UNIT,
    KIND,
    *WIDE_FIELDS,
)


class ReadingImporter(Importer):
    """What both kinds of readings share."""

    model = MeterReading
    keys = (("meter", "reading_date", "period_number"),)
    modes = (Mode.UPSERT, Mode.CREATE)
    on_repeat = "overwrite"

    @classmethod
    def start(cls, run: Run) -> Values:
        return {"import_batch_id": str(run.job_id)}


@register
class HalfHourlyImporter(ReadingImporter):
    name = "readings-hh"
    label = gettext_lazy("Half-hourly readings")
    help = gettext_lazy(
        "One half-hour a row, or one day a row with the columns HH01 to HH50. "
        "Meters that are not known are added."
    )
    fields = LONG_FIELDS
    choices = (
        Choice(
            name="stamps",
            label=gettext_lazy("A time in the file marks"),
            choices=(
                ("start", gettext_lazy("the start of its half-hour")),
                ("end", gettext_lazy("the end of its half-hour")),
            ),
        ),
        Choice(
            name="clock",
            label=gettext_lazy("The clock of the file"),
            choices=(
                ("local", gettext_lazy("changes in March and October")),
                ("gmt", gettext_lazy("stays on GMT: every day has 48 half-hours")),
            ),
        ),
    )
    example = (
        {"MPAN": "1200001234566", "Date and time": "2025-11-07 00:00:00", "Reading": "0.107"},
        {"MPAN": "1200001234566", "Date and time": "2025-11-07 00:30:00", "Reading": "0.101"},
    )

    @classmethod
    def fields_for(cls, header: Sequence[str]) -> tuple[Field, ...]:
        return WHOLE_DAY_FIELDS if is_wide(header) else LONG_FIELDS

    @classmethod
    def refuse_header(cls, header: Sequence[str], mapping: Mapping[str, str | None]) -> str:
        filled = set(mapping.values())
        has_slot = {"date", "time"} <= filled or {"date", "period"} <= filled
        if is_wide(header) or "moment" in filled or has_slot:
            return ""
        return _(
            "No column says which half-hour a reading is of. Map a date and time, a date and a "
            "time, or a date and a period."
        )

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        rows.warn_about_meter(row)
        if is_wide(tuple(row.columns.values())):
            rows.require(row, "date", _("The date is missing."))
            return
        rows.require(row, "value", _("The reading is missing."))
        slot = rows.slot_of(row, run.options)
        if slot is not None:
            row.values["slot"] = slot

    @classmethod
    def expand(cls, row: Row, run: Run) -> Iterable[Values]:
        slot: rows.Slot | None = row.values.pop("slot", None)
        common = rows.common_values(row)
        if slot is not None:
            return [common | rows.record_of(row, slot, row.values["value"])]
        day: dt.date = row.values["date"]
        return [
            common | rows.record_of(row, rows.slot(day, period, run.options), value)
            for period, value in periods_of(row, run.options)
        ]


@register
class DailyImporter(ReadingImporter):
    name = "readings-daily"
    label = gettext_lazy("Daily readings")
    help = gettext_lazy("One day's total a row. Meters that are not known are added.")
    fields = (
        meter_field(is_half_hourly=False),
        date_field(required=True),
        VALUE,
        UNIT,
        KIND,
    )
    example = ({"MPAN": "1200001234566", "Date": "2025-11-07", "Reading": "45.6"},)

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        rows.warn_about_meter(row)
        rows.require(row, "date", _("The date is missing."))
        rows.require(row, "value", _("The reading is missing."))

    @classmethod
    def expand(cls, row: Row, run: Run) -> Iterable[Values]:
        day: dt.date = row.values["date"]
        slot = rows.Slot(day=day, period=DAILY, start=None)
        return [rows.common_values(row) | rows.record_of(row, slot, row.values["value"])]
