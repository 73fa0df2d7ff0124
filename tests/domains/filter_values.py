"""Values for any filter, taken from the rows that it looks at, and what they must give."""

import datetime as dt
import operator
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone

from exports import filters as blocks
from exportsite.domains.leads.analytics_resource import DaysFilter
from exportsite.domains.taxi.filters import LedgerBalanceFilter, SizeFromFilter, SizeToFilter
from exportsite.domains.taxi.models import LedgerBalance
from exportsite.domains.taxi.trip_exports import ActivePlateFilter

NOWHERE = "zzqx-nowhere"
DAY = dt.timedelta(days=1)
MOST_CHOICES = 3
COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {
    "exact": operator.eq, "gte": operator.ge, "lte": operator.le,
}  # fmt: skip
# A filter that is a method of its FilterSet: what it looks at.
LOOKS_AT = {
    "from_transaction_date": "transaction_datetime",
    "to_transaction_date": "transaction_datetime",
    "from_transaction_time": "transaction_datetime",
    "to_transaction_time": "transaction_datetime",
}


class NoValue(Exception):
    """Nothing is known about such a filter, or no row has anything to look for."""


@dataclass(frozen=True, kw_only=True)
class Case:
    what: str
    value: str | list[str]
    holds: Any = None  # a row that must be there
    lacks: Any = None  # a row that must not
    count: int | None = None  # how many rows there must be
    some: bool = False  # at least one


@dataclass(frozen=True, kw_only=True)
class Sight:
    """A filter of one resource, and the rows that it chooses from."""

    name: str
    one: django_filters.Filter
    field: Any  # of the form
    rows: "QuerySet[Any]"

    @property
    def path(self) -> str:
        return LOOKS_AT.get(self.name) or str(self.one.field_name)

    def values(self, path: str = "") -> dict[Any, Any]:
        """Primary key -> value, of the rows that have one."""
        path = path or self.path
        pairs = self.rows.order_by("pk").values_list("pk", path)
        return {key: value for key, value in pairs if value not in (None, "")}

    def middle(self, values: Mapping[Any, Any], wanted: Callable[[Any], object]) -> tuple[Any, Any]:
        """A key and its value, which is not the first one, so that it tells rows apart."""
        found = [(key, value) for key, value in values.items() if wanted(value)]
        if not found:
            raise NoValue("no row has a value to look for")
        return found[len(found) // 2]


def cases_for(sight: Sight) -> list[Case]:
    """What the walk tries. Raises NoValue."""
    for kind in type(sight.one).__mro__:
        if kind in MAKERS:
            return list(MAKERS[kind](sight))
    raise NoValue(f"nothing is known about a {type(sight.one).__name__}")


# -- Texts ------------------------------------------------------------------------------------
def part_of(sight: Sight) -> tuple[Any, str]:
    """A key, and a part of one of its texts, in the other case."""
    paths = getattr(sight.one, "paths", None) or [sight.path]
    values = {key: str(text) for path in paths for key, text in sight.values(path).items()}

    key, text = sight.middle(values, words_of)
    word = max(words_of(text), key=len)
    return key, (word[1:] if len(word) > 3 else word).swapcase()


def words_of(text: str) -> list[str]:
    """Those without a sign that means something in a list or a pattern."""
    return re.findall(r"[A-Za-z0-9]+", text) if text.isascii() else []


def contains(sight: Sight) -> Iterator[Case]:
    key, text = part_of(sight)
    yield Case(what="hit", value=text, holds=key)
    yield Case(what="miss", value=NOWHERE, count=0)


def comma_contains(sight: Sight) -> Iterator[Case]:
    yield from contains(sight)
    key, text = part_of(sight)
    yield Case(what="hit in a list", value=f"{NOWHERE}, {text} ,", holds=key)


def excludes(sight: Sight) -> Iterator[Case]:
    key, text = part_of(sight)
    yield Case(what="hit", value=text, lacks=key)
    yield Case(what="miss", value=NOWHERE, count=sight.rows.count())


def plates(sight: Sight) -> Iterator[Case]:
    active = sight.rows.filter(vehicle__registrations__is_active=True).order_by("pk")
    key, plate = active.values_list("pk", "vehicle__registrations__plate_number")[1]
    yield Case(what="hit", value=plate[1:].lower(), holds=key)
    yield Case(what="miss", value=NOWHERE, count=0)


def exact_text(sight: Sight) -> Iterator[Case]:
    values = sight.values()
    key, text = sight.middle(values, bool)
    yield Case(what="hit", value=str(text), holds=key, count=list(values.values()).count(text))
    yield Case(what="miss", value=NOWHERE, count=0)


def comma_numbers(sight: Sight) -> Iterator[Case]:
    values = sight.values()
    key, number = sight.middle(values, lambda text: str(text).isdecimal())
    count = list(values.values()).count(number)
    yield Case(what="hit", value=f"999999999, {number}", holds=key, count=count)
    yield Case(what="miss", value="999999999", count=0)


# -- Lists ------------------------------------------------------------------------------------
def choices(sight: Sight) -> Iterator[Case]:
    offered = [str(key) for key, _label in sight.field.choices if str(key)]
    if sight.one.method:
        for value in offered[:MOST_CHOICES]:
            yield Case(what=f"choice {value}", value=[value], some=True)
        return
    values = [str(value) for value in sight.values().values()]
    taken = [value for value in offered if value in values]
    if not taken:
        raise NoValue("no row has any of the choices")
    unused = [value for value in offered if value not in values][:1]
    for value in (*taken[:MOST_CHOICES], *unused):
        yield Case(what=f"choice {value}", value=[value], count=values.count(value))
    both = [*taken[:2], *unused]
    yield Case(what="choices", value=both, count=sum(values.count(value) for value in both))


def related(sight: Sight) -> Iterator[Case]:
    values = sight.values()
    key, related_key = sight.middle(values, bool)
    count = list(values.values()).count(related_key)
    row = sight.field.queryset.get(pk=related_key)
    yield Case(what="key", value=[str(related_key)], holds=key, count=count)
    name = str(getattr(row, sight.field.name_field))
    if "," not in name:  # which some of these filters take for the end of it
        yield Case(what="name", value=[name.swapcase() if name.isascii() else name], count=count)
    if unused := sight.field.queryset.exclude(pk__in=set(values.values())).first():
        yield Case(what="miss", value=[str(unused.pk)], count=0)


def keys(sight: Sight) -> Iterator[Case]:
    found = list(sight.rows.order_by("pk").values_list("pk", flat=True)[:3])
    yield Case(what="hit", value=",".join(map(str, found[1:])), holds=found[1])
    yield Case(what="miss", value="0", count=0)


def yes_or_no(sight: Sight) -> Iterator[Case]:
    for word in ("true", "false"):
        yield Case(what=word, value=word, some=True)


# -- Bounds -----------------------------------------------------------------------------------
def numbers(sight: Sight) -> Iterator[Case]:
    values = {key: Decimal(str(value)) for key, value in sight.values().items()}
    least = sight.one.extra.get("min_value", -(10**9))
    return bounds(sight, values, COMPARE[sight.one.lookup_expr], least)


def sizes(sight: Sight) -> Iterator[Case]:
    """Numbers whose sign does not count."""
    values = {key: abs(value) for key, value in sight.values().items()}
    return bounds(sight, values, COMPARE[bound_of(sight)], 0)


def balances(sight: Sight) -> Iterator[Case]:
    charges = LedgerBalance.objects.filter(category=sight.one.category)
    owed = dict(charges.values_list("reference_id", "balance"))
    values = {key: owed[text] for key, text in sight.values().items() if text in owed}
    return bounds(sight, values, COMPARE[sight.one.lookup_expr], -(10**9))


def bounds(
    sight: Sight, values: Mapping[Any, Any], fits: Callable[[Any, Any], bool], least: Any
) -> Iterator[Case]:
    """A number that a row has, zero, and one beyond all; none below what the filter takes."""
    key, number = sight.middle(values, lambda value: value >= least)
    far = min(values.values()) - 1 if fits is operator.le else max(values.values()) + 1
    for what, bound in (("hit", number), ("zero", Decimal(0)), ("beyond", far)):
        if bound >= least:
            count = sum(fits(value, bound) for value in values.values())
            holds = key if what == "hit" else None
            yield Case(what=what, value=f"{bound:f}", holds=holds, count=count)


def days_back(_sight: Sight) -> Iterator[Case]:
    for number in ("1", "365"):
        yield Case(what=number, value=number, some=True)


def days(sight: Sight) -> Iterator[Case]:
    """A day that a row has, the last and the first one, and one beyond."""
    values = {key: day_of(value) for key, value in sight.values().items()}
    fits = COMPARE[bound_of(sight)]
    key, day = sight.middle(values, lambda _value: True)
    first, last = min(values.values()), max(values.values())
    beyond = last + DAY if fits is operator.ge else first - DAY
    for what, bound in (("hit", day), ("first day", first), ("last day", last), ("beyond", beyond)):
        count = sum(fits(value, bound) for value in values.values())
        holds = key if what == "hit" else None
        yield Case(what=what, value=bound.isoformat(), holds=holds, count=count)


def moments(sight: Sight) -> Iterator[Case]:
    yield from days(sight)
    values = sight.values()
    key, moment = sight.middle(values, lambda _value: True)
    fits = COMPARE[bound_of(sight)]
    count = sum(fits(value, moment) for value in values.values())
    yield Case(what="moment", value=moment.isoformat(), holds=key, count=count)


def times(sight: Sight) -> Iterator[Case]:
    """By the site's clock; a second is in it as a whole."""
    values = {key: time_of(value) for key, value in sight.values().items()}
    fits = COMPARE[bound_of(sight)]
    key, time = sight.middle(values, lambda _value: True)
    for what, bound in (("hit", time), ("midnight", dt.time(0)), ("evening", dt.time(23, 59, 59))):
        count = sum(fits(value, bound) for value in values.values())
        holds = key if what == "hit" else None
        yield Case(what=what, value=bound.isoformat(), holds=holds, count=count)


def bound_of(sight: Sight) -> str:
    """Which end the filter is; those that are a method or of days say it by their name."""
    if sight.one.lookup_expr in ("gte", "lte"):
        return str(sight.one.lookup_expr)
    return "lte" if {"to", "end"} & set(sight.name.split("_")) else "gte"


def day_of(value: dt.date) -> dt.date:
    return timezone.localdate(value) if isinstance(value, dt.datetime) else value


def time_of(value: dt.datetime | dt.time) -> dt.time:
    clock = timezone.localtime(value).time() if isinstance(value, dt.datetime) else value
    return clock.replace(microsecond=0)


MAKERS: Mapping[type, Callable[[Sight], Iterator[Case]]] = {
    blocks.ContainsFilter: contains,
    blocks.SearchFilter: contains,
    blocks.CommaContainsFilter: comma_contains,
    blocks.ExcludeKeywordsFilter: excludes,
    blocks.CommaNumbersFilter: comma_numbers,
    blocks.KeysFilter: keys,
    blocks.AnyOfFilter: choices,
    blocks.RelatedFilter: related,
    blocks.TriStateFilter: yes_or_no,
    blocks.HasValueFilter: yes_or_no,
    blocks.DayFromFilter: days,
    blocks.DayToFilter: days,
    blocks.MomentFromFilter: moments,
    blocks.MomentToFilter: moments,
    ActivePlateFilter: plates,
    SizeFromFilter: sizes,
    SizeToFilter: sizes,
    LedgerBalanceFilter: balances,
    DaysFilter: days_back,
    django_filters.DateFilter: days,
    django_filters.TimeFilter: times,
    django_filters.NumberFilter: numbers,
    django_filters.CharFilter: exact_text,
}
