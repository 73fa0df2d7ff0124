import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from exports.intake import request_export
from exports.models import Export
from exports.plans import ExportRequest
from exports.states import Status
from tests.conftest import wait_until
from tests.library.models import Book


@pytest.fixture(autouse=True)
def _private_folder(settings: Any, tmp_path: Path) -> None:
    settings.EXPORT_DIRECTORY = tmp_path / "exports"
    settings.IMPORT_DIRECTORY = tmp_path / "imports"


@pytest.fixture
def root(transactional_db: None) -> User:
    return User.objects.create_superuser("root", password="secret")


@pytest.fixture
def shelves(transactional_db: None) -> None:
    """Enough books that a slow export of them takes some seconds."""
    Book.objects.bulk_create(Book(title=f"Book {number}") for number in range(2500))


@pytest.fixture
def ask(root: User) -> Callable[..., Export]:
    def make(resource: str, **fields: Any) -> Export:
        return request_export(root, ExportRequest(resource=resource, **fields))

    return make


def wait_for(export: Export, *statuses: str) -> Export:
    def has_come() -> bool:
        export.refresh_from_db()
        return export.status in statuses

    wait_until(has_come, what=f"{' or '.join(statuses)} of {export}")
    return export


def wait_until_at_work(export: Export) -> int:
    """Until rows have been written; the process id of who writes them."""

    def is_moving() -> bool:
        export.refresh_from_db()
        return export.status == Status.PROCESSING and export.exported_rows > 0

    wait_until(is_moving, what="the first rows")
    return int(export.claimed_by.rsplit(":", 1)[1])


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


@pytest.fixture
def folder_of(settings: Any) -> Callable[[Export], list[str]]:
    """The names of the files that an export has on the disk, hidden ones too."""

    def names(export: Export) -> list[str]:
        folder = settings.EXPORT_DIRECTORY / "exports" / str(export.pk)
        return sorted(path.name for path in folder.iterdir()) if folder.exists() else []

    return names
