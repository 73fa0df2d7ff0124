"""How much there is to do: counts of jobs that wait and that are worked on."""

from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, DurationField, ExpressionWrapper, F, Max
from django.db.models.functions import Now

from exportsite.jobs.kinds import all_steps
from exportsite.jobs.lease import due_jobs, running_jobs
from exportsite.jobs.models import Lane


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
