"""Made-up summonses with the city's codes and fines."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any

from exportsite.domains.taxi.models import PVBImport, PVBViolation
from exportsite.domains.taxi.seed_fleet import TRACKED, Cab
from exportsite.domains.taxi.seed_shapes import (
    COUNTIES,
    STREETS,
    VIOLATION_WEIGHTS,
    VIOLATIONS,
    dollars,
    once_in,
    rng_of,
)
from exportsite.domains.taxi.seed_times import DAY, NEW_YORK
from exportsite.domains.taxi.seed_tolls import arrivals, fate_of
from exportsite.seeding import ODD_TEXTS, add_rows, last_key

FEE = Decimal("0.025")  # of the fine
CENT = Decimal("0.01")
ZERO = Decimal("0.00")
VIOLATION_FIELDS = (
    "source", "case_no", "plate", "state", "type", "summons", "issue_date", "issue_time", "fine",
    "penalty", "interest", "reduction", "processing_fee", "payment", "driver_payment_amount",
    "reduce_to", "amount_due", "disposition", "disposition_change_date", "is_terminated",
    "non_program", "new_issue", "judgement", "ng_pmt", "system_entry_date", "hearing_ind",
    "penalty_warning", "violation_code", "violation_country", "front_or_opp", "house_number",
    "street_name", "intersect_street", "status", "failure_reason", "posting_date", "note",
    "driver", "vehicle", "medallion", "lease", "pvb_import", *TRACKED,
)  # fmt: skip


def add_violations(
    count: int, cabs: list[Cab], until: dt.datetime, rng_seed: int, quiet: bool
) -> int:
    last = last_key(PVBViolation)
    arrived = arrivals(PVBImport, "fleet_programme", count, until, rng_seed + last)
    rng = rng_of(rng_seed + last + 1)
    rows = (
        violation(number, *arrival, cabs, until, rng)
        for number, arrival in enumerate(arrived, last + 1)
    )
    return add_rows(PVBViolation, VIOLATION_FIELDS, rows, expected=count, quiet=quiet)


def violation(
    number: int,
    moment: dt.datetime,
    run: int,
    read_at: dt.datetime,
    cabs: list[Cab],
    until: dt.datetime,
    rng: Random,
) -> tuple[Any, ...]:
    cab = rng.choice(cabs) if rng.random() < 0.9 else None
    status, reason, posted = fate_of(moment, read_at, cab, until, rng)
    local = moment.astimezone(NEW_YORK)
    code, county, sums = charge(number, until - moment, rng)
    by_hand = once_in(30, rng)
    disposition = rng.choice((None, "Paid", "Paid", "Paid", "Paid", "Reduced", "Dismissed"))
    return (
        "MANUAL_ENTRY" if by_hand else "CSV_IMPORT", f"C-{number:06}" if by_hand else None,
        (cab and cab.plate) or f"X{int(rng.random() * 1_000_000):06}C",
        "NY" if number % 40 else "NJ",
        rng.choice(("OMT", "OMT", "OMT", "OMT", "PAS", "COM", "OMS", "SRF")),
        str(1_400_000_000 + number * 97 + int(rng.random() * 97)), local.date(),
        local.time().replace(second=0) if number % 50 else None, *sums,
        disposition, min(until, moment + DAY * 30).date() if disposition == "Reduced" else None,
        number % 90 == 0, number % 70 == 0, number % 10 == 0, number % 33 == 0, number % 99 == 0,
        min(until, moment + DAY * 5).date(), rng.choice((None, None, "GUILTY", "")),
        rng.choice((None, "1ST PNLTY", "2ND PNLTY")), str(code), county,
        rng.choice(("F", "O", None)), str(int(rng.random() * 900) + 1) if number % 3 else None,
        rng.choice(STREETS) if number % 20 else ODD_TEXTS[number // 20 % len(ODD_TEXTS)],
        rng.choice((None, "", "5TH AVE")), status, reason, posted,
        ODD_TEXTS[number % len(ODD_TEXTS)] if number % 25 == 0 else None,
        *((cab.driver, cab.vehicle, cab.medallion, cab.lease) if cab else (None,) * 4),
        None if by_hand else run, read_at, posted or read_at,
    )  # fmt: skip


def charge(
    number: int, age: dt.timedelta, rng: Random
) -> tuple[int, str | None, tuple[Decimal | None, ...]]:
    """Code, county, and the sums from fine to amount due."""
    code, low, elsewhere, _weight = rng.choices(VIOLATIONS, VIOLATION_WEIGHTS)[0]
    county = rng.choice(COUNTIES)
    fine = Decimal(low if county in ("NY", "MN") else elsewhere) + ZERO
    penalty = Decimal(rng.choice((0, 0, 10, 20, 30) if age > DAY * 30 else (0,))) + ZERO
    interest = dollars(int(rng.random() * 500)) if penalty else ZERO
    reduction = dollars(1_500) if once_in(15, rng) else ZERO
    fee = (fine * FEE).quantize(CENT, ROUND_HALF_UP)
    payment = fine if once_in(20, rng) else ZERO
    due = fine + penalty + interest - reduction - payment + fee
    unknown = number % 60 == 0
    return (
        code,
        county if number % 45 else None,
        (
            fine,
            penalty,
            None if unknown else interest,
            reduction,
            None if unknown else fee,
            payment,
            ZERO,
            None if unknown else fine - reduction if reduction else ZERO,
            due,
        ),
    )
