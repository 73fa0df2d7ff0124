"""Made-up cars: the store's 18 first ones as facts, then any number."""

import datetime as dt
from collections.abc import Iterator
from decimal import Decimal
from random import Random
from typing import Any

from django.utils import timezone

from exportsite.domains.cars.models import CarListing, Order
from exportsite.seeding import (
    HISTORY,
    ODD_TEXTS,
    RNG_SEED,
    add_people,
    add_rows,
    last_key,
    missing_rows,
    reset_sequence,
)

DEFAULT_SCALE = 2_000

CAR_FIELDS = (
    "title", "make", "model", "year", "price", "mileage", "description", "images", "status",
    "created_at", "updated_at",
)  # fmt: skip
ORDER_FIELDS = (
    "car_listing", "user", "purchase_price", "purchase_date", "notes", "created_at", "updated_at",
)  # fmt: skip

# id, title, make, model, year, price, mileage, status, created and updated in October 2025.
# The outer blanks are what people typed.
FIRST_CARS = """\
2|byd 2025|byd|byd|2025|15000.00|0|available|03 16:13:57|03 16:13:57
3|Mercedes AMG|Mercedes|CS Class |2021|70000.00|70000|available|03 16:14:53|03 16:14:53
4|Toyota|Toyota|Camre|2021|25000.00|80000|available|03 16:15:53|03 16:15:53
5|2018 Toyota Corolla|Toyota|Corolla|2018|12500.00|45000|available|03 16:23:20|03 16:23:20
6|2020 Honda Civic - Sporty Look|Honda |Civic |2020|15800.00|123444|available|03 16:24:25|03 16:24:25
7|2017 Ford Mustang GT - V8 Power|Ford |Mustang GT|2017|30000.00|67000|available|03 16:25:13|03 16:25:13
8|2021 Tesla Model 3 - Long Range|Tesla |Model 3|2021|20000.00|22000|available|03 16:26:06|03 16:26:06
9|2019 BMW X5 - Luxury SUV|BMW |X5 |2019|48500.00|35000|available|03 16:26:55|03 16:26:55
10|2015 Toyota Camry - Reliable Sedan|Toyota |Camry |2015|10200.00|85000|available|03 16:28:01|03 16:28:01
11|2018 Mercedes-Benz C300 - Elegant Ride|Mercedes| C300 - Elegant Ride|2018|29700.00|30800|available|03 16:29:14|03 16:29:14
12|2022 Kia Sportage - Like New|Kia|Sportage |2022|23900.00|12000|available|03 16:30:19|03 16:30:19
13|2016 Jeep Wrangler Unlimited - Offroad Beast|Jeep |Wrangler |2016|26500.00|70000|available|03 16:31:09|03 16:31:09
14|2019 Audi A4 - Premium Sedan|Audi |A4 |2019|27800.00|38000|sold|03 16:32:05|03 20:57:00
15|2020 Hyundai Elantra - Great Value|Hyundai |Elantra |2020|11000.00|150000|sold|03 16:32:51|04 13:55:10
22|Nissan Altima 2018|Nissan |Altima |2018|10000.00|183000|sold|04 04:32:33|04 13:04:51
24|ford|fusion|fusion|2014|13500.00|102000|available|04 21:39:27|04 21:43:28
26|opel|opel|omega|1994|2000.00|1231234|available|04 21:46:55|04 21:47:26
27|test car|test|test|2005|11122.00|3423|available|04 21:47:59|04 21:47:59
"""  # noqa: E501

# make, model, price when new
CATALOGUE = (
    ("Toyota", "Corolla", 24000), ("Toyota ", "RAV4 Hybrid", 36000), ("Honda ", "Civic ", 26000),
    ("Honda", "CR-V", 35000), ("Ford ", "F-150", 45000), ("Ford", "Focus, Estate", 22000),
    ("Tesla ", "Model Y", 52000), ("BMW", "320d", 47000), ("BMW ", "X5 ", 72000),
    ("Mercedes-Benz", "C 300", 55000), ("Audi ", "A4 ", 46000), ("Volkswagen", "Golf", 29000),
    ("Škoda", "Octavia Combi", 27000), ("Citroën", 'C3 "Shine"', 19000), ("Kia", "Ceed", 32000),
    ("Hyundai ", "Elantra ", 23000), ("Nissan ", "Altima ", 28000), ("Jeep ", "Wrangler ", 44000),
    ("Lada", "Нива", 12000), ("比亚迪", "海豚", 21000), ("トヨタ", "プリウス", 31000),
)  # fmt: skip
TAGLINES = ("One Owner", "Low Mileage", "Great Value", "Full History", "Like New", "Family Car")
PRAISE = (
    "Well kept and garaged.", "New tyres, new brakes.", "Drives smoothly, uses little fuel.",
    "Non-smoker car, two keys.", "Heated seats, navigation, camera.", "Small scratch on the door.",
)  # fmt: skip


def seed(
    scale: int,
    *,
    until: dt.datetime | None = None,
    rng_seed: int = RNG_SEED,
    quiet: bool = True,
) -> dict[str, int]:
    """Bring the cars up to `scale`, none newer than `until`; now when it is not given."""
    until = (until or timezone.now()).astimezone(dt.UTC)
    rng = Random(rng_seed + last_key(CarListing))
    last = last_key(CarListing)
    missing = missing_rows(CarListing, scale)
    first = list(first_cars())[:missing] if not last else []
    added = add_rows(CarListing, ("id", *CAR_FIELDS), first, expected=len(first))
    reset_sequence(CarListing)
    rest = missing - added
    added += add_rows(CarListing, CAR_FIELDS, cars(rest, until, rng), expected=rest, quiet=quiet)
    orders = orders_after(last, add_people(), rng) if added else iter(())
    sold = CarListing.objects.filter(pk__gt=last, status=CarListing.Status.SOLD).count()
    sales = add_rows(Order, ORDER_FIELDS, orders, expected=sold, quiet=quiet)
    return {"car listings": added, "orders": sales}


def first_cars() -> Iterator[tuple[Any, ...]]:
    for line in FIRST_CARS.splitlines():
        key, title, make, model, year, price, mileage, status, *times = line.split("|")
        created, updated = (dt.datetime.fromisoformat(f"2025-10-{t}+00:00") for t in times)
        text = f"{title.strip()}, as its seller describes it."
        yield (
            int(key), title, make, model, int(year), Decimal(price), int(mileage), text, [],
            status, created, updated,
        )  # fmt: skip


def cars(count: int, until: dt.datetime, rng: Random) -> Iterator[tuple[Any, ...]]:
    step = HISTORY / max(count, 1)
    for number in range(count):
        created = until - HISTORY + step * (number + rng.random())
        make, model, new_price = rng.choice(CATALOGUE)
        age = int(22 * rng.random() ** 2)
        sold = rng.random() < 0.22
        yield (
            title_of(number, created.year - age, make, model, rng),
            make,
            model,
            created.year - age,
            price_of(number, new_price, age, rng),
            0 if age == 0 else int(age * rng.uniform(4_000, 24_000)),
            description_of(number, rng),
            [f"{rng.getrandbits(48):012x}.jpg" for _ in range(number % 4)],
            CarListing.Status.SOLD if sold else CarListing.Status.AVAILABLE,
            created,
            min(until, created + dt.timedelta(days=60 * rng.random())) if sold else created,
        )


def title_of(number: int, year: int, make: str, model: str, rng: Random) -> str:
    if number % 97 == 13:
        return ODD_TEXTS[number // 97 % len(ODD_TEXTS)]
    return f"{year} {make.strip()} {model.strip()} - {rng.choice(TAGLINES)}"


def price_of(number: int, new_price: int, age: int, rng: Random) -> Decimal:
    """Free once in a hundred: the price is to be asked for."""
    if number % 100 == 7:
        return Decimal("0.00")
    hundreds = int(new_price * 0.89**age * rng.uniform(0.8, 1.1)) // 100
    return Decimal(hundreds * 100) + rng.choice(
        (Decimal("0.00"), Decimal("0.00"), Decimal("99.99"))
    )


def description_of(number: int, rng: Random) -> str | None:
    if number % 20 == 3:
        return None
    if number % 20 == 11:
        return ""
    if number % 20 == 17:
        return ODD_TEXTS[number // 20 % len(ODD_TEXTS)]
    return f"{rng.choice(PRAISE)} {rng.choice(PRAISE)}"


def orders_after(last: int, buyers: list[int], rng: Random) -> Iterator[tuple[Any, ...]]:
    """A purchase of every sold car that was added after that key."""
    sold = CarListing.objects.filter(status=CarListing.Status.SOLD).order_by("pk")
    while batch := list(sold.filter(pk__gt=last).values_list("pk", "price", "updated_at")[:10_000]):
        for key, price, at in batch:
            paid = (price * rng.randint(90, 100) / 100).quantize(Decimal("0.01"))
            notes = rng.choice((None, "", "Paid in cash", "Collected, with both keys"))
            yield key, rng.choice(buyers), paid, at, notes, at, at
        last = batch[-1][0]
