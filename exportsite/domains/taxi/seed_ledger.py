"""A made-up ledger: what was charged, what was paid, and what is left of it.

Balances and postings are two readings of the same charges, each with the same random numbers.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from exportsite.domains.taxi.models import (
    CurbTrip,
    EZPassTransaction,
    LedgerBalance,
    LedgerPosting,
    PVBViolation,
)
from exportsite.domains.taxi.seed_fleet import TRACKED, Cab
from exportsite.domains.taxi.seed_shapes import dollars, once_in, rng_of
from exportsite.domains.taxi.seed_times import DAY
from exportsite.seeding import ODD_TEXTS, add_rows, last_key

TOLLS_PER_CHARGE, SUMMONSES_PER_CHARGE, TRIPS_PER_EARNING = 25, 2, 10
BATCH = 10_000
ZERO = Decimal("0.00")
WHOSE = ("driver", "vehicle", "medallion", "lease", "vin", "plate")
BALANCE_FIELDS = (
    "id", "category", "reference_id", *WHOSE, "original_amount", "prior_balance", "balance",
    "status", "applied_payment_refs", *TRACKED,
)  # fmt: skip
POSTING_FIELDS = (
    "id", "category", "reference_id", *WHOSE, "amount", "entry_type", "status", "reversal_for",
    "payment_source", "payment_method", "description", *TRACKED,
)  # fmt: skip
PAID_BY = (
    ("WEEKLY_EARNINGS", "ACH"),
    ("INTERIM_PAYMENT", "CASH"),
    ("INTERIM_PAYMENT", "CHECK"),
)

Row = tuple[Any, ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Charge:
    category: str
    reference: str
    amount: Decimal
    at: dt.datetime
    whose: Row


@dataclass(frozen=True, kw_only=True)
class Since:
    """The keys before what the ledger does not know yet; the numbers of new lease charges."""

    toll: int
    violation: int
    trip: int
    leases: range


def add_ledger(
    since: Since, cabs: list[Cab], until: dt.datetime, rng_seed: int, quiet: bool
) -> dict[str, int]:
    seed = rng_seed + since.toll + LedgerBalance.objects.count()

    def accounts() -> Iterator[tuple[Row, list[Row]]]:
        rng = rng_of(seed)
        for charge in charges(since, cabs, until, rng):
            yield account_of(charge, until, rng)

    balances = (balance for balance, _postings in accounts())
    added = add_rows(LedgerBalance, BALANCE_FIELDS, balances, expected=0, quiet=quiet)
    postings = (posting for _balance, rows in accounts() for posting in rows)
    posted = add_rows(LedgerPosting, POSTING_FIELDS, postings, expected=0, quiet=quiet)
    earned = earnings(since.trip, rng_of(seed + 1))
    posted += add_rows(LedgerPosting, POSTING_FIELDS, earned, expected=0, quiet=quiet)
    return {"ledger balances": added, "ledger postings": posted}


def charges(since: Since, cabs: list[Cab], until: dt.datetime, rng: Random) -> Iterator[Charge]:
    yield from toll_charges(since.toll)
    yield from violation_charges(since.violation)
    for number in since.leases:
        cab = cabs[number % len(cabs)]
        week = number // len(cabs)
        yield Charge(
            category="Lease" if number % 12 else rng.choice(("Repair", "Loan", "TLC", "Taxes")),
            reference=f"{cab.lease_id}-{until - DAY * 7 * week:%G-W%V}-{number}",
            amount=Decimal(cab.weekly_rate).quantize(Decimal("0.01")),
            at=until - DAY * 7 * (week % 104) - DAY * rng.random(),
            whose=(cab.driver, cab.vehicle, cab.medallion, cab.lease, cab.vin, cab.plate),
        )


def after(model: Any, last: int, names: tuple[str, ...], **wanted: Any) -> Iterator[Row]:
    """Rows with larger keys, by stretches of keys: quick, too, before statistics are there."""
    rows = model._default_manager.filter(**wanted).order_by("pk")
    for low in range(last, last_key(model), BATCH):
        yield from rows.filter(pk__gt=low, pk__lte=low + BATCH).values_list(*names)


def toll_charges(last: int) -> Iterator[Charge]:
    names = (
        "transaction_id", "amount", "posting_date", "driver", "vehicle", "medallion", "lease",
        "vehicle__vin", "tag_or_plate",
    )  # fmt: skip
    posted = after(EZPassTransaction, last, names, status="Posted to Ledger", amount__lt=0)
    for number, (reference, amount, at, *whose) in enumerate(posted):
        if number % TOLLS_PER_CHARGE == 0:
            yield Charge(
                category="EZPass", reference=reference, amount=-amount, at=at, whose=(*whose,)
            )


def violation_charges(last: int) -> Iterator[Charge]:
    names = (
        "summons", "amount_due", "posting_date", "driver", "vehicle", "medallion", "lease",
        "vehicle__vin", "plate",
    )  # fmt: skip
    posted = after(PVBViolation, last, names, status="Posted to Ledger", amount_due__gt=0)
    for number, (reference, amount, at, *whose) in enumerate(posted):
        if number % SUMMONSES_PER_CHARGE == 0:
            yield Charge(category="PVB", reference=reference, amount=amount, at=at, whose=(*whose,))


def new_id(rng: Random) -> UUID:
    return UUID(int=rng.getrandbits(128), version=4)


def account_of(charge: Charge, until: dt.datetime, rng: Random) -> tuple[Row, list[Row]]:
    """The balance of a charge, and its postings: debit, payments, at times a void."""
    prior = dollars(rng.choice((2_500, 10_000, -1_000))) if once_in(12, rng) else ZERO
    if charge.amount + prior < 0:
        prior = ZERO
    text = ODD_TEXTS[rng.randrange(len(ODD_TEXTS))] if once_in(25, rng) else None
    rows = [posting(charge, charge.amount, charge.at, rng, text=text)]
    left, applied, at = charge.amount + prior, [], charge.at
    for part in payments(left, rng):
        at = min(until, at + DAY * 7 * rng.random())
        source = rng.choice(PAID_BY)
        if once_in(40, rng):
            rows += voided(charge, -part, at, source, rng)
        rows.append(posting(charge, -part, at, rng, paid_by=source))
        applied.append(str(rows[-1][0]))
        left -= part
    balance = (
        new_id(rng), charge.category, charge.reference, *charge.whose, charge.amount, prior, left,
        "OPEN" if left else "CLOSED", applied, charge.at, at,
    )  # fmt: skip
    return balance, rows


def payments(owed: Decimal, rng: Random) -> list[Decimal]:
    """All at once, in two parts, a part only, or nothing yet."""
    half = (owed / 2).quantize(Decimal("0.01"))
    wholes: list[list[Decimal]] = [[owed], [owed], [half, owed - half], [half], []]
    return [part for part in rng.choice(wholes) if part]


def posting(
    charge: Charge,
    amount: Decimal,
    at: dt.datetime,
    rng: Random,
    *,
    status: str = "POSTED",
    reversal_for: UUID | None = None,
    paid_by: tuple[str | None, str | None] = (None, None),
    text: str | None = None,
) -> Row:
    return (
        new_id(rng),
        charge.category,
        f"VOID-{reversal_for}" if reversal_for else charge.reference,
        *charge.whose,
        amount,
        "DEBIT" if amount > 0 else "CREDIT",
        status,
        reversal_for,
        *paid_by,
        text or f"{charge.category} {charge.reference}"[:255],
        at,
        at,
    )


def voided(
    charge: Charge, amount: Decimal, at: dt.datetime, paid_by: tuple[str, str], rng: Random
) -> list[Row]:
    """A payment by mistake, and the opposite entry that takes it back."""
    wrong = posting(charge, amount, at, rng, status="VOIDED", paid_by=paid_by)
    text = "Voided: entered for another driver"
    return [wrong, posting(charge, -amount, at, rng, reversal_for=wrong[0], text=text)]


def earnings(last: int, rng: Random) -> Iterator[Row]:
    names = (
        "curb_trip_id", "total_amount", "posted_to_ledger_at", "driver", "vehicle", "medallion",
        "lease", "vehicle__vin", "curb_cab_number",
    )  # fmt: skip
    posted = after(CurbTrip, last, names, status="POSTED_TO_LEDGER", payment_type="CREDIT_CARD")
    for number, (trip, amount, at, *whose, _cab) in enumerate(posted):
        if number % TRIPS_PER_EARNING == 0 and amount:
            kind = "TRIP" if amount > 0 else "REFUND"
            earned = Charge(
                category="Earnings",
                reference=f"CURB-{kind}-{trip}",
                amount=-amount,
                at=at,
                whose=(*whose, None),
            )
            yield posting(earned, earned.amount, at, rng)
