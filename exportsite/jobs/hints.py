"""What somebody who waits for a job should know: the queue, the workers, a silent one."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exportsite.jobs import presence, words
from exportsite.jobs.backlog import count_before
from exportsite.jobs.models import Job
from exportsite.jobs.presence import Verdict


@dataclass(frozen=True, kw_only=True)
class Hint:
    """A sentence for who waits; with a command when the reader can give it."""

    text: str
    tone: str = "quiet"
    command: str = ""


def first_worker_hint(lanes: Iterable[str], *, is_operator: bool) -> Hint | None:
    """What is wrong with the workers of these lanes, if anything."""
    for lane in sorted(set(lanes)):
        if hint := worker_hint(presence.look(lane).verdict, is_operator=is_operator):
            return hint
    return None


def jobs_before(job: Job) -> int:
    """Due jobs of every kind in the same lane that a worker would take first."""
    return count_before([job])[job.pk]


def hints_while_waiting(job: Job, *, is_operator: bool) -> list[Hint]:
    """Of a job that no worker has taken yet."""
    if job.available_at > timezone.now():
        planned = _("The last attempt did not succeed: %(reason)s It is tried again at %(time)s.")
        text = planned % {"reason": job.error_message, "time": words.clock(job.available_at)}
        return [Hint(text=text, tone="bad"), *_worker_hints(job, is_operator=is_operator)]
    return _worker_hints(job, is_operator=is_operator) or [_place_in_queue(job)]


def hints_while_running(job: Job, *, is_operator: bool) -> list[Hint]:
    """Of a job that a worker has; nothing when all is well."""
    if job.cancel_requested_at is not None:
        return [Hint(text=_("It stops after the rows that it is writing now."))]
    if job.lease_until is None or job.lease_until > timezone.now():
        return []
    silent = _("The worker that has it does not answer. Another one takes it over soon.")
    verdict = presence.look(job.lane).verdict
    worker = worker_hint(verdict, is_operator=is_operator)
    return [Hint(text=silent, tone="bad"), *([worker] if worker else [])]


def _place_in_queue(job: Job) -> Hint:
    before = jobs_before(job)
    if not before:
        return Hint(text=_("Yours is next: it starts in a moment."))
    text = ngettext("%d job before yours.", "%d jobs before yours.", before)
    return Hint(text=text % before)


def _worker_hints(job: Job, *, is_operator: bool) -> list[Hint]:
    verdict = presence.look(job.lane).verdict
    if verdict == Verdict.BUSY:
        return [Hint(text=_busy(jobs_before(job)))]
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
