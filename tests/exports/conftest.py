import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from exports.intake import request_export
from exports.models import Export
from exports.plans import ExportRequest
from tests.library.models import Author, Book

UserFactory = Callable[..., User]
BookFactory = Callable[..., Book]


@pytest.fixture
def ana(make_user: UserFactory) -> User:
    """Somebody who may export books and notes."""
    return make_user("ana", "exports.add_export", "library.view_book", "library.view_note")


@pytest.fixture
def make_book(db: None) -> BookFactory:
    def make(title: str = "Middlemarch", *, author: str = "", **fields: Any) -> Book:
        values: dict[str, Any] = {
            "pages": 880,
            "price": Decimal("12.50"),
            "added_at": dt.datetime(2026, 5, 4, 12, 30, tzinfo=dt.UTC),
        }
        if author:
            values["author"], _ = Author.objects.get_or_create(
                name=author, defaults={"email": f"{author.lower()}@example.org"}
            )
        return Book.objects.create(title=title, **{**values, **fields})

    return make


@pytest.fixture
def ask(ana: User) -> Callable[..., Export]:
    """Ask for an export of books as Ana."""

    def ask_for(resource: str = "books", **fields: Any) -> Export:
        return request_export(ana, ExportRequest(resource=resource, **fields))

    return ask_for


@pytest.fixture(autouse=True)
def _private_folder(settings: Any, tmp_path: Any) -> None:
    settings.EXPORT_DIRECTORY = tmp_path / "exports"
