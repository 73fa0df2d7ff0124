"""Summonses from the finance department's fleet programme: 30 columns, known by their place."""

from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exportsite.domains.taxi import import_runs
from exportsite.domains.taxi.choices import Disposition, Source
from exportsite.domains.taxi.violations import PVBImport, PVBViolation
from imports.fields import Boolean, Date, Field, Money, Text, Time
from imports.importers import Importer, Row, Run, Values
from imports.likeness import normalized
from imports.models import Mode
from imports.registry import register

FEE_RATE = Decimal("0.025")  # of the fine, for handling the summons
CENT = Decimal("0.01")
YES_WORDS = ("true", "1", "y", "yes")


def text(name: str, position: int, alias: str, **more: Any) -> Field:
    return Text(name=name, position=position, aliases=(alias,), **more)


def flag(name: str, position: int, alias: str) -> Field:
    return Boolean(
        name=name,
        position=position,
        aliases=(alias,),
        default=False,
        yes_words=YES_WORDS,
        otherwise=False,
        example="",
    )


def day(name: str, position: int, alias: str, **more: Any) -> Field:
    return Date(name=name, position=position, aliases=(alias,), day_first=False, **more)


def dollars(name: str, position: int, alias: str, **more: Any) -> Field:
    return Money(name=name, position=position, aliases=(alias,), default=0, **more)


FIELDS: tuple[Field, ...] = (
    text("plate", 0, "PLATE", required=True, is_code=True, example="Y207163C"),
    text("state", 1, "STATE", required=True, example="NY"),
    text("type", 2, "TYPE", required=True, example="OMT"),
    flag("is_terminated", 3, "TERMINATED"),
    text("summons", 4, "SUMMONS", required=True, is_code=True, example="1492882902"),
    flag("non_program", 5, "NON PROGRAM"),
    day("issue_date", 6, "ISSUE DATE", required=True, example="7/3/2025"),
    Time(name="issue_time", position=7, aliases=("ISSUE TIME",), example="0752A"),
    day("system_entry_date", 8, "SYS ENTRY", example="7/11/2025"),
    flag("new_issue", 9, "NEW ISSUE"),
    text("violation_code", 10, "VC", example="14"),
    text("hearing_ind", 11, "HEARING IND", example="GUILTY"),
    text("penalty_warning", 12, "PENALTY WARNING", example="1ST PNLTY"),
    flag("judgement", 13, "JUDGMENT"),
    dollars("fine", 14, "FINE", required=True, example="115"),
    dollars("penalty", 15, "PENALTY", example="0"),
    dollars("interest", 16, "INTEREST", example="0"),
    dollars("reduction", 17, "REDUCTION", example="0"),
    dollars("payment", 18, "PAYMENT", example="0"),
    flag("ng_pmt", 19, "NG PMT"),
    dollars("amount_due", 20, "AMOUNT DUE", required=True, example="115"),
    text("violation_country", 21, "VIO COUNTY", example="NY"),
    text("front_or_opp", 22, "FRONT OR OPP", example="F"),
    text("house_number", 23, "HOUSE NUMBER", example="105"),
    text("street_name", 24, "STREET NAME", example="E 42nd St"),
    text("intersect_street", 25, "INTERSECT STREET", example=""),
    text("geo_location", 26, "GEO LOC", example="14"),
    text("street_code_1", 27, "STREET CODE1", example="17830"),
    text("street_code_2", 28, "STREET CODE2", example="27790"),
    text("street_code_3", 29, "STREET CODE3", example="16320"),
)


@register
class ViolationImporter(Importer):
    name = "pvb"
    model = PVBViolation
    label = gettext_lazy("Parking violations")
    help = gettext_lazy("The fleet programme's file of 30 columns. They count by their place.")
    fields = FIELDS
    keys = (("summons",),)
    modes = (Mode.CREATE, Mode.UPSERT, Mode.UPDATE)
    touch = ("updated_on",)
    is_positional = True

    @classmethod
    def refuse_header(cls, header: Sequence[str], mapping: Mapping[str, str | None]) -> str:
        if len(header) < len(FIELDS):
            return _(
                "This file has %(columns)d columns, and %(wanted)d are wanted, since they count by "
                "their place."
            ) % {"columns": len(header), "wanted": len(FIELDS)}
        return _misplaced(header)

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        values = row.values
        fine = values.get("fine", Decimal())  # a blank one is 0; a bad one keeps the row out
        values["processing_fee"] = (fine * FEE_RATE).quantize(CENT, ROUND_HALF_UP)
        values["amount_due"] = values.get("amount_due", Decimal()) + values["processing_fee"]

    @classmethod
    def start(cls, run: Run) -> Values:
        return {
            "pvb_import_id": import_runs.begin(PVBImport, run),
            "created_by_id": run.user_id,
            "source": Source.CSV_IMPORT.value,
            "disposition": Disposition.PAID.value,
        }

    @classmethod
    def finish(cls, run: Run, context: Values, counts: Mapping[str, int]) -> None:
        import_runs.end(PVBImport, context["pvb_import_id"], counts)


def _misplaced(header: Sequence[str]) -> str:
    """A sentence about the first header that is known, and stands where another one belongs."""
    places = {normalized(alias): place for place, f in enumerate(FIELDS) for alias in f.aliases}
    for place, text in enumerate(header):
        wanted = places.get(normalized(text), place)
        if wanted != place:
            return _(
                "“%(header)s” stands in column %(place)d and belongs in column %(wanted)d. Columns "
                "count by their place: put them in order."
            ) % {"header": text, "place": place + 1, "wanted": wanted + 1}
    return ""
