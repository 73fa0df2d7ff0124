"""The kinds of jobs there are. Engines register theirs; this room knows none by name."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from exportsite.jobs.models import Job
from exportsite.jobs.progress import Ticker

log = logging.getLogger(__name__)


@dataclass(frozen=True, kw_only=True)
class Step:
    """One piece of work that a worker does for a kind of job."""

    waiting: str  # the status in which it waits for a worker
    running: str  # the status while a worker has it
    run: Callable[[Any, Ticker], None]  # does the work and moves the job to its good end
    time_limit: Callable[[], float | None]  # seconds of work an attempt; None: no limit
    failed: str = "failed"
    cancelled: str = "cancelled"


@dataclass(frozen=True, kw_only=True)
class JobKind:
    """What the machinery must know of one engine's jobs."""

    name: str
    model: type[Job]
    steps: tuple[Step, ...]
    progress_column: str  # the heartbeat counts rows there; "": the work writes its own progress
    record: Callable[[Any, str, str], None]  # (job, event, sentence): one log row, same transaction
    on_beat: Callable[[Any, Ticker], None]  # called with every heartbeat, in its thread
    discard: Callable[[Any], None]  # drop what a lost or ended attempt left behind
    # Hears of a job that will not be worked on again, after that is committed. It may miss one.
    after_end: Callable[[Any], None] | None = None


_kinds: dict[str, JobKind] = {}


def register(kind: JobKind) -> None:
    _kinds[kind.name] = kind


def tell_end(kind: JobKind, step: Step, job: Job) -> None:
    """Tell the engine, if this was an end and no pause. Never raises: the job has its end."""
    if kind.after_end is None or job.status in (step.waiting, step.running):
        return
    try:
        kind.after_end(job)
    except Exception:
        log.exception("What follows the end of job %s failed", job.pk)


def all_kinds() -> Iterator[JobKind]:
    yield from _kinds.values()


def kind_of(job: Job) -> JobKind:
    return next(kind for kind in _kinds.values() if isinstance(job, kind.model))


def all_steps() -> Iterator[tuple[JobKind, Step]]:
    for kind in _kinds.values():
        for step in kind.steps:
            yield kind, step
