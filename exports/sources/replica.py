"""Which database the rows of files come from: the site's own, or a read replica of it.

Only rows, and their count. Jobs, permissions and previews are read where they are written.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.utils.translation import gettext as _

from exports.sources.snapshot import snapshot
from exportsite.jobs import statements
from exportsite.jobs.errors import Obstacle

_source: ContextVar[str | None] = ContextVar("source", default=None)


class Router:
    """For DATABASE_ROUTERS. Outside of `reading` it has no opinion."""

    def db_for_read(self, model: Any, **hints: Any) -> str | None:
        return _source.get()

    def allow_relation(self, *objects: Any, **hints: Any) -> bool | None:
        """They are the same records, wherever they were read."""
        known = {DEFAULT_DB_ALIAS, settings.EXPORT_DATABASE}
        return True if {thing._state.db for thing in objects} <= known else None

    def allow_migrate(self, db: str, app_label: str, **hints: Any) -> bool | None:
        """What a replica has comes from its primary."""
        return False if db == settings.EXPORT_DATABASE != DEFAULT_DB_ALIAS else None


@contextmanager
def reading() -> Iterator[None]:
    """Every read inside sees one state of the database that files are made from.

    Raises Obstacle when that cannot be reached, or stops a statement.
    """
    using = settings.EXPORT_DATABASE
    _connect(using)
    longest = settings.EXPORT_STATEMENT_TIMEOUT or settings.EXPORT_TIME_LIMIT
    token = _source.set(None if using == DEFAULT_DB_ALIAS else using)
    try:
        with snapshot(using, longest=longest):
            yield
    except OperationalError as error:
        if statements.was_cancelled(error):
            raise Obstacle("statement_timeout", _too_long(longest)) from error
        raise
    finally:
        _source.reset(token)


def _connect(using: str) -> None:
    if using == DEFAULT_DB_ALIAS:
        return
    connection = connections[using]
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        connection.ensure_connection()
    except OperationalError as error:
        message = _(
            "The database that exports are read from (EXPORT_DATABASE) cannot be reached. "
            "The site's own database is not used in its place."
        )
        raise Obstacle("export_database", message) from error


def _too_long(seconds: float) -> str:
    return _(
        "The database stopped reading: one statement may take %(seconds)g s "
        "(EXPORT_STATEMENT_TIMEOUT), or an operator stopped it. Ask for fewer rows, or later."
    ) % {"seconds": seconds}
