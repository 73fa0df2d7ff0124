"""Jobs that misbehave under a real worker end with a clear word, and others are served."""

import os
import signal
from collections.abc import Callable

import pytest
from django.db.models.functions import Now

from exportsite.jobs.lifeline import is_alive
from tests.jobs.dummy.models import Effect, Task
from tests.jobs.processes import (
    WorkerProcess,
    holder,
    wait_for,
    wait_until,
    wait_until_at_work,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

Start = Callable[..., WorkerProcess]
Make = Callable[..., Task]
THREE_ATTEMPTS = ["started", "retry_planned", "started", "retry_planned", "started", "failed"]


def events(task: Task) -> list[str]:
    task.refresh_from_db()
    return [event for event, _ in task.story]


def test_a_poison_job_fails_after_three_attempts_while_others_are_served(
    start_worker: Start, make_task: Make
) -> None:
    start_worker()
    poison = make_task("die")
    others = [make_task() for _ in range(5)]
    for task in others:
        wait_for(task, "completed")
    wait_for(poison, "failed")
    assert events(poison) == THREE_ATTEMPTS
    assert (poison.attempts, poison.error_code) == (3, "worker_lost")
    assert poison.error_message == "The worker that ran it stopped without a word."


@pytest.mark.parametrize(("act", "word"), [("raise", "ValueError: boom"), ("leave", "SystemExit")])
def test_a_job_that_raises_fails_after_three_attempts(
    start_worker: Start, make_task: Make, act: str, word: str
) -> None:
    start_worker()
    task = make_task(act)
    wait_for(task, "failed")
    assert events(task) == THREE_ATTEMPTS
    assert task.error_code == "unexpected"
    assert word in task.error_details


def test_a_running_job_stops_when_somebody_cancels_it(start_worker: Start, make_task: Make) -> None:
    start_worker(JOB_BEAT="0.5")
    task = make_task("work", seconds=250)
    wait_until_at_work(task)
    Task.objects.filter(pk=task.pk).update(cancel_requested_at=Now())
    wait_for(task, "cancelled")
    assert events(task) == ["started", "cancelled"]
    assert not Effect.objects.exists()


def test_a_job_that_ignores_its_time_limit_is_ended_from_outside(
    start_worker: Start, make_task: Make
) -> None:
    start_worker(JOB_LEASE=6, JOB_MAX_ATTEMPTS=1, DUMMY_TIME_LIMIT="0.5")
    task = make_task("spin", seconds=250)
    wait_until(lambda: Task.objects.filter(status="processing").exists(), "its start")
    pid = holder(task)
    wait_for(task, "failed")
    task.refresh_from_db()
    assert task.error_code == "not_responding"
    wait_until(lambda: not is_alive(pid), "its process to end")
    assert not Effect.objects.exists()


def test_a_frozen_process_is_killed_by_its_own_worker(start_worker: Start, make_task: Make) -> None:
    start_worker(JOB_LEASE=6)
    task = make_task("stumble", seconds=250)
    pid = wait_until_at_work(task)
    os.kill(pid, signal.SIGSTOP)
    wait_for(task, "completed")
    assert not is_alive(pid)
    assert events(task) == ["started", "retry_planned", "started"]
    assert Effect.objects.count() == 1


def test_a_zombie_that_wakes_up_after_its_lease_writes_nothing(
    start_worker: Start, make_task: Make
) -> None:
    zombie = start_worker(JOB_LEASE=6)
    task = make_task("stumble", seconds=250)
    wait_until_at_work(task)
    os.killpg(zombie.pid, signal.SIGSTOP)
    start_worker()
    wait_for(task, "completed")
    task.refresh_from_db()
    before = (task.story, task.done_rows)
    os.killpg(zombie.pid, signal.SIGCONT)
    wait_until(lambda: "belongs to another attempt" in zombie.log(), "the zombie to see it")
    task.refresh_from_db()
    assert (task.story, task.done_rows) == before
    assert Effect.objects.count() == 1


def test_a_cluster_that_hears_no_bell_is_replaced(start_worker: Start, make_task: Make) -> None:
    worker = start_worker(WORKER_STUCK_AFTER=5)
    for process in worker.children()[:2]:
        process.suspend()
    task = make_task()
    wait_for(task, "completed")
    assert "Jobs wait, slots are free" in worker.log()
    assert events(task) == ["started"]
