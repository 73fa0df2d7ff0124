"""One attempt at a job: what it works with, and the proof that the job is still its own."""

import time
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exportsite.jobs.errors import JobError
from exportsite.jobs.lease import Fence, held, lease_end
from exportsite.jobs.progress import Ticker
from exportsite.jobs.states import LostRace
from imports.acceptance import Plan, plan_again
from imports.errors import InvalidRequest, NotAllowed
from imports.importers import Run
from imports.models import ImportJob
from imports.telling import run_of

Columns = dict[str, Any]  # of the job's row -> new values


@dataclass(frozen=True, kw_only=True)
class Attempt:
    """Every write of an attempt goes through `write`, which proves the job its own."""

    job: ImportJob
    ticker: Ticker
    fence: Fence
    status: str  # while it goes on
    plan: Plan
    run: Run

    @property
    def row(self) -> "QuerySet[ImportJob]":
        return held(self.job, self.fence, self.status)

    def write(self, columns: Columns) -> None:
        """Write into the job's row, and renew the lease. Raises LostRace.

        Call it last in a transaction: what that has done is kept only if the job is still ours.
        """
        asked = time.monotonic()
        if not self.row.update(lease_until=lease_end(), **columns):
            raise LostRace(f"{self.job.pk} belongs to another attempt")
        wanted = self.row.filter(cancel_requested_at__isnull=False).exists()
        self.ticker.is_cancel_wanted = self.ticker.is_cancel_wanted or wanted
        self.ticker.renewed = asked

    def accept(self, columns: Columns) -> None:
        """What was written is committed: the object says so too."""
        for name, value in columns.items():
            setattr(self.job, name, value)


def begin(job: ImportJob, ticker: Ticker, status: str) -> Attempt:
    """Permission and mapping are asked anew. Raises JobError, and LostRace.

    The claim was won with what the row said some time before: it is read again behind the fence.
    """
    fence = Fence(claimed_by=job.claimed_by, attempt=job.attempts)
    try:
        job.refresh_from_db(from_queryset=held(job, fence, status))
    except ImportJob.DoesNotExist:
        raise LostRace(f"{job.pk} belongs to another attempt") from None
    user = job.confirmed_by or job.created_by
    if user is None:
        raise JobError("no_owner", _("The person who asked for this import is gone."))
    run = run_of(job, user.pk)
    ticker.rows = job.processed_rows
    ticker.noted = job.processed_rows
    ticker.total = job.total_rows
    return Attempt(
        job=job, ticker=ticker, fence=fence, status=status, plan=_plan(user, job), run=run
    )


def _plan(user: Any, job: ImportJob) -> Plan:
    try:
        return plan_again(user, job)
    except NotAllowed as error:
        raise JobError("not_allowed", str(error)) from error
    except InvalidRequest as error:
        raise JobError("invalid", str(error)) from error
