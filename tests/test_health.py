import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import DEFAULT_DB_ALIAS, OperationalError, connection, connections
from django.test import Client
from django.utils import timezone

from exports.models import Export
from exportsite.jobs import presence

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _private_folder(settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_DIRECTORY = tmp_path / "exports"


@pytest.mark.parametrize("path", ["/healthz", "/healthz/"])
def test_it_answers_without_login(client: Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json() == {
        "database": "ok",
        "storage": "ok",
        "workers": 0,
        "oldest_waiting_seconds": 0,
    }
    assert "no-store" in answer["Cache-Control"]


def test_it_only_reads(client: Client) -> None:
    assert client.head("/healthz").status_code == 200
    assert client.post("/healthz").status_code == 405


def test_it_answers_probes_that_come_by_plain_http(client: Client, settings: Any) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/admin/").status_code == 301
    assert client.get("/healthz").status_code == 200


def test_it_says_how_long_the_oldest_due_job_waits(client: Client) -> None:
    now = timezone.now()
    for seconds, status, lane in [
        (-600, "pending", "bulk"),  # not due yet
        (90, "pending", "bulk"),
        (30, "pending", "fast"),
        (900, "failed", "fast"),
    ]:
        Export.objects.create(
            status=status, lane=lane, available_at=now - timedelta(seconds=seconds)
        )
    assert 90 <= client.get("/healthz").json()["oldest_waiting_seconds"] < 600


def test_a_failing_database_is_told_without_a_word_of_it(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OperationalError("password of postgres@10.0.0.7 is wrong")

    monkeypatch.setattr(presence, "look", fail)
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {
        "database": "fails",
        "storage": "ok",
        "workers": None,
        "oldest_waiting_seconds": None,
    }


def test_a_folder_that_cannot_be_written_is_told(
    client: Client, settings: Any, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    settings.EXPORT_DIRECTORY = tmp_path / "file" / "exports"
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json()["storage"] == "fails"


def test_the_probe_leaves_nothing_in_the_folder(client: Client, settings: Any) -> None:
    client.get("/healthz")
    assert list(settings.EXPORT_DIRECTORY.iterdir()) == []


# -- In detail -----------------------------------------------------------------------------------
@pytest.fixture
def replica(settings: Any, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Where a second database is; whoever changes it moves the database away."""
    place = {**connection.settings_dict}
    if connection.vendor == "sqlite":
        place["NAME"] = str(tmp_path / "replica.sqlite3")
    connections.databases["replica"] = place
    settings.EXPORT_DATABASE = "replica"
    yield place
    del connections["replica"]
    del connections.databases["replica"]


@pytest.fixture
def may_connect(monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's tests refuse connections to databases that they did not make."""

    def connect(wrapper: Any) -> None:
        if wrapper.connection is None:
            with wrapper.wrap_database_errors:
                wrapper.connect()

    monkeypatch.setattr(type(connections[DEFAULT_DB_ALIAS]), "ensure_connection", connect)


@pytest.fixture
def redis_url() -> str:
    redis = pytest.importorskip("redis")
    url = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/0")
    with redis.Redis.from_url(url) as client:
        try:
            client.ping()
        except redis.RedisError:
            give_up = pytest.fail if os.environ.get("REQUIRE_REDIS") == "1" else pytest.skip
            give_up(f"There is no Redis at {url}; TEST_REDIS_URL=... names another.")
    return url


def details(client: Client) -> tuple[int, str, str]:
    answer = client.get("/healthz?details=1")
    told = answer.json()
    return answer.status_code, told["export_database"], told["redis"]


def test_the_details_name_what_is_not_there_at_all(client: Client, settings: Any) -> None:
    settings.EXPORT_DATABASE, settings.REDIS_URL = DEFAULT_DB_ALIAS, ""
    assert details(client) == (200, "not set", "not set")


@pytest.mark.usefixtures("may_connect", "replica")
def test_a_replica_that_answers_is_well(client: Client) -> None:
    assert details(client)[:2] == (200, "ok")


@pytest.mark.usefixtures("may_connect")
def test_a_replica_that_is_away_is_told_and_the_site_serves_on(
    client: Client, replica: dict[str, Any]
) -> None:
    replica |= {"NAME": "/nowhere/replica", "HOST": "127.0.0.1", "PORT": "1"}
    assert details(client)[:2] == (200, "fails")
    assert "export_database" not in client.get("/healthz").json()


def test_a_redis_that_answers_is_well(client: Client, settings: Any, redis_url: str) -> None:
    settings.REDIS_URL = redis_url
    assert details(client)[0::2] == (200, "ok")


def test_a_redis_that_is_away_is_told_and_the_site_serves_on(client: Client, settings: Any) -> None:
    pytest.importorskip("redis")
    settings.REDIS_URL = "redis://secret@127.0.0.1:1/0"
    answer = client.get("/healthz?details=1")
    assert (answer.status_code, answer.json()["redis"]) == (200, "fails")
    assert "secret" not in answer.text
