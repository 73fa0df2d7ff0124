"""One consistent view of the database for as long as a file is written."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from exportsite.jobs import statements


@contextmanager
def snapshot(using: str = DEFAULT_DB_ALIAS, *, longest: float = 0) -> Iterator[None]:
    """Every read inside sees the same state, and no writer is kept waiting.

    `longest` is how many seconds one statement may take; 0: as many as it likes.

    Inside a transaction of the caller's that transaction decides what is seen.
    """
    connection = connections[using]
    if connection.in_atomic_block:
        yield
    elif connection.vendor == "postgresql":
        with transaction.atomic(using=using):
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            statements.limit(using=using, work=longest)
            yield
    else:
        with _deferred_read(using):
            yield


@contextmanager
def _deferred_read(using: str) -> Iterator[None]:
    """SQLite in WAL mode: a DEFERRED transaction reads one state and takes no write lock.

    Django's own atomic() would be IMMEDIATE here and lock out every writer.
    """
    connection = connections[using]
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
