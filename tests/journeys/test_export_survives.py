"""Real workers, real signals: an export ends as it should, whatever happens to whoever makes it."""

import csv
import hashlib
import os
import signal
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from exports import delivery, intake
from exports.models import Event, Export
from exports.states import Status
from exportsite.jobs.models import Worker
from tests.journeys.conftest import kill, wait_for, wait_until_at_work

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

Names = Callable[[Export], list[str]]

LONG = 40  # seconds for each thousand rows, so that no export is over before the test acts


def events(export: Export) -> list[str]:
    return list(export.logs.values_list("event", flat=True))


def check_file(export: Export, rows: int) -> None:
    path = delivery.folder().locate(export.file_key)
    data = path.read_bytes()
    assert (len(data), hashlib.sha256(data).hexdigest()) == (export.file_size, export.sha256)
    with path.open(encoding="utf-8-sig", newline="") as stream:
        header, *titles = [row[1] for row in csv.reader(stream)]
    assert header.lower() == "title"
    assert titles == [f"Book {number}" for number in range(rows)]


class Watcher:
    """Looks at an export's folder all the time, as a person would who hopes for a file."""

    def __init__(self, names: Callable[[], list[str]]) -> None:
        self.seen: set[str] = set()
        self._names = names
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._look)

    def _look(self) -> None:
        while not self._stop.wait(0.02):
            self._note()

    def _note(self) -> None:
        with suppress(FileNotFoundError):  # removed while it was read
            self.seen |= {name for name in self._names() if not name.startswith(".")}

    def __enter__(self) -> "Watcher":
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stop.set()
        self._thread.join()
        self._note()


def test_a_killed_worker_process_costs_an_attempt_and_nothing_else(
    run_worker: Any, ask: Any, shelves: None, folder_of: Names
) -> None:
    run_worker(EXPORT_PAUSE=2)
    export = ask("slow-books")
    pid = wait_until_at_work(export)
    with Watcher(lambda: folder_of(export)) as watcher:
        kill(pid)
        wait_for(export, Status.COMPLETED)
    assert export.attempts == 2
    check_file(export, 2500)
    # One name was ever seen: that of the whole file.
    assert watcher.seen == set(folder_of(export)) == {export.file_key.rsplit("/", 1)[1]}
    assert events(export).count(Event.PROCESSING) == 2
    assert events(export)[-1] == Event.COMPLETED


def test_when_the_whole_worker_dies_the_next_one_finishes_its_export(
    run_worker: Any, ask: Any, shelves: None, folder_of: Names
) -> None:
    first = run_worker(EXPORT_PAUSE=LONG)
    export = ask("slow-books")
    wait_until_at_work(export)
    first.kill()
    run_worker()
    wait_for(export, Status.COMPLETED)
    assert export.attempts == 2
    check_file(export, 2500)
    assert len(folder_of(export)) == 1


def test_a_stopped_worker_hands_its_export_back_uncharged(
    run_worker: Any, ask: Any, shelves: None
) -> None:
    worker = run_worker(EXPORT_PAUSE=LONG)
    export = ask("slow-books")
    wait_until_at_work(export)
    assert worker.stop() == 0
    export.refresh_from_db()
    assert (export.status, export.attempts) == (Status.PENDING, 0)
    assert not Worker.objects.filter(stopping=False).exists()
    run_worker()
    wait_for(export, Status.COMPLETED)
    assert export.attempts == 1
    check_file(export, 2500)


def test_a_cancelled_export_stops_and_leaves_no_file(
    run_worker: Any, ask: Any, shelves: None, root: Any, folder_of: Names
) -> None:
    run_worker(EXPORT_PAUSE=LONG)
    export = ask("slow-books")
    wait_until_at_work(export)
    intake.cancel_export(root, export)
    wait_for(export, Status.CANCELLED)
    assert folder_of(export) == []
    assert events(export)[-1] == Event.CANCELLED
    assert export.completed_at is not None


def test_an_export_that_fails_three_times_has_failed(
    run_worker: Any, ask: Any, shelves: None, folder_of: Names
) -> None:
    run_worker()
    export = ask("broken-books")
    wait_for(export, Status.FAILED)
    assert export.attempts == 3
    assert events(export) == [
        Event.INITIATED,
        Event.PROCESSING, Event.RETRIED,
        Event.PROCESSING, Event.RETRIED,
        Event.PROCESSING, Event.FAILED,
    ]  # fmt: skip
    assert "unexpected" in export.error_message
    assert "ArithmeticError" not in export.error_message
    assert "ArithmeticError: no way to compute Book 0" in export.error_details
    assert folder_of(export) == []


def test_a_failed_export_is_retried_by_a_person_and_ends_well(
    run_worker: Any, ask: Any, shelves: None, root: Any
) -> None:
    export = ask("books", columns=["id", "title"])
    Export.objects.filter(pk=export.pk).update(status=Status.FAILED, attempts=3)
    export.refresh_from_db()
    intake.retry_export(root, export)
    run_worker()
    wait_for(export, Status.COMPLETED)
    check_file(export, 2500)


def test_an_export_longer_than_its_time_limit_is_tried_again_and_then_given_up(
    run_worker: Any, ask: Any, shelves: None
) -> None:
    run_worker(EXPORT_TIME_LIMIT=1, JOB_MAX_ATTEMPTS=2)
    export = ask("slow-books")
    wait_for(export, Status.FAILED)
    assert (export.attempts, export.error_code) == (2, "time_limit")
    assert "longer than the 1 s" in export.error_message


def test_a_frozen_worker_that_wakes_up_late_changes_nothing(
    run_worker: Any, ask: Any, shelves: None, folder_of: Names
) -> None:
    frozen = run_worker(WORKER_PROCESSES=1, EXPORT_PAUSE=LONG, JOB_LEASE=6)
    export = ask("slow-books")
    pid = wait_until_at_work(export)
    for stopped in (frozen.process.pid, pid):
        os.kill(stopped, signal.SIGSTOP)
    try:
        run_worker()
        wait_for(export, Status.COMPLETED)
        before = Export.objects.filter(pk=export.pk).values().get()
    finally:
        for stopped in (pid, frozen.process.pid):
            os.kill(stopped, signal.SIGCONT)
    frozen.stop()
    assert Export.objects.filter(pk=export.pk).values().get() == before
    check_file(export, 2500)
    assert folder_of(export) == [export.file_key.rsplit("/", 1)[1]]
