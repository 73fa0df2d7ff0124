"""A bound on the time that a page may spend in the database."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import OperationalError, connections, transaction

QUERY_CANCELED = "57014"  # https://www.postgresql.org/docs/current/errcodes-appendix.html
STEPS_BETWEEN_LOOKS = 20_000  # of SQLite's virtual machine: about a millisecond


class TooSlow(Exception):
    """The database was not done in time."""


@contextmanager
def at_most(seconds: float, *, using: str) -> Iterator[None]:
    """Give up what runs in here after so many seconds. Raises TooSlow; other databases wait."""
    connection = connections[using]
    try:
        if connection.vendor == "postgresql":
            with transaction.atomic(using=using):
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = %s", [int(seconds * 1000)])
                yield
        elif connection.vendor == "sqlite":
            with _interrupted_after(connection, seconds):
                yield
        else:
            yield
    except OperationalError as error:
        if _is_cut_off(error):
            raise TooSlow from error
        raise


def _is_cut_off(error: OperationalError) -> bool:
    return getattr(error.__cause__, "sqlstate", "") == QUERY_CANCELED or "interrupted" in str(error)


@contextmanager
def _interrupted_after(connection: Any, seconds: float) -> Iterator[None]:
    connection.ensure_connection()
    until = time.monotonic() + seconds
    raw = connection.connection
    raw.set_progress_handler(lambda: time.monotonic() > until, STEPS_BETWEEN_LOOKS)
    try:
        yield
    finally:
        raw.set_progress_handler(None, 0)
