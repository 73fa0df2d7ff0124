"""A made-up fleet: drivers, cabs with plates and medallions, and who leases what."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from exportsite.domains.taxi import models
from exportsite.seeding import PEOPLE, add_rows, last_key, missing_rows

DRIVERS, VEHICLES, MEDALLIONS, LEASES = 500, 420, 420, 600
ACTIVE_LEASES = 450
LETTERS = "ABCDEFGHJKLMNPRSTUVWXYZ"
AGENT = "Big Apple Taxi Management"
FIRST_NAMES = (
    "JB", "Mohammed", "Singh", "Kwame", "Ana", "Olena", "José", "Zoë", "Dmitri", "Rahim", "Tsering",
    "Fatou", "Łukasz", "Mei", "Yusuf", "Chloé", "Aoife", "李", "Иван", "Ελένη",
)  # fmt: skip
LAST_NAMES = (
    "Andrews", "Rahman", "Kaur", "Mensah", "Kovačević", "Шевченко", "García", "O'Brien", "Petrov",
    "Chowdhury", "Sherpa", "Diallo", "Żółć", "Chen", "Öztürk", "Dupont", "Murphy", "小龍",
    "Παπαδοπούλου", "Smith, Jr.", "Núñez", "Ivanova", "=Lee", "-Khan",
)  # fmt: skip
CARS = (
    ("Toyota", "Camry Hybrid"), ("Toyota", "Sienna"), ("Nissan", "NV200"), ("Ford", "Transit"),
    ("Toyota", "RAV4 Hybrid"), ("Tesla", "Model Y"), ("Kia", "Niro"),
)  # fmt: skip
ENDED = ("Terminated", "Expired", "Cancelled", "Suspended", "In Progress", "Termination Requested")

TRACKED = ("created_on", "updated_on")
DRIVER_FIELDS = (
    "driver_id", "first_name", "middle_name", "last_name", "full_name", "tlc_license_number",
    "tlc_license_expiry", "driver_status", *TRACKED,
)  # fmt: skip
VEHICLE_FIELDS = ("vin", "make", "model", "year", "color", *TRACKED)
PLATE_FIELDS = (
    "vehicle", "plate_number", "registration_state", "registration_class", "registration_expiry",
    "is_active", *TRACKED,
)  # fmt: skip
MEDALLION_FIELDS = (
    "medallion_number", "medallion_type", "medallion_status", "owner_name", "agent_name", *TRACKED,
)  # fmt: skip
LEASE_FIELDS = (
    "lease_id", "lease_type", "lease_status", "driver", "vehicle", "medallion", "start_date",
    "end_date", "duration_in_weeks", "weekly_rate", "deposit", *TRACKED,
)  # fmt: skip


@dataclass(frozen=True, kw_only=True, slots=True)
class Cab:
    """One driver with what he leases, as rows refer to it."""

    driver: int
    tlc_license: str | None
    vehicle: int
    vin: str
    plate: str | None
    medallion: int
    medallion_number: str
    lease: int
    lease_id: str
    weekly_rate: Any


def add_fleet(until: dt.datetime, rng: Random) -> dict[str, int]:
    """Bring the fleet up to its size; answers with what was added."""
    begun = until - dt.timedelta(days=900)
    stamps = (begun, begun)
    made = {
        "drivers": _add(models.Driver, DRIVER_FIELDS, DRIVERS, driver, until, rng, stamps),
        "vehicles": _add(models.Vehicle, VEHICLE_FIELDS, VEHICLES, vehicle, until, rng, stamps),
        "medallions": _add(
            models.Medallion, MEDALLION_FIELDS, MEDALLIONS, medallion, until, rng, stamps
        ),
    }
    plates = [(*row, *stamps) for row in new_plates(until, rng)]
    add_rows(models.VehicleRegistration, PLATE_FIELDS, plates, expected=len(plates))
    return {**made, "leases": add_leases(until, rng, stamps)}


def _add(
    model: Any, fields: Any, wanted: int, make: Any, until: dt.datetime, rng: Random, stamps: Any
) -> int:
    last, missing = last_key(model), missing_rows(model, wanted)
    rows = ((*make(last + at + 1, until, rng), *stamps) for at in range(missing))
    return add_rows(model, fields, rows, expected=missing)


def driver(number: int, until: dt.datetime, rng: Random) -> tuple[Any, ...]:
    first, last = rng.choice(FIRST_NAMES), rng.choice(LAST_NAMES)
    if number % 50 == 0:
        first, _blank, last = PEOPLE[number // 50 % len(PEOPLE)].partition(" ")
    expiry = until.date() + dt.timedelta(days=rng.randint(-60, 700))
    return (
        str(100_000 + number * 37),
        first,
        rng.choice((None, None, "", "K.")),
        last,
        f"{last}, {first}",
        str(5_000_000 + number * 1_777) if number % 40 else None,
        expiry if number % 25 else None,
        "Active" if number % 12 else rng.choice(("Registered", "Suspended", "Inactive")),
    )


def vehicle(number: int, until: dt.datetime, rng: Random) -> tuple[Any, ...]:
    make, model = rng.choice(CARS)
    year = until.year - rng.randint(0, 6)
    return f"4T1BF3EK{number:09}", make, model, str(year), "Yellow" if number % 30 else ""


def new_plates(until: dt.datetime, rng: Random) -> Iterator[tuple[Any, ...]]:
    """For a vehicle without: the plate of now, for one in five an earlier one too.

    One in sixty has none now.
    """
    first = models.VehicleRegistration.objects.count() + 1
    bare = models.Vehicle.objects.filter(registrations=None).order_by("pk")
    for number, key in enumerate(bare.values_list("pk", flat=True), first):
        expiry = until.date() + dt.timedelta(days=rng.randint(10, 700))
        yield key, plate(number, rng), "NY", "OM", expiry, number % 60 != 0
        if number % 5 == 0:
            earlier = expiry - dt.timedelta(days=730)
            yield key, plate(number + 500_000, rng), "NY", "OM", earlier, False


def plate(number: int, rng: Random) -> str:
    return f"{rng.choice('TVWY')}{(number * 7_919) % 1_000_000:06}C"


def medallion(number: int, _until: dt.datetime, rng: Random) -> tuple[Any, ...]:
    """Digit, letter, two digits; no two numbers meet before there are 23,000 of them."""
    rest, tail = divmod(number * 7, 100)
    rest, letter = divmod(rest, len(LETTERS))
    owner = rng.choice(("", "Gotham Medallion LLC", "Ωμέγα Cab Corp.", "Müller & Søn, Inc."))
    name = f"{rest % 10}{LETTERS[letter]}{tail:02}" + ("" if rest < 10 else str(rest // 10))
    return (
        name,
        rng.choice(("Regular", "Wav")),
        "Active" if number % 20 else "Archived",
        owner,
        AGENT,
    )


def add_leases(until: dt.datetime, rng: Random, stamps: Any) -> int:
    last, missing = last_key(models.Lease), missing_rows(models.Lease, LEASES)
    drivers, vehicles, medallions = (
        list(model._default_manager.order_by("pk").values_list("pk", flat=True))
        for model in (models.Driver, models.Vehicle, models.Medallion)
    )
    rows = []
    for at in range(missing):
        begin = until.date() - dt.timedelta(days=rng.randint(30, 720))
        weeks = rng.choice((26, 52, 104))
        rows.append((
            str(1_000 + last + at + 1),
            rng.choice(("dov", "long-term", "shift-lease", "short-term", "medallion-only")),
            "Active" if at < ACTIVE_LEASES else rng.choice(ENDED),
            drivers[at % len(drivers)],
            vehicles[at % len(vehicles)],
            medallions[at % len(medallions)],
            begin,
            begin + dt.timedelta(weeks=weeks) if at % 10 else None,
            weeks if at % 10 else None,
            rng.choice((650, 725, 800, 875)),
            rng.choice((0, 500, 1_000)),
            *stamps,
        ))  # fmt: skip
    return add_rows(models.Lease, LEASE_FIELDS, rows, expected=missing)


def read_cabs() -> list[Cab]:
    """What rows may refer to: the active leases that are complete."""
    plates = dict(
        models.VehicleRegistration.objects.filter(is_active=True).values_list(
            "vehicle", "plate_number"
        )
    )
    names = (
        "driver", "driver__tlc_license_number", "vehicle", "vehicle__vin", "medallion",
        "medallion__medallion_number", "pk", "lease_id", "weekly_rate",
    )  # fmt: skip
    complete = models.Lease.objects.filter(
        lease_status="Active", driver__isnull=False, vehicle__isnull=False, medallion__isnull=False
    )
    return [
        Cab(
            driver=row[0],
            tlc_license=row[1],
            vehicle=row[2],
            vin=row[3],
            plate=plates.get(row[2]),
            medallion=row[4],
            medallion_number=row[5],
            lease=row[6],
            lease_id=row[7],
            weekly_rate=row[8],
        )
        for row in complete.order_by("pk").values_list(*names)[:LEASES]
    ]
