"""Who runs a job now: claim it, prove it at every write.

The pair (claimed_by, attempts) is the fencing token: every later write names both.
Leases are measured by the database's clock, never by a host's.
"""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import Coalesce, Now

from exportsite.jobs.kinds import JobKind, Step, all_steps, kind_of
from exportsite.jobs.models import Job, Lane
from exportsite.jobs.states import LostRace, move


@dataclass(frozen=True, kw_only=True)
class Fence:
    """Proof that an attempt still owns its job."""

    claimed_by: str
    attempt: int

    @property
    def pid(self) -> int:
        return int(self.claimed_by.rpartition(":")[2])


@dataclass(frozen=True, kw_only=True)
class Claim:
    """One attempt: a job, what is to be done with it, and the right to do so."""

    job: Job
    kind: JobKind
    step: Step
    fence: Fence


@dataclass(frozen=True, kw_only=True)
class Claimant:
    """Who asks for work: one process of one `manage.py worker`."""

    worker: str  # the worker row's id, hex
    pid: int
    lanes: tuple[str, ...] = (Lane.FAST, Lane.BULK)
    bulk_cap: int | None = None  # bulk jobs that this worker may run at once

    @property
    def name(self) -> str:
        return f"{self.worker}:{self.pid}"


def due_jobs(kind: JobKind, step: Step, lanes: Iterable[str]) -> QuerySet[Job]:
    """Jobs that wait for a worker and may start now, best first."""
    return kind.model._base_manager.filter(
        status=step.waiting, claimed_by="", lane__in=list(lanes), available_at__lte=Now()
    ).order_by("priority", "available_at", "pk")


def count_due(lanes: Iterable[str], *, up_to: int = 1) -> int:
    """How many jobs of these lanes may start now; counts no further than `up_to`."""
    lanes = list(lanes)
    found = 0
    for kind, step in all_steps():
        if found < up_to:
            due = due_jobs(kind, step, lanes).order_by()[: up_to - found]
            found += len(due.values_list("pk"))
    return found


def running_jobs(kind: JobKind, step: Step, worker: str = "") -> QuerySet[Job]:
    """Jobs that a worker has claimed; with `worker` only those of that one."""
    return kind.model._base_manager.filter(
        status=step.running, claimed_by__startswith=f"{worker}:" if worker else ""
    ).exclude(claimed_by="")


def running_claims(worker: str = "", **conditions: object) -> Iterator[Claim]:
    """The attempts that are going on, as those see them who look from outside."""
    for kind, step in all_steps():
        for job in running_jobs(kind, step, worker).filter(**conditions):
            fence = Fence(claimed_by=job.claimed_by, attempt=job.attempts)
            yield Claim(job=job, kind=kind, step=step, fence=fence)


def count_running(worker: str, *, lane: str | None = None) -> int:
    """Jobs that this worker holds now."""
    return sum(
        (rows.filter(lane=lane) if lane else rows).count()
        for rows in (running_jobs(kind, step, worker) for kind, step in all_steps())
    )


def claim_next(claimant: Claimant) -> Claim | None:
    """Claim the best due job of all kinds, or None when there is none to have."""
    while (best := _best_due(claimant)) is not None:
        try:
            claim = _take(*best, claimant)
        except LostRace:
            continue
        if claim is not None:
            return claim
        lanes = tuple(lane for lane in claimant.lanes if lane != Lane.BULK)
        claimant = replace(claimant, lanes=lanes)
    return None


def claim_this(job: Job, claimant: Claimant) -> Claim | None:
    """Claim one waiting job, whatever else is due. None when another was faster."""
    kind = kind_of(job)
    step = next((step for step in kind.steps if step.waiting == job.status), None)
    try:
        return None if step is None else _take(job, kind, step, claimant)
    except LostRace:
        return None


def _best_due(claimant: Claimant) -> tuple[Job, JobKind, Step] | None:
    found = [
        (job, kind, step)
        for kind, step in all_steps()
        if (job := due_jobs(kind, step, claimant.lanes).first()) is not None
    ]
    return min(found, key=lambda best: (best[0].priority, best[0].available_at), default=None)


def _take(job: Job, kind: JobKind, step: Step, claimant: Claimant) -> Claim | None:
    """Compare-and-set. None when the bulk cap forbids it; LostRace when another was faster."""
    with transaction.atomic():
        if job.lane == Lane.BULK and claimant.bulk_cap is not None:
            _lock_worker(claimant.worker)
            if count_running(claimant.worker, lane=Lane.BULK) >= claimant.bulk_cap:
                return None
        move(
            job,
            step.running,
            fence=Fence(claimed_by="", attempt=job.attempts),
            claimed_by=claimant.name,
            attempts=F("attempts") + 1,
            lease_until=lease_end(),
            started_at=Coalesce(F("started_at"), Now()),
            error_code="",
            error_message="",
            error_details="",
        )
        kind.record(job, "started", f"Started (attempt {job.attempts}).")
    fence = Fence(claimed_by=claimant.name, attempt=job.attempts)
    return Claim(job=job, kind=kind, step=step, fence=fence)


def _lock_worker(worker: str) -> None:
    """Make counting and claiming one step. SQLite's IMMEDIATE transactions do so already."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [zlib.crc32(worker.encode())])


def lease_end(share: float = 1) -> Any:
    """The moment, by the database's clock, at which a share of a whole lease will be over."""
    return Now() + timedelta(seconds=share * settings.JOB_LEASE)


def fenced(claim: Claim) -> "QuerySet[Any]":
    """The job's row if it is still ours; every write of an attempt goes through it."""
    return held(claim.job, claim.fence, claim.step.running)


def held(job: Job, fence: Fence, status: str) -> "QuerySet[Any]":
    """The row of a job that the attempt behind this fence works on, or nothing."""
    return type(job)._base_manager.filter(
        pk=job.pk, status=status, claimed_by=fence.claimed_by, attempts=fence.attempt
    )
