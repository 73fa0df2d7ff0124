from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError
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
    assert client.get("/healthz").json()["oldest_waiting_seconds"] in (90, 91)


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
