"""Made-up meters and readings, days on which clocks change among them."""

import datetime as dt
import math
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from random import Random
from typing import Any

from django.utils import timezone

from exportsite.domains.energy import seed_texts as texts
from exportsite.domains.energy.models import Company, Meter, MeterReading, Region, Site, Supplier
from exportsite.domains.energy.mpan import check_digit
from exportsite.domains.energy.periods import DAILY, ZONE, periods_in, start_of_period
from exportsite.seeding import RNG_SEED, add_named, add_rows, last_key, missing_rows

DEFAULT_SCALE = 5_000
DAY = dt.timedelta(days=1)
CLOCK_CHANGES = tuple(
    dt.date.fromisoformat(day) for day in ("2025-03-30", "2025-10-26", "2026-03-29", "2026-10-25")
)
DISTRIBUTORS = (12, 10, 14, 16, 19, 20, 22, 24)
TYPES = [kind.value for kind in Site.Type]

METER_FIELDS = (
    "mpan", "site", "supplier", "serial_number", "meter_type", "is_smart_meter", "is_half_hourly",
    "installation_date", "is_active", "metric_variable_name", "metric_variable_value",
)  # fmt: skip
READING_FIELDS = (
    "meter", "reading_date", "period_number", "reading_time", "reading_value", "reading_type",
    "is_validated", "import_batch_id",
)  # fmt: skip

Slot = tuple[dt.date, int, dt.time | None]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """A meter that is to be, by its number."""

    number: int
    meter_type: str

    @property
    def is_half_hourly(self) -> bool:
        return self.meter_type == Meter.Type.ELECTRICITY

    @property
    def site_type(self) -> str:
        return TYPES[self.number % len(TYPES)]

    @property
    def mpan(self) -> str:
        if self.meter_type == Meter.Type.GAS:
            return f"M{self.number:09}"
        if self.number % 7 == 6:
            return f"E{self.number % 100:02}BG{12_856 + self.number}"
        digits = f"{DISTRIBUTORS[self.number % len(DISTRIBUTORS)]}{self.number:010}"
        return f"{digits}{check_digit(digits)}"


def seed(
    scale: int,
    *,
    until: dt.datetime | None = None,
    rng_seed: int = RNG_SEED,
    quiet: bool = True,
) -> dict[str, int]:
    """Bring the readings up to `scale` with new meters, none read later than `until`."""
    last_day = (until or timezone.now()).astimezone(ZONE).date()
    sites = add_sites()
    suppliers = list(add_named(Supplier, named(texts.SUPPLIERS)).values())
    wanted = missing_rows(MeterReading, scale)
    days = days_up_to(last_day, days_for(scale))
    plans = plan_meters(last_key(Meter) + 1, wanted, days)
    rows = meters(plans, sites, suppliers, Random(rng_seed))
    added = add_rows(Meter, METER_FIELDS, rows, expected=len(plans))
    keys = dict(Meter.objects.filter(mpan__in=[p.mpan for p in plans]).values_list("mpan", "pk"))
    values = islice(readings(plans, keys, days, last_day, rng_seed), wanted)
    return {
        "meters": added,
        "readings": add_rows(MeterReading, READING_FIELDS, values, expected=wanted, quiet=quiet),
    }


def named(rows: tuple[tuple[str, str], ...]) -> list[dict[str, str]]:
    return [{"name": name, "code": code} for name, code in rows]


def add_sites() -> dict[str, list[int]]:
    """Keys of the made-up sites by their type: one in each town."""
    regions = add_named(Region, named(texts.REGIONS))
    codes = {code: regions[name] for name, code in texts.REGIONS}
    companies = add_named(
        Company, [{"name": name, "registration_number": n} for name, n in texts.COMPANIES]
    )
    owners = [companies[name] for name, _number in texts.COMPANIES]
    found: dict[str, list[int]] = {}
    for at, kind in enumerate(TYPES):
        rows = [
            {
                "name": f"{town} {kind}",
                "company_id": owners[(at + number) % len(owners)],
                "region_id": codes[region],
                "postcode": postcode,
                "site_type": kind,
                "floor_area": Decimal(100 * (number + 1)),
            }
            for number, (town, region, postcode) in enumerate(texts.TOWNS)
        ]
        keys = add_named(Site, rows)
        found[kind] = [keys[str(row["name"])] for row in rows]
    return found


def days_for(scale: int) -> int:
    """About as many days as meters."""
    return max(10, min(730, math.isqrt(scale // 48)))


def days_up_to(last: dt.date, count: int) -> list[dt.date]:
    """The last days, and those days before on which clocks change."""
    recent = {last - DAY * back for back in range(count)}
    return sorted(recent | {day for day in CLOCK_CHANGES if day <= last})


def plan_meters(first: int, wanted: int, days: list[dt.date]) -> list[Plan]:
    """As many meters as bring that many readings."""
    plans: list[Plan] = []
    while wanted > 0:
        number = first + len(plans)
        kind = {4: Meter.Type.GAS, 8: Meter.Type.HEAT, 9: Meter.Type.GAS}.get(number % 10)
        plans.append(Plan(number=number, meter_type=(kind or Meter.Type.ELECTRICITY).value))
        wanted -= sum(1 for _slot in slots(plans[-1], days))
    return plans


def slots(plan: Plan, days: list[dt.date]) -> Iterator[Slot]:
    """When it is read: with a gap now and then, as meters have them."""
    for day in days:
        if not plan.is_half_hourly:
            yield day, DAILY, None
            continue
        for period in range(1, periods_in(day) + 1):
            if (day.toordinal() * 53 + period * 7 + plan.number) % 499:
                yield day, period, start_of_period(day, period).time()


def meters(
    plans: list[Plan], sites: dict[str, list[int]], suppliers: list[int], rng: Random
) -> Iterator[tuple[Any, ...]]:
    for plan in plans:
        places = sites[plan.site_type]
        installed = dt.date(2015, 1, 1) + DAY * rng.randrange(3_000)
        yield (
            plan.mpan,
            places[plan.number // len(TYPES) % len(places)],
            rng.choice(suppliers) if plan.number % 6 else None,
            f"{rng.choice('EDKL')}{rng.randrange(10**8):08}",
            plan.meter_type,
            plan.number % 3 != 0,
            plan.is_half_hourly,
            installed if plan.number % 5 else None,
            plan.number % 17 != 0,
            "floor area" if plan.number % 8 == 0 else "",
            Decimal(rng.randrange(10**6)).scaleb(-3) if plan.number % 8 == 0 else None,
        )


def readings(
    plans: list[Plan], keys: dict[str, int], days: list[dt.date], last: dt.date, rng_seed: int
) -> Iterator[tuple[Any, ...]]:
    """Meter by meter and in the order of time, as files bring them."""
    for plan in plans:
        rng = Random(rng_seed + plan.number)
        batch = str(uuid.UUID(int=rng.getrandbits(128), version=4))
        size = rng.uniform(0.6, 1.6)
        for day, period, start in slots(plan, days):
            chance = rng.random()
            yield (
                keys[plan.mpan],
                day,
                period,
                start,
                value_of(plan, day, start, size * rng.gauss(1, 0.12)),
                "actual" if chance < 0.95 else "estimated" if chance < 0.99 else "manual",
                last - day > DAY * 7,
                batch,
            )


def value_of(plan: Plan, day: dt.date, start: dt.time | None, factor: float) -> Decimal:
    """More in winter, less at weekends; the clock decides, so a repeated hour is read twice."""
    shape = texts.SHAPES[plan.site_type]
    usual = sum(shape) if start is None else shape[start.hour * 2 + start.minute // 30]
    season = 1 + 0.3 * math.cos((day.timetuple().tm_yday - 15) / 365 * math.tau)
    weekend = texts.WEEKEND.get(plan.site_type, 1.0) if day.weekday() > 4 else 1.0
    return Decimal(max(0, round(usual * season * weekend * factor * 1000))).scaleb(-3)
