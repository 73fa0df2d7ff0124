"""`manage.py worker --once`: work the queue off in this process and end, for cron."""

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import Error, connection

from exportsite.jobs import chores, queue, reaper, roster
from exportsite.jobs.lease import count_running
from exportsite.jobs.models import Lane
from exportsite.jobs.roster import Duty, Load

log = logging.getLogger(__name__)


def work_off(duty: Duty) -> int:
    """Run due jobs until there are none. How many were run."""
    queue.serve(duty)
    done = 0
    with _signed_on(duty):
        reaper.reap(duty)
        chores.run_due()
        while queue.run_next():
            done += 1
        queue.forget_bells([*duty.lanes, queue.CHORES])
    return done


@contextmanager
def _signed_on(duty: Duty) -> Iterator[None]:
    """Present in the list of workers, by a thread that beats while jobs are run."""
    roster.sign_on(duty)
    is_over = threading.Event()
    beats = threading.Thread(target=_beat_until, args=(duty, is_over), name="presence", daemon=True)
    beats.start()
    try:
        yield
    finally:
        is_over.set()
        beats.join()
        roster.sign_off(duty)


def _beat_until(duty: Duty, is_over: threading.Event) -> None:
    try:
        while not is_over.wait(roster.BEAT_EVERY):
            _beat(duty)
    finally:
        connection.close()


def _beat(duty: Duty) -> None:
    try:
        busy = count_running(duty.worker)
        bulk_busy = count_running(duty.worker, lane=Lane.BULK)
        roster.beat(duty, Load(busy=busy, bulk_busy=bulk_busy))
    except Error as error:
        log.warning("The database refuses: %s", error)
        connection.close()
