"""A made-up taxi company: its fleet, tolls, summonses, trips and ledger."""

import datetime as dt

from django.utils import timezone

from exportsite.domains.taxi.models import (
    CurbTrip,
    EZPassTransaction,
    LedgerBalance,
    PVBViolation,
)
from exportsite.domains.taxi.seed_fleet import add_fleet, read_cabs
from exportsite.domains.taxi.seed_ledger import Since, add_ledger
from exportsite.domains.taxi.seed_shapes import rng_of
from exportsite.domains.taxi.seed_tolls import add_tolls
from exportsite.domains.taxi.seed_trips import add_trips
from exportsite.domains.taxi.seed_violations import add_violations
from exportsite.seeding import RNG_SEED, last_key, missing_rows

DEFAULT_SCALE = 5_000
TRIPS_PER_TOLL, VIOLATIONS_PER_TOLL, LEASE_CHARGES_PER_TOLL = 0.2, 0.05, 0.01


def seed(
    scale: int,
    *,
    until: dt.datetime | None = None,
    rng_seed: int = RNG_SEED,
    quiet: bool = True,
) -> dict[str, int]:
    """Bring the tolls up to `scale`, the rest to what belongs to them.

    Nothing is newer than `until`; now when it is not given. Answers with what was added.
    """
    until = (until or timezone.now()).astimezone(dt.UTC)
    if not scale:
        return {}
    fleet = add_fleet(until, rng_of(rng_seed))
    cabs = read_cabs()
    charged = LedgerBalance.objects.exclude(category__in=("EZPass", "PVB")).count()
    since = Since(
        toll=last_key(EZPassTransaction),
        violation=last_key(PVBViolation),
        trip=last_key(CurbTrip),
        leases=range(charged, int(scale * LEASE_CHARGES_PER_TOLL)),
    )
    tolls = missing_rows(EZPassTransaction, scale)
    violations = missing_rows(PVBViolation, int(scale * VIOLATIONS_PER_TOLL))
    trips = missing_rows(CurbTrip, int(scale * TRIPS_PER_TOLL))
    return {
        **fleet,
        "E-ZPass transactions": add_tolls(tolls, cabs, until, rng_seed, quiet),
        "PVB violations": add_violations(violations, cabs, until, rng_seed, quiet),
        "CURB trips": add_trips(trips, cabs, until, rng_seed, quiet),
        **add_ledger(since, cabs, until, rng_seed, quiet),
    }
