import threading
from decimal import Decimal
from typing import Any

from django.db import connection

from imports.fields import Lookup
from imports.preparation import Prepared, Preparer
from imports.targets import Target
from tests.imports.applying import parsed
from tests.library.models import Author, Book

AUTHOR = Lookup(name="author", model=Author, by=("name",))
EMMA: dict[str, Any] = {"title": "Emma", "price": Decimal("12.4"), "tags": {"a": [1]}}


def prepare(*records: dict[str, Any]) -> Prepared:
    return Preparer(Target(Book, fields=(AUTHOR,), key=("title",)))(parsed(*records))


def test_values_are_fitted_and_made_ready_to_be_staged() -> None:
    chunk = prepare(EMMA, EMMA | {"title": "Persuasion"})
    assert chunk.batch.columns["price"] == [Decimal("12.40")] * 2
    assert chunk.batch.rendered.keys() == EMMA.keys()
    assert chunk.batch.keys == [b"Emma".ljust(16, b"\0"), b"Persuasion".ljust(16, b"\0")]


def test_what_the_database_or_a_default_has_to_say_is_left_for_later() -> None:
    chunk = prepare({"title": "Emma", "author": "Jane"}, {"title": "Sanditon", "pages": 3})
    assert chunk.batch.rendered.keys() == {"title"}
    assert chunk.batch.columns["author_id"][0] == "Jane"


def test_what_a_column_cannot_hold_is_told() -> None:
    chunk = prepare(EMMA, EMMA | {"price": Decimal("1e12")})
    assert [(n, name, error.code) for n, name, error in chunk.faults] == [
        (1, "price", "does_not_fit")
    ]
    assert not chunk.batch.rendered


def test_a_chunk_is_prepared_once_and_a_piece_of_it_is_none() -> None:
    chunk = prepare(EMMA, EMMA)
    preparer = Preparer(Target(Book, fields=()))
    assert preparer(chunk) is chunk
    assert preparer(chunk[:1]) is not chunk
    assert not isinstance(chunk[:1], Prepared)


def test_the_thread_that_prepares_opens_no_connection() -> None:
    opened: list[bool] = []

    def work() -> None:
        prepare(EMMA)
        opened.append(connection.connection is not None)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert opened == [False]
