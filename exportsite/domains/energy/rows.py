"""Readings in the order of their key, and one row a day made of them."""

from decimal import Decimal
from typing import Any, Self

from django.db.models import Count, Max, Q, QuerySet, Sum

from exportsite.domains.energy.models import MeterReading
from exportsite.domains.energy.periods import DAILY, MOST_PERIODS

PERIODS = range(1, MOST_PERIODS + 1)
KEY = ("meter_id", "reading_date", "period_number")
DAY_KEY = KEY[:2]
PLACES = Decimal("0.001")


def period_name(number: int) -> str:
    return f"hh{number:02}"


class KeyedRows(QuerySet[Any]):
    """Ordered by "pk" means by the meaningful key, which an index holds and a group has."""

    key: tuple[str, ...] = KEY

    def order_by(self, *names: Any) -> Self:
        parts: dict[Any, None] = {}
        for name in names:
            is_key = isinstance(name, str) and name.removeprefix("-") == "pk"
            sign = "-" if is_key and name.startswith("-") else ""
            parts |= dict.fromkeys([f"{sign}{part}" for part in self.key] if is_key else [name])
        return super().order_by(*parts)


class KeyedDays(KeyedRows):
    key = DAY_KEY


def days() -> "QuerySet[Any]":
    """One row for each day of a meter that has half-hourly readings: hh01 to hh50 and more."""
    halves = {
        period_name(number): Max("reading_value", filter=Q(period_number=number))
        for number in PERIODS
    }
    rows: QuerySet[Any] = (
        KeyedDays(MeterReading)
        .exclude(period_number=DAILY)
        .values(*DAY_KEY)
        .annotate(**halves, total=Sum("reading_value"), periods=Count("pk"))
    )
    return rows


def three_places(value: Decimal | None) -> Decimal | None:
    """SQLite has no exact decimals, and gives 15 digits of those that it worked out."""
    return None if value is None else value.quantize(PLACES)
