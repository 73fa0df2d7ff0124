"""How long imports, their files and the ledger stay; nothing is left that nobody knows."""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Q
from django.db.models.functions import Now
from django.utils import timezone

from exportsite.files.storage import PrivateFolder
from imports import uploads
from imports.models import ImportJob, LedgerEntry
from imports.states import Status

# A folder that nothing has changed for so long, and that no import owns, is left over.
LEFT_OVER_AFTER = 3600  # seconds
PRUNED_AT_ONCE = 5_000  # ledger entries
ENDED = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)
UNDECIDED = (Status.UPLOADED, Status.READY)  # they wait for a person


@dataclass(frozen=True, kw_only=True)
class Freed:
    imports: int
    bytes_freed: int


def expire_due() -> Freed:
    return expire_older_than(settings.IMPORT_CLEANUP_DAYS)


def expire_older_than(days: int) -> Freed:
    """Delete imports that ended, or that nobody has decided about, more than so many days ago.

    Their files, problems and failed rows go with them. What they wrote stays, and so does the
    ledger.
    """
    before = Now() - timedelta(days=days)
    due = ImportJob.objects.filter(
        Q(status__in=ENDED, completed_at__lt=before)
        | Q(status__in=UNDECIDED, created_at__lt=before, checked_at=None)
        | Q(status__in=UNDECIDED, checked_at__lt=before)
    )
    count = size = 0
    for job in due.iterator(chunk_size=200):
        if not due.filter(pk=job.pk).delete()[0]:
            continue  # somebody has woken it up
        count += 1
        size += uploads.drop(uploads.uploads(), job.file_key)
        size += uploads.drop(uploads.mended(), job.mended_key)
    return Freed(imports=count, bytes_freed=size)


def sweep() -> int:
    """Delete files that no import refers to: of broken uploads, of deleted rows.

    How many folders nobody owned.
    """
    return sum(
        _sweep(folder, column)
        for folder, column in ((uploads.uploads(), "file_key"), (uploads.mended(), "mended_key"))
    )


def _sweep(folder: PrivateFolder, column: str) -> int:
    removed = 0
    for owner, changed in folder.owners():
        if time.time() - changed < LEFT_OVER_AFTER:
            continue
        kept = _key_of(owner, column)
        folder.clear(owner, keep=kept)
        removed += not kept
    return removed


def _key_of(owner: str, column: str) -> str:
    try:
        keys = ImportJob.objects.filter(pk=UUID(owner)).values_list(column, flat=True)
    except ValueError:
        return ""
    return str(keys.first() or "")


def prune_ledger(days: int | None = None) -> int:
    """Delete ledger entries older than so many days; how many. They are numbered by age."""
    before = timezone.now() - timedelta(days=settings.IMPORT_LEDGER_DAYS if days is None else days)
    pruned = 0
    while True:
        oldest = list(
            LedgerEntry.objects.order_by("pk").values("pk", "written_at")[:PRUNED_AT_ONCE]
        )
        old = [entry["pk"] for entry in oldest if entry["written_at"] < before]
        if old:
            pruned += LedgerEntry.objects.filter(pk__lte=old[-1], written_at__lt=before).delete()[0]
        if len(old) < PRUNED_AT_ONCE:
            return pruned
