"""How long one statement may take or wait, so that a job spares the other users of a database."""

from django.db import DEFAULT_DB_ALIAS, OperationalError, connections

MOST = 2**31 - 1  # ms; what PostgreSQL takes
# https://www.postgresql.org/docs/current/errcodes-appendix.html
CANCELED, LOCKED = "57014", "55P03"


def limit(*, using: str = DEFAULT_DB_ALIAS, work: float = 0, wait: float = 0) -> None:
    """For the rest of this transaction. Seconds; 0 leaves what the connection has.

    Only PostgreSQL can; SQLite waits as long as its connection's time-out says.
    """
    connection = connections[using]
    if connection.vendor != "postgresql":
        return
    wanted = {"statement_timeout": work, "lock_timeout": wait}
    changes = {name: f"{_ms(seconds)}ms" for name, seconds in wanted.items() if seconds}
    if changes:
        calls = ", ".join(["set_config(%s, %s, true)"] * len(changes))
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {calls}", [part for pair in changes.items() for part in pair])


def _ms(seconds: float) -> int:
    return min(max(1, round(1000 * seconds)), MOST)


def was_cancelled(error: OperationalError) -> bool:
    """Whether the server ended a statement: it took too long, or somebody wished so."""
    return _state(error) == CANCELED


def was_locked_out(error: OperationalError) -> bool:
    """Whether a statement waited too long for what another transaction holds."""
    return _state(error) == LOCKED


def _state(error: OperationalError) -> str:
    return getattr(error.__cause__, "sqlstate", None) or ""
