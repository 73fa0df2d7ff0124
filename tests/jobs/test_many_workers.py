"""Several workers, several lanes, and a worker for cron."""

from collections.abc import Callable

import pytest
from django_q.models import OrmQ

from exportsite.jobs.models import Worker
from tests.jobs.dummy.models import Effect, Task
from tests.jobs.processes import (
    PATIENCE,
    WorkerProcess,
    wait_for,
    wait_until,
    wait_until_at_work,
)

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

Start = Callable[..., WorkerProcess]
Make = Callable[..., Task]


def completed() -> int:
    return Task.objects.filter(status="completed").count()


def makers() -> set[str]:
    """The workers that have completed something."""
    return {name.partition(":")[0] for name in Effect.objects.values_list("made_by", flat=True)}


def test_two_workers_run_each_of_a_hundred_jobs_once(start_worker: Start, make_task: Make) -> None:
    workers = [start_worker(), start_worker()]
    for _ in range(100):
        make_task()
    wait_until(lambda: completed() == Task.objects.count(), "all of them")
    names = {str(worker.row().pk.hex) for worker in workers if worker.row()}

    def have_shared() -> bool:
        make_task()  # one may have been so quick that it left nothing to the other
        return makers() == names

    wait_until(have_shared, "both at work")
    wait_until(lambda: completed() == Task.objects.count(), "all of them")
    assert Effect.objects.count() == completed() >= 100
    assert set(Task.objects.values_list("attempts", flat=True)) == {1}


def test_lost_doorbells_are_rung_again(start_worker: Start, make_task: Make) -> None:
    start_worker()
    tasks = [make_task("work", seconds=0.1) for _ in range(4)]
    OrmQ.objects.all().delete()
    for task in tasks:
        wait_for(task, "completed")


def test_a_worker_of_one_lane_leaves_the_other_alone(start_worker: Start, make_task: Make) -> None:
    start_worker("--lane", "fast")
    bulk, fast = make_task(lane="bulk"), make_task(lane="fast")
    wait_for(fast, "completed")
    bulk.refresh_from_db()
    assert (bulk.status, bulk.attempts) == ("pending", 0)
    start_worker("--lane", "bulk")
    wait_for(bulk, "completed")


def test_bulk_jobs_leave_one_slot_to_short_ones(start_worker: Start, make_task: Make) -> None:
    start_worker()
    long = [make_task("work", seconds=250, lane="bulk") for _ in range(3)]
    wait_until(lambda: Task.objects.filter(status="processing").exists(), "the first")
    short = make_task(lane="fast")
    wait_for(short, "completed")
    assert Task.objects.filter(pk__in=[task.pk for task in long], status="processing").count() == 1


def test_once_works_the_queue_off_and_ends(start_worker: Start, make_task: Make) -> None:
    for lane in ("fast", "bulk", "fast"):
        make_task(lane=lane)
    later = make_task("raise")
    worker = start_worker("--once", JOB_RETRY_DELAY=60)
    assert worker.process.wait(PATIENCE) == 0, worker.log()
    assert completed() == 3
    later.refresh_from_db()
    assert (later.status, later.attempts) == ("pending", 1)
    assert "4 jobs run." in worker.log()
    assert not OrmQ.objects.exists()
    assert not Worker.objects.exists()


def test_once_hands_its_job_back_when_it_is_stopped(start_worker: Start, make_task: Make) -> None:
    task = make_task("work", seconds=250)
    worker = start_worker("--once")
    wait_until_at_work(task)
    assert Worker.objects.get().pid == worker.pid
    assert worker.stop() == 0
    task.refresh_from_db()
    assert (task.status, task.attempts) == ("pending", 0)
    assert not Worker.objects.exists()
