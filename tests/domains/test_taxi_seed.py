import datetime as dt
from collections import defaultdict
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.models import Count, F, Q, Sum
from django.db.models.functions import ExtractHour
from django.test.utils import CaptureQueriesContext

from exportsite.domains.taxi import models
from exportsite.domains.taxi.choices import LedgerStatus
from exportsite.domains.taxi.seed import seed
from exportsite.domains.taxi.seed_shapes import VIOLATIONS, at_quantile, usual
from exportsite.domains.taxi.seed_times import moments
from exportsite.seeding import ODD_TEXTS

pytestmark = pytest.mark.django_db

UNTIL = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
TABLES = tuple(getattr(models, name) for name in models.__all__)
BIG = (
    models.EZPassTransaction, models.PVBViolation, models.CurbTrip, models.LedgerPosting,
    models.LedgerBalance,
)  # fmt: skip
PARTS = (
    "fare", "tips", "tolls", "extras", "surcharge", "improvement_surcharge", "congestion_fee",
    "airport_fee", "cbdt_fee",
)  # fmt: skip


def fill(scale: int = 2_000, **options: Any) -> dict[str, int]:
    return seed(scale, **{"until": UNTIL, **options})


def contents(*, keys: bool = True) -> list[list[tuple[Any, ...]]]:
    """Every row of every table, without the keys that run on when rows are deleted."""
    found = []
    for model in TABLES:
        names = [
            field.attname
            for field in model._meta.concrete_fields
            if keys or not (field.is_relation or field.primary_key)
        ]
        found.append(list(model._default_manager.order_by("pk").values_list(*names)))
    return [sorted(table, key=repr) for table in found]


def test_it_answers_with_what_it_added() -> None:
    added = fill()
    assert added["E-ZPass transactions"] == models.EZPassTransaction.objects.count() == 2_000
    assert added["PVB violations"] == models.PVBViolation.objects.count() == 100
    assert added["CURB trips"] == models.CurbTrip.objects.count() == 400
    assert added["ledger balances"] == models.LedgerBalance.objects.count() > 100
    assert added["ledger postings"] == models.LedgerPosting.objects.count() > 200
    assert added["drivers"] == models.Driver.objects.count() == 500
    assert sum(seed(0).values()) == 0


def test_the_same_seed_gives_the_same_rows(transactional_db: None) -> None:
    call_command("flush", interactive=False, verbosity=0)  # keys begin anew
    fill(400)
    first = contents(keys=False)
    call_command("flush", interactive=False, verbosity=0)
    fill(400)
    assert contents(keys=False) == first
    call_command("flush", interactive=False, verbosity=0)
    fill(400, rng_seed=1)
    assert contents(keys=False) != first


def test_a_second_time_nothing_is_added_or_changed() -> None:
    fill(400)
    first = contents()
    assert set(fill(400).values()) == {0}
    assert set(fill(100, until=UNTIL + dt.timedelta(days=99)).values()) == {0}
    assert contents() == first


def test_more_can_be_added_to_what_is_there() -> None:
    fill(400)
    before = {model: model._default_manager.count() for model in BIG}
    added = fill(1_000)
    assert added["drivers"] == 0
    assert models.EZPassTransaction.objects.count() == 1_000
    assert all(model._default_manager.count() > before[model] for model in BIG)


def test_nothing_is_of_later_and_something_is_of_the_last_day() -> None:
    fill()
    for model, field in (
        (models.EZPassTransaction, "transaction_datetime"),
        (models.EZPassTransaction, "posting_date"),
        (models.PVBViolation, "posting_date"),
        (models.CurbTrip, "end_time"),
        (models.LedgerPosting, "created_on"),
        (models.LedgerBalance, "updated_on"),
        (models.EZPassTransaction, "updated_on"),
    ):
        assert not model._default_manager.filter(**{f"{field}__gt": UNTIL}).exists()
    last_day = UNTIL - dt.timedelta(hours=12)
    assert models.EZPassTransaction.objects.filter(transaction_datetime__gte=last_day).exists()


def test_balances_are_what_was_charged_less_what_was_paid() -> None:
    fill()
    postings: dict[Any, Decimal] = defaultdict(Decimal)
    for row in models.LedgerPosting.objects.filter(status="POSTED").values():
        postings[row["category"], row["reference_id"]] += row["amount"]
    for row in models.LedgerBalance.objects.all():
        posted = postings[row.category, row.reference_id]
        assert row.balance == row.prior_balance + posted
        assert (row.status == "CLOSED") == (row.balance == 0)
        paid = models.LedgerPosting.objects.filter(pk__in=row.applied_payment_refs)
        total = paid.aggregate(total=Sum("amount"))["total"] or 0
        assert row.balance == row.original_amount + row.prior_balance + total
    assert {"OPEN", "CLOSED"} == set(models.LedgerBalance.objects.values_list("status", flat=True))
    assert models.LedgerBalance.objects.exclude(prior_balance=0).exists()


def test_charges_are_of_tolls_and_summonses_that_were_posted() -> None:
    fill()
    tolls = models.EZPassTransaction.objects.filter(status=LedgerStatus.POSTED_TO_LEDGER)
    for balance in models.LedgerBalance.objects.filter(category="EZPass"):
        assert tolls.get(transaction_id=balance.reference_id).amount == -balance.original_amount
    summonses = models.PVBViolation.objects.filter(status=LedgerStatus.POSTED_TO_LEDGER)
    for balance in models.LedgerBalance.objects.filter(category="PVB"):
        assert summonses.get(summons=balance.reference_id).amount_due == balance.original_amount


def test_a_void_has_its_opposite() -> None:
    fill()
    voided = models.LedgerPosting.objects.filter(status="VOIDED")
    assert voided.exists()
    for row in voided:
        assert row.reversal.amount == -row.amount
        assert row.reversal.reference_id == f"VOID-{row.pk}"


def test_trips_are_as_odd_as_real_ones() -> None:
    fill(10_000)
    trips = models.CurbTrip.objects.all()
    total = sum((F(name) for name in PARTS[1:]), F(PARTS[0]))
    # Sums of money in SQLite are floats.
    uneven = trips.alias(gap=F("total_amount") - total).exclude(gap__range=(-0.001, 0.001))
    assert 0.25 < uneven.count() / trips.count() < 0.35
    assert not trips.filter(payment_type="CASH").exclude(tips=0).exists()
    assert trips.filter(payment_type="CREDIT_CARD", tips__gt=0).exists()
    assert set(trips.values_list("payment_type", flat=True)) >= {"CASH", "CREDIT_CARD"}
    assert trips.filter(total_amount__lt=0).exists()
    assert trips.filter(driver=None).exists()
    assert trips.filter(curb_trip_id__startswith="TRANS-").exists()
    by_hour = dict(
        trips.values_list(
            ExtractHour("start_time", tzinfo=dt.timezone(dt.timedelta(hours=-4)))
        ).annotate(Count("pk"))
    )
    assert by_hour[18] > 3 * by_hour[4]


def test_tolls_are_of_every_kind() -> None:
    fill(8_000)
    tolls = models.EZPassTransaction.objects.all()
    assert set(tolls.values_list("status", flat=True)) == set(LedgerStatus.values)
    for wanted in (
        Q(amount__gt=0),
        Q(amount=0),
        Q(driver=None),
        Q(exit_plaza=""),
        Q(exit_plaza=None),
    ):
        assert tolls.filter(wanted).exists()
    assert tolls.filter(tag_or_plate__startswith="004").exists()
    assert tolls.filter(tag_or_plate__startswith="NY ").exists()
    plazas = set(tolls.values_list("exit_plaza", flat=True))
    assert {text[:100] for text in ODD_TEXTS} < plazas
    assert models.Driver.objects.filter(full_name__startswith="=").exists()
    assert models.Driver.objects.filter(full_name__contains="Παπα").exists()
    assert models.EZPassImport.objects.aggregate(n=Sum("total_records"))["n"] == 8_000
    numbered = models.EZPassImport.objects.annotate(n=Count("transactions"))
    assert all(run.n == run.total_records for run in numbered)


def test_summonses_have_the_citys_fines_and_add_up() -> None:
    fill(10_000)
    fines = {(str(code), fine) for code, low, high, _often in VIOLATIONS for fine in (low, high)}
    for row in models.PVBViolation.objects.all():
        assert (row.violation_code, row.fine) in fines
        if row.interest is not None and row.processing_fee is not None:
            paid = row.reduction + row.payment
            assert row.amount_due == (
                row.fine + row.penalty + row.interest + row.processing_fee - paid
            )
    assert models.PVBViolation.objects.filter(issue_time=None).exists()
    assert models.PVBViolation.objects.filter(interest=None).exists()


def test_vehicles_have_old_plates_too_and_some_have_none() -> None:
    fill(10)
    plates = models.VehicleRegistration.objects
    assert plates.filter(is_active=False).count() > 50
    assert models.Vehicle.objects.exclude(
        pk__in=plates.filter(is_active=True).values("vehicle")
    ).exists()


def test_rows_are_written_in_batches() -> None:
    with CaptureQueriesContext(connection) as queries:
        fill(3_000)
    assert len(queries) < 150


def test_the_spread_follows_its_tables() -> None:
    assert at_quantile((0, 10, 20), 0.25) == 5
    assert at_quantile((0, 10, 20), 1) == 20
    assert usual(2.0) == (10.0, 12.7)
    assert usual(2.5) == (11.75, 14.75)
    times = list(moments(5_000, UNTIL, Random(1)))
    assert times == sorted(times)
    assert len(times) == 5_000
    assert UNTIL - dt.timedelta(days=732) < times[0] < times[-1] <= UNTIL
