"""django-q2's cluster as this product runs it: it stops when it should, and does not wedge.

Of django-q2's own cluster the guard is used, with the processes that it spawns; the outer
shell is replaced, since it waits for dead processes when it is stopped.
"""

import logging
import mmap
import multiprocessing
import multiprocessing.queues
import signal
import time
import uuid
from queue import Empty
from types import FrameType
from typing import Any

from django.db import connections
from django_q.cluster import Sentinel, get_mp_context
from django_q.conf import Conf

from exportsite.jobs import lifeline, queue
from exportsite.jobs.roster import Duty

log = logging.getLogger(__name__)

STEP = 0.1  # seconds between two looks at a flag
BACK_OFF = 0.01  # seconds until a queue is tried again that another process is reading


class Flag:
    """A multiprocessing.Event without a lock: one that was killed while waiting blocks nobody."""

    def __init__(self) -> None:
        self._byte = mmap.mmap(-1, 1)

    def set(self) -> None:
        self._byte[0] = 1

    def is_set(self) -> bool:
        return bool(self._byte[0])

    def wait(self, timeout: float) -> bool:
        deadline = time.monotonic() + timeout
        while not self.is_set() and time.monotonic() < deadline:
            time.sleep(STEP)
        return self.is_set()


class OpenQueue(multiprocessing.queues.Queue):  # type: ignore[type-arg]
    """A queue whose readers wait outside of its lock.

    The stock queue waits while it holds the lock; whoever is killed then takes the lock along,
    and no other process reads again (django-q2 issue 23).
    """

    def __init__(self, maxsize: int = 0) -> None:
        super().__init__(maxsize, ctx=get_mp_context())

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        if not block or timeout is not None:
            return super().get(block, timeout)
        while True:
            self._poll(None)  # type: ignore[attr-defined]  # the pipe's poll
            try:
                return super().get(block=False)
            except Empty:
                time.sleep(BACK_OFF)

    def qsize(self) -> int:
        """django-q2 asks for its statistics, also when the queue is closed. Nobody reads them."""
        return 0


class Guard(Sentinel):  # type: ignore[misc]  # django-q2 has no types
    """django-q2's guard: respawns processes that died. It lives in a process of its own."""

    def __init__(self, stop: Flag, broker: Any, slots: int) -> None:
        super().__init__(stop, Flag(), uuid.uuid4(), broker, start=False)
        signal.signal(signal.SIGTERM, _leave_it_to_main)
        self.pool_size = slots
        self.task_queue = OpenQueue(maxsize=Conf.QUEUE_LIMIT)
        self.result_queue = OpenQueue()
        self.event_out = Flag()
        self.start()

    def reincarnate(self, process: Any) -> None:
        timer = getattr(process, "timer", None)
        if timer is not None and timer.value == 0:  # out of time; it ignores SIGTERM, see below
            process.kill()
        super().reincarnate(process)


def _leave_it_to_main(_number: int, _frame: FrameType | None) -> None:
    """SIGTERM to a whole process group must not end jobs: the main process drains them."""


class Cluster:
    """The guard and its processes, seen from the main process."""

    def __init__(self, duty: Duty) -> None:
        self._slots = duty.slots
        self._broker = queue.serve(duty)
        self._stop = Flag()
        self._guard: Any = None

    def start(self) -> None:
        self._stop = Flag()
        connections.close_all()  # a child must not share them
        self._guard = get_mp_context().Process(
            target=Guard, args=(self._stop, self._broker, self._slots), name="guard"
        )
        self._guard.start()

    def is_alive(self) -> bool:
        return self._guard is not None and bool(self._guard.is_alive())

    def ask_to_stop(self) -> None:
        self._stop.set()

    def kill(self) -> None:
        """End whatever is left of it."""
        lifeline.kill_family()
        if self._guard is not None:
            self._guard.join(timeout=1)
