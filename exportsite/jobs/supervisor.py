"""The main process of `manage.py worker`: it starts the cluster, watches it, and ends it.

It works on no job itself. It survives whatever happens to its children and to the database.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.db import Error, connections

from exportsite.jobs import lifeline, progress, queue, reaper, roster
from exportsite.jobs.lease import count_due, count_running, running_claims
from exportsite.jobs.models import Lane
from exportsite.jobs.roster import Duty, Load
from exportsite.jobs.stopping import StopSignals
from exportsite.jobs.watchdog import Doubt, Watchdog
from exportsite.jobs.worker import Cluster

log = logging.getLogger(__name__)

STEP = 0.2  # seconds between two rounds
LOOK_EVERY = 0.5  # seconds between two looks at the own jobs
SETTLED = 3.0  # seconds; for chores, and for the cluster to end by itself
DATABASE_PAUSE = 1.0  # seconds until a database that refused is asked again
DOUBT = 0.02  # the share of a lease for which a silent process is waited for
RESTARTS = 5  # so many within RESTARTS_WITHIN seconds, and whoever started this must help
RESTARTS_WITHIN = 300.0

STOPPED, GAVE_UP = 0, 70  # exit codes; 70 is EX_SOFTWARE


class GaveUp(Exception):
    """The cluster breaks again and again."""


class Timer:
    """Says when it is time again."""

    def __init__(self, every: float) -> None:
        self._every = every
        self._next = time.monotonic()

    def is_due(self) -> bool:
        if time.monotonic() < self._next:
            return False
        self._next = time.monotonic() + self._every
        return True


class Supervisor:
    """One `manage.py worker`."""

    def __init__(self, duty: Duty, stop: StopSignals) -> None:
        self._duty = duty
        self._stop = stop
        self._cluster = Cluster(duty)
        self._watchdog = Watchdog(settings.WORKER_STUCK_AFTER)
        self._doubt = Doubt(DOUBT * settings.JOB_LEASE)
        self._load = Load()
        self._restarts: list[float] = []
        self._look = Timer(LOOK_EVERY)
        self._beat = Timer(roster.BEAT_EVERY)
        self._reap = Timer(settings.WORKER_REAP_EVERY)

    def run(self) -> int:
        """Work until a signal comes. The exit code."""
        lifeline.tie_children()
        roster.sign_on(self._duty)
        try:
            self._cluster.start()
            while not self._stop.is_wanted:
                self._round()
                time.sleep(STEP)
        except GaveUp:
            log.critical("The cluster broke %d times; this worker ends.", RESTARTS)
            return GAVE_UP
        finally:
            self._wind_up()
        return STOPPED

    def _round(self) -> None:
        if not self._cluster.is_alive():
            self._restart("Its guard has died.", is_charged=True)
        try:
            if self._look.is_due():
                self._look_after_jobs()
            if self._beat.is_due():
                roster.beat(self._duty, self._load)
            if self._reap.is_due():
                reaper.reap(self._duty)
        except Error as error:
            log.warning("The database refuses: %s", error)
            self._watchdog.forgive()
            connections.close_all()
            time.sleep(DATABASE_PAUSE)

    def _look_after_jobs(self) -> None:
        """Take jobs from dead and silent processes; ring while a slot is free; mind the wedge."""
        worker = self._duty.worker
        reaper.take_back_from(worker)
        for claim in self._doubt.confirm(reaper.silent_claims(worker)):
            reaper.end_silent(claim)
        lanes = [claim.job.lane for claim in running_claims(worker)]
        self._load = Load(busy=len(lanes), bulk_busy=lanes.count(Lane.BULK))
        if self._watchdog.look(is_hungry=self._ring(), answered_at=queue.answered_at()):
            self._load = Load(busy=len(lanes), bulk_busy=lanes.count(Lane.BULK), is_stuck=True)
            roster.beat(self._duty, self._load)
            self._restart("Jobs wait, slots are free, and no process takes one.")

    def _ring(self) -> bool:
        """Ring for as many due jobs as there are free slots. False when there is none for us."""
        free = self._duty.slots - self._load.busy
        bulk_free = min(free, self._duty.bulk_slots - self._load.bulk_busy)
        is_hungry = False
        for lane in self._duty.lanes:
            slots = bulk_free if lane == Lane.BULK else free
            if slots > 0 and count_due([lane]):
                is_hungry = True
                queue.ring_if_silent(lane, up_to=slots)
        return is_hungry

    def _restart(self, why: str, *, is_charged: bool = False) -> None:
        """A new cluster in place of the old one, whose jobs go back."""
        log.error("The cluster is restarted. %s", why)
        now = time.monotonic()
        self._restarts = [at for at in self._restarts if now - at < RESTARTS_WITHIN]
        if len(self._restarts) >= RESTARTS:
            raise GaveUp
        self._restarts.append(now)
        self._end_cluster(is_charged=is_charged)
        if not self._stop.is_wanted:
            progress.allow_drain()
            self._watchdog.forgive()
            self._cluster.start()

    def _wind_up(self) -> None:
        self._ask_to_stop()
        with _whatever_the_database_says():
            roster.stop_taking(self._duty)
        self._end_cluster()
        with _whatever_the_database_says():
            roster.sign_off(self._duty)

    def _end_cluster(self, *, is_charged: bool = False) -> None:
        """Let jobs hand themselves back, then end every process and free what is left."""
        self._ask_to_stop()
        self._wait_for_end(SETTLED if self._stop.is_wanted else 0)
        self._cluster.kill()
        with _whatever_the_database_says():
            reaper.take_back_from(self._duty.worker, is_charged=is_charged)

    def _ask_to_stop(self) -> None:
        progress.start_drain()
        self._cluster.ask_to_stop()

    def _wait_for_end(self, settled: float) -> None:
        """Until it has ended, or too much time is over, or no job was run for `settled` seconds."""
        begun = last_busy = time.monotonic()
        while self._cluster.is_alive() and not self._stop.is_hurried:
            now = time.monotonic()
            with _whatever_the_database_says():
                if count_running(self._duty.worker):
                    last_busy = now
            if now - begun > settings.WORKER_STOP_WITHIN or now - last_busy > settled:
                return
            time.sleep(STEP)


@contextmanager
def _whatever_the_database_says() -> Iterator[None]:
    try:
        yield
    except Error as error:
        log.warning("The database refuses: %s", error)
        connections.close_all()
