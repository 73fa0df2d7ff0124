"""A file shows one state of the database, whatever others write meanwhile."""

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from exports.plans import ExportRequest, make_plan
from exports.sources.orm import read_batches
from exports.sources.snapshot import snapshot
from tests.library.models import Book

pytestmark = pytest.mark.django_db(transaction=True)


def elsewhere(write: Callable[[], object]) -> None:
    """Run a write on a connection of its own, as another person's request would."""
    failures: list[BaseException] = []

    def run() -> None:
        try:
            write()
        except BaseException as error:
            failures.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(timeout=120)
    assert not thread.is_alive(), "the writer was kept waiting"
    assert not failures, failures


def test_writes_during_the_read_are_not_seen_and_not_blocked(ana: User, make_book: Any) -> None:
    for number in range(5):
        make_book(f"old {number}")
    plan = make_plan(ana, ExportRequest(resource="books", columns=["title"]))
    with snapshot():
        counted = plan.count()
        elsewhere(lambda: Book.objects.create(title="new"))
        elsewhere(lambda: Book.objects.filter(title="old 0").update(title="changed"))
        elsewhere(lambda: Book.objects.filter(title="old 1").delete())
        rows = [row for batch in read_batches(plan) for row in batch]
    assert counted == 5
    assert sorted(rows) == [(f"old {number}",) for number in range(5)]


def test_after_the_snapshot_the_connection_sees_the_present_again(ana: User) -> None:
    with snapshot():
        Book.objects.count()
        elsewhere(lambda: Book.objects.create(title="new"))
    assert Book.objects.count() == 1
    Book.objects.create(title="written afterwards")
    assert Book.objects.count() == 2


def test_an_error_inside_leaves_the_connection_usable(make_book: Any) -> None:
    make_book()
    with pytest.raises(StopIteration), snapshot():
        next(iter(Book.objects.filter(title="nowhere").iterator()))
    make_book("another")
    assert Book.objects.count() == 2
