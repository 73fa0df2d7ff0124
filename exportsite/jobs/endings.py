"""How an attempt ends when its work did not: given back, tried later, failed, cancelled.

The good end belongs to the engine, which knows what it made. All moves here carry the fence,
and start from the running status whatever the job's object says: its last move may have been
rolled back.
"""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from exportsite.jobs.lease import Claim, fenced
from exportsite.jobs.states import move

STOPPED = "The worker was stopped; another one takes over."
TURN_OVER = "Others were waiting; it goes on after them."


def hand_back(claim: Claim, *, why: str = STOPPED) -> None:
    """The attempt stops in good order: it is not charged."""
    with transaction.atomic():
        if _is_unwanted(claim):
            return cancel(claim)
        _leave(claim, claim.step.waiting, attempts=F("attempts") - 1, available_at=Now())
        claim.kind.record(claim.job, "handed_back", why)


def cancel(claim: Claim) -> None:
    """Somebody asked for it, and the work has stopped."""
    with transaction.atomic():
        _leave(claim, claim.step.cancelled, completed_at=Now())
        claim.kind.record(claim.job, "cancelled", "Cancelled.")


def fail(claim: Claim, *, code: str, message: str, details: str = "") -> None:
    """The end: no further attempt."""
    with transaction.atomic():
        _leave(
            claim,
            claim.step.failed,
            completed_at=Now(),
            error_code=code,
            error_message=message,
            error_details=details,
        )
        claim.kind.record(claim.job, "failed", message)


def try_later(claim: Claim, *, code: str, message: str, details: str = "") -> None:
    """Another attempt after a pause, or the end when this was the last one."""
    if claim.fence.attempt >= settings.JOB_MAX_ATTEMPTS:
        return fail(claim, code=code, message=message, details=details)
    delay = settings.JOB_RETRY_DELAY
    with transaction.atomic():
        if _is_unwanted(claim):
            return cancel(claim)
        _leave(
            claim,
            claim.step.waiting,
            available_at=Now() + timedelta(seconds=delay),
            error_code=code,
            error_message=message,
            error_details=details,
        )
        claim.kind.record(
            claim.job, "retry_planned", f"{message} It is tried again in {delay:g} s."
        )


def _leave(claim: Claim, target: str, **changes: object) -> None:
    move(
        claim.job,
        target,
        source=claim.step.running,
        fence=claim.fence,
        claimed_by="",
        lease_until=None,
        **changes,
    )


def _is_unwanted(claim: Claim) -> bool:
    """Whether somebody asked to cancel what would only be tried again."""
    return fenced(claim).filter(cancel_requested_at__isnull=False).exists()
