"""One chunk is one transaction, which neither works nor waits for longer than settings allow."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext as _

from exportsite.jobs import statements
from exportsite.jobs.errors import Obstacle


@contextmanager
def chunk_transaction() -> Iterator[None]:
    """All that is done inside, or nothing. Raises Obstacle when the database stopped it."""
    longest = settings.IMPORT_STATEMENT_TIMEOUT or settings.IMPORT_TIME_LIMIT
    try:
        with transaction.atomic():
            statements.limit(work=longest, wait=settings.IMPORT_LOCK_TIMEOUT)
            _wait_for_no_disk()
            yield
    except OperationalError as error:
        if statements.was_locked_out(error):
            raise Obstacle("locked", _locked_out(settings.IMPORT_LOCK_TIMEOUT)) from error
        if statements.was_cancelled(error):
            raise Obstacle("statement_timeout", _too_long(longest)) from error
        raise


def _wait_for_no_disk() -> None:
    """What PostgreSQL may lose of it, should its machine fail, is the last half second, in order:
    the cursor goes with the rows that it counts, and they are done again. The end of a job is
    committed with the disk, and all before it."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")


def _locked_out(seconds: float) -> str:
    return _(
        "Another transaction holds records that this import needs; it waited %(seconds)g s for "
        "them (IMPORT_LOCK_TIMEOUT). What was written before stays, and it goes on from there."
    ) % {"seconds": seconds}


def _too_long(seconds: float) -> str:
    return _(
        "The database stopped this import: one statement may take %(seconds)g s "
        "(IMPORT_STATEMENT_TIMEOUT), or an operator stopped it. What was written before stays."
    ) % {"seconds": seconds}
