"""Work that gives way to others, and work that writes its own progress."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from exportsite.jobs import endings, heartbeat, runner
from exportsite.jobs.heartbeat import Heartbeat
from exportsite.jobs.lease import Claim, held
from exportsite.jobs.progress import Ticker, TurnOver
from tests.jobs.dummy import engine
from tests.jobs.dummy.models import Task

pytestmark = pytest.mark.django_db

Make = Callable[..., Claim]


@pytest.fixture(autouse=True)
def _no_heart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Heartbeat, "__enter__", lambda self: self)
    monkeypatch.setattr(Heartbeat, "__exit__", lambda *_error: None)


def test_whoever_gives_way_waits_again_and_is_not_charged(
    claim: Make, make_task: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_way(_task: Task, _ticker: Ticker) -> None:
        raise TurnOver

    monkeypatch.setitem(engine.ACTS, "act", give_way)
    long = claim("act")
    other = make_task()
    runner.run(long)
    task = Task.objects.get(pk=long.job.pk)
    assert (task.status, task.attempts, task.claimed_by) == ("pending", 0, "")
    assert task.story[-1] == ["handed_back", endings.TURN_OVER]
    assert task.available_at > other.available_at  # the other one goes first


def test_a_heartbeat_leaves_progress_alone_that_the_work_writes_itself(claim: Make) -> None:
    mine = claim("work")
    mine = replace(mine, kind=replace(mine.kind, progress_column=""))
    Task.objects.update(done_rows=7, total_rows=9, lease_until=None)
    ticker = Ticker()
    ticker.rows, ticker.total = 3, 5
    heartbeat.beat(mine, ticker)
    task = Task.objects.get()
    assert (task.done_rows, task.total_rows) == (7, 9)
    assert task.lease_until is not None


def test_a_row_is_held_by_the_attempt_behind_the_fence_only(claim: Make) -> None:
    mine = claim("work")
    other = replace(mine.fence, attempt=2)
    assert held(mine.job, mine.fence, "processing").exists()
    assert not held(mine.job, mine.fence, "pending").exists()
    assert not held(mine.job, other, "processing").exists()
