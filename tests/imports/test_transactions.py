"""An import that meets other users of the database: it gives up in time and goes on later."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection

from imports import wishes
from imports.models import ImportJob
from imports.states import Status
from imports.transactions import chunk_transaction
from tests.imports.conftest import Upload
from tests.library.models import Note

pytestmark = pytest.mark.django_db(transaction=True)

NOTES = "text,stars\nfirst,1\nsecond,2\n"


@pytest.fixture
def neighbour() -> Iterator[Any]:
    """Somebody else's connection, with a transaction that is open."""
    if connection.vendor != "postgresql":
        pytest.skip("SQLite locks whole databases, for as long as its own time-out says")
    other = connection.copy()
    other.set_autocommit(False)
    yield other
    other.rollback()
    other.close()


def run(job: ImportJob) -> ImportJob:
    from exportsite.jobs import runner
    from exportsite.jobs.queue import claim_here

    job.refresh_from_db()
    claim = claim_here(job)
    assert claim is not None, f"{job.status} waits for no worker"
    runner.run(claim)
    job.refresh_from_db()
    return job


@pytest.fixture
def confirmed(upload: Upload, ana: User) -> Callable[[], ImportJob]:
    def make() -> ImportJob:
        job = run(upload(NOTES))
        wishes.confirm_import(ana, job)
        return job

    return make


@pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's words")
def test_a_chunk_does_not_wait_for_the_disk_but_what_comes_after_it_does() -> None:
    before = said("SHOW synchronous_commit")
    with chunk_transaction():
        assert said("SHOW synchronous_commit") == "off"
    assert said("SHOW synchronous_commit") == before


def said(sql: str) -> Any:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return cursor.fetchone()[0]


def test_an_import_does_not_wait_for_ever_behind_an_open_transaction(
    neighbour: Any, confirmed: Callable[[], ImportJob], settings: Any
) -> None:
    settings.IMPORT_LOCK_TIMEOUT, settings.JOB_RETRY_DELAY = 0.2, 0
    Note.objects.create(text="second", stars=1)
    job = confirmed()
    with neighbour.cursor() as cursor:
        cursor.execute("UPDATE library_note SET stars = 5 WHERE text = 'second'")
    run(job)
    assert (job.status, job.error_code) == (Status.QUEUED, "locked")
    assert "0.2 s" in job.error_message
    assert Note.objects.get().stars == 1
    neighbour.rollback()
    run(job)
    assert (job.status, job.attempts, job.error_code) == (Status.COMPLETED, 2, "")
    assert dict(Note.objects.values_list("text", "stars")) == {"first": 1, "second": 2}


def test_an_import_that_is_locked_out_for_good_fails_with_a_sentence(
    neighbour: Any, confirmed: Callable[[], ImportJob], settings: Any
) -> None:
    settings.IMPORT_LOCK_TIMEOUT, settings.JOB_RETRY_DELAY = 0.2, 0
    settings.JOB_MAX_ATTEMPTS = 1
    job = confirmed()
    with neighbour.cursor() as cursor:
        cursor.execute("LOCK TABLE library_note IN ACCESS EXCLUSIVE MODE")
    run(job)
    assert (job.status, job.error_code) == (Status.FAILED, "locked")
    assert "IMPORT_LOCK_TIMEOUT" in job.error_message


def test_a_statement_that_takes_too_long_is_stopped_and_said(
    neighbour: Any, confirmed: Callable[[], ImportJob], settings: Any
) -> None:
    settings.IMPORT_STATEMENT_TIMEOUT, settings.JOB_RETRY_DELAY = 0.5, 0
    job = confirmed()
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE FUNCTION doze() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_sleep(5); RETURN NEW; END'"
        )
        cursor.execute(
            "CREATE TRIGGER doze BEFORE INSERT ON library_note FOR EACH ROW EXECUTE FUNCTION doze()"
        )
    try:
        run(job)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP FUNCTION doze CASCADE")
    assert (job.status, job.error_code) == (Status.QUEUED, "statement_timeout")
    assert "0.5 s" in job.error_message
    assert not Note.objects.exists()
    settings.IMPORT_STATEMENT_TIMEOUT = 0
    assert run(job).status == Status.COMPLETED


def test_limits_end_with_the_chunk(neighbour: Any, settings: Any) -> None:
    settings.IMPORT_STATEMENT_TIMEOUT, settings.IMPORT_LOCK_TIMEOUT = 7, 3
    before = shown("statement_timeout"), shown("lock_timeout")
    with chunk_transaction():
        assert (shown("statement_timeout"), shown("lock_timeout")) == ("7s", "3s")
    assert (shown("statement_timeout"), shown("lock_timeout")) == before
    settings.IMPORT_LOCK_TIMEOUT = 0
    with chunk_transaction():
        assert shown("lock_timeout") == before[1]


def shown(name: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SHOW {name}")
        return str(cursor.fetchone()[0])
