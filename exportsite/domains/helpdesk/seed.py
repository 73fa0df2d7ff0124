"""Made-up equipment and tickets."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random
from typing import Any

from django.utils import timezone

from exportsite.domains.helpdesk import lookups
from exportsite.domains.helpdesk import seed_texts as texts
from exportsite.domains.helpdesk.models import Asset, Ticket
from exportsite.seeding import (
    HISTORY,
    ODD_TEXTS,
    RNG_SEED,
    add_named,
    add_people,
    add_rows,
    last_key,
    missing_rows,
)

DEFAULT_SCALE = 20_000
ASSETS_PER_TICKET = 0.4
SOME_ASSETS = 20_000  # that tickets are about; all keys of a large table would fill the memory
DAY = dt.timedelta(days=1)
CODE = re.compile(r"TKT-(\d{8})-(\d+)")

ASSET_FIELDS = (
    "asset_tag", "name", "qr_code", "serial_number", "model", "division", "supplier", "location",
    "status", "assigned_to", "purchase_date", "warranty_months", "warranty_type", "invoice_id",
    "ip_address", "mac_address", "notes", "created_at", "updated_at",
)  # fmt: skip
TICKET_FIELDS = (
    "ticket_code", "subject", "description", "requester", "location", "asset", "status", "priority",
    "type", "assigned_to", "assigned_at", "assignment_type", "sla_due", "first_response_at",
    "resolved_at", "closed_at", "created_at", "updated_at",
)  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class House:
    """The keys that made-up rows point at."""

    people: list[int]
    models: list[int]
    divisions: list[int]
    suppliers: list[int]
    locations: list[int]
    warranty_types: list[int]
    asset_statuses: dict[str, int]
    statuses: dict[str, int]
    priorities: dict[str, int]
    types: list[int]


def seed(
    scale: int,
    *,
    until: dt.datetime | None = None,
    rng_seed: int = RNG_SEED,
    quiet: bool = True,
) -> dict[str, int]:
    """Bring the tickets up to `scale` and the assets to two fifths of it.

    None is newer than `until`; now when it is not given. Answers with what was added.
    """
    until = (until or timezone.now()).astimezone(dt.UTC)
    house = add_house()
    last = last_key(Asset)
    wanted = missing_rows(Asset, int(scale * ASSETS_PER_TICKET))
    rows = assets(last, wanted, house, until, Random(rng_seed + last))
    added = add_rows(Asset, ASSET_FIELDS, rows, expected=wanted, quiet=quiet)
    wanted = missing_rows(Ticket, scale)
    rows = tickets(wanted, house, until, Random(rng_seed + last_key(Ticket)))
    return {
        "assets": added,
        "tickets": add_rows(Ticket, TICKET_FIELDS, rows, expected=wanted, quiet=quiet),
    }


def add_house() -> House:
    makers = add_named(lookups.Manufacturer, texts.MANUFACTURERS)
    kinds = add_named(lookups.AssetType, texts.ASSET_TYPES)
    models = [
        {
            "name": name,
            "manufacturer_id": makers[maker],
            "asset_type_id": kinds[kind],
            "part_number": part,
        }
        for maker, kind, name, part in texts.MODELS
    ]
    return House(
        people=add_people(),
        models=list(add_named(lookups.AssetModel, models).values()),
        divisions=list(add_named(lookups.Division, texts.DIVISIONS).values()),
        suppliers=list(add_named(lookups.Supplier, texts.SUPPLIERS).values()),
        locations=list(add_named(lookups.Location, texts.LOCATIONS).values()),
        warranty_types=list(add_named(lookups.WarrantyType, texts.WARRANTY_TYPES).values()),
        asset_statuses=add_named(lookups.AssetStatus, texts.ASSET_STATUSES),
        statuses=add_named(lookups.TicketStatus, texts.TICKET_STATUSES),
        priorities=add_named(lookups.TicketPriority, texts.TICKET_PRIORITIES),
        types=list(add_named(lookups.TicketType, texts.TICKET_TYPES).values()),
    )


def assets(
    last: int, count: int, house: House, until: dt.datetime, rng: Random
) -> Iterator[tuple[Any, ...]]:
    """Tags count on from the last key, so that they meet no earlier ones."""
    choice, statuses = rng.choice, list(house.asset_statuses.values())
    deployed = house.asset_statuses["Deployed"]
    step = HISTORY / max(count, 1)
    for number in range(last + 1, last + count + 1):
        created = until - HISTORY + step * (number - last - 1 + rng.random())
        bought = (created - rng.random() * HISTORY).date() if number % 12 else None
        used = rng.random() < 0.6
        yield (
            f"AST-{number:04}-{letters(rng)}",
            name_of(number, rng),
            f"AST-{number:06X}{rng.getrandbits(24):06X}" if number % 9 else None,
            # Unlike random digits, these never meet: the factor has no divisor in common.
            f"SN-{number * 6_364_136_223 % 10**10:010}" if number % 15 else None,
            choice(house.models),
            choice(house.divisions),
            choice(house.suppliers),
            choice(house.locations) if number % 11 else None,
            deployed if used else choice(statuses),
            choice(house.people) if used else None,
            bought,
            choice((12, 24, 36, 48, 60)) if number % 10 else (0 if number % 20 else None),
            choice(house.warranty_types) if number % 3 else None,
            10_000 + number if number % 5 == 0 else None,
            f"192.168.{number // 250 % 256}.{number % 250 + 1}" if number % 2 else None,
            f"00:1A:2B:{rng.randbytes(3).hex(':').upper()}" if number % 2 else None,
            notes_of(number, rng),
            created,
            min(until, created + rng.random() * DAY * 90),
        )  # fmt: skip


def letters(rng: Random) -> str:
    number = rng.randrange(26**3)
    return "".join(chr(65 + number // 26**place % 26) for place in range(3))


def name_of(number: int, rng: Random) -> str | None:
    if number % 25 == 4:
        return ODD_TEXTS[number // 25 % len(ODD_TEXTS)]
    return rng.choice(texts.OWNED_AS) if number % 8 else None


def notes_of(number: int, rng: Random) -> str | None:
    if number % 25 == 14:
        return ODD_TEXTS[number // 25 % len(ODD_TEXTS)]
    return (rng.choice(texts.NOTES), "", None, None)[number % 4]


def tickets(count: int, house: House, until: dt.datetime, rng: Random) -> Iterator[tuple[Any, ...]]:
    """Tickets in the order of their creation, numbered on from what each day has already."""
    about: list[int | None] = list(
        Asset.objects.order_by("pk").values_list("pk", flat=True)[:SOME_ASSETS]
    ) or [None]
    taken = last_numbers() if count else {}
    day, number = "", 0
    for created in moments(count, until, rng):
        if (today := f"{created:%Y%m%d}") != day:
            day, number = today, taken.get(today, 0)
        number += 1
        yield ticket(f"TKT-{day}-{number:03}", created, about, house, until, rng)


def last_numbers() -> dict[str, int]:
    """The highest number that the ticket codes of each day use."""
    found: dict[str, int] = {}
    for code in Ticket.objects.order_by().values_list("ticket_code", flat=True).iterator():
        if match := CODE.fullmatch(code):
            day, number = match.groups()
            found[day] = max(found.get(day, 0), int(number))
    return found


def moments(count: int, until: dt.datetime, rng: Random) -> Iterator[dt.datetime]:
    """Moments in order: fewer on weekends, more towards the end, the last day up to `until`."""
    today = until.replace(hour=0, minute=0, second=0, microsecond=0)
    days = [today - DAY * back for back in range(HISTORY.days, -1, -1)]
    weights = [
        (1 if day.weekday() < 5 else 0.2) * (1 + at / len(days)) for at, day in enumerate(days)
    ]
    so_far, given = 0.0, 0
    for day, weight in zip(days, weights, strict=True):
        so_far += weight
        wanted = round(count * so_far / sum(weights)) - given
        given += wanted
        begin, span = (day, until - day) if day == today else (day + DAY / 4, DAY * 0.6)
        yield from sorted(begin + span * rng.random() for _ in range(wanted))


def ticket(
    code: str,
    created: dt.datetime,
    about: list[Any],
    house: House,
    until: dt.datetime,
    rng: Random,
) -> tuple[Any, ...]:
    name = rng.choice(texts.PRIORITY_MIX)
    allowed = dt.timedelta(hours=texts.SLA_HOURS[name])
    assigned, responded, resolved, closed = life_of(created, allowed, until, rng)
    return (
        code,
        *words_of(rng),
        rng.choice(house.people),
        rng.choice(house.locations),
        rng.choice(about) if rng.random() < 0.6 else None,
        house.statuses[status_of(assigned, resolved, closed, rng)],
        house.priorities[name],
        rng.choice(house.types),
        rng.choice(house.people) if assigned else None,
        assigned,
        rng.choice(texts.ASSIGNMENT_MIX),
        created + allowed if rng.random() < 0.99 else None,
        responded,
        resolved,
        closed,
        created,
        closed or resolved or responded or assigned or created,
    )


def life_of(
    created: dt.datetime, allowed: dt.timedelta, until: dt.datetime, rng: Random
) -> list[dt.datetime | None]:
    """Assigned, responded, resolved, closed: each after the one before, or not yet."""
    steps = (allowed * 0.05, allowed * 0.1, allowed * 0.6, DAY * 3)
    reached: list[dt.datetime | None] = []
    at, goes_on = created, True
    for step in steps:
        at += step * rng.expovariate(1)
        goes_on = goes_on and at <= until and rng.random() < 0.97
        reached.append(at if goes_on else None)
    return reached


def status_of(
    assigned: dt.datetime | None,
    resolved: dt.datetime | None,
    closed: dt.datetime | None,
    rng: Random,
) -> str:
    if closed:
        return "Closed"
    if resolved:
        return "Resolved"
    return rng.choice(("Open", "In Progress", "Pending")) if assigned else "Open"


def words_of(rng: Random) -> tuple[str, str]:
    """Subject and description, once in twenty something that files get wrong."""
    subject = f"{rng.choice(texts.THINGS)} {rng.choice(texts.PROBLEMS)}"
    description = f"{rng.choice(texts.DETAILS)} {rng.choice(texts.DETAILS)}"
    odd = rng.random()
    if odd < 0.02:
        return rng.choice(ODD_TEXTS), description
    return subject, rng.choice(ODD_TEXTS) if odd < 0.05 else "" if odd < 0.06 else description
