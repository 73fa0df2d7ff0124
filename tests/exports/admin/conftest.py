import uuid
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exports import delivery, logs
from exports.models import Event, Export
from exports.states import Status
from exportsite.jobs.models import Worker

ExportFactory = Callable[..., Export]
BODY = b"ID,Title\r\n1,Middlemarch\r\n"


@pytest.fixture
def make_export(ana: User) -> ExportFactory:
    """A row in any status, straight into the database; a completed one with its file."""

    def make(status: str = Status.PENDING, *, body: bytes = BODY, **fields: Any) -> Export:
        now = timezone.now()
        values: dict[str, Any] = {
            "id": uuid.uuid4(),
            "status": status,
            "created_by": ana,
            "resource": "books",
            "format": "csv",
            "title": "Books: Shelf: Novel",
            "columns": ["id", "title"],
            "total_rows": 150_000,
        }
        if status == Status.PROCESSING:
            values |= {
                "exported_rows": 93_600,
                "claimed_by": "w:1",
                "attempts": 1,
                "started_at": now - timedelta(seconds=10),
                "lease_until": now + timedelta(seconds=90),
            }
        if status in (Status.COMPLETED, Status.EXPIRED):
            values |= {
                "exported_rows": 150_000,
                "started_at": now - timedelta(seconds=72),
                "completed_at": now,
                "file_name": "books.csv",
                "file_size": len(body),
                "expires_at": now + timedelta(days=30),
            }
        if status in (Status.FAILED, Status.CANCELLED):
            values["completed_at"] = now
        values |= fields
        if status == Status.COMPLETED:
            key = delivery.folder().new_key(values["id"], 1, "csv")
            with delivery.folder().begin(key) as part:
                part.stream.write(body)
                published = part.publish()
            values |= {"file_key": published.key, "sha256": published.sha256}
        export = Export.objects.create(**values)
        logs.write(export, Event.INITIATED, "Shelf: Novel", actor=export.created_by)
        return export

    return make


@pytest.fixture
def make_worker(db: None) -> Callable[..., Worker]:
    def make(**fields: Any) -> Worker:
        now = timezone.now()
        values: dict[str, Any] = {
            "host": "here",
            "pid": 1,
            "lanes": "fast,bulk",
            "slots": 2,
            "started_at": now,
            "beat_at": now,
        }
        return Worker.objects.create(**{**values, **fields})

    return make


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root", password="secret")


@pytest.fixture
def pages(client: Client, ana: User) -> Client:
    """Ana's browser."""
    client.force_login(ana)
    return client


@pytest.fixture
def root_pages(root: User) -> Client:
    client = Client()
    client.force_login(root)
    return client


def address(name: str, export: Export | None = None) -> str:
    return reverse(f"admin:exports_export_{name}", args=[export.pk] if export else [])


@pytest.fixture
def url() -> Callable[..., str]:
    return address


@pytest.fixture
def words() -> Callable[[Any], str]:
    """What a person reads on a page, white space squeezed."""

    def read(response: Any) -> str:
        tree = lxml.html.fromstring(response.content.decode())
        return " ".join(" ".join(tree.itertext()).split())

    return read
