"""Readings in the order of their key, and one row a day made of them."""

from decimal import Decimal
from typing import Any

from django.db.models import Count, Max, Q, QuerySet, Sum

from exportsite.domains.energy.models import MeterReading
from exportsite.domains.energy.periods import DAILY, MOST_PERIODS

PERIODS = range(1, MOST_PERIODS + 1)
KEY = ("meter_id", "reading_date", "period_number")
DAY_KEY = KEY[:2]
PLACES = Decimal("0.001")


def period_name(number: int) -> str:
    return f"hh{number:02}"


def days() -> "QuerySet[Any]":
    """One row for each day of a meter that has half-hourly readings: hh01 to hh50 and more."""
    halves = {
        period_name(number): Max("reading_value", filter=Q(period_number=number))
        for number in PERIODS
    }
    rows: QuerySet[Any] = (
        MeterReading.objects.exclude(period_number=DAILY)
        .values(*DAY_KEY)
        .annotate(**halves, total=Sum("reading_value"), periods=Count("pk"))
    )
    return rows


def three_places(value: Decimal | None) -> Decimal | None:
    """SQLite has no exact decimals, and gives 15 digits of those that it worked out."""
    return None if value is None else value.quantize(PLACES)
