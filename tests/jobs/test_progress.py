import time

import pytest

from exportsite.jobs import progress
from exportsite.jobs.progress import Cancelled, Ticker


def test_a_ticker_rests_after_each_thousand_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(progress.time, "sleep", slept.append)
    ticker = Ticker()
    ticker.tick(5000)
    assert slept == []
    ticker.pause = 0.1
    for _ in range(20):
        ticker.tick(100)
    assert sum(slept) == pytest.approx(0.2, abs=progress.SHORTEST_REST)
    ticker.tick(20_000)
    assert sum(slept) == pytest.approx(2.2, abs=progress.SHORTEST_REST)
    assert max(slept) <= progress.LONGEST_REST


def test_a_long_rest_ends_when_the_job_is_cancelled() -> None:
    ticker = Ticker()
    ticker.pause = 3600

    class Wish:
        def __bool__(self) -> bool:
            return time.monotonic() > asked

    asked = time.monotonic() + 0.05
    ticker.is_cancel_wanted = Wish()  # type: ignore[assignment]
    with pytest.raises(Cancelled):
        ticker.tick(1000)
