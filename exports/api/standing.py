"""How exports stand, beyond their rows: their place in the queue, and whether somebody works."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from exports.models import Export, Mode
from exports.states import Status
from exportsite.jobs import presence
from exportsite.jobs.backlog import count_before

RECENT = 20  # finished exports that tell the pace
PACE = 10_000  # rows a second, before any export has told


@dataclass(frozen=True, kw_only=True)
class Standing:
    """What several exports at once need, so that a list costs as many queries as one export."""

    before: dict[Any, int] = field(default_factory=dict)
    workers: dict[str, int] = field(default_factory=dict)  # lane -> workers that serve it

    def position(self, export: Export) -> int | None:
        """1 is next; None when it does not wait."""
        return self.before[export.pk] + 1 if export.pk in self.before else None

    def is_worker_alive(self, export: Export) -> bool:
        """Is the one who has it alive, or else anybody who could take it?"""
        if export.status == Status.PROCESSING:
            return export.lease_until is not None and export.lease_until > timezone.now()
        return self.workers.get(export.lane, 0) > 0


def look(exports: Sequence[Export]) -> Standing:
    lanes = {export.lane for export in exports if export.status != Status.PROCESSING}
    return Standing(
        before=count_before([export for export in exports if export.status == Status.PENDING]),
        workers={lane: presence.look(lane).workers for lane in lanes},
    )


def sentence(export: Export, standing: Standing) -> str:
    """How it stands, for a person."""
    match Status(export.status):
        case Status.PENDING:
            return _pending(export, standing)
        case Status.PROCESSING if export.cancel_requested_at is not None:
            return _("It stops in a moment.")
        case Status.PROCESSING:
            return _("%s %% are done.") % export.progress
        case Status.COMPLETED:
            text = _("%(rows)d rows in %(file)s.")
            return text % {"rows": export.exported_rows, "file": export.file_name}
        case Status.FAILED:
            return export.error_message or _("It failed.")
        case Status.CANCELLED:
            return _("It was cancelled. Retry it to have it after all.")
        case Status.EXPIRED:
            return _("The file was deleted. Make a new export to have it again.")


def _pending(export: Export, standing: Standing) -> str:
    if not standing.is_worker_alive(export):
        return _("It waits, but no background worker is running. Tell your operator.")
    if export.available_at > timezone.now():
        return _("The last attempt did not succeed: %s It is tried again.") % export.error_message
    return _("It waits for a worker; its place in the queue is %d.") % (
        standing.position(export) or 1
    )


def estimate_wait(export: Export, standing: Standing) -> int | None:
    """Seconds until it should be there, from the pace of the last ones; None without workers."""
    if export.is_finished:
        return 0
    if not standing.is_worker_alive(export):
        return None
    rows, seconds = _recent_work()
    pace = rows / seconds if rows and seconds else PACE
    mean = seconds / RECENT
    before = standing.before.get(export.pk, 0)
    workers = max(1, standing.workers.get(export.lane, 1))
    return max(1, math.ceil((export.total_rows or 0) / pace + before * mean / workers))


def _recent_work() -> tuple[int, float]:
    """Rows and seconds of the last exports that workers made."""
    last = Export.objects.filter(
        status=Status.COMPLETED, mode=Mode.BACKGROUND, completed_at__isnull=False
    ).order_by("-completed_at")[:RECENT]
    rows, seconds = 0, 0.0
    for started, ended, count in last.values_list("started_at", "completed_at", "exported_rows"):
        if started and ended:
            rows, seconds = rows + count, seconds + (ended - started).total_seconds()
    return rows, seconds
