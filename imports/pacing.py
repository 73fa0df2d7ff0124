"""How many rows a chunk has: as many as take about a second, however slow they are."""

import time
from collections.abc import Iterable, Iterator

from imports.validation import Parsed

FIRST = 200  # rows; soon done, so that a person sees the first problems
LEAST, MOST = 500, 8_000  # rows of later chunks; more save no time, but cost memory
SECONDS = 0.7  # that a chunk should take
STEEPEST = 4.0  # times as large as the last one


class Pacer:
    """Measures chunks and says how large those that are not yet made should be."""

    def __init__(self, first: int = FIRST) -> None:
        self.size = first
        self._began = time.monotonic()

    def heed(self, rows: int) -> None:
        """A chunk of so many rows is done; the next one begins."""
        now = time.monotonic()
        seconds = max(now - self._began, 0.001)
        wished = rows * min(SECONDS / seconds, STEEPEST)
        self.size = round(min(max(wished, LEAST), MOST))
        self._began = now


def in_chunks(rows: Iterable[Parsed], pacer: Pacer) -> Iterator[list[Parsed]]:
    """Rows in chunks of the pacer's size, as it is when a chunk is full."""
    chunk: list[Parsed] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) >= pacer.size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
