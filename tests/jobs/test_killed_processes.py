"""SIGKILL to each process of a real worker: jobs come to their end without anybody's help."""

from collections.abc import Callable

import pytest

from exportsite.jobs.lifeline import is_alive
from tests.jobs.dummy.models import Effect, Task
from tests.jobs.processes import (
    WorkerProcess,
    kill,
    wait_for,
    wait_until,
    wait_until_at_work,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

Start = Callable[..., WorkerProcess]
Make = Callable[..., Task]


def events(task: Task) -> list[str]:
    return [event for event, _ in Task.objects.values_list("story", flat=True).get(pk=task.pk)]


def check_once(task: Task, attempts: int) -> None:
    task.refresh_from_db()
    assert (task.status, task.attempts, task.claimed_by) == ("completed", attempts, "")
    assert Effect.objects.filter(task=task).count() == 1


def test_a_job_whose_process_is_killed_is_run_again_at_once(
    start_worker: Start, make_task: Make
) -> None:
    start_worker()
    task = make_task("stumble", seconds=250)
    kill(wait_until_at_work(task))
    wait_for(task, "completed")
    check_once(task, attempts=2)
    assert events(task) == ["started", "retry_planned", "started"]


@pytest.mark.parametrize("victims", [[0], [0, 1]])
def test_idle_processes_that_are_killed_take_nothing_along(
    start_worker: Start, make_task: Make, victims: list[int]
) -> None:
    worker = start_worker()
    pool = worker.children()[:2]
    for victim in victims:
        pool[victim].kill()
    task = make_task()
    wait_for(task, "completed")
    check_once(task, attempts=1)


@pytest.mark.parametrize("role", ["monitor", "pusher"])
def test_the_helpers_of_the_cluster_come_back(
    start_worker: Start, make_task: Make, role: str
) -> None:
    worker = start_worker()
    worker.children()[2 if role == "monitor" else 3].kill()
    for _ in range(3):
        task = make_task()
        wait_for(task, "completed")
    assert worker.stop() == 0


def test_a_killed_guard_is_replaced_with_all_its_processes(
    start_worker: Start, make_task: Make
) -> None:
    worker = start_worker()
    task = make_task("stumble", seconds=250)
    wait_until_at_work(task)
    family = worker.family()
    worker.guard().kill()
    wait_for(task, "completed")
    check_once(task, attempts=2)
    assert not any(is_alive(process.pid) for process in family)


def test_a_killed_worker_leaves_no_process_and_the_next_one_finishes_its_job(
    start_worker: Start, make_task: Make
) -> None:
    worker = start_worker()
    task = make_task("stumble", seconds=250)
    wait_until_at_work(task)
    family = worker.family()
    worker.process.kill()
    wait_until(lambda: not any(is_alive(process.pid) for process in family), "no process left")
    worker.process.wait()
    start_worker()
    wait_for(task, "completed")
    check_once(task, attempts=2)
