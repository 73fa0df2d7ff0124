"""A worker that is asked to stop: in seconds, nothing lost, nothing charged, nothing left."""

import signal
from collections.abc import Callable

import pytest

from exportsite.jobs.lifeline import is_alive
from exportsite.jobs.models import Worker
from tests.jobs.dummy.models import Effect, Task
from tests.jobs.processes import WorkerProcess, wait_for, wait_until, wait_until_at_work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

Start = Callable[..., WorkerProcess]
Make = Callable[..., Task]


@pytest.mark.parametrize(
    ("number", "group"),
    [(signal.SIGTERM, False), (signal.SIGTERM, True), (signal.SIGINT, True)],
    ids=["SIGTERM to the main process", "SIGTERM to all", "Ctrl-C"],
)
def test_a_running_job_is_handed_back_and_not_charged(
    start_worker: Start, make_task: Make, number: int, group: bool
) -> None:
    worker = start_worker()
    task = make_task("work", seconds=250)
    wait_until_at_work(task)
    family = worker.family()
    assert worker.stop(number, group=group) == 0, worker.log()
    assert not any(is_alive(process.pid) for process in family)
    assert not Worker.objects.exists()
    task.refresh_from_db()
    assert (task.status, task.attempts, task.claimed_by) == ("pending", 0, "")
    Task.objects.update(seconds=0)
    start_worker()
    wait_for(task, "completed")
    task.refresh_from_db()
    assert (task.attempts, Effect.objects.count()) == (1, 1)
    # Another process of the stopping worker may have taken it for a moment.
    assert [event for event, _ in task.story][:2] == ["started", "handed_back"]
    assert "retry_planned" not in [event for event, _ in task.story]


def test_an_idle_worker_stops_at_once(start_worker: Start) -> None:
    assert start_worker().stop() == 0


def test_a_job_that_will_not_stop_is_killed_and_handed_back(
    start_worker: Start, make_task: Make
) -> None:
    worker = start_worker(WORKER_STOP_WITHIN=1)
    task = make_task("spin", seconds=250)
    wait_until(lambda: Task.objects.filter(status="processing").exists(), "its start")
    assert worker.stop() == 0
    task.refresh_from_db()
    assert (task.status, task.attempts) == ("pending", 0)


def test_asked_twice_it_stops_at_once(start_worker: Start, make_task: Make) -> None:
    worker = start_worker()
    task = make_task("spin", seconds=250)
    wait_until(lambda: Task.objects.filter(status="processing").exists(), "its start")
    worker.process.terminate()
    wait_until(lambda: Worker.objects.filter(stopping=True).exists(), "it to hear")
    assert worker.stop() == 0
    task.refresh_from_db()
    assert (task.status, task.attempts) == ("pending", 0)
