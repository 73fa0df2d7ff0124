"""Made-up CURB trips, spread as real ones are."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from exportsite.domains.taxi import seed_shapes as shapes
from exportsite.domains.taxi.models import CurbAccount, CurbTrip
from exportsite.domains.taxi.seed_fleet import TRACKED, Cab
from exportsite.domains.taxi.seed_shapes import dollars, once_in, rng_of
from exportsite.domains.taxi.seed_times import moments
from exportsite.domains.taxi.seed_tolls import FRESH
from exportsite.seeding import HISTORY, add_rows, last_key

ACCOUNTS = ("Production", "Test Garage", "Αθήνα Fleet, “2”")
CBD_TOLL_SINCE = dt.datetime(2025, 1, 5, 5, tzinfo=dt.UTC)
CBD_LATITUDE = 40.764  # 60th Street
MILE = 1 / 69  # in degrees
TRIP_FIELDS = (
    "curb_trip_id", "account", "status", "curb_driver_id", "curb_cab_number", "start_time",
    "end_time", "transaction_date", "fare", "tips", "tolls", "extras", "surcharge",
    "improvement_surcharge", "congestion_fee", "airport_fee", "cbdt_fee", "total_amount",
    "payment_type", "reconciliation_id", "reconciled_at", "ledger_posting_ref",
    "posted_to_ledger_at", "distance_miles", "num_passengers", "num_service", "start_long",
    "start_lat", "end_long", "end_lat", "driver", "vehicle", "medallion", "lease", *TRACKED,
)  # fmt: skip


def add_trips(count: int, cabs: list[Cab], until: dt.datetime, rng_seed: int, quiet: bool) -> int:
    last = last_key(CurbTrip)
    begun = {"created_on": until - HISTORY, "updated_on": until - HISTORY}
    accounts = [
        CurbAccount.objects.get_or_create(account_name=name, defaults=begun)[0].pk
        for name in ACCOUNTS
    ]
    rng = rng_of(rng_seed + last)
    rows = trips(last, moments(count, until, rng), accounts, cabs, until, rng)
    return add_rows(CurbTrip, TRIP_FIELDS, rows, expected=count, quiet=quiet)


def trips(
    last: int,
    times: Iterator[dt.datetime],
    accounts: list[int],
    cabs: list[Cab],
    until: dt.datetime,
    rng: Random,
) -> Iterator[tuple[Any, ...]]:
    for at, start in enumerate(times):
        account = accounts[0 if rng.random() < 0.95 else at % len(accounts)]
        yield trip(last + at + 1, start, account, cabs, until, rng)


def trip(
    number: int,
    start: dt.datetime,
    account: int,
    cabs: list[Cab],
    until: dt.datetime,
    rng: Random,
) -> tuple[Any, ...]:
    cab = rng.choice(cabs)
    known = rng.random() < 0.96
    zone = rng.choices(shapes.ZONES, shapes.ZONE_WEIGHTS)[0]
    miles = shapes.at_quantile(shapes.MILES, rng.random())
    fare, minutes = shapes.usual(miles)
    delay = shapes.at_quantile(shapes.DELAYS, rng.random())
    end = min(until, start + dt.timedelta(seconds=int(60 * minutes * delay)))
    posted = start + FRESH / 2 if until - start > FRESH else None
    name = f"TRANS-{number}" if number % 25 == 0 else f"{start:%Y%m}-{8_000_000 + number}"
    payment = rng.choices(shapes.PAYMENTS, shapes.PAYMENT_WEIGHTS)[0]
    return (
        name, account, "POSTED_TO_LEDGER" if posted else "IMPORTED",
        cab.tlc_license or str(6_000_000 + number % 1_000), cab.medallion_number, start,
        end, end if number % 30 else None,
        *sums(fare, miles, zone, start, payment, rng), payment,
        f"RECON-{start:%Y%m%d}" if posted and number % 4 == 0 else None,
        posted if number % 4 == 0 else None, f"CURB-TRIP-{name}" if posted else None, posted,
        dollars(int(miles * 100)) if number % 80 else None,
        rng.choices(shapes.PASSENGERS, shapes.PASSENGER_WEIGHTS)[0] if number % 70 else None,
        number % 40_000 if number % 3 else None, *places(number, zone, miles, rng),
        *((cab.driver, cab.vehicle, cab.medallion, cab.lease) if known else (None,) * 4), end,
        posted or end,
    )  # fmt: skip


def sums(
    fare: float, miles: float, zone: tuple[Any, ...], start: dt.datetime, payment: str, rng: Random
) -> list[Decimal]:
    """From the fare to the total, which once in three times is not the sum of the others."""
    cents = 50 * round(fare * 2)
    extras = rng.choice(shapes.EXTRAS)
    tolls = shapes.BRIDGE_TOLL if miles > 7 and once_in(4, rng) else 0
    in_city = zone[1] == "Manhattan"
    airport = 175 if "Airport" in zone[0] else 0
    cbd = 75 if in_city and zone[2] < CBD_LATITUDE and start >= CBD_TOLL_SINCE else 0
    parts = [cents, 0, tolls, extras, 50, 30, 250 if in_city else 0, airport, cbd]
    if payment == "CREDIT_CARD":
        parts[1] = int(sum(parts) * shapes.at_quantile(shapes.TIPS, rng.random()))
    gap = rng.choices(shapes.GAPS, shapes.GAP_WEIGHTS)[0]
    if gap == -250:
        parts[3] += 250
    sign = -1 if once_in(650, rng) else 0 if once_in(1_000, rng) else 1
    return [dollars(sign * part) for part in (*parts, sum(parts) + gap)]


def places(
    number: int, zone: tuple[Any, ...], miles: float, rng: Random
) -> tuple[Decimal | None, ...]:
    """Start and end, longitude first; a cab covers more miles than the crow."""
    if number % 90 == 0:
        return (None,) * 4
    far = miles * MILE * 0.7
    east, north = far * rng.uniform(-1, 1), far * rng.uniform(-1, 1)
    spots = zone[3], zone[2], zone[3] + east, zone[2] + north
    return tuple(Decimal(int(spot * 10_000_000)).scaleb(-7) for spot in spots)
