"""How often somebody may ask, also when everything comes at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exports.models import Export
from exportsite.api import reads
from exportsite.api.models import ReadTally
from tests.api.conftest import Caller
from tests.api.threads import at_once

pytestmark = pytest.mark.django_db


def test_the_sixth_export_of_a_minute_has_to_wait(api: Caller, settings: Any) -> None:
    settings.EXPORT_RATE_LIMIT = 5
    codes = [api.post("exports", {"resource": "books"}).status_code for _ in range(5)]
    assert codes == [202] * 5
    response = api.post("exports", {"resource": "books"})
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    assert "5 exports within a minute" in response.json()["detail"]
    assert api.get("books/export").status_code == 429
    assert api.get("exports").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_fifty_exports_at_once_do_not_pass_the_limit(api: Caller, settings: Any) -> None:
    settings.EXPORT_RATE_LIMIT = 5

    def ask() -> int:
        return int(Caller(secret=api.secret).post("exports", {"resource": "books"}).status_code)

    codes = at_once(50, ask)
    assert sorted(codes) == [202] * 5 + [429] * 45
    assert Export.objects.count() == 5


@pytest.mark.parametrize("limit", [1, 3, 25, 120])
def test_reads_are_limited(ana: User, api: Caller, settings: Any, limit: int) -> None:
    settings.API_READ_LIMIT = limit
    codes = [api.get("exports?page_size=1").status_code for _ in range(limit + 3)]
    assert codes == [200] * limit + [429] * 3
    response = api.get("resources")
    assert response.status_code == 429
    assert 0 < int(response["Retry-After"]) <= 60
    ReadTally.objects.update(count=0)
    reads.forget()
    assert api.get("resources").status_code == 200


def test_a_minute_later_reads_go_on(api: Caller, settings: Any) -> None:
    settings.API_READ_LIMIT = 2
    assert [api.get("stats").status_code for _ in range(3)] == [200, 200, 429]
    tally = ReadTally.objects.get()
    ReadTally.objects.update(began_at=tally.began_at - timedelta(seconds=61))
    reads.forget()
    assert [api.get("stats").status_code for _ in range(3)] == [200, 200, 429]


def test_dry_runs_are_reads_and_other_posts_are_not(api: Caller, settings: Any) -> None:
    settings.API_READ_LIMIT = 1
    body = {"resource": "books", "dry_run": True}
    assert [api.post("exports", body).status_code for _ in range(2)] == [200, 429]
    assert api.post("exports", {"resource": "books"}).status_code == 202


def test_everybody_has_a_minute_of_their_own(api: Caller, bob_api: Caller, settings: Any) -> None:
    settings.API_READ_LIMIT = 1
    assert [api.get("exports").status_code for _ in range(2)] == [200, 429]
    assert bob_api.get("exports").status_code == 200


@pytest.mark.django_db(transaction=True)
def test_many_reads_at_once_do_not_pass_the_limit(ana: User, settings: Any) -> None:
    settings.API_READ_LIMIT = 40
    waits = at_once(60, lambda: reads.take_turn(ana))
    assert sum(wait == 0 for wait in waits) == 40


@pytest.mark.django_db(transaction=True)
def test_processes_count_together(ana: User, settings: Any, monkeypatch: Any) -> None:
    """Each process has a memory of its own; what it has not told yet may be too much."""
    settings.API_READ_LIMIT = 40
    memories: list[dict[Any, Any]] = [{}, {}, {}]
    went_on = 0
    for number in range(120):
        monkeypatch.setattr(reads, "_people", memories[number % 3])
        went_on += reads.take_turn(ana) == 0
    assert 40 <= went_on <= 40 + 2 * (reads.TOLD_EVERY - 1)
    assert all(reads.take_turn(ana) for _ in range(3))


def test_a_caller_who_polls_costs_a_write_every_five_reads(ana: User, settings: Any) -> None:
    settings.API_READ_LIMIT = 120
    with CaptureQueriesContext(connection) as queries:
        for _ in range(30):
            assert reads.take_turn(ana) == 0
    updates = [query for query in queries.captured_queries if "UPDATE" in query["sql"]]
    assert len(updates) <= 8


def test_the_limit_may_be_none(api: Caller, settings: Any) -> None:
    settings.API_READ_LIMIT = 0
    assert {api.get("resources").status_code for _ in range(5)} == {200}
    assert not ReadTally.objects.exists()
