"""What the database itself refuses to hold of meters and readings."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction

from exportsite.domains.energy.models import Meter, MeterReading, Site

DAY = dt.date(2025, 11, 7)


@pytest.mark.parametrize("period", [0, 1, 50])
def test_a_period_of_a_meters_day_is_read_once(period: int, make_reading: Any) -> None:
    make_reading("A", period)
    make_reading("B", period)
    with pytest.raises(IntegrityError), transaction.atomic():
        make_reading("A", period, "9")
    MeterReading.objects.bulk_create(
        [MeterReading(meter=Meter.objects.get(mpan="A"), reading_date=DAY, period_number=period,
                      reading_value=Decimal("7.5"))],
        update_conflicts=True,
        unique_fields=["meter", "reading_date", "period_number"],
        update_fields=["reading_value"],
    )  # fmt: skip
    assert MeterReading.objects.get(meter__mpan="A").reading_value == Decimal("7.5")


def test_the_database_refuses_what_cannot_be(make_reading: Any, make_meter: Any) -> None:
    for period in (51, -1):
        with pytest.raises(IntegrityError), transaction.atomic():
            make_reading(period=period)
    day = dt.date(2020, 1, 1)
    for fields in (
        {"mpan": "1200001234566"},
        {"mpan": "x", "installation_date": day, "removal_date": day - dt.timedelta(days=1)},
    ):
        make_meter() if not Meter.objects.exists() else None
        with pytest.raises(IntegrityError), transaction.atomic():
            make_meter(**fields)
    site = make_meter("y").site
    for name, value in (("latitude", 91), ("longitude", -181), ("floor_area", -1)):
        with pytest.raises(IntegrityError), transaction.atomic():
            Site.objects.filter(pk=site.pk).update(**{name: value})


def test_the_tables_can_be_taken_back(transactional_db: None) -> None:
    call_command("migrate", "energy", "zero", verbosity=0)
    assert "energy_meterreading" not in connection.introspection.table_names()
    call_command("migrate", "energy", verbosity=0)
    assert MeterReading.objects.count() == 0
