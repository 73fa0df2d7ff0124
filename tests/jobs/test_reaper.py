import dataclasses
import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django_q.models import OrmQ

from exportsite.jobs import kinds, lifeline, reaper, roster
from exportsite.jobs.lease import Claim, Claimant, claim_next
from exportsite.jobs.models import Worker
from exportsite.jobs.roster import Duty
from tests.jobs.conftest import ME
from tests.jobs.dummy.engine import KIND
from tests.jobs.dummy.models import Task

pytestmark = pytest.mark.django_db

Make = Callable[..., Task]
Claimed = Callable[..., Claim]
DUTY = Duty(slots=2, worker="b" * 32)


@pytest.fixture(scope="module")
def dead_pid() -> int:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def claim_as(pid: int) -> None:
    assert claim_next(Claimant(worker=ME.worker, pid=pid)) is not None


def lapse() -> None:
    Task.objects.update(lease_until=Now() - timedelta(seconds=1))


def test_a_lapsed_lease_costs_the_attempt(claim: Claimed) -> None:
    claim()
    lapse()
    reaper.reap(DUTY)
    task = Task.objects.get()
    assert (task.status, task.attempts, task.error_code) == ("pending", 1, "worker_lost")
    assert task.story[-1][0] == "retry_planned"


def test_a_worker_does_not_reap_its_own_jobs_which_may_beat_any_moment(claim: Claimed) -> None:
    claim()
    lapse()
    reaper.reap(Duty(slots=2, worker=ME.worker))
    assert Task.objects.get().status == "processing"
    assert [silent.job for silent in reaper.silent_claims(ME.worker)] == [Task.objects.get()]


def test_a_lease_that_lasts_is_left_alone(claim: Claimed) -> None:
    claim()
    reaper.reap(DUTY)
    assert Task.objects.get().status == "processing"


def test_the_last_lapsed_attempt_fails_and_is_cleared_up(
    claim: Claimed, monkeypatch: pytest.MonkeyPatch
) -> None:
    cleared: list[Task] = []
    tidy = dataclasses.replace(KIND, discard=cleared.append)
    monkeypatch.setitem(kinds._kinds, "dummy", tidy)
    claim()
    Task.objects.update(attempts=3)
    lapse()
    reaper.reap(DUTY)
    task = Task.objects.get()
    assert (task.status, task.error_message, cleared) == ("failed", reaper.LOST, [task])


def test_a_lapsed_job_that_somebody_cancelled_is_cancelled(claim: Claimed) -> None:
    claim()
    Task.objects.update(cancel_requested_at=Now())
    lapse()
    reaper.reap(DUTY)
    assert Task.objects.get().status == "cancelled"


def test_of_two_reapers_one_takes_the_job(claim: Claimed) -> None:
    claimed = claim()
    reaper.take_back(claimed)
    reaper.take_back(claimed)
    assert [event for event, _ in Task.objects.get().story] == ["started", "retry_planned"]


def test_one_broken_job_does_not_keep_others_from_being_taken_back(
    claim: Claimed, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken, whole = claim(), claim()
    lapse()
    try_later = reaper.endings.try_later

    def fail_for_one(claimed: Claim, **words: str) -> None:
        if claimed.job == broken.job:
            raise ValueError("boom")
        try_later(claimed, **words)

    monkeypatch.setattr(reaper.endings, "try_later", fail_for_one)
    reaper.reap(DUTY)
    assert Task.objects.get(pk=whole.job.pk).status == "pending"
    assert Task.objects.get(pk=broken.job.pk).status == "processing"


@pytest.mark.parametrize(("is_charged", "attempts"), [(True, 1), (False, 0)])
def test_jobs_of_dead_processes_go_back_at_once(
    make_task: Make, dead_pid: int, is_charged: bool, attempts: int
) -> None:
    make_task("of the dead")
    claim_as(dead_pid)
    make_task("of the living")
    claim_as(os.getpid())
    reaper.take_back_from(ME.worker, is_charged=is_charged)
    dead, living = Task.objects.order_by("created_at")
    assert (dead.status, dead.attempts) == ("pending", attempts)
    assert living.status == "processing"


def test_a_dead_worker_of_this_machine_is_cleared_away(make_task: Make, dead_pid: int) -> None:
    make_task()
    claim_as(dead_pid)
    row = {"lanes": "fast,bulk", "slots": 2, "started_at": Now(), "beat_at": Now()}
    here = lifeline.machine()
    Worker.objects.create(id=ME.worker, machine=here, pid=dead_pid, **row)
    elsewhere = Worker.objects.create(machine="another", pid=dead_pid, **row)
    alive = Worker.objects.create(machine=here, pid=os.getppid(), **row)
    reaper.reap(DUTY)
    assert Task.objects.get().status == "pending"
    assert set(Worker.objects.all()) == {elsewhere, alive}


def test_after_a_restart_of_its_container_a_worker_knows_its_former_self(db: None) -> None:
    roster.sign_on(Duty(slots=1))  # the same process number, another worker
    assert len(list(roster.dead_neighbours(DUTY))) == (1 if lifeline.machine() else 0)


def test_where_processes_cannot_be_told_nobody_is_taken_for_dead(
    monkeypatch: pytest.MonkeyPatch, dead_pid: int
) -> None:
    monkeypatch.setattr(lifeline, "machine", lambda: "")
    roster.sign_on(Duty(slots=1))
    assert list(roster.dead_neighbours(DUTY)) == []


def test_waiting_jobs_are_rung_for_and_old_rows_go(make_task: Make) -> None:
    make_task()
    OrmQ.objects.all().delete()
    roster.sign_on(DUTY)
    Worker.objects.update(beat_at=Now() - timedelta(days=2))
    reaper.reap(DUTY)
    assert OrmQ.objects.count() == 1
    assert not Worker.objects.exists()
