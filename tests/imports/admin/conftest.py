from collections.abc import Callable
from typing import Any

import lxml.html
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from exportsite.jobs.models import Worker
from imports.models import ImportJob


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


@pytest.fixture
def make_worker(db: None) -> Callable[..., Worker]:
    from django.utils import timezone

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


def address(name: str, job: ImportJob | None = None) -> str:
    return reverse(f"admin:imports_importjob_{name}", args=[job.pk] if job else [])


@pytest.fixture
def url() -> Callable[..., str]:
    return address


def tree_of(response: Any) -> Any:
    return lxml.html.fromstring(response.content.decode())


def words_of(response: Any) -> str:
    """What a person reads on a page, white space squeezed."""
    return " ".join(" ".join(tree_of(response).itertext()).split())
