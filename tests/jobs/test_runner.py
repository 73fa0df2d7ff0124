"""How attempts end, in this process."""

import errno
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, OperationalError
from django.db.models.functions import Now

from exportsite.jobs import endings, progress, runner
from exportsite.jobs.lease import Claim
from exportsite.jobs.progress import Cancelled, Drained, LeaseLost, Ticker, TimeLimitReached
from exportsite.jobs.states import move
from tests.jobs.dummy import engine
from tests.jobs.dummy.models import Effect, Task

pytestmark = pytest.mark.django_db

Make = Callable[..., Claim]


@pytest.fixture(autouse=True)
def _no_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    """The test's transaction is seen by no other connection: no heartbeats here."""
    monkeypatch.setattr(threading.Thread, "start", lambda _self: None)
    monkeypatch.setattr(threading.Thread, "join", lambda _self: None)


@pytest.fixture
def act(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """What a task of kind "act" does."""

    def become(deed: Callable[[Task, Ticker], None]) -> None:
        monkeypatch.setitem(engine.ACTS, "act", deed)

    return become


def raising(error: BaseException) -> Callable[[Task, Ticker], None]:
    def deed(_task: Task, _ticker: Ticker) -> None:
        raise error

    return deed


def the_task() -> Task:
    return Task.objects.get()


def test_a_good_end_is_the_engines(claim: Make) -> None:
    runner.run(claim())
    assert (the_task().status, Effect.objects.count()) == ("completed", 1)


@pytest.mark.parametrize(
    ("error", "status", "attempts", "code"),
    [
        (Cancelled(), "cancelled", 1, ""),
        (Drained(), "pending", 0, ""),
        (TimeLimitReached(), "pending", 1, "time_limit"),
        (LeaseLost(), "pending", 1, "database"),
        (ValueError("boom"), "pending", 1, "unexpected"),
        (SystemExit(1), "pending", 1, "unexpected"),
        (KeyboardInterrupt(), "pending", 1, "unexpected"),
        (OperationalError("gone"), "pending", 1, "database"),
        (OSError(errno.ENOSPC, "full"), "pending", 1, "no_space"),
    ],
)
def test_each_way_to_stop_has_its_end(
    claim: Make, act: Any, error: BaseException, status: str, attempts: int, code: str
) -> None:
    act(raising(error))
    runner.run(claim("act"))
    task = the_task()
    assert (task.status, task.attempts, task.error_code) == (status, attempts, code)
    assert (task.claimed_by, task.lease_until) == ("", None)
    assert not Effect.objects.exists()


def test_what_cannot_succeed_fails_at_once(claim: Make) -> None:
    runner.run(claim("refuse"))
    task = the_task()
    assert (task.status, task.error_code) == ("failed", "refused")
    assert task.error_message == "This cannot be done."
    assert task.completed_at is not None


def test_a_failed_attempt_is_tried_again_after_a_pause(claim: Make, settings: Any) -> None:
    settings.JOB_RETRY_DELAY = 3600
    runner.run(claim("raise"))
    window = (Now() + timedelta(seconds=3000), Now() + timedelta(seconds=3601))
    assert Task.objects.filter(available_at__range=window).exists()
    assert the_task().story[-1] == [
        "retry_planned",
        f"{runner.UNEXPECTED} It is tried again in 3600 s.",
    ]


def test_the_last_attempt_fails(claim: Make, settings: Any) -> None:
    settings.JOB_MAX_ATTEMPTS = 1
    runner.run(claim("raise"))
    task = the_task()
    assert (task.status, task.error_message) == ("failed", runner.UNEXPECTED)
    assert "ValueError: boom" in task.error_details


def test_a_new_attempt_forgets_the_error_of_the_last(claim: Make, settings: Any) -> None:
    settings.JOB_RETRY_DELAY = 0
    runner.run(claim("raise"))
    Task.objects.update(available_at=Now() - timedelta(seconds=1), act="finish")
    runner.run(claim("finish", priority=1))  # the old one goes first
    task = Task.objects.order_by("-attempts").first()
    assert task is not None
    assert (task.status, task.attempts, task.error_details) == ("completed", 2, "")


def test_a_wish_to_cancel_is_seen_before_the_work_begins(claim: Make) -> None:
    claimed = claim()
    claimed.job.cancel_requested_at = claimed.job.created_at
    runner.run(claimed)
    assert (the_task().status, Effect.objects.count()) == ("cancelled", 0)


@pytest.mark.parametrize("error", [Drained(), ValueError("boom")])
def test_what_somebody_wants_cancelled_is_not_tried_again(
    claim: Make, act: Any, error: BaseException
) -> None:
    def deed(_task: Task, _ticker: Ticker) -> None:
        Task.objects.update(cancel_requested_at=Now())
        raise error

    act(deed)
    runner.run(claim("act"))
    assert the_task().status == "cancelled"


def test_a_draining_worker_hands_back_what_it_has_just_claimed(claim: Make) -> None:
    progress.allow_drain()
    progress.start_drain()
    runner.run(claim())
    assert (the_task().status, the_task().attempts) == ("pending", 0)


def test_an_end_that_was_rolled_back_is_followed_by_another(claim: Make, act: Any) -> None:
    def deed(task: Task, _ticker: Ticker) -> None:
        from django.db import transaction

        with transaction.atomic():
            move(task, "completed", claimed_by="")
            raise ValueError("the log could not be written")

    act(deed)
    runner.run(claim("act"))
    assert (the_task().status, the_task().error_code) == ("pending", "unexpected")


def test_an_end_that_the_database_refuses_is_written_later(
    claim: Make, act: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "PAUSE", 0)
    monkeypatch.setattr("django.db.connection.close", lambda: None)
    refusals = [OperationalError("away"), OperationalError("still away")]
    hand_back = endings.hand_back

    def stubborn(claimed: Claim) -> None:
        if refusals:
            raise refusals.pop()
        hand_back(claimed)

    monkeypatch.setattr(endings, "hand_back", stubborn)
    act(raising(Drained()))
    runner.run(claim("act"))
    assert (the_task().status, refusals) == ("pending", [])


def test_an_end_that_cannot_be_written_at_all_raises_nothing(
    claim: Make, act: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_claim: Claim) -> None:
        raise DatabaseError("broken")

    monkeypatch.setattr(endings, "cancel", refuse)
    act(raising(Cancelled()))
    runner.run(claim("act"))
    assert the_task().status == "processing"


def test_an_attempt_that_lost_its_job_leaves_it_alone(claim: Make, act: Any) -> None:
    def deed(_task: Task, _ticker: Ticker) -> None:
        Task.objects.update(claimed_by="other:1", attempts=2)

    act(deed)
    runner.run(claim("act"))
    task = the_task()
    assert (task.status, task.claimed_by, task.attempts) == ("processing", "other:1", 2)
    assert not Effect.objects.exists()


def test_without_renewal_a_ticker_gives_up_before_the_lease_ends() -> None:
    ticker = Ticker(patience=10)
    ticker.check()
    ticker.renewed -= 11
    with pytest.raises(LeaseLost):
        ticker.tick(1)


def test_a_ticker_knows_when_time_is_up() -> None:
    Ticker(time_limit=60).check()
    with pytest.raises(TimeLimitReached):
        Ticker(time_limit=-1).check()
    assert Ticker(time_limit=-1).is_overdue(0.5)
    assert not Ticker(time_limit=-1).is_overdue(2)
    assert not Ticker().is_overdue()
