"""The next chunk of a file is made on a thread beside the work on the one before it.

Python runs one thread at a time, so the work and the making do not meet: the next chunk is made
while the work waits for the database.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection
from django.utils import timezone, translation

from imports.validation import Parsed

LOOK_EVERY = 0.5  # seconds, while waiting

_here = threading.local()

Chunk = list[Parsed]


@contextmanager
def read_ahead(chunks: Iterable[Chunk], look: Callable[[], None]) -> Iterator[Iterator[Chunk]]:
    """The same chunks, never more than one ahead of the caller.

    They come from another thread, so making them must not touch the database. What is raised there
    is raised here in its turn. `look` is called while the caller waits, and may raise too.
    """
    reading = _Reading(chunks)
    reading.start()
    _here.reading = reading
    try:
        yield reading.chunks(look)
    finally:
        _here.reading = None
        reading.stop()


@contextmanager
def giving_way() -> Iterator[None]:
    """From the first statement in here on the caller waits for the database more than it works.

    Not from before it: what makes the statement would take turns with what makes the next chunk.
    """
    with connection.execute_wrapper(_give_way):
        yield


def _give_way(execute: Callable[..., Any], *arguments: Any) -> Any:
    give_way()
    return execute(*arguments)


def give_way() -> None:
    """Have the next chunk made."""
    reading: _Reading | None = getattr(_here, "reading", None)
    if reading is not None:
        reading.go_on()


class _Reading:
    """A thread that makes a chunk, and the next one once that is taken."""

    def __init__(self, source: Iterable[Chunk]) -> None:
        self._source = source
        self._made: queue.SimpleQueue[Chunk | BaseException | None] = queue.SimpleQueue()
        self._taken = threading.Semaphore(0)
        self._is_held = False  # until the caller gives way, or wants the next chunk
        self._is_stopped = False
        self._language = translation.get_language()
        self._time_zone = timezone.get_current_timezone()
        self._thread = threading.Thread(target=self._run, name="import-reader", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Wait for it to leave the file, which is closed next."""
        self._is_stopped = True
        self._taken.release()
        self._thread.join()

    def chunks(self, look: Callable[[], None]) -> Iterator[Chunk]:
        while (made := self._next(look)) is not None:
            if isinstance(made, BaseException):
                raise made
            self._is_held = True
            yield made
            self.go_on()

    def go_on(self) -> None:
        if self._is_held:
            self._is_held = False
            self._taken.release()

    def _next(self, look: Callable[[], None]) -> Chunk | BaseException | None:
        while True:
            try:
                return self._made.get(timeout=LOOK_EVERY)
            except queue.Empty:
                look()

    def _run(self) -> None:
        """Threads begin with the language of the settings; messages are in that of the caller."""
        with translation.override(self._language), timezone.override(self._time_zone):
            self._work()

    def _work(self) -> None:
        done: Chunk | None = None
        try:
            for chunk in self._source:
                self._made.put(chunk)
                self._taken.acquire()
                if self._is_stopped:
                    return
                # The one before is let go here, so that this thread clears its rows away, while the
                # other one waits for the database.
                done = chunk  # noqa: F841  # only held
            self._made.put(None)
        except BaseException as error:  # raised again where it is waited for
            self._made.put(error)
