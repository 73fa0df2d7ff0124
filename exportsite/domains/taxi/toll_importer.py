"""E-ZPass transaction reports, in the three forms that the business centre has given out."""

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exportsite.domains.taxi import import_runs
from exportsite.domains.taxi.tolls import EZPassImport, EZPassTransaction
from imports.fields import EMPTY, Date, Field, Money, Text, Time
from imports.fields.moments import at_clock, at_clocks
from imports.importers import Checked, Columns, Importer, Row, Run, Values
from imports.models import Mode
from imports.parsed import has_gaps
from imports.problems import BadValue
from imports.registry import register

NEW_YORK = ZoneInfo("America/New_York")  # the clock of all gantries
CONGESTION_ZONE = "CRZ"
ACCOUNT_MOVEMENTS = ("PAYMENT", "TAG LEASING FEE")  # classes of rows that are no tolls
TOLL = "TOLL"

# Only the oldest form tells what kind of row it is, has no number of its own, and writes a
# charge as a positive amount.
ACTIVITY = Text(name="activity", label=gettext_lazy("Activity"), aliases=("ACTIVITY",))

FIELDS: tuple[Field, ...] = (
    Text(
        name="transaction_id",
        aliases=("Lane Txn ID", "Transaction ID"),
        required=True,
        is_code=True,
        example="33068397029",
    ),
    Text(
        name="tag_or_plate",
        aliases=("Tag/Plate #", "TAG/PLATE NUMBER", "Plate Number"),
        required=True,
        is_code=True,
        example="NY Y207163C",
    ),
    Text(name="agency", aliases=("Agency",), required=True, example="MTAB&T"),
    Text(name="entry_plaza", aliases=("Entry Plaza",), example=""),
    Text(name="exit_plaza", aliases=("Exit Plaza",), example="RKB"),
    Text(
        name="ezpass_class",
        aliases=("Class", "EZPass Class", "VEHICLE TYPE CODE"),
        example="31",
    ),
    Date(
        name="date",
        label=gettext_lazy("Date"),
        aliases=("Date", "Transaction Date"),
        required=True,
        day_first=False,
        example="11/19/2025",
    ),
    Time(
        name="time",
        label=gettext_lazy("Time"),
        aliases=("Time", "Exit Time", "Transaction Time"),
        required=True,
        example="02:44:33 PM",
    ),
    Money(name="amount", aliases=("Amount",), required=True, default=0, example="($9.11)"),
)


def is_statement(header: Sequence[str]) -> bool:
    """Whether this is the oldest form, the download of a statement."""
    return {"ACTIVITY", "TAG/PLATE NUMBER"} <= {text.strip().upper() for text in header}


@register
class TollImporter(Importer):
    name = "ezpass"
    model = EZPassTransaction
    label = gettext_lazy("E-ZPass tolls")
    help = gettext_lazy(
        "The transaction report of the E-ZPass business centre, in any of its three forms."
    )
    fields = FIELDS
    keys = (("transaction_id",),)
    modes = (Mode.CREATE, Mode.UPSERT, Mode.UPDATE)
    touch = ("updated_on",)
    example = (
        {
            "Lane Txn ID": "33068397029",
            "Tag/Plate #": "NY Y207163C",
            "Agency": "MTAB&T",
            "Entry Plaza": "",
            "Exit Plaza": "RKB",
            "Class": "31",
            "Date": "11/19/2025",
            "Exit Time": "02:44:33 PM",
            "Amount": "($9.11)",
        },
    )

    @classmethod
    def fields_for(cls, header: Sequence[str]) -> tuple[Field, ...]:
        if not is_statement(header):
            return FIELDS
        return (*FIELDS[1:], ACTIVITY)

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        values = row.values
        activity = values.pop("activity", None)
        row.skipped = skip_reason(values, activity)
        if row.skipped:
            row.problems.clear()  # nobody has to mend what is left out
            return
        _set_moment(row)
        if activity is not None and "amount" in values:
            values["amount"] = -values["amount"]
        if "transaction_id" not in values and "activity" in row.columns:
            values["transaction_id"] = _made_up_id(row.raw)

    @classmethod
    def check_columns(cls, columns: Columns, run: Run) -> Checked | None:
        if "activity" in columns or not {"date", "time"} <= columns.keys():
            return None
        moments = at_clocks(columns["date"], columns["time"], NEW_YORK)
        kept = {name: said for name, said in columns.items() if name not in ("date", "time")}
        return Checked(
            columns={**kept, "transaction_datetime": moments},
            odd={*_no_tolls(columns), *(n for n, said in enumerate(moments) if said is EMPTY)},
        )

    @classmethod
    def start(cls, run: Run) -> Values:
        key = import_runs.begin(EZPassImport, run)
        return {"ezpass_import_id": key, "created_by_id": run.user_id}

    @classmethod
    def finish(cls, run: Run, context: Values, counts: Mapping[str, int]) -> None:
        import_runs.end(EZPassImport, context["ezpass_import_id"], counts)


def skip_reason(values: Values, activity: str | None) -> str:
    """Why a row is no toll of ours, in a sentence; "" when it is one."""
    if CONGESTION_ZONE in str(values.get("exit_plaza", "")).upper():
        return _("Tolls of the congestion zone (CRZ) are charged elsewhere.")
    kind = str(values.get("ezpass_class", "")).upper()
    if activity is None:
        is_movement = not values.get("agency") and values.get("amount", 0) > 0
    else:
        is_movement = activity.upper() != TOLL
    if kind in ACCOUNT_MOVEMENTS or is_movement:
        return _("This moves money on the account; it is no toll.")
    return ""


def _no_tolls(columns: Columns) -> Iterator[int]:
    """Places of the rows that are perhaps skipped, or whose amount would have to be looked at."""
    for name, words in (("exit_plaza", (CONGESTION_ZONE,)), ("ezpass_class", ACCOUNT_MOVEMENTS)):
        said = columns.get(name, ())
        # Most reports have none of these.
        together = "\n".join(map(str, said)).upper()
        if any(word in together for word in words):
            yield from (
                n for n, text in enumerate(said) if any(word in str(text).upper() for word in words)
            )
    agencies = columns.get("agency")
    if agencies is None:
        yield from range(len(columns["date"]))
    elif has_gaps(agencies):
        yield from (n for n, agency in enumerate(agencies) if agency is EMPTY)


def _set_moment(row: Row) -> None:
    """The day and the time of the row as one moment, by New York's clocks."""
    day, time = row.values.pop("date", None), row.values.pop("time", None)
    if day is None or time is None:
        for name, value in (("date", day), ("time", time)):
            if value is None and not row.raw.get(name, "").strip():
                row.refuse("missing", _("This cell is empty. Every toll needs it."), field=name)
        return
    try:
        moment = at_clock(day, time, NEW_YORK)
    except BadValue as error:
        row.refuse(error.code, error.message, field="time")
    else:
        row.values["transaction_datetime"] = moment


def _made_up_id(raw: Mapping[str, str]) -> str:
    """A number for rows that have none: the same row gets the same one in every file."""
    parts = (f"{name}={raw[name].strip()}" for name in sorted(raw) if name != "transaction_id")
    return f"V0-{blake2b('|'.join(parts).encode(), digest_size=10).hexdigest()}"
