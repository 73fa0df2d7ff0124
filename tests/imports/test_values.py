"""Values made to fit their column, whole columns at once."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, models

from imports.batches import ABSENT
from imports.staging.sqlite import Sqlite
from imports.staging.values import fit

NUMBERS = (
    *("1.10", "1.1", "0", "-0.00", "99999999.99", "99999999.994", "99999999.995", "100000000"),
    *("1e30", "NaN", "sNaN", "Infinity", "-Infinity", "0.005", "0.015"),
)
TOO_LARGE = {"99999999.995", "100000000", "1e30", "NaN", "sNaN", "Infinity", "-Infinity"}


def test_numbers_fit_alike_together_and_alone() -> None:
    column = models.DecimalField(max_digits=10, decimal_places=2)
    column.set_attributes_from_name("price")
    values = [*map(Decimal, NUMBERS), ABSENT, "2.50", "x", 3, 1.5]
    fitted, faults = fit(column, values)
    alone = [fit(column, [value]) for value in values]
    assert [repr(one) for (one,), _faults in alone] == [repr(value) for value in fitted]
    told = {n: (wrong[0].code, wrong[0].message) for n, (_one, wrong) in enumerate(alone) if wrong}
    assert {n: (fault.code, fault.message) for n, fault in faults.items()} == told
    assert {NUMBERS[n] for n in told if n < len(NUMBERS)} == TOO_LARGE


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's words")
def test_moments_are_stored_as_django_stores_them() -> None:
    column = models.DateTimeField()
    column.set_attributes_from_name("seen_at")
    naive = dt.datetime(2025, 7, 1, 1, 2, 3)  # noqa: DTZ001
    zones = (dt.UTC, ZoneInfo("UTC"), ZoneInfo("Europe/London"), dt.timezone(dt.timedelta(hours=5)))
    moments = [naive.replace(tzinfo=zone, microsecond=n) for n, zone in enumerate(zones)]
    values = [None, *moments, None, None, ABSENT, moments[0], moments[0], moments[2]]
    wanted = [
        None if v is None or v is ABSENT else column.get_db_prep_save(v, connection) for v in values
    ]
    assert Sqlite().render(column, values) == wanted
