"""The messages of a COPY, a row in each, straight from libpq."""

from collections.abc import Iterator
from typing import Any

from psycopg import errors
from psycopg.pq import ExecStatus

NOTHING_YET = 0  # bytes


def read_messages(copy: Any, most: int) -> Iterator[list[memoryview]]:
    """Lists of so many, a last one of fewer.

    It takes half of the time that iterating over psycopg's copy does, which waits for each anew.
    """
    connection = copy.connection.pgconn
    get, found = connection.get_copy_data, []
    while True:
        size, message = get(1)
        if size == NOTHING_YET:
            message = copy.read()  # waits; empty at the end
        elif size < NOTHING_YET:
            _finish(connection)
            break
        if not message:
            break
        found.append(message)
        if len(found) == most:
            yield found
            found = []
    if found:
        yield found


def _finish(connection: Any) -> None:
    """Take the statement's results, all of them. Raises its error."""
    results = list(iter(connection.get_result, None))
    for result in results:
        if result.status != ExecStatus.COMMAND_OK:
            raise errors.error_from_result(result)
