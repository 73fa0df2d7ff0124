"""Rows come in the same order from every database, and the usual order costs no sorting."""

import datetime as dt
from typing import Any

import pytest
from django.db import connection

from exports.registry import all_resources, find_resource
from exports.resources import sorts_of
from exports.sources.orm import read_some
from exportsite.domains.leads.lookups import Location
from exportsite.domains.leads.models import Lead

pytestmark = pytest.mark.django_db

NAMES = sorted(
    resource.name
    for resource in all_resources()
    if resource.__module__.startswith("exportsite.domains.") and not resource.is_computed
)
NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


def explain(rows: Any) -> str:
    """How the database would read them if it had no choice but to avoid sorting."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for way in ("sort", "incremental_sort", "seqscan", "bitmapscan", "hashagg"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
    return str(rows.explain()).upper()


@pytest.mark.parametrize("name", NAMES)
def test_an_index_holds_the_usual_order(name: str, plan: Any) -> None:
    key = "meter_id" if name == "readings-wide" else "pk"
    steps = explain(plan(name).rows.values_list(key))
    assert "SORT KEY" not in steps, steps
    assert "TEMP B-TREE" not in steps, steps


@pytest.mark.parametrize("name", NAMES)
def test_the_usual_order_asks_for_nothing_that_may_be_empty(name: str, plan: Any) -> None:
    assert all(isinstance(part, str) for part in plan(name).rows.query.order_by), name
    assert sorts_of(find_resource(name))


@pytest.mark.parametrize("is_down", [False, True])
def test_empty_values_come_last_both_ways(is_down: bool, plan: Any) -> None:
    place = Location.objects.create(name="Miami", code="miami")
    for number, price in enumerate((None, 5.0, 0.0, None, 90.0)):
        Lead.objects.create(
            craigslist_id=str(number), title="x", location=place, price=price, scraped_at=NOON
        )
    asked = plan("leads", columns=["price"], sort_by="price", sort_descending=is_down)
    prices = [90.0, 5.0, 0.0] if is_down else [0.0, 5.0, 90.0]
    assert [price for (price,) in read_some(asked, 9)] == [*prices, None, None]


@pytest.mark.parametrize("is_down", [False, True])
def test_rows_without_a_relation_come_last_too(is_down: bool, plan: Any, make_asset: Any) -> None:
    make_asset("A", location=None)
    make_asset("B")
    make_asset("C", name="named")
    asked = plan("assets", columns=["asset_tag"], sort_by="name", sort_descending=is_down)
    assert [tag for (tag,) in read_some(asked, 9)] == ["C", "A", "B"]
