"""How an import stands, in words: progress, hints, story. Reads rows, decides nothing."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exportsite.jobs import words
from exportsite.jobs.hints import Hint, hints_while_running, hints_while_waiting
from imports.admin.presentation import MOVING
from imports.models import Event, ImportJob, ImportLog
from imports.readers import sentences
from imports.states import Status

RATE_AFTER = 3  # seconds of work before speed and time left mean anything

# What the owner can do about it; `error_message` says what happened.
ADVICE = {
    "not_allowed": gettext_lazy("Ask for the permission, then press Retry."),
    "no_owner": gettext_lazy("Upload the file in your own name."),
    "file_gone": gettext_lazy("Upload the file again."),
    "no_rows": gettext_lazy("Look whether it is the right file, and upload it again."),
    "every_row_failed": gettext_lazy(
        "If all rows have the same problem, a column may be mapped wrongly: change the mapping."
    ),
    "all_or_nothing": gettext_lazy(
        "Leave the bad rows out now and mend them afterwards; or mend them in your file and "
        "upload it again."
    ),
    "locked": gettext_lazy(
        "Press Retry when whoever works on the same records has finished; it goes on after the "
        "last row that is in."
    ),
    "worker_lost": gettext_lazy(
        "Press Retry: it goes on after the last row that is in. If it happens again, tell your "
        "operator: the worker may lack memory."
    ),
}
ADVICE_UNREADABLE = gettext_lazy(
    "Mend the file and upload it again. If it was only read wrongly, change how it is read: with "
    "“Change the mapping”."
)
# What readers refuse in the middle of a file; `sentences` has those about workbooks and archives.
UNREADABLE = {
    *("undecodable", "unclosed_quote", "broken_header", "no_header", "not_text"),
    *("too_long_cell", "too_long_line", "too_many_columns", "unknown_encoding"),
    *(sentences.SENTENCES.keys() - {"reader_died"}),
}
ADVICE_ELSE = gettext_lazy(
    "Press Retry: it goes on after the last row that is in. If it fails again, tell your operator."
)

# Events whose message says all; before the others stands the event's word.
SELF_EXPLAINING = {Event.RETRIED}
BEGINNINGS = {Event.CHECKING: gettext_lazy("Check"), Event.PROCESSING: gettext_lazy("Import")}
STARTS = {Status.CHECKING: Event.CHECKING, Status.PROCESSING: Event.PROCESSING}


@dataclass(frozen=True, kw_only=True)
class Progress:
    rows: str
    pace: str = ""
    left: str = ""


def progress_of(job: ImportJob, logs: Sequence[ImportLog]) -> Progress:
    """How far, how fast, how long still."""
    done = words.rows(job.processed_rows)
    if job.total_rows and job.processed_rows <= job.total_rows:
        so_far = _("%(done)s of %(total)s") if job.checked_at else _("%(done)s of about %(total)s")
        done = so_far % {
            "done": words.number(job.processed_rows),
            "total": words.rows(job.total_rows),
        }
    rate = _rate(job, logs)
    if not rate:
        return Progress(rows=done)
    left = (job.total_rows or 0) - job.processed_rows
    return Progress(
        rows=done, pace=words.pace(rate), left=words.time_left(left / rate) if left > 0 else ""
    )


def _rate(job: ImportJob, logs: Sequence[ImportLog]) -> float:
    """Rows a second. Unknown while an attempt goes on where another one has stopped."""
    event = STARTS.get(Status(job.status))
    first = next((n for n, log in enumerate(logs) if log.event == Event.CONFIRMED), 0)
    starts = [log.created_at for log in logs[first:] if log.event == event]
    if len(starts) != 1 or not job.claimed_by or not job.processed_rows:
        return 0.0
    seconds = (timezone.now() - starts[0]).total_seconds()
    return job.processed_rows / seconds if seconds >= RATE_AFTER else 0.0


def hints_for(job: ImportJob, *, is_operator: bool) -> list[Hint]:
    """What somebody who waits should know; nothing when all is well."""
    if job.status not in MOVING:
        return []
    hints = hints_while_running if job.claimed_by else hints_while_waiting
    return hints(job, is_operator=is_operator)


def advice_for(job: ImportJob) -> str:
    is_unreadable = job.error_code in UNREADABLE
    return str(ADVICE.get(job.error_code, ADVICE_UNREADABLE if is_unreadable else ADVICE_ELSE))
