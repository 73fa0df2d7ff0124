"""Rows of files come from a second database, which is a real one here; jobs stay where they are."""

import csv
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.db import connection, connections, transaction

from exports import delivery
from exports.checks import check_database
from exports.models import Export
from exports.sources.replica import Router, reading
from exports.states import Status
from exportsite.jobs import runner
from exportsite.jobs.queue import claim_here
from tests.library.export_resources import BookResource
from tests.library.models import Author, Book

pytestmark = pytest.mark.django_db(transaction=True)

ALIAS = "replica"
Ask = Callable[..., Export]


@pytest.fixture
def replica(transactional_db: None, settings: Any, tmp_path: Path) -> Iterator[str]:
    """A database beside the usual one, with the library's tables and nothing in them."""
    name = str(tmp_path / "replica.sqlite3")
    if connection.vendor == "postgresql":
        name = f"{connection.settings_dict['NAME']}_replica"
        statement(f'DROP DATABASE IF EXISTS "{name}"')
        statement(f'CREATE DATABASE "{name}"')
    connections.databases[ALIAS] = {**connection.settings_dict, "NAME": name}
    settings.EXPORT_DATABASE = ALIAS
    allow(connections[ALIAS])
    with connections[ALIAS].schema_editor() as editor:
        editor.create_model(Author)
        editor.create_model(Book)
    yield ALIAS
    connections[ALIAS].close()
    del connections[ALIAS]
    del connections.databases[ALIAS]
    if connection.vendor == "postgresql":
        statement(f'DROP DATABASE "{name}" WITH (FORCE)')


def allow(wrapper: Any) -> None:
    """Django's tests refuse connections to databases that they did not make."""

    def connect() -> None:
        if wrapper.connection is None:
            with wrapper.wrap_database_errors:
                wrapper.connect()

    wrapper.ensure_connection = connect


def statement(sql: str) -> None:
    """On a connection of its own: databases are not made in a transaction."""
    who = {name: connection.settings_dict[name.upper()] for name in ("host", "port", "user")}
    secret = connection.settings_dict["PASSWORD"]
    with psycopg.connect(**who, password=secret, dbname="postgres", autocommit=True) as server:
        server.execute(sql)


def run(export: Export) -> Export:
    """One attempt, as a worker makes it."""
    claim = claim_here(export)
    assert claim is not None
    runner.run(claim)
    export.refresh_from_db()
    return export


def titles(export: Export) -> list[str]:
    with delivery.folder().open(export.file_key) as stream:
        lines = list(csv.reader(io.StringIO(stream.read().decode("utf-8-sig"))))
    return [title for (title,) in lines[1:]]


@pytest.mark.parametrize("options", [{}, {"delimiter": ";"}])
def test_rows_come_from_the_replica_and_jobs_stay(
    replica: str, ask: Ask, make_book: Any, options: dict[str, str]
) -> None:
    make_book("only here")
    Book.objects.using(replica).create(title="there")
    Book.objects.using(replica).create(title="there too")
    export = run(ask(columns=["title"], options=options))
    assert export.status == Status.COMPLETED, export.error_details
    assert sorted(titles(export)) == ["there", "there too"]
    assert (export.total_rows, export.exported_rows) == (2, 2)
    assert Export.objects.using("default").get().pk == export.pk
    assert Export._meta.db_table not in connections[replica].introspection.table_names()


def test_what_python_computes_is_read_there_as_well(
    replica: str, ask: Ask, make_book: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def compute(_filters: Any) -> list[dict[str, str]]:
        seen.extend(Book.objects.values_list("title", flat=True))
        return [{"title": title} for title in seen]

    make_book("only here")
    Book.objects.using(replica).create(title="there")
    export = ask(columns=["title"])
    monkeypatch.setattr(BookResource, "compute_rows", compute)
    monkeypatch.setattr(BookResource, "is_computed", True, raising=False)
    run(export)
    assert set(seen) == {"there"}


def test_writing_goes_to_the_usual_database_even_while_reading(replica: str) -> None:
    with reading():
        assert not Book.objects.exists()
        Book.objects.create(title="written")
        assert not Book.objects.exists()
    assert Book.objects.get().title == "written"
    assert not Book.objects.using(replica).exists()


def test_rows_are_read_in_one_snapshot(replica: str) -> None:
    Book.objects.using(replica).create(title="old")
    with reading():
        assert Book.objects.count() == 1
        writer = connections[replica].copy(ALIAS)
        allow(writer)
        try:
            with writer.cursor() as cursor:
                cursor.execute("UPDATE library_book SET title = 'new'")
        finally:
            writer.close()
        assert Book.objects.get().title == "old"
    assert Book.objects.using(replica).get().title == "new"


def test_a_replica_that_is_away_is_said_and_asked_again(
    ask: Ask, make_book: Any, settings: Any, transactional_db: None
) -> None:
    away = {**connection.settings_dict, "HOST": "127.0.0.1", "PORT": "1", "NAME": "/nowhere/db"}
    connections.databases[ALIAS] = away
    allow(connections[ALIAS])
    settings.EXPORT_DATABASE = ALIAS
    settings.JOB_MAX_ATTEMPTS, settings.JOB_RETRY_DELAY = 2, 0
    make_book()
    try:
        export = run(ask(columns=["title"]))
        assert (export.status, export.error_code) == (Status.PENDING, "export_database")
        run(export)
    finally:
        del connections[ALIAS]
        del connections.databases[ALIAS]
    assert (export.status, export.error_code) == (Status.FAILED, "export_database")
    assert "EXPORT_DATABASE" in export.error_message
    assert os.path.basename(away["NAME"]) not in export.error_message


def test_a_replica_is_never_migrated(replica: str) -> None:
    assert Router().allow_migrate(replica, "library") is False
    assert Router().allow_migrate("default", "library") is None


def test_a_forgotten_router_is_found_at_the_start(replica: str, settings: Any) -> None:
    assert not list(check_database())
    settings.DATABASE_ROUTERS = []
    assert [message.id for message in check_database()] == ["exports.E011"]
    settings.EXPORT_DATABASE = "elsewhere"
    assert [message.id for message in check_database()] == ["exports.E010"]


def test_a_statement_that_takes_too_long_is_stopped_and_said(
    ask: Ask, make_book: Any, settings: Any
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such limit")
    settings.EXPORT_STATEMENT_TIMEOUT = 0.2
    settings.JOB_RETRY_DELAY = 0
    make_book()
    export = ask(columns=["title"])
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE library_book RENAME TO library_book_")
        cursor.execute(
            "CREATE VIEW library_book AS SELECT *, pg_sleep(5) IS NULL FROM library_book_"
        )
    try:
        run(export)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP VIEW library_book")
            cursor.execute("ALTER TABLE library_book_ RENAME TO library_book")
    assert (export.status, export.error_code) == (Status.PENDING, "statement_timeout")
    assert "0.2 s" in export.error_message
    settings.EXPORT_STATEMENT_TIMEOUT = 0
    assert run(export).status == Status.COMPLETED


def test_the_limit_ends_with_the_transaction(settings: Any) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no such limit")
    settings.EXPORT_STATEMENT_TIMEOUT = 7
    with reading():
        assert shown("statement_timeout") == "7s"
    with transaction.atomic():
        assert shown("statement_timeout") == "0"


def shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])
