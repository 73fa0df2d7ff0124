"""The same work in many threads, all at the same moment."""

import threading
from collections.abc import Callable
from typing import TypeVar

from django.db import connection

Found = TypeVar("Found")


def at_once(count: int, work: Callable[[], Found]) -> list[Found]:
    """What each thread found. A thread that raises fails the test."""
    start, found, errors = threading.Barrier(count), [], []

    def run() -> None:
        try:
            start.wait(30)
            found.append(work())
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    if errors:
        raise errors[0]
    return found
