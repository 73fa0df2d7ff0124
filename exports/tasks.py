"""What the job machinery must know of exports: how one runs, and what to write down of it."""

from datetime import timedelta

from django.db.models.functions import Now

from exports import delivery, logs, mails, retention, scheduling
from exports.models import Event, Export
from exports.pipeline import run_export, time_limit
from exports.states import Status
from exportsite.jobs import chores, kinds, queue
from exportsite.jobs.models import Chore
from exportsite.jobs.progress import Ticker

# The machinery's words for what happened -> the events of the export's story.
EVENTS = {
    "started": Event.PROCESSING,
    "handed_back": Event.RETRIED,
    "retry_planned": Event.RETRIED,
    "cancelled": Event.CANCELLED,
    "failed": Event.FAILED,
}
NOTES_PER_RUN = 10  # progress rows in the story of one attempt, at most
BATCH_ROWS = 1000
MAIL = "exports.mail"


def register() -> None:
    kinds.register(
        kinds.JobKind(
            name="export",
            model=Export,
            steps=(
                kinds.Step(
                    waiting=Status.PENDING,
                    running=Status.PROCESSING,
                    run=run_export,
                    time_limit=time_limit,
                ),
            ),
            progress_column="exported_rows",
            record=record,
            on_beat=note_progress,
            discard=discard,
            after_end=mail_soon,
        )
    )
    chores.register(
        chores.Routine(name="exports.expire", every=timedelta(days=1), run=expire_files)
    )
    chores.register(chores.Routine(name="exports.sweep", every=timedelta(hours=1), run=sweep_files))
    chores.register(
        chores.Routine(
            name="exports.schedules", every=timedelta(seconds=30), run=scheduling.run_due
        )
    )
    chores.register(chores.Routine(name=MAIL, every=timedelta(minutes=1), run=send_mails))


def record(export: Export, event: str, message: str) -> None:
    actor = export.cancel_requested_by if event == "cancelled" else None
    logs.write(export, EVENTS[event], message, actor=actor)


def note_progress(export: Export, ticker: Ticker) -> None:
    """Add a progress row to the story, every tenth of the way."""
    if not ticker.total or ticker.rows >= ticker.total:
        return
    if ticker.rows - ticker.noted < ticker.total / NOTES_PER_RUN:
        return
    ticker.noted = ticker.rows
    logs.write(
        export,
        Event.PROGRESS,
        f"{100 * ticker.rows // ticker.total} %",
        processed_rows=ticker.rows,
        current_batch=-(-ticker.rows // BATCH_ROWS),
        total_batches=-(-ticker.total // BATCH_ROWS),
    )


def discard(export: Export) -> None:
    delivery.folder().clear(export.pk)


def expire_files() -> str:
    freed = retention.expire_due()
    return f"{freed.expired} exports expired, {freed.bytes_freed} bytes freed."


def sweep_files() -> str:
    return f"{retention.sweep()} left-over folders cleared."


def mail_soon(export: Export) -> None:
    """Have the mail about its end sent now, by whichever worker process is free.

    The process that ran the export does not talk to the mail server: it may be a web server's,
    and while a mail server hangs it could do nothing else.
    """
    if mails.is_due(export):
        Chore.objects.filter(name=MAIL).update(due_at=Now())
        queue.ring_for_chores()


def send_mails() -> str:
    sent = mails.send_due()
    return f"Mails sent: {sent}." if sent else ""
