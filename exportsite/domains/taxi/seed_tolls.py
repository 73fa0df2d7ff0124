"""Made-up E-ZPass transactions, in the order of the files that they came in."""

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import Any

from exportsite.domains.taxi.models import EZPassImport, EZPassTransaction
from exportsite.domains.taxi.seed_fleet import TRACKED, Cab
from exportsite.domains.taxi.seed_shapes import TOLL_WEIGHTS, TOLLS, dollars, once_in, rng_of
from exportsite.domains.taxi.seed_times import DAY, moments
from exportsite.seeding import ODD_TEXTS, add_rows, batched, last_key

FILES = 104  # one a week
FRESH = dt.timedelta(days=14)  # so long tolls stay unposted
IMPORT_FIELDS = (
    "file_name", "import_timestamp", "status", "total_records", "successful_records",
    "failed_records", *TRACKED,
)  # fmt: skip
TOLL_FIELDS = (
    "transaction_id", "tag_or_plate", "agency", "entry_plaza", "exit_plaza",
    "transaction_datetime", "amount", "med_from_csv", "ezpass_class", "status", "failure_reason",
    "posting_date", "driver", "vehicle", "medallion", "lease", "ezpass_import", *TRACKED,
)  # fmt: skip
Arrival = tuple[dt.datetime, int, dt.datetime]  # moment, file, when that was read
LEGACY = ("Association Pending", "Associated", "Posting Pending")
AMOUNTS = {toll[4]: dollars(toll[4]) for toll in TOLLS}
FAILURES = (
    "PLATE_NOT_FOUND: no vehicle has this plate",
    "NO_TRIP_DATA: no trip within 30 minutes",
    "INVALID_PLATE_FORMAT: state and plate expected",
    "INVALID_TRIP_DATA: =trip without driver",
)


def add_tolls(count: int, cabs: list[Cab], until: dt.datetime, rng_seed: int, quiet: bool) -> int:
    last = last_key(EZPassTransaction)
    arrived = arrivals(EZPassImport, "Transaction_Report", count, until, rng_seed + last)
    rows = tolls(last, arrived, cabs, until, rng_of(rng_seed + last + 1))
    return add_rows(EZPassTransaction, TOLL_FIELDS, rows, expected=count, quiet=quiet)


def arrivals(model: Any, name: str, count: int, until: dt.datetime, seed: int) -> Iterator[Arrival]:
    """Moments in order, each with the file that it came in and when that was read."""
    rows = max(1, count // FILES)
    runs = add_runs(model, name, batched(moments(count, until, rng_of(seed)), rows), until)
    for at, moment in enumerate(moments(count, until, rng_of(seed))):
        yield (moment, *runs[at // rows])


def add_runs(
    model: Any, name: str, batches: Iterator[list[dt.datetime]], until: dt.datetime
) -> list[tuple[int, dt.datetime]]:
    """A file for each batch, read the day after its last row; keys and times."""
    last = last_key(model)
    rows = []
    for batch in batches:
        at = min(batch[-1] + DAY, until)
        file_name = f"{name}_{at:%Y%m%d_%H%M%S}.csv"
        rows.append((file_name, at, "COMPLETED", len(batch), len(batch), 0, at, at))
    add_rows(model, IMPORT_FIELDS, rows, expected=len(rows))
    made = model._default_manager.filter(pk__gt=last).order_by("pk")
    return list(made.values_list("pk", "import_timestamp"))


def tolls(
    last: int,
    arrived: Iterator[Arrival],
    cabs: list[Cab],
    until: dt.datetime,
    rng: Random,
) -> Iterator[tuple[Any, ...]]:
    """Numbers count on from the last key, so that they meet no earlier ones."""
    picks: list[Any] = []
    for number, (moment, run, read_at) in enumerate(arrived, last + 1):
        if not picks:
            picks = rng.choices(TOLLS, TOLL_WEIGHTS, k=1_000)
        agency, entry, leave, toll_class, cents, _weight = picks.pop()
        cab = rng.choice(cabs) if rng.random() < 0.94 else None
        status, reason, posted = fate_of(moment, read_at, cab, until, rng)
        yield (
            str(33_000_000_000 + number * 13 + int(rng.random() * 13)),
            tag_of(number, cab, rng),
            agency,
            entry,
            leave if number % 200 else ODD_TEXTS[number // 200 % len(ODD_TEXTS)][:100],
            moment,
            AMOUNTS[cents],
            cab.medallion_number if cab and number % 7 == 0 else None,
            toll_class,
            status,
            reason,
            posted,
            *((cab.driver, cab.vehicle, cab.medallion, cab.lease) if cab else (None,) * 4),
            run,
            read_at,
            posted or read_at,
        )


def tag_of(number: int, cab: Cab | None, rng: Random) -> str:
    if number % 9 == 0:
        return f"004{number * 7_919 % 100_000_000:08}"
    if cab is None or cab.plate is None:
        return f"NY X{int(rng.random() * 1_000_000):06}C"
    return f"NY {cab.plate}"


def fate_of(
    moment: dt.datetime, read_at: dt.datetime, cab: Cab | None, until: dt.datetime, rng: Random
) -> tuple[str, str | None, dt.datetime | None]:
    """Status, reason of a failure, time of posting."""
    if cab is None:
        return "Association Failed", FAILURES[int(rng.random() * len(FAILURES))], None
    if until - moment < FRESH:
        return "Imported", None, None
    if once_in(50, rng):
        return "Posting Failed", "", None
    if once_in(60, rng):
        return rng.choice(LEGACY), None, None
    return "Posted to Ledger", None, min(until, read_at + DAY * rng.random() * 10)
