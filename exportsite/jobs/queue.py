"""The doorbell: a django-q2 task says only that a lane has work. The job row is the truth.

Losing, doubling or reordering these messages is harmless: whoever has a free slot while jobs
are due rings again.
"""

import logging
import mmap
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import Error, connections, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django_q.brokers import get_broker
from django_q.brokers.orm import ORM
from django_q.conf import Conf
from django_q.models import OrmQ, Task
from django_q.tasks import async_task

from exportsite.jobs import chores, progress, runner
from exportsite.jobs.lease import Claim, Claimant, claim_next, claim_this, count_due
from exportsite.jobs.models import Job
from exportsite.jobs.roster import Duty

log = logging.getLogger(__name__)

WORK = "exportsite.jobs.queue.work"
TEND = "exportsite.jobs.queue.tend"
CHORES = "chores"  # the key of the bells for housekeeping; every worker hears them

DATABASE_PAUSE = 1.0  # seconds until bells are looked for again when the database is away
TENDING_SECONDS = 900  # for so long housekeeping may keep a process from jobs
MESSAGES_KEPT = timedelta(days=7)

# What the processes of this worker are there for. `manage.py worker` says so before it forks.
_duty: Duty | None = None
# Monotonic seconds, in memory that forked children share.
_answered_at: "memoryview[float] | None" = None


class LaneBroker(ORM):  # type: ignore[misc]  # django-q2 has no types
    """django-q2's database broker, made to read several lanes: its key is "fast,bulk,chores".

    A bell that is read is gone. So a killed worker leaves no messages that would be
    delivered again hours later, and nothing depends on clocks or acknowledgements.
    """

    is_transactional = True  # a bell is there together with the job, or neither is

    def dequeue(self) -> list[tuple[Any, str]] | None:
        try:
            bell = self._read()
        except Error as error:
            # django-q2's own way is to let the process die ten seconds later.
            log.warning("The bells cannot be read: %s", error)
            connections.close_all()
            time.sleep(DATABASE_PAUSE)
            return None
        if bell is None:
            time.sleep(Conf.POLL)
            return None
        return [bell]

    def _read(self) -> tuple[Any, str] | None:
        bells = self.get_connection().filter(key__in=self.list_key.split(","))
        while (bell := bells.order_by("pk").first()) is not None:
            if self.get_connection().filter(pk=bell.pk).delete()[0]:
                return bell.pk, bell.payload
        return None

    def queue_size(self) -> int:
        """All of them, as no clock says whether one may be heard."""
        return self.get_connection().filter(key=self.list_key).count()  # type: ignore[no-any-return]

    def acknowledge(self, task_id: Any) -> None:
        """Nothing to do: it was deleted when it was read."""


def serve(duty: Duty) -> Any:
    """Say what this process and its coming children are for; the broker to give the cluster."""
    global _duty, _answered_at
    _duty = duty
    _answered_at = memoryview(mmap.mmap(-1, 8)).cast("d")
    return get_broker(",".join((*duty.lanes, CHORES)))


def duty() -> Duty:
    return _duty or Duty(slots=settings.WORKER_PROCESSES)


def nudge(job: Job) -> None:
    """The job may start now: ring for it.

    To be called in the transaction that makes the job, so that neither is there alone; a bell
    on Redis rings when that is committed. From here on the job's time is the database's, not
    that of the host which made it.
    """
    type(job)._base_manager.filter(pk=job.pk).update(available_at=Now(), nudged_at=Now())
    _ring(str(job.lane), WORK, str(job.lane))


def ring_if_silent(lane: str, *, up_to: int = 1) -> None:
    """Ring for due jobs of a lane, at most `up_to` times, unless a bell is on its way."""
    if waiting := count_due([lane], up_to=up_to):
        for _ in range(waiting - _count_bells(lane)):
            _ring(lane, WORK, lane)


def ring_for_chores() -> None:
    if chores.are_due() and not _count_bells(CHORES):
        _ring(CHORES, TEND)


def _ring(key: str, task: str, *arguments: str) -> None:
    broker = get_broker(key)

    def ring() -> None:
        async_task(task, *arguments, cluster=key, broker=broker)

    if broker.is_transactional:
        ring()
    else:
        transaction.on_commit(ring, robust=True)


def _count_bells(key: str) -> int:
    return get_broker(key).queue_size()  # type: ignore[no-any-return]


def work(lane: str) -> None:  # noqa: ARG001  # for people who read the queue
    """Answer a doorbell: run the best due job, whichever rang, then ring again if more wait."""
    answer()
    if run_next():
        answer()
        for served in duty().lanes:
            ring_if_silent(served)


def run_next() -> bool:
    """Claim and run one job in this process. False when there was none to have."""
    if progress.is_draining():
        return False
    mine = duty()
    cap = mine.bulk_slots if len(mine.lanes) > 1 else None
    claim = claim_next(
        Claimant(worker=mine.worker, pid=os.getpid(), lanes=mine.lanes, bulk_cap=cap)
    )
    if claim is None:
        return False
    runner.run(claim)
    return True


def claim_here(job: Job) -> Claim | None:
    """Claim one waiting job for this process, which is to run it. None: a worker was faster."""
    return claim_this(job, Claimant(worker=duty().worker, pid=os.getpid()))


def start_here(job: Job) -> threading.Thread | None:
    """Run one waiting job in a thread of this process. None when a worker was faster."""
    claim = claim_here(job)
    return None if claim is None else start(claim)


def start(claim: Claim, *, then: Callable[[], None] | None = None) -> threading.Thread:
    """Run a claimed job in a thread of its own, and do `then` in it however that ends."""
    thread = threading.Thread(target=_run_apart, args=(claim, then), name="job")
    thread.start()
    return thread


def _run_apart(claim: Claim, then: Callable[[], None] | None) -> None:
    try:
        runner.run(claim)
    finally:
        connections.close_all()  # of this thread
        if then is not None:
            then()


def tend() -> None:
    """Do the housekeeping that is due."""
    if not progress.is_draining():
        with _answering():
            chores.run_due()


@contextmanager
def _answering() -> Iterator[None]:
    """Keep the watchdog quiet: the process is not free, although it runs no job."""
    is_over = threading.Event()

    def pulse() -> None:
        for _ in range(TENDING_SECONDS):
            answer()
            if is_over.wait(1):
                return

    threading.Thread(target=pulse, name="tending", daemon=True).start()
    try:
        yield
    finally:
        is_over.set()


def answer() -> None:
    """Note that a bell was heard; the watchdog looks at it."""
    if _answered_at is not None:
        _answered_at[0] = time.monotonic()


def answered_at() -> float:
    """When a process of this worker last answered a bell, in monotonic seconds."""
    return 0.0 if _answered_at is None else float(_answered_at[0])


def forget_bells(keys: list[str]) -> None:
    """Drop the bells of lanes that were just worked off."""
    for key in keys:
        get_broker(key).delete_queue()


def tidy() -> str:
    """Delete django-q2's notes of tasks that went wrong, and bells that nobody came for."""
    before = timezone.now() - MESSAGES_KEPT
    tasks, _ = Task.objects.filter(stopped__lt=before).delete()
    bells, _ = OrmQ.objects.using(Conf.ORM).filter(lock__lt=before).delete()
    return f"{tasks} old task notes and {bells} old bells deleted."
