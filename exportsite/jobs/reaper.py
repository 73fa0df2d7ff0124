"""What nobody else can do for a job: take it from a dead worker, ring again, tidy up."""

import logging
from datetime import timedelta

from django.db import Error
from django.db.models.functions import Now

from exportsite.jobs import endings, kinds, lifeline, queue, roster
from exportsite.jobs.heartbeat import SILENT
from exportsite.jobs.lease import Claim, lease_end, running_claims
from exportsite.jobs.models import Lane, Worker
from exportsite.jobs.roster import Duty
from exportsite.jobs.states import LostRace

log = logging.getLogger(__name__)

LOST = "The worker that ran it stopped without a word."
SILENCE = "It did not respond any more and was ended."
ROWS_KEPT = timedelta(days=1)


def reap(duty: Duty) -> None:
    """One round: jobs of silent workers go back, waiting ones are rung for, chores are begun."""
    for claim in running_claims(lease_until__lt=Now()):
        if not claim.fence.claimed_by.startswith(duty.worker):  # the own ones: see end_silent
            take_back(claim)
    for worker in roster.dead_neighbours(duty):
        log.warning("The worker %s is gone; its jobs go back.", worker)
        take_back_from(worker.pk.hex)
        worker.delete()
    for lane in Lane.values:
        queue.ring_if_silent(lane)
    queue.ring_for_chores()
    Worker.objects.filter(beat_at__lt=Now() - ROWS_KEPT).delete()


def take_back(claim: Claim, *, message: str = LOST, code: str = "worker_lost") -> None:
    """End the attempt of a process that is gone. The attempt is charged: a crash counts."""
    try:
        if claim.job.cancel_requested_at is not None:
            endings.cancel(claim)
        else:
            endings.try_later(claim, code=code, message=message)
        log.warning("Job %s was taken back: %s", claim.job.pk, message)
        if claim.job.status != claim.step.waiting:  # no further attempt will clear up
            claim.kind.discard(claim.job)
        kinds.tell_end(claim.kind, claim.step, claim.job)
    except LostRace:
        return  # another reaper was faster, or the worker was not dead after all
    except Error:
        raise
    except Exception:
        log.exception("Job %s could not be taken back", claim.job.pk)


def take_back_from(worker: str, *, is_charged: bool = True) -> None:
    """Free the jobs of this worker's dead processes at once, without waiting for the lease.

    Not charged are those that ended because the worker was stopped.
    """
    for claim in running_claims(worker):
        if lifeline.is_alive(claim.fence.pid):
            continue
        if is_charged:
            take_back(claim)
        else:
            _hand_back(claim)


def _hand_back(claim: Claim) -> None:
    try:
        endings.hand_back(claim)
    except LostRace:
        return
    kinds.tell_end(claim.kind, claim.step, claim.job)


def silent_claims(worker: str) -> list[Claim]:
    """What processes of this worker hold that have hardly any lease left."""
    return list(running_claims(worker, lease_until__lt=lease_end(SILENT)))


def end_silent(claim: Claim) -> None:
    """Kill a process that does not beat any more, before others take its job."""
    log.error("Process %s does not respond; it is killed.", claim.fence.pid)
    lifeline.kill(claim.fence.pid)
    take_back(claim, code="not_responding", message=SILENCE)
