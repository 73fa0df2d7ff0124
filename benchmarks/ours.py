"""Our own exports and imports, as people ask for them and a worker makes them.

Times are between two notes in the job's row, both by the database's clock: from the accepted
request to the end.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from benchmarks.runs import Run
from benchmarks.servers import POLL_SECONDS, memory_of, worker

NAME = "ours, through the queue"


@dataclass(frozen=True, kw_only=True)
class Watched:
    asked_at: datetime
    megabytes: float
    first_problems: float | None = None  # seconds until somebody who looks sees them


def user() -> Any:
    from django.contrib.auth.models import User

    return User.objects.get(username="bench")


def watch(job: Any, *ends: str) -> Watched:
    """Until the job has come to one of these ends; the peak memory of who runs it."""
    memory, problems = 0.0, None
    began = time.perf_counter()
    job.refresh_from_db()
    asked_at = job.available_at
    while job.status not in ends:
        assert job.status not in ("failed", "cancelled"), job.error_details or job.error_message
        time.sleep(POLL_SECONDS)
        job.refresh_from_db()
        memory = max(memory, memory_of(job.claimed_by))
        if problems is None and getattr(job, "problem_codes", None):
            problems = time.perf_counter() - began
    return Watched(asked_at=asked_at, megabytes=memory, first_problems=problems)


# -- Exports ----------------------------------------------------------------------------------
def request(name: str, rows: int, columns: Sequence[str] = ()) -> Any:
    from exports.intake import request_export
    from exports.plans import ExportRequest

    wanted = ExportRequest(resource="ezpass", format=name, limit=rows, columns=columns)
    return request_export(user(), wanted)


def export(name: str, rows: int, columns: Sequence[str] = ()) -> Run:
    with worker():
        job = request(name, rows, columns)
        seen = watch(job, "completed")
    assert job.exported_rows == rows
    return Run(
        work=name,
        name=NAME,
        rows=rows,
        seconds=(job.completed_at - seen.asked_at).total_seconds(),
        megabytes=seen.megabytes,
        size=job.file_size or 0,
    )


# -- Imports ----------------------------------------------------------------------------------
def upload(file: Path) -> Any:
    from imports.intake import receive_upload
    from imports.requests import UploadRequest

    wanted = UploadRequest(
        filename=file.name, importer="ezpass", mode="upsert", accepts_guesses=True
    )
    with file.open("rb") as stream:
        return receive_upload(user(), wanted, stream)


def check(file: Path, rows: int) -> tuple[Any, Run, float]:
    """The job, ready to be confirmed, and the seconds until its first problems.

    The upload itself is over before the clock starts.
    """
    with worker():
        job = upload(file)
        seen = watch(job, "ready")
    seconds = (job.checked_at - seen.asked_at).total_seconds()
    run = Run(work="check", name=NAME, rows=rows, seconds=seconds, megabytes=seen.megabytes)
    return job, run, seen.first_problems or seconds


def apply(job: Any, rows: int) -> Run:
    from imports.wishes import confirm_import

    with worker():
        confirm_import(user(), job)
        seen = watch(job, "completed")
    seconds = (job.completed_at - seen.asked_at).total_seconds()
    return Run(work="import", name=NAME, rows=rows, seconds=seconds, megabytes=seen.megabytes)
