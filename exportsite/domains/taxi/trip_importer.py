"""Trips as CURB reports them, and as our own export of trips writes them."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exportsite.domains.taxi.choices import PaymentType
from exportsite.domains.taxi.trips import CurbTrip
from imports.fields import Choice, DateTime, Field, Integer, Lookup, Money, Number, Text
from imports.importers import Importer, Row, Run, Values
from imports.registry import register

NEW_YORK = "America/New_York"
# What the meters write beside the names of the ways to pay.
PAYMENTS: tuple[tuple[str, Any], ...] = (
    *PaymentType.choices,
    (PaymentType.CASH, "$"),
    (PaymentType.CREDIT_CARD, "C"),
    (PaymentType.PRIVATE_CARD, "P"),
)
NUMBERS = ("number", "row_id")
PARTS = (
    "fare", "tips", "tolls", "extras", "surcharge", "improvement_surcharge", "congestion_fee",
    "airport_fee", "cbdt_fee",
)  # fmt: skip


def moment(name: str, *aliases: str, **more: Any) -> Field:
    return DateTime(name=name, aliases=aliases, day_first=False, time_zone=NEW_YORK, **more)


def dollars(name: str, *aliases: str) -> Field:
    return Money(name=name, aliases=aliases, default=0, example="0.00")


def degrees(name: str, *aliases: str) -> Field:
    # Meters send more decimals than the seven that are a centimetre.
    return Number(name=name, aliases=aliases, rounds=True, low=-180, high=180, example="")


def new_account(name: str) -> dict[str, Any]:
    return {"account_name": name}


FIELDS: tuple[Field, ...] = (
    # Not the model's field, as a file may have the trip's number in parts.
    Text(
        name="number",
        label=gettext_lazy("Trip ID"),
        aliases=("ID", "Record ID", "curb_trip_id"),
        is_code=True,
        help=gettext_lazy("The period and the trip's number, such as 202504-8288059."),
        example="202504-8288059",
    ),
    Text(name="period", label=gettext_lazy("Period"), aliases=("PERIOD",), is_code=True),
    Text(name="row_id", label=gettext_lazy("Row of the card"), aliases=("ROWID",), is_code=True),
    Lookup(
        name="account",
        aliases=("Account", "Account Name"),
        by=("account_name",),
        create=new_account,
        required=True,
        example="Production",
    ),
    Text(
        name="curb_driver_id",
        aliases=("Driver", "TLC License No", "Hack License"),
        required=True,
        is_code=True,
        example="6080560",
    ),
    Text(
        name="curb_cab_number",
        aliases=("Cab Number", "Medallion No", "Medallion"),
        required=True,
        is_code=True,
        example="1T54",
    ),
    moment("start_time", "Trip Start Date", "Start Date", required=True),
    moment("end_time", "Trip End Date", "End Date", required=True),
    moment("transaction_date", "Transaction Date"),
    dollars("total_amount", "Total Amount", "Total"),
    dollars("fare", "Fare", "Trip"),
    dollars("tips", "Tips", "Tip"),
    dollars("tolls", "Tolls"),
    dollars("extras", "Extras", "Extra"),
    dollars("surcharge", "Surcharge", "Tax", "MTA Tax"),
    dollars("improvement_surcharge", "Improvement Surcharge", "Imp Tax"),
    dollars("congestion_fee", "Congestion Fee", "Congestion Surcharge"),
    dollars("airport_fee", "Airport Fee"),
    dollars("cbdt_fee", "CBDT Fee", "CBD Congestion Fee"),
    Choice(
        name="payment_type",
        aliases=("Payment Mode", "Payment Type", "Payment"),
        choices=PAYMENTS,
        default=PaymentType.UNKNOWN.value,
        example="C",
    ),
    Number(name="distance_miles", aliases=("Distance (Miles)", "Dist Service"), rounds=True),
    Integer(name="num_passengers", aliases=("Passengers", "Passenger Num"), example="1"),
    Integer(name="num_service", aliases=("Num Service", "Service Number"), example="7"),
    degrees("start_long", "GPS Start Lo"),
    degrees("start_lat", "GPS Start La"),
    degrees("end_long", "GPS End Lo"),
    degrees("end_lat", "GPS End La"),
)


@register
class TripImporter(Importer):
    name = "curb"
    model = CurbTrip
    label = gettext_lazy("CURB trips")
    help = gettext_lazy("Trips and card payments as the CURB meters report them.")
    fields = FIELDS
    keys = (("curb_trip_id",),)
    touch = ("updated_on",)

    @classmethod
    def refuse_header(cls, header: Sequence[str], mapping: Mapping[str, str | None]) -> str:
        if set(NUMBERS) & set(mapping.values()):
            return ""
        return _("No column has the trip's number. Map one to “Trip ID” or “Row of the card”.")

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        _name_trip(row)
        values = row.values
        start, end = values.get("start_time"), values.get("end_time")
        if start is not None and end is not None and end < start:
            row.warn("ends_early", _("The trip ends before it starts."), field="end_time")
        if any(problem.is_error for problem in row.problems):
            return
        # In real files this is so for three rows in ten: one vendor counts a charge twice.
        parts = sum((values.get(name, Decimal()) for name in PARTS), Decimal())
        total = values.get("total_amount")
        if total is not None and total != parts:
            row.warn(
                "total_differs",
                _("The total is %(total)s, its parts make %(parts)s.")
                % {"total": total, "parts": parts},
                field="total_amount",
            )

    @classmethod
    def start(cls, run: Run) -> Values:
        return {"created_by_id": run.user_id}


def _name_trip(row: Row) -> None:
    """The trip's number out of its parts, where the file has it in parts."""
    values = row.values
    number, period = values.pop("number", ""), values.pop("period", "")
    row_id = values.pop("row_id", "")
    if number and period and "-" not in number:
        number = f"{period}-{number}"
    elif row_id and not number:
        number = f"TRANS-{row_id}"
    if number:
        values["curb_trip_id"] = number
    elif not any(row.raw.get(name, "").strip() for name in NUMBERS):
        name = next(name for name in NUMBERS if name in row.columns)
        row.refuse("missing", _("This cell is empty. Every trip needs a number."), field=name)
