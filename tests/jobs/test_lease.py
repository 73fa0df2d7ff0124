import os
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from exportsite.jobs.heartbeat import beat, give_up
from exportsite.jobs.lease import (
    Claim,
    Claimant,
    claim_next,
    claim_this,
    count_due,
    count_running,
    fenced,
)
from exportsite.jobs.progress import Ticker
from tests.jobs.conftest import ME
from tests.jobs.dummy.models import Task

pytestmark = pytest.mark.django_db

Make = Callable[..., Task]


def order() -> list[str]:
    found = []
    while (claimed := claim_next(ME)) is not None:
        found.append(claimed.job.act)  # type: ignore[attr-defined]
    return found


def test_a_claim_writes_down_whose_it_is(make_task: Make, settings: Any) -> None:
    settings.JOB_LEASE = 3600
    task = make_task()
    claimed = claim_next(ME)
    assert claimed is not None
    assert claimed.job == task
    assert (claimed.fence.claimed_by, claimed.fence.attempt) == (f"{ME.worker}:1", 1)
    task.refresh_from_db()
    assert (task.status, task.attempts, task.claimed_by) == ("processing", 1, ME.name)
    assert task.started_at is not None
    assert task.lease_until is not None
    assert 3000 < (task.lease_until - timezone.now()).total_seconds() < 3601
    assert task.story == [["started", "Started (attempt 1)."]]


def test_smaller_priority_goes_first_then_the_oldest(make_task: Make) -> None:
    for act, priority in (("third", 0), ("fourth", 0), ("first", -1), ("last", 5)):
        make_task(act, priority=priority)
    old = make_task("second")
    Task.objects.filter(pk=old.pk).update(available_at=Now() - timedelta(hours=1))
    assert order() == ["first", "second", "third", "fourth", "last"]


def test_what_is_not_due_yet_waits(make_task: Make) -> None:
    task = make_task()
    Task.objects.filter(pk=task.pk).update(available_at=Now() + timedelta(minutes=30))
    assert claim_next(ME) is None
    assert count_due(["fast", "bulk"]) == 0


def test_a_host_with_a_fast_clock_does_not_delay_its_jobs(make_task: Make) -> None:
    make_task(available_at=timezone.now() + timedelta(hours=1))
    assert claim_next(ME) is not None


def test_a_claimant_sees_only_its_lanes(make_task: Make) -> None:
    make_task(lane="bulk")
    assert claim_next(Claimant(worker="w", pid=1, lanes=("fast",))) is None
    assert claim_next(Claimant(worker="w", pid=1, lanes=("bulk",))) is not None


def test_at_its_bulk_cap_a_worker_takes_only_short_jobs(make_task: Make) -> None:
    capped = Claimant(worker="w", pid=1, bulk_cap=1)
    for lane in ("bulk", "bulk", "fast"):
        make_task(lane=lane)
    taken = [claim_next(capped) for _ in range(3)]
    assert [claimed.job.lane if claimed else None for claimed in taken] == ["bulk", "fast", None]
    assert (count_running("w"), count_running("w", lane="bulk")) == (2, 1)
    # The cap is each worker's own.
    assert claim_next(Claimant(worker="other", pid=1, bulk_cap=1)) is not None


def test_one_job_can_be_claimed_out_of_turn(make_task: Make) -> None:
    make_task(priority=-1)
    task = make_task()
    claimed = claim_this(task, ME)
    assert claimed is not None
    assert claimed.job == task
    assert claim_this(Task.objects.get(pk=task.pk), ME) is None  # it does not wait any more


def test_of_two_who_saw_the_same_job_one_gets_it(make_task: Make) -> None:
    first, second = make_task(), Task.objects.get()
    assert claim_this(first, ME) is not None
    assert claim_this(second, ME) is None


@pytest.mark.django_db(transaction=True)
def test_many_connections_claim_each_job_once(make_task: Make) -> None:
    for _ in range(20):
        make_task()
    taken: list[Any] = []
    start = threading.Barrier(4)

    def take_all(number: int) -> None:
        start.wait()
        claimant = Claimant(worker=f"w{number}", pid=os.getpid())
        while (claimed := claim_next(claimant)) is not None:
            taken.append(claimed.job.pk)
        connection.close()

    threads = [threading.Thread(target=take_all, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == len(set(taken)) == 20


@pytest.mark.django_db(transaction=True)
def test_the_bulk_cap_holds_when_processes_claim_at_once(make_task: Make) -> None:
    for _ in range(8):
        make_task(lane="bulk")
    start = threading.Barrier(4)

    def take(pid: int) -> None:
        start.wait()
        claim_next(Claimant(worker="w", pid=pid, bulk_cap=1))
        connection.close()

    threads = [threading.Thread(target=take, args=(pid,)) for pid in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert count_running("w") == 1


def test_a_heartbeat_renews_counts_and_sees_the_wish(
    claim: Callable[..., Claim], settings: Any
) -> None:
    claimed, ticker = claim(), Ticker()
    before = Task.objects.get().lease_until
    settings.JOB_LEASE = 500
    ticker.rows, ticker.total = 7, 9
    Task.objects.update(cancel_requested_at=Now())
    beat(claimed, ticker)
    task = Task.objects.get()
    assert task.lease_until is not None
    assert before is not None
    assert task.lease_until > before
    assert (task.done_rows, task.total_rows) == (7, 9)
    assert (ticker.is_cancel_wanted, ticker.is_lost) == (True, False)


def test_a_heartbeat_of_a_lost_job_writes_nothing(claim: Callable[..., Claim]) -> None:
    claimed, ticker = claim(), Ticker()
    Task.objects.update(attempts=2)
    ticker.rows = 7
    beat(claimed, ticker)
    assert ticker.is_lost
    assert Task.objects.get().done_rows == 0
    assert not fenced(claimed).exists()


def test_a_lease_that_is_given_up_ends_soon_but_not_at_once(
    claim: Callable[..., Claim], settings: Any
) -> None:
    settings.JOB_LEASE = 6000
    give_up(claim())
    assert not Task.objects.filter(lease_until__lt=Now()).exists()
    assert Task.objects.filter(lease_until__lt=Now() + timedelta(seconds=600)).exists()
