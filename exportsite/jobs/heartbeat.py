"""The heartbeat of one attempt: a thread with a connection of its own.

It renews the lease, persists progress and reads the wish to cancel, also while the work waits
for the database. Work that ignores its time limit gets no more lease.
"""

import logging
import threading
import time

from django.conf import settings
from django.db import Error, connection

from exportsite.jobs.lease import Claim, fenced, lease_end
from exportsite.jobs.progress import Ticker

log = logging.getLogger(__name__)

# Shares of a lease. What is left of the lease when a process counts as silent: then whoever
# started it ends it, before another worker may take its job.
SILENT = 0.1
# How long past its time limit work may go on before its lease is cut down to that.
GRACE = 0.1


class Heartbeat:
    """A context: it beats from entry to exit."""

    def __init__(self, claim: Claim, ticker: Ticker) -> None:
        self._claim = claim
        self._ticker = ticker
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        try:
            is_alive = True
            while is_alive and not self._stop.wait(settings.JOB_BEAT):
                is_alive = self._beat_safely()
        finally:
            connection.close()

    def _beat_safely(self) -> bool:
        """False when there is nothing more to beat for."""
        try:
            if self._ticker.is_overdue(GRACE * settings.JOB_LEASE):
                give_up(self._claim)
                return False
            beat(self._claim, self._ticker)
        except Error as error:
            # The next beat tries again; the ticker gives up by itself before the lease ends.
            log.warning("Heartbeat of %s failed: %s", self._claim.job.pk, error)
            connection.close()
        except Exception:
            log.exception("Heartbeat of %s failed", self._claim.job.pk)
        return not self._ticker.is_lost


def beat(claim: Claim, ticker: Ticker) -> None:
    """One heartbeat: renew, write progress, read the wish to cancel."""
    asked = time.monotonic()
    row = fenced(claim)
    if not row.update(lease_until=lease_end(), **_progress(claim, ticker)):
        ticker.is_lost = True
        return
    ticker.renewed = asked
    ticker.is_cancel_wanted = row.filter(cancel_requested_at__isnull=False).exists()
    claim.kind.on_beat(claim.job, ticker)


def _progress(claim: Claim, ticker: Ticker) -> dict[str, object]:
    column = claim.kind.progress_column
    return {"total_rows": ticker.total, column: ticker.rows} if column else {}


def give_up(claim: Claim) -> None:
    """Let the lease end now: the work looks at neither its time limit nor anything else."""
    log.error("Job %s ignores its time limit; it is ended from outside.", claim.job.pk)
    fenced(claim).update(lease_until=lease_end(SILENT / 2))
