"""One import from its row to its end. It reads like the data flows; the steps are elsewhere."""

from collections import Counter

from django.conf import settings

from exportsite.jobs.progress import Ticker
from imports import bookkeeping, endings, mended, undoing
from imports.attempt import Attempt, Columns, begin
from imports.bookkeeping import Chunk
from imports.ingest import ChunkResult
from imports.models import Action, ImportJob, OnError
from imports.states import Status
from imports.undoing import LateRefusal
from imports.walking import Walk, open_upload, walk


def run_check(job: ImportJob, ticker: Ticker) -> None:
    """Read the whole file and find out what would come of each row. Nothing is written."""
    attempt = begin(job, ticker, Status.CHECKING)
    way = Walk(
        applies=False,
        open=open_upload,
        cursor=job.cursor,
        prepare=_forget_all,
        settle=_settle_checked,
    )
    walk(attempt, way)
    endings.end_check(attempt)


def _forget_all(attempt: Attempt) -> None:
    if not attempt.job.cursor:
        bookkeeping.wipe(attempt.job, with_changes=True)


def _settle_checked(attempt: Attempt, chunk: Chunk, result: ChunkResult) -> Columns:
    bookkeeping.write_samples(attempt.job, result)
    return bookkeeping.settle(attempt, chunk, result)


def run_import(job: ImportJob, ticker: Ticker) -> None:
    """Apply what was checked, from the cursor on. Whatever is raised ends the attempt."""
    attempt = begin(job, ticker, Status.PROCESSING)
    if job.is_undoing:
        undoing.undo(attempt)
    elif job.mended_key:
        mended.run(attempt)
    elif job.on_error == OnError.ABORT:
        _apply_all_or_nothing(attempt)
    else:
        _apply(attempt)


def _apply(attempt: Attempt) -> None:
    way = Walk(
        applies=True,
        open=open_upload,
        cursor=attempt.job.cursor,
        prepare=_start,
        settle=bookkeeping.settle,
    )
    walk(attempt, way)
    endings.end_import(attempt)


def _start(attempt: Attempt) -> None:
    """Before the first row is written. What the check has found is found anew."""
    job = attempt.job
    if job.cursor:
        return
    columns = bookkeeping.wipe(job, with_changes=False)
    if not job.context:
        columns["context"] = attempt.plan.importer.start(attempt.run)
    attempt.write(columns)
    attempt.accept(columns)


def _apply_all_or_nothing(attempt: Attempt) -> None:
    """All rows are looked at before the first is written. A row may still fail: then all go."""
    if not attempt.job.cursor:
        verdict = _look_at_all(attempt)
        if verdict[Action.FAIL]:
            endings.refuse_all(attempt, verdict)
            return
    way = Walk(
        applies=True,
        open=open_upload,
        cursor=attempt.job.cursor,
        prepare=_start,
        settle=_settle_or_refuse,
    )
    try:
        walk(attempt, way)
    except LateRefusal as refusal:
        undoing.begin_undo(attempt, refusal)
        undoing.undo(attempt)
    else:
        endings.end_import(attempt)


def _look_at_all(attempt: Attempt) -> Counter[str]:
    """Rows by action, with their problems written down. The counts of the job stay."""
    verdict: Counter[str] = Counter()

    def settle(attempt: Attempt, _chunk: Chunk, result: ChunkResult) -> Columns:
        verdict.update(result.actions.values())
        return bookkeeping.write_findings(attempt.job, result)

    way = Walk(
        applies=False,
        open=open_upload,
        cursor=0,
        prepare=_forget_findings,
        settle=settle,
        gives_way=False,  # it would begin again
    )
    walk(attempt, way)
    return verdict


def _forget_findings(attempt: Attempt) -> None:
    bookkeeping.wipe(attempt.job, with_changes=False)


def _settle_or_refuse(attempt: Attempt, chunk: Chunk, result: ChunkResult) -> Columns:
    if result.failures:
        raise LateRefusal(result)
    return bookkeeping.settle(attempt, chunk, result)


def time_limit() -> float:
    """Seconds of work that an attempt may take."""
    return float(settings.IMPORT_TIME_LIMIT)
