"""Made-up leads, as classified ads read: loud titles, half of the facts missing."""

import datetime as dt
from collections.abc import Iterator
from random import Random
from typing import Any

from django.utils import timezone

from exportsite.domains.leads import seed_texts as texts
from exportsite.domains.leads.lookups import EMPLOYMENT_TYPES, EmailSource, Location, Source
from exportsite.domains.leads.models import Lead
from exportsite.seeding import HISTORY, ODD_TEXTS, RNG_SEED, add_rows, last_key, missing_rows

DEFAULT_SCALE = 5_000
FIRST_POST = 7_141_000_000
DAY = dt.timedelta(days=1)

SOURCES = (Source.CRAIGSLIST.value,) * 13 + tuple(source.value for source in Source)
EMAIL_SOURCES = tuple(source.value for source in EmailSource)
# status, whether it was looked at, and whether somebody answered: as often as they are here
STATUSES = (
    *(("new", False, False),) * 9,
    *(("contacted", True, True),) * 4,
    *(("responded", True, True),) * 1,
    *(("qualified", True, False),) * 3,
    *(("converted", True, True),) * 1,
    *(("rejected", True, False),) * 2,
)

FIELDS = (
    "craigslist_id", "url", "title", "description", "body_html", "price", "compensation",
    "employment_type", "is_remote", "is_internship", "is_nonprofit", "location", "neighborhood",
    "latitude", "longitude", "email", "phone", "contact_name", "reply_email", "email_source",
    "image_urls", "attributes", "source", "category", "subcategory", "status", "is_processed",
    "is_contacted", "has_been_qualified", "qualification_score", "qualification_reasoning",
    "qualified_at", "response_method", "response_sent_at", "posted_at", "scraped_at",
    "created_at", "updated_at",
)  # fmt: skip


def seed(
    scale: int,
    *,
    until: dt.datetime | None = None,
    rng_seed: int = RNG_SEED,
    quiet: bool = True,
) -> dict[str, int]:
    """Bring the leads up to `scale`, none newer than `until`; now when it is not given."""
    until = (until or timezone.now()).astimezone(dt.UTC)
    places = add_locations()
    last = last_key(Lead)
    wanted = missing_rows(Lead, scale)
    rows = leads(last, wanted, places, until, Random(rng_seed + last))
    return {"leads": add_rows(Lead, FIELDS, rows, expected=wanted, quiet=quiet)}


def add_locations() -> list[tuple[int, str]]:
    """Keys and codes of the Craigslist sites; those that are there already stay as they are."""
    Location.objects.bulk_create(
        (
            Location(
                name=name,
                code=code,
                url=f"https://{code}.craigslist.org",
                region=region,
                state=state,
            )
            for name, code, region, state in texts.LOCATIONS
        ),
        ignore_conflicts=True,
    )
    keys = dict(Location.objects.values_list("code", "pk"))
    return [(keys[code], code) for _name, code, _region, _state in texts.LOCATIONS]


def leads(
    last: int, count: int, places: list[tuple[int, str]], until: dt.datetime, rng: Random
) -> Iterator[tuple[Any, ...]]:
    """Posts in the order of their scraping, numbered on from the last key."""
    step = HISTORY / max(count, 1)
    for number in range(last + 1, last + count + 1):
        scraped = until - HISTORY + step * (number - last - 1 + rng.random())
        place, code = rng.choice(places)
        source = rng.choice(SOURCES)
        category, letters, subcategory, titles = rng.choice(texts.POSTS)
        post = str(FIRST_POST + number)
        title = title_of(number, titles, rng)
        yield (
            post if source == Source.CRAIGSLIST else f"{source}_{post}",
            f"https://{code}.craigslist.org/{letters}/d/post-{number}/{post}.html",
            title,
            description_of(number, rng),
            f"<section><p>{letters} {number}</p></section>" if number % 5 == 0 else None,
            price_of(number, category, rng),
            *work_of(category, rng),
            place,
            rng.choice(texts.NEIGHBORHOODS) if number % 3 == 0 else None,
            *spot_of(number, rng),
            *contact_of(number, rng),
            [f"https://images.craigslist.org/{rng.getrandbits(40):010x}.jpg"] * (number % 3),
            {"condition": "like new", "post": number} if category == "for-sale" else None,
            source,
            category if number % 40 else None,
            subcategory if number % 40 else None,
            *life_of(scraped, until, rng),
            scraped - DAY * 3 * rng.random() if number % 9 else None,
            scraped,
            scraped,
            min(until, scraped + DAY * rng.random()),
        )  # fmt: skip


def title_of(number: int, titles: tuple[str, ...], rng: Random) -> str:
    if number % 50 == 21:
        return ODD_TEXTS[number // 50 % len(ODD_TEXTS)]
    if number % 12 == 5:
        return texts.LOUD_TITLES[number // 12 % len(texts.LOUD_TITLES)]
    return rng.choice(titles)


def description_of(number: int, rng: Random) -> str | None:
    """Once in two hundred longer than the 1000 characters that old files were cut at."""
    if number % 20 in (3, 11):
        return None if number % 20 == 3 else ""
    if number % 25 == 17:
        return ODD_TEXTS[number // 25 % len(ODD_TEXTS)]
    count = 40 if number % 200 == 0 else 3
    return " ".join(rng.choice(texts.SENTENCES) for _ in range(count))


def price_of(number: int, category: str, rng: Random) -> float | None:
    if number % 15 == 4:
        return 0.0
    if category in ("jobs", "resumes", "community") or number % 7 == 2:
        return None
    return float(rng.choice((25, 40, 150, 900, 1500, 2400)) * rng.randint(1, 4)) - 0.01 * (
        number % 4 == 1
    )


def work_of(category: str, rng: Random) -> tuple[Any, ...]:
    """Pay, kinds of employment; whether remote, an internship, without profit."""
    if category not in ("jobs", "gigs"):
        return None, None, False, False, category == "community"
    kinds = sorted(rng.sample(EMPLOYMENT_TYPES, rng.randint(1, 2)))
    return rng.choice(texts.PAY), kinds, rng.random() < 0.4, rng.random() < 0.1, False


def spot_of(number: int, rng: Random) -> tuple[float | None, float | None]:
    if number % 4:
        return None, None
    return round(rng.uniform(25, 48), 6), round(rng.uniform(-123, -73), 6)


def contact_of(number: int, rng: Random) -> tuple[str | None, ...]:
    """E-mail, phone, name, address for answers, and where the e-mail is from."""
    email = (f"lead{number}@example.com", None, None, "")[rng.randrange(4)]
    phone = (f"+1 (415) 555-01{number % 100:02}", None, "")[rng.randrange(3)]
    name = rng.choice(texts.NAMES) if number % 3 == 1 else None
    reply = f"{rng.getrandbits(48):012x}@reply.example.org" if number % 6 == 0 else None
    return email, phone, name, reply, rng.choice(EMAIL_SOURCES) if email else None


def life_of(scraped: dt.datetime, until: dt.datetime, rng: Random) -> tuple[Any, ...]:
    """Status, and what was done about the lead so far."""
    status, looked_at, answered = rng.choice(STATUSES)
    seen = min(until, scraped + DAY * 2 * rng.random())
    sent = min(until, seen + DAY * rng.random())
    return (
        status,
        looked_at,
        answered,
        looked_at,
        round(rng.random(), 2) if looked_at else None,
        rng.choice(texts.REASONS) if looked_at else None,
        seen if looked_at else None,
        "email" if answered else None,
        sent if answered else None,
    )
