"""How much there is to do: counts of jobs that wait and that are worked on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max, Q
from django.db.models.functions import Now

from exportsite.jobs.kinds import all_steps
from exportsite.jobs.lease import due_jobs, running_jobs
from exportsite.jobs.models import Job, Lane


@dataclass(frozen=True, kw_only=True)
class Backlog:
    """The jobs of one lane, or of all."""

    waiting: int  # could start now
    running: int
    oldest_seconds: float  # how long the longest waiting of them could have started


def count(lane: str = "") -> Backlog:
    lanes = [lane] if lane else Lane.values
    age = ExpressionWrapper(Now() - F("available_at"), output_field=DurationField())
    waiting, running, oldest = 0, 0, timedelta()
    for kind, step in all_steps():
        due = due_jobs(kind, step, lanes).order_by().aggregate(count=Count("pk"), oldest=Max(age))
        waiting += due["count"]
        oldest = max(oldest, due["oldest"] or oldest)
        running += running_jobs(kind, step).filter(lane__in=lanes).count()
    return Backlog(waiting=waiting, running=running, oldest_seconds=oldest.total_seconds())


def count_before(jobs: Sequence[Job]) -> dict[Any, int]:
    """For each of these jobs how many due ones, of every kind, a worker would take first.

    As many queries as there are kinds of work, however many jobs are asked about.
    """
    before = dict.fromkeys((job.pk for job in jobs), 0)
    if not jobs:
        return before
    lanes = {str(job.lane) for job in jobs}
    ahead = {f"n{number}": Count("pk", filter=_ahead_of(job)) for number, job in enumerate(jobs)}
    for kind, step in all_steps():
        found = due_jobs(kind, step, lanes).order_by().aggregate(**ahead)
        for number, job in enumerate(jobs):
            before[job.pk] += found[f"n{number}"]
    return before


def _ahead_of(job: Job) -> Q:
    # Not itself: to SQLite, times are texts, and its own "…38.5" comes before our "…38.500".
    return (
        Q(lane=job.lane)
        & ~Q(pk=job.pk)
        & (
            Q(priority__lt=job.priority)
            | Q(priority=job.priority, available_at__lt=job.available_at)
            | Q(priority=job.priority, available_at=job.available_at, pk__lt=job.pk)
        )
    )
