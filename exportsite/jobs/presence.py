"""Does anybody work? Judged from the workers' heartbeat rows, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from django.db.models.functions import Now

from exportsite.jobs.models import Lane, Worker

# A worker beats every two seconds; without a beat for so long it is taken for dead.
ALIVE_FOR = timedelta(seconds=45)


class Verdict(StrEnum):
    READY = "ready"  # somebody is free
    BUSY = "busy"  # everybody works
    STUCK = "stuck"  # workers are there, yet due jobs are not picked up
    NONE = "none"  # nobody is there


@dataclass(frozen=True, kw_only=True)
class Presence:
    """The workers of one lane, or of all."""

    workers: int
    slots: int  # jobs that they can run at once, of this lane
    busy: int  # jobs that they run now, of any lane
    verdict: Verdict


def look(lane: str = "") -> Presence:
    """Who is there for a lane now. One query, and it works when no worker ever ran."""
    alive = Worker.objects.filter(beat_at__gte=Now() - ALIVE_FOR, stopping=False)
    there = [worker for worker in alive if not lane or lane in worker.lanes.split(",")]
    return Presence(
        workers=len(there),
        slots=sum(worker.bulk_slots if lane == Lane.BULK else worker.slots for worker in there),
        busy=sum(worker.busy for worker in there),
        verdict=_judge(there, lane),
    )


def _judge(workers: Sequence[Worker], lane: str) -> Verdict:
    if not workers:
        return Verdict.NONE
    moving = [worker for worker in workers if worker.stuck_since is None]
    if not moving:
        return Verdict.STUCK
    return Verdict.READY if any(_has_room(worker, lane) for worker in moving) else Verdict.BUSY


def _has_room(worker: Worker, lane: str) -> bool:
    if lane == Lane.BULK and worker.bulk_busy >= worker.bulk_slots:
        return False
    return worker.busy < worker.slots
