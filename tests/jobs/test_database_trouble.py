"""The database goes away, or is locked, while real workers work."""

import sqlite3
import time
from collections.abc import Callable

import pytest
from django.db import connection

from tests.jobs.dummy.models import Effect, Task
from tests.jobs.processes import WorkerProcess, wait_for, wait_until, wait_until_at_work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

Start = Callable[..., WorkerProcess]
Make = Callable[..., Task]


def test_a_restart_of_postgresql_costs_an_attempt_at_most(
    start_worker: Start, make_task: Make
) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("needs PostgreSQL")
    worker = start_worker()
    task = make_task("work", seconds=2)
    wait_until_at_work(task)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        assert cursor.fetchone()[0] > 2
    wait_for(task, "completed")
    wait_for(make_task(), "completed")
    task.refresh_from_db()
    assert task.attempts in (1, 2)
    assert Effect.objects.filter(task=task).count() == 1
    assert worker.process.poll() is None


def test_a_locked_sqlite_file_delays_a_job_and_no_more(
    start_worker: Start, make_task: Make
) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("needs SQLite")
    worker = start_worker(WORKER_STUCK_AFTER=3)
    task = make_task("work", seconds=1)
    wait_until_at_work(task)
    lock = sqlite3.connect(str(connection.settings_dict["NAME"]), isolation_level=None)
    lock.execute("BEGIN IMMEDIATE")
    end = time.monotonic() + 5  # longer than the watchdog's patience
    wait_until(lambda: time.monotonic() > end, "the lock's end")
    lock.execute("ROLLBACK")
    lock.close()
    wait_for(task, "completed")
    task.refresh_from_db()
    assert [event for event, _ in task.story] == ["started"]
    assert "restarted" not in worker.log()
