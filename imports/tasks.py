"""What the job machinery must know of imports: how one runs, and what to write down of it."""

from datetime import timedelta

from django.db.models.functions import Now
from django.utils.translation import gettext as _

from exportsite.jobs import chores, kinds, queue
from exportsite.jobs.models import Chore
from exportsite.jobs.progress import Ticker
from imports import logs, mails, retention, summaries
from imports.models import Event, ImportJob
from imports.pipeline import run_check, run_import, time_limit
from imports.states import Status
from imports.telling import tell_importer

# The machinery's words for what happened -> the events of the import's story.
EVENTS = {
    "handed_back": Event.RETRIED,
    "retry_planned": Event.RETRIED,
    "cancelled": Event.CANCELLED,
    "failed": Event.FAILED,
}
NOTES_PER_RUN = 10  # progress rows in the story of one attempt, at most
MAIL = "imports.mail"


def register() -> None:
    kinds.register(
        kinds.JobKind(
            name="import",
            model=ImportJob,
            steps=(
                kinds.Step(
                    waiting=Status.CHECKING,
                    running=Status.CHECKING,
                    run=run_check,
                    time_limit=time_limit,
                ),
                kinds.Step(
                    waiting=Status.QUEUED,
                    running=Status.PROCESSING,
                    run=run_import,
                    time_limit=time_limit,
                ),
            ),
            progress_column="",  # counts are committed with the rows that they count
            record=record,
            on_beat=note_progress,
            discard=discard,
            after_end=mail_soon,
        )
    )
    chores.register(
        chores.Routine(name="imports.expire", every=timedelta(days=1), run=expire_imports)
    )
    chores.register(chores.Routine(name="imports.sweep", every=timedelta(hours=1), run=sweep_files))
    chores.register(
        chores.Routine(name="imports.ledger", every=timedelta(days=1), run=prune_ledger)
    )
    chores.register(chores.Routine(name=MAIL, every=timedelta(minutes=1), run=send_mails))


def record(job: ImportJob, event: str, message: str) -> None:
    job.refresh_from_db()  # an attempt from outside knows no counts
    if event in ("cancelled", "failed"):
        tell_importer(job)
    if event == "started":
        begun = Event.CHECKING if job.status == Status.CHECKING else Event.PROCESSING
        logs.write(job, begun, message)
    elif event == "cancelled":
        sentence = summaries.message_of(job)
        logs.write(
            job,
            Event.CANCELLED,
            sentence,
            actor=job.cancel_requested_by,
            processed_rows=job.processed_rows,
        )
        if job.queued_at is not None:
            user = job.cancel_requested_by or job.created_by
            logs.note_for_admins(user, job, _("Cancelled. %s") % sentence)
    else:
        logs.write(job, EVENTS[event], message, processed_rows=job.processed_rows)


def note_progress(job: ImportJob, ticker: Ticker) -> None:
    """Add a progress row to the story, every tenth of the way."""
    if not ticker.total or ticker.rows >= ticker.total:
        return
    if ticker.rows - ticker.noted < ticker.total / NOTES_PER_RUN:
        return
    ticker.noted = ticker.rows
    per_cent = f"{100 * ticker.rows // ticker.total} %"
    logs.write(job, Event.PROGRESS, per_cent, processed_rows=ticker.rows)


def discard(_job: ImportJob) -> None:
    """Nothing is left behind: a chunk is whole or not there. The file stays for a retry."""


def expire_imports() -> str:
    freed = retention.expire_due()
    return f"{freed.imports} old imports deleted, {freed.bytes_freed} bytes freed."


def sweep_files() -> str:
    return f"{retention.sweep()} left-over folders cleared."


def prune_ledger() -> str:
    return f"{retention.prune_ledger()} old ledger entries deleted."


def mail_soon(job: ImportJob) -> None:
    """Have the mail about its end sent now, by whichever worker process is free."""
    if mails.is_due(job):
        Chore.objects.filter(name=MAIL).update(due_at=Now())
        queue.ring_for_chores()


def send_mails() -> str:
    sent = mails.send_due()
    return f"Mails sent: {sent}." if sent else ""
