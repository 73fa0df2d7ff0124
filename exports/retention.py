"""How long files stay: expired ones go, the rows stay; nothing is left that nobody knows."""

import time
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from exports import delivery, logs
from exports.models import Event, Export
from exports.states import Status
from exportsite.jobs.states import LostRace, move

# A folder that nothing has changed for so long, and that no running export owns, is left over.
LEFT_OVER_AFTER = 3600  # seconds


@dataclass(frozen=True, kw_only=True)
class Freed:
    expired: int
    bytes_freed: int


def expire_due() -> Freed:
    """Expire every export whose time is up."""
    return _expire(Export.objects.filter(status=Status.COMPLETED, expires_at__lte=Now()))


def expire_older_than(days: int) -> Freed:
    """Expire every export that was completed more than so many days ago."""
    return _expire(
        Export.objects.filter(
            status=Status.COMPLETED, completed_at__lt=Now() - timedelta(days=days)
        )
    )


def _expire(exports: "QuerySet[Export]") -> Freed:
    count = size = 0
    for export in exports.iterator(chunk_size=200):
        try:
            with transaction.atomic():
                move(export, Status.EXPIRED)
                logs.write(export, Event.EXPIRED, _("Its time was up; the file was deleted."))
        except LostRace:
            continue
        count += 1
        size += delivery.delete_file(export)
    return Freed(expired=count, bytes_freed=size)


def sweep() -> int:
    """Delete files that no completed export refers to: of crashed attempts, of deleted rows."""
    folder = delivery.folder()
    removed = 0
    for owner, changed in folder.owners():
        if time.time() - changed < LEFT_OVER_AFTER:
            continue
        export = _owner(owner)
        if export is not None and export.status == Status.PROCESSING:
            continue
        folder.clear(owner, keep=export.file_key if export and _has_file(export) else "")
        removed += 1
    return removed


def _owner(name: str) -> Export | None:
    try:
        return Export.objects.filter(pk=UUID(name)).first()
    except ValueError:
        return None


def _has_file(export: Export) -> bool:
    return export.status == Status.COMPLETED
