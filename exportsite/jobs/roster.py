"""Each worker's row: it signs on, beats while it is there, and signs off."""

import os
import socket
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.db.models.functions import Coalesce, Now

from exportsite.jobs import lifeline
from exportsite.jobs.models import Lane, Worker

BEAT_EVERY = 2.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Duty:
    """What one `manage.py worker` is there for."""

    slots: int  # jobs at once
    lanes: tuple[str, ...] = (Lane.FAST, Lane.BULK)
    worker: str = field(default_factory=lambda: uuid.uuid4().hex)

    @property
    def bulk_slots(self) -> int:
        """With both lanes one slot is kept free, so that short jobs never wait behind long ones."""
        if Lane.BULK not in self.lanes:
            return 0
        return max(1, self.slots - 1) if len(self.lanes) > 1 else self.slots


@dataclass(frozen=True, kw_only=True)
class Load:
    """How much a worker has to do now."""

    busy: int = 0
    bulk_busy: int = 0
    is_stuck: bool = False


def sign_on(duty: Duty) -> None:
    Worker.objects.create(
        id=duty.worker,
        host=socket.gethostname(),
        machine=lifeline.machine(),
        pid=os.getpid(),
        lanes=",".join(duty.lanes),
        slots=duty.slots,
        bulk_slots=duty.bulk_slots,
        started_at=Now(),
        beat_at=Now(),
    )


def beat(duty: Duty, load: Load) -> None:
    """Say: I am there, and so busy. Signs on again when somebody removed the row."""
    renewed = Worker.objects.filter(pk=duty.worker).update(
        beat_at=Now(),
        busy=load.busy,
        bulk_busy=load.bulk_busy,
        stuck_since=Coalesce("stuck_since", Now()) if load.is_stuck else None,
    )
    if not renewed:
        sign_on(duty)


def stop_taking(duty: Duty) -> None:
    """Say: I am going. Nobody counts on this worker any more."""
    Worker.objects.filter(pk=duty.worker).update(stopping=True)


def sign_off(duty: Duty) -> None:
    Worker.objects.filter(pk=duty.worker).delete()


def dead_neighbours(duty: Duty) -> Iterator[Worker]:
    """Workers that ran where this one runs, and whose process is gone."""
    if not (machine := lifeline.machine()):
        return
    for worker in Worker.objects.filter(machine=machine).exclude(pk=duty.worker):
        # After a restart of a container its main process has the number that it had before.
        if worker.pid == os.getpid() or not lifeline.is_alive(worker.pid):
            yield worker
