"""All rows or none, and one failed late: what was written is taken back from the ledger."""

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from imports import bookkeeping, endings, reversal
from imports.attempt import Attempt, Columns
from imports.ingest import ChunkResult
from imports.models import LedgerEntry
from imports.summaries import COUNTED
from imports.transactions import chunk_transaction


class LateRefusal(Exception):
    """A row failed that the look before had found good: somebody else has changed the data."""

    def __init__(self, result: ChunkResult) -> None:
        super().__init__()
        self.result = result


def begin_undo(attempt: Attempt, refusal: LateRefusal) -> None:
    """From here on the import only goes back, whoever works on it."""
    with transaction.atomic():
        columns = {
            **bookkeeping.write_findings(attempt.job, refusal.result),
            "is_undoing": True,
            "failed_rows": len(refusal.result.failures),
        }
        attempt.write(columns)
    attempt.accept(columns)


def undo(attempt: Attempt) -> None:
    """Take everything back, in pieces of which each is whole; then the import has failed."""
    is_left = True
    while is_left:
        with chunk_transaction():
            is_left = reversal.undo_some(attempt.job.pk)
            attempt.write({})
        attempt.ticker.check()
    nothing: Columns = dict.fromkeys(COUNTED.values(), 0)
    nothing["failed_rows"] = attempt.job.failed_rows
    endings.fail(
        attempt,
        "all_or_nothing",
        _what_happened(attempt),
        tells_importer=True,
        **nothing,
        is_undoing=False,
        values_written=0,
        cursor=0,
        processed_rows=0,
    )


def _what_happened(attempt: Attempt) -> str:
    sentence = _("A row could not be written, so all that had been written was taken back.")
    kept = LedgerEntry.objects.filter(job_id=attempt.job.pk, action=reversal.KEPT).count()
    if not kept:
        return sentence
    left = ngettext(
        "%(count)d record stays, since somebody has changed or used it meanwhile.",
        "%(count)d records stay, since somebody has changed or used them meanwhile.",
        kept,
    )
    return f"{sentence} {left % {'count': kept}}"
