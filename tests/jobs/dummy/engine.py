"""What tasks do, and what the machinery must know of them."""

import os
import signal
import time
from typing import Any

from django.db import transaction

from exportsite.jobs import kinds
from exportsite.jobs.errors import JobError
from exportsite.jobs.lease import Fence
from exportsite.jobs.progress import Ticker
from exportsite.jobs.states import move
from tests.jobs.dummy.models import Effect, Task

TIME_LIMIT = 280.0  # seconds


def run(task: Task, ticker: Ticker) -> None:
    fence = Fence(claimed_by=task.claimed_by, attempt=task.attempts)
    ACTS[task.act](task, ticker)
    with transaction.atomic():
        Effect.objects.create(task=task, made_by=fence.claimed_by)
        move(task, "completed", fence=fence, claimed_by="", lease_until=None)


def work(task: Task, ticker: Ticker) -> None:
    """Row by row, looking whether to stop."""
    ticker.total = round(task.seconds / 0.05)
    for _ in range(ticker.total):
        time.sleep(0.05)
        ticker.tick(1)


def stumble(task: Task, ticker: Ticker) -> None:
    """Like work, but the first attempt is slow and later ones are quick."""
    if task.attempts == 1:
        work(task, ticker)


def spin(task: Task, _ticker: Ticker) -> None:
    """Never looks whether to stop."""
    end = time.monotonic() + task.seconds
    while time.monotonic() < end:
        pass


def refuse(_task: Task, _ticker: Ticker) -> None:
    raise JobError("refused", "This cannot be done.")


def stumble_and_fall(_task: Task, _ticker: Ticker) -> None:
    raise ValueError("boom")


def die(_task: Task, _ticker: Ticker) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def leave(_task: Task, _ticker: Ticker) -> None:
    raise SystemExit(3)


ACTS = {
    "finish": lambda _task, _ticker: None,
    "work": work,
    "stumble": stumble,
    "spin": spin,
    "refuse": refuse,
    "raise": stumble_and_fall,
    "die": die,
    "leave": leave,
}


def record(task: Task, event: str, message: str) -> None:
    task.story = [*Task.objects.values_list("story", flat=True).get(pk=task.pk), [event, message]]
    task.save(update_fields=["story"])


def note(_task: Any, _ticker: Ticker) -> None:
    """The heartbeat has nothing to add."""


def discard(_task: Task) -> None:
    """Nothing is left behind."""


def time_limit() -> float:
    return float(os.environ.get("DUMMY_TIME_LIMIT", TIME_LIMIT))


KIND = kinds.JobKind(
    name="dummy",
    model=Task,
    steps=(kinds.Step(waiting="pending", running="processing", run=run, time_limit=time_limit),),
    progress_column="done_rows",
    record=record,
    on_beat=note,
    discard=discard,
)


def register() -> None:
    kinds.register(KIND)
