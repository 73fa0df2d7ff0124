"""The good and bad ends of a check and of an import: one fenced move with its log row."""

import datetime as dt
from collections import Counter

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from exportsite.jobs.queue import nudge
from exportsite.jobs.states import move
from imports import logs, summaries, uploads
from imports.attempt import Attempt, Columns
from imports.models import Action, Event, ImportJob, OnError
from imports.restart import rows_anew
from imports.states import Status
from imports.telling import tell_importer

FREE: Columns = {"claimed_by": "", "lease_until": None}


def end_check(attempt: Attempt) -> None:
    """Every row was looked at: what next? Raises LostRace."""
    job = attempt.job
    counts = summaries.counts_of(job)
    found: Columns = {
        "check_counts": counts,
        "checked_at": Now(),
        "total_rows": job.processed_rows,
    }
    applies_itself = job.confirm and not job.dry_run
    if not job.processed_rows:
        fail(attempt, "no_rows", _("The file has a header, but no rows."), **found)
    elif counts[Action.FAIL] == job.processed_rows:
        fail(attempt, "every_row_failed", _every_row_failed(job), **found)
    elif applies_itself and job.on_error == OnError.ABORT and counts[Action.FAIL]:
        fail(attempt, "all_or_nothing", _met_bad_rows(counts[Action.FAIL]), **found)
    elif job.dry_run:
        _complete(attempt, summaries.checked(counts), **found)
    elif applies_itself and job.same_as_id is None:
        _queue(attempt, found)
    else:
        _wait_for_person(attempt, found)


def _queue(attempt: Attempt, found: Columns) -> None:
    """It was to be applied by itself."""
    job = attempt.job
    with transaction.atomic():
        columns = {**rows_anew(), **found, "queued_at": Now(), "confirmed_by": job.created_by}
        move(job, Status.QUEUED, fence=attempt.fence, **columns)
        sentence = summaries.checked(job.check_counts)
        logs.write(job, Event.CHECKED, sentence, processed_rows=job.total_rows)
        logs.note_for_admins(job.created_by, job, _("Confirmed at the upload. %s") % sentence)
        nudge(job)


def _wait_for_person(attempt: Attempt, found: Columns) -> None:
    job = attempt.job
    seconds = _seconds_since(job.started_at)
    with transaction.atomic():
        move(job, Status.READY, fence=attempt.fence, **FREE, **found, attempts=0)
        sentence = " ".join(
            filter(None, (summaries.checked(job.check_counts), summaries.same_file(job)))
        )
        logs.write(
            job,
            Event.CHECKED,
            sentence,
            processed_rows=job.total_rows,
            duration_ms=round(seconds * 1000),
        )


def end_import(attempt: Attempt) -> None:
    """Every row has been dealt with. Raises LostRace."""
    job = attempt.job
    if job.failed_rows == job.processed_rows:
        fail(attempt, "every_row_failed", _every_row_failed(job), tells_importer=True)
        return
    _complete(attempt, summaries.applied(job), tells_importer=True)


def end_mended(attempt: Attempt, result: Columns) -> None:
    """All mended rows were run. Raises LostRace."""
    job = attempt.job
    key = job.mended_key
    columns: Columns = {
        "mended_key": "",
        "mended_cursor": 0,
        "mended_result": result,
        "mended_rounds": job.mended_rounds + 1,
    }
    if job.failed_rows == job.processed_rows:
        sentence = _every_row_failed(job)
        fail(attempt, "every_row_failed", sentence, tells_importer=True, **columns)
    else:
        _complete(attempt, summaries.mended(result), tells_importer=True, **columns)
    uploads.drop(uploads.mended(), key)


def refuse_all(attempt: Attempt, verdict: Counter[str]) -> None:
    """All rows or none were wanted, and not all are good: nothing is written."""
    rows = sum(verdict.values())
    bad = verdict[Action.FAIL]
    fail(
        attempt,
        "all_or_nothing",
        _met_bad_rows(bad),
        failed_rows=bad,
        skipped_rows=verdict[Action.SKIP],
        processed_rows=rows,
        total_rows=rows,
    )


def _complete(
    attempt: Attempt, sentence: str, *, tells_importer: bool = False, **columns: object
) -> None:
    job = attempt.job
    gone = "" if settings.IMPORT_KEEP_UPLOADS else job.file_key
    if gone:
        columns["file_key"] = ""
    with transaction.atomic():
        if tells_importer:
            tell_importer(job)
        _end(attempt, Status.COMPLETED, Event.COMPLETED, sentence, columns)
        logs.note_for_admins(job.confirmed_by or job.created_by, job, sentence)
    uploads.drop(uploads.uploads(), gone)


def fail(
    attempt: Attempt, code: str, message: str, *, tells_importer: bool = False, **columns: object
) -> None:
    """It cannot succeed, with columns that say how far it came. Raises LostRace."""
    with transaction.atomic():
        if tells_importer:
            tell_importer(attempt.job)
        columns |= {"error_code": code, "error_message": message}
        _end(attempt, Status.FAILED, Event.FAILED, message, columns)


def _end(attempt: Attempt, status: Status, event: Event, sentence: str, columns: Columns) -> None:
    job = attempt.job
    seconds = _seconds_since(job.started_at)
    move(job, status, fence=attempt.fence, **FREE, completed_at=Now(), **columns)
    logs.write(
        job,
        event,
        sentence,
        processed_rows=job.processed_rows,
        duration_ms=round(seconds * 1000),
    )


def _every_row_failed(job: ImportJob) -> str:
    if job.processed_rows == 1:
        return _("The only row is not good. Look at its problem; is the mapping right?")
    return _("Not one of %(rows)s is good. Look at the problems; is the mapping right?") % {
        "rows": summaries.rows_text(job.processed_rows)
    }


def _met_bad_rows(bad: int) -> str:
    return _(
        "All rows or none were wanted, and %(rows)s cannot be imported, so nothing was written. "
        "Import it without the bad rows, or mend the file and upload it again."
    ) % {"rows": summaries.rows_text(bad)}


def _seconds_since(started_at: dt.datetime | None) -> float:
    return (timezone.now() - started_at).total_seconds() if started_at else 0.0
