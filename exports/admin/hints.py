"""What somebody who waits for an export should know: the queue, the workers, a silent one."""

from dataclasses import dataclass

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exports.admin import presentation
from exports.models import Export
from exports.states import Status
from exportsite.jobs import presence
from exportsite.jobs.kinds import all_steps
from exportsite.jobs.lease import due_jobs
from exportsite.jobs.presence import Verdict


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A sentence for who waits; with a command when the reader can give it."""

    text: str
    tone: str = "quiet"
    command: str = ""


def jobs_before(export: Export) -> int:
    """Due jobs of every kind in the same lane that a worker would take first."""
    ahead = (
        Q(priority__lt=export.priority)
        | Q(priority=export.priority, available_at__lt=export.available_at)
        | Q(priority=export.priority, available_at=export.available_at, pk__lt=export.pk)
    )
    return sum(
        due_jobs(kind, step, [export.lane]).filter(ahead).count() for kind, step in all_steps()
    )


def hints_for(export: Export, *, is_operator: bool) -> list[Hint]:
    """What somebody who waits should know; nothing when all is well."""
    if export.status == Status.PROCESSING:
        return _hints_while_running(export, is_operator=is_operator)
    if export.status != Status.PENDING:
        return []
    if export.available_at > timezone.now():
        planned = _("The last attempt did not succeed: %(reason)s It is tried again at %(time)s.")
        text = planned % {
            "reason": export.error_message,
            "time": presentation.clock(export.available_at),
        }
        return [Hint(text=text, tone="bad"), *_worker_hints(export, is_operator=is_operator)]
    return _worker_hints(export, is_operator=is_operator) or [_place_in_queue(export)]


def _hints_while_running(export: Export, *, is_operator: bool) -> list[Hint]:
    if export.cancel_requested_at is not None:
        return [Hint(text=_("It stops after the rows that it is writing now."))]
    if export.lease_until is None or export.lease_until > timezone.now():
        return []
    silent = _("The worker that has it does not answer. Another one starts again soon.")
    return [Hint(text=silent, tone="bad"), *_worker_hints(export, is_operator=is_operator)]


def _place_in_queue(export: Export) -> Hint:
    before = jobs_before(export)
    if not before:
        return Hint(text=_("Yours is next: it starts in a moment."))
    text = ngettext("%d job before yours.", "%d jobs before yours.", before)
    return Hint(text=text % before)


def _worker_hints(export: Export, *, is_operator: bool) -> list[Hint]:
    verdict = presence.look(export.lane).verdict
    if verdict == Verdict.BUSY and export.status == Status.PENDING:
        return [Hint(text=_busy(jobs_before(export)))]
    hint = worker_hint(verdict, is_operator=is_operator)
    return [hint] if hint else []


def _busy(before: int) -> str:
    if not before:
        return _("All workers are busy. Yours is next.")
    return _("All workers are busy. Yours is number %d.") % (before + 1)


def worker_hint(verdict: Verdict, *, is_operator: bool) -> Hint | None:
    """What is wrong with the workers, if anything, and who can help."""
    if verdict == Verdict.NONE and is_operator:
        return Hint(
            text=_("No background worker is running, so nothing will start. Start one:"),
            tone="bad",
            command="python manage.py worker",
        )
    if verdict == Verdict.NONE:
        text = _("No background worker is running, so nothing will start. Ask your operator.")
        return Hint(text=text, tone="bad")
    if verdict == Verdict.STUCK:
        text = _(
            "Workers are running but do not pick up jobs. They will be restarted by themselves; "
            "if this stays for five minutes, tell your operator."
        )
        return Hint(text=text, tone="bad")
    return None
