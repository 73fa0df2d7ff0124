"""Real workers, real signals: an import ends as it should, whatever happens to whoever runs it."""

import io
import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from exportsite.jobs import queue
from exportsite.jobs.models import Worker
from imports import intake, wishes
from imports.models import FailedRow, ImportJob, ImportProblem, LedgerEntry
from imports.requests import UploadRequest
from imports.states import Status
from tests.conftest import wait_until
from tests.library.models import Author, Note

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

Ask = Callable[..., ImportJob]

ROWS = 60_000
LONG = 3  # seconds of rest after each chunk, so that no import is over before the test acts
COUNTED = ("created_rows", "updated_rows", "unchanged_rows", "skipped_rows", "failed_rows")


@pytest.fixture(autouse=True)
def _private_uploads(settings: Any, tmp_path: Path) -> None:
    settings.IMPORT_DIRECTORY = tmp_path / "uploads"


@pytest.fixture
def ask(root: User) -> Ask:
    """Upload a text that is to be applied by itself once it is checked."""

    def make(content: str, importer: str = "notes", **request: Any) -> ImportJob:
        wanted = UploadRequest(
            filename="notes.csv", importer=importer, **{"confirm": True, **request}
        )
        return intake.receive_upload(root, wanted, io.BytesIO(content.encode()))

    return make


def notes(rows: int = ROWS) -> str:
    """One in twenty is bad, one in five hundred repeats an earlier one."""
    lines = ["text,stars"]
    for number in range(rows):
        name = number - 250 if number % 500 == 499 else number
        lines.append(f"note {name},{'many' if number % 20 == 7 else number % 10}")
    return "\n".join(lines) + "\n"


def shelve_some() -> None:
    """What the file finds: some of its notes as they are in it, some otherwise."""
    Note.objects.all().delete()
    Note.objects.bulk_create(Note(text=f"note {n}", stars=3) for n in range(0, ROWS, 3))


def wait_for(job: ImportJob, *statuses: str) -> ImportJob:
    def has_come() -> bool:
        job.refresh_from_db()
        return job.status in statuses

    # A slow machine has many small chunks, with a rest after each.
    wait_until(has_come, within=500, what=f"{' or '.join(statuses)} of the import")
    return job


def checked(job: ImportJob) -> ImportJob:
    """Checked in this process, at once; what is left for a worker is to apply it."""
    assert queue.run_next()
    job.refresh_from_db()
    assert job.status == Status.QUEUED
    return job


def wait_until_at_work(job: ImportJob, rows: int = 0) -> int:
    """Until rows are written; the process id of who writes them."""

    def is_moving() -> bool:
        job.refresh_from_db()
        assert not job.is_finished, f"{job.status}: {job.error_message} {job.error_details}"
        is_claimed = job.status == Status.PROCESSING and bool(job.claimed_by)
        return is_claimed and job.processed_rows >= rows

    wait_until(is_moving, what="the first rows")
    return int(job.claimed_by.rsplit(":", 1)[1])


def outcome(job: ImportJob) -> dict[str, Any]:
    """All that an import leaves behind."""
    entries = LedgerEntry.objects.filter(job_id=job.pk)
    return {
        "status": job.status,
        "counts": {name: getattr(job, name) for name in COUNTED},
        "rows": (job.processed_rows, job.total_rows, job.values_written),
        "codes": job.problem_codes,
        "notes": sorted(Note.objects.values_list("text", "stars")),
        "problems": list(
            ImportProblem.objects.filter(job=job).values_list("row", "position", "code", "message")
        ),
        "failures": list(FailedRow.objects.filter(job=job).values_list("row", "cells", "problems")),
        "ledger": sorted(entries.values_list("row", "action", "after_hash")),
    }


@pytest.mark.timeout(900)
def test_an_import_whose_worker_is_killed_twenty_times_is_as_one_that_was_left_alone(
    run_worker: Any, ask: Ask
) -> None:
    # A pause after each chunk, so that an attempt that lives for half a second does not get far.
    run_worker(JOB_RETRY_DELAY=0.05, JOB_MAX_ATTEMPTS=100, IMPORT_PAUSE=0.5)
    shelve_some()
    alone = outcome(wait_for(ask(notes()), Status.COMPLETED))
    assert alone["counts"]["failed_rows"] == ROWS // 20 + ROWS // 500

    shelve_some()
    ImportJob.objects.all().delete()
    job = ask(notes())
    seed = random.randrange(10**9)
    chance = random.Random(seed)
    for _kill in range(20):
        pid = wait_until_at_work(job)
        time.sleep(chance.uniform(0, 0.6))
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda pid=pid: is_gone(job, pid), what="the end of the attempt")
    wait_for(job, Status.COMPLETED)
    assert job.attempts >= 20
    assert outcome(job) == alone, f"seed {seed}"


def is_gone(job: ImportJob, pid: int) -> bool:
    job.refresh_from_db()
    return not job.claimed_by.endswith(f":{pid}")


def test_when_the_whole_worker_dies_the_next_one_goes_on(run_worker: Any, ask: Ask) -> None:
    job = checked(ask(notes(3000)))
    first = run_worker(IMPORT_PAUSE=LONG)
    wait_until_at_work(job, rows=200)
    first.kill()
    job.refresh_from_db()
    done = job.cursor
    run_worker()
    wait_for(job, Status.COMPLETED)
    assert done >= 201
    assert job.attempts == 2
    assert Note.objects.count() == job.created_rows == 3000 - 150 - 6


def test_a_stopped_worker_hands_its_import_back_uncharged(run_worker: Any, ask: Ask) -> None:
    job = checked(ask(notes(3000)))
    worker = run_worker(IMPORT_PAUSE=LONG)
    wait_until_at_work(job, rows=200)
    assert worker.stop() == 0
    job.refresh_from_db()
    assert (job.status, job.attempts) == (Status.QUEUED, 0)
    assert Note.objects.count() == job.created_rows > 0
    assert not Worker.objects.filter(stopping=False).exists()
    run_worker()
    wait_for(job, Status.COMPLETED)
    assert (job.attempts, Note.objects.count()) == (1, 2844)


def test_a_cancelled_import_stops_soon_and_leaves_whole_chunks(
    run_worker: Any, ask: Ask, root: User
) -> None:
    run_worker(IMPORT_PAUSE=0.3)
    job = ask(notes())
    wait_until_at_work(job, rows=200)
    wishes.cancel_import(root, job)
    wait_for(job, Status.CANCELLED)
    assert 0 < job.processed_rows < ROWS
    assert Note.objects.count() == job.created_rows
    assert LedgerEntry.objects.filter(job_id=job.pk).count() == job.created_rows
    story = job.logs.get(event="cancelled")
    assert story.message.startswith(f"{job.processed_rows:,} of {ROWS:,} rows had been dealt with")
    wishes.retry_import(root, job)
    wait_for(job, Status.COMPLETED)
    assert Note.objects.count() == job.created_rows == ROWS - ROWS // 20 - ROWS // 500


def test_a_row_that_kills_its_worker_ends_as_a_failed_import(run_worker: Any, ask: Ask) -> None:
    run_worker()
    deadly = ask("who kills\nanna\npoison\n", "deadly-authors")
    harmless = ask("text,stars\na,1\n")
    wait_for(harmless, Status.COMPLETED)
    wait_for(deadly, Status.FAILED)
    assert (deadly.attempts, deadly.error_code) == (3, "worker_lost")
    assert not Author.objects.exists()


def test_a_frozen_worker_that_wakes_up_writes_nothing_more(run_worker: Any, ask: Ask) -> None:
    job = checked(ask(notes(3000)))
    frozen = run_worker(IMPORT_PAUSE=LONG, JOB_LEASE=6)
    wait_until_at_work(job, rows=200)
    pid = job.claimed_by
    os.killpg(frozen.process.pid, signal.SIGSTOP)
    try:
        run_worker()
        wait_for(job, Status.COMPLETED)
        before = outcome(job)
        assert job.claimed_by != pid
    finally:
        os.killpg(frozen.process.pid, signal.SIGCONT)
    wait_until(lambda: "belongs to another attempt" in frozen.log(), what="its waking up")
    job.refresh_from_db()
    assert outcome(job) == before
    assert before["counts"]["created_rows"] == len(before["notes"]) == 2844


def test_a_long_import_lets_others_of_its_lane_go_first(run_worker: Any, ask: Ask) -> None:
    long = checked(ask(notes(8000)))
    run_worker("--processes", "1", IMPORT_TURN=0.5, IMPORT_PAUSE=LONG)
    wait_until_at_work(long, rows=200)
    short = ask("text,stars\nshort,1\n")
    wait_for(short, Status.COMPLETED)
    long.refresh_from_db()
    assert long.status in (Status.QUEUED, Status.PROCESSING)
    wait_for(long, Status.COMPLETED)
    assert long.attempts == 1
    assert long.logs.filter(message="Others were waiting; it goes on after them.").exists()
    assert Note.objects.count() == 8000 - 400 - 16 + 1
