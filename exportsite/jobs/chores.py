"""Recurring housekeeping: each chore is due at a time, and one worker does it then."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models.functions import Now

from exportsite.jobs.models import Chore

log = logging.getLogger(__name__)

# A chore that failed, or whose worker died, is due again after this time at the latest.
TRIED_AGAIN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, kw_only=True)
class Routine:
    """A piece of housekeeping that an engine registers."""

    name: str
    every: timedelta
    run: Callable[[], str]  # does it and says in a sentence what was done; "" for nothing


_routines: dict[str, Routine] = {}


def register(routine: Routine) -> None:
    _routines[routine.name] = routine


def are_due() -> bool:
    """Whether there is anything to do. A chore that was never done is due."""
    known = set(Chore.objects.filter(name__in=_routines).values_list("name", flat=True))
    new = [Chore(name=name, due_at=Now()) for name in _routines if name not in known]
    Chore.objects.bulk_create(new, ignore_conflicts=True)
    return Chore.objects.filter(name__in=_routines, due_at__lte=Now()).exists()


def run_due() -> list[str]:
    """Do the chores that are due and that nobody else has begun. The names of those done."""
    return [routine.name for routine in _routines.values() if _take(routine) and _do(routine)]


def _take(routine: Routine) -> bool:
    due = Chore.objects.filter(name=routine.name, due_at__lte=Now())
    return bool(due.update(due_at=Now() + min(routine.every, TRIED_AGAIN_AFTER)))


def _do(routine: Routine) -> bool:
    try:
        if said := routine.run():
            log.info("%s: %s", routine.name, said)
    except Exception:
        log.exception("The chore %s failed", routine.name)
        return False
    # Whoever made it due while it ran wants it done again.
    Chore.objects.filter(name=routine.name, due_at__gt=Now()).update(due_at=Now() + routine.every)
    return True
