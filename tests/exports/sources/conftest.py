"""The same plan written both ways: by PostgreSQL, and by Python from the database's values."""

import datetime as dt
import io
from collections.abc import Callable
from dataclasses import dataclass
from types import SimpleNamespace
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from exports import writing
from exports.formats import Totals
from exports.plans import ExportRequest, make_plan
from exports.sources import postgres
from exports.sources.postgres import Copy
from exportsite.jobs.progress import Ticker

Write = Callable[..., "File"]
NOW = dt.datetime(2026, 5, 4, 12, 30, tzinfo=dt.UTC)


@dataclass(frozen=True, kw_only=True)
class File:
    data: bytes
    totals: Totals
    is_rendered: bool  # some of it by the database


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root")


@pytest.fixture
def write(root: User, monkeypatch: pytest.MonkeyPatch) -> Write:
    """write(request, fast=False) writes a file; not `fast` is Python's way on every database."""
    zone = timezone.get_current_timezone
    clock = SimpleNamespace(localtime=lambda: NOW, get_current_timezone=lambda: zone())
    monkeypatch.setattr(writing, "timezone", clock)

    def write_file(request: ExportRequest, *, fast: bool) -> File:
        copies: list[Copy] = []

        def make_copy(*arguments: object) -> Copy | None:
            copy = postgres.make_copy(*arguments) if fast else None  # type: ignore[arg-type]
            copies.extend([copy] if copy else [])
            return copy

        monkeypatch.setattr(writing, "make_copy", make_copy)
        stream = io.BytesIO()
        author = writing.Author(user=root, export_id=UUID(int=7))
        totals = writing.write_plan(make_plan(root, request), author, stream, Ticker())
        return File(data=stream.getvalue(), totals=totals, is_rendered=bool(copies))

    return write_file
