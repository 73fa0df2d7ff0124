import time

import pytest

from imports import pacing
from imports.pacing import Pacer, in_chunks
from imports.validation import Parsed


def row(number: int) -> Parsed:
    return Parsed(number, [], [], [])


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until a test moves it."""
    now = [0.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def sizes(rows: int, seconds_per_row: float, clock: list[float]) -> list[int]:
    found = []
    pacer = Pacer()
    for chunk in in_chunks(map(row, range(rows)), pacer):
        found.append(len(chunk))
        clock[0] += len(chunk) * seconds_per_row
        pacer.heed(len(chunk))
    return found


def test_the_first_chunk_is_small_so_that_something_is_soon_to_be_seen(clock: list[float]) -> None:
    assert sizes(100_000, 0.00001, clock)[0] == pacing.FIRST


def test_chunks_grow_until_each_takes_about_the_time_wished_for(clock: list[float]) -> None:
    found = sizes(100_000, 0.0001, clock)
    assert found[:4] == [200, 800, 3200, 7000]
    assert set(found[3:-1]) == {7000}
    assert sum(found) == 100_000


def test_chunks_stay_between_their_limits(clock: list[float]) -> None:
    assert set(sizes(5_000, 1.0, clock)[1:-1]) == {pacing.LEAST}
    clock[0] = 0.0
    assert max(sizes(200_000, 0.0, clock)) == pacing.MOST


def test_no_rows_are_no_chunk(clock: list[float]) -> None:
    assert sizes(0, 1.0, clock) == []
