"""One claimed job from start to end: the single place that decides how an attempt ends."""

import errno
import logging
import time
import traceback
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import InterfaceError, OperationalError, connection

from exportsite.jobs import endings, kinds
from exportsite.jobs.errors import JobError, Obstacle
from exportsite.jobs.heartbeat import Heartbeat
from exportsite.jobs.lease import Claim
from exportsite.jobs.progress import (
    Cancelled,
    Drained,
    LeaseLost,
    Ticker,
    TimeLimitReached,
    TurnOver,
)
from exportsite.jobs.states import LostRace
from exportsite.jobs.threads import switching_soon

log = logging.getLogger(__name__)

# The share of a lease after which an attempt that could not renew it gives up by itself.
PATIENCE = 0.8
PAUSE = 0.5  # seconds until an ending that the database refused is tried again

UNEXPECTED = "Something unexpected went wrong. Your operator finds the details below."
OUT_OF_REACH = "The database could not be reached."
NO_SPACE = "There is no space left for the file. Ask your operator to free some."
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

Ending = Callable[[], None]


def run(claim: Claim) -> None:
    """Work on a claimed job. Never raises: whatever happens is written into the job's row."""
    ticker = Ticker(time_limit=claim.step.time_limit(), patience=PATIENCE * settings.JOB_LEASE)
    ticker.is_cancel_wanted = claim.job.cancel_requested_at is not None
    with switching_soon(), Heartbeat(claim, ticker):
        try:
            ending = _attempt(claim, ticker)
            if ending is not None:
                _write(ending, ticker)
        except LostRace:
            log.warning("Job %s belongs to another attempt now; this one stops.", claim.job.pk)
            return
        except Exception:
            log.exception("The end of job %s could not be written", claim.job.pk)
            return
    kinds.tell_end(claim.kind, claim.step, claim.job)


def _attempt(claim: Claim, ticker: Ticker) -> Ending | None:
    """Do the work. What is to be written about its end, unless the work has done so."""
    try:
        ticker.check()
        claim.step.run(claim.job, ticker)
    except LostRace:
        raise
    except LeaseLost:
        # Perhaps nobody has taken it yet, and only the database was away for long.
        return partial(endings.try_later, claim, code="database", message=OUT_OF_REACH)
    except Cancelled:
        return partial(endings.cancel, claim)
    except Drained:
        return partial(endings.hand_back, claim)
    except TurnOver:
        return partial(endings.hand_back, claim, why=endings.TURN_OVER)
    except JobError as error:
        return partial(endings.fail, claim, code=error.code, message=str(error))
    except TimeLimitReached:
        message = f"It took longer than the {ticker.time_limit:g} s that an attempt may take."
        return partial(endings.try_later, claim, code="time_limit", message=message)
    except BaseException as error:  # SystemExit too: django-q2's hard time limit raises it
        log.exception("Job %s failed", claim.job.pk)
        return _later_because_of(error, claim)
    return None


def _later_because_of(error: BaseException, claim: Claim) -> Ending:
    code, message = "unexpected", UNEXPECTED
    if isinstance(error, Obstacle):
        code, message = error.code, str(error)
    elif isinstance(error, OperationalError | InterfaceError):
        code, message = "database", OUT_OF_REACH
    elif isinstance(error, OSError) and error.errno in FULL:
        code, message = "no_space", NO_SPACE
    details = "".join(traceback.format_exception(error))
    return partial(endings.try_later, claim, code=code, message=message, details=details)


def _write(ending: Ending, ticker: Ticker) -> None:
    """Write the end, again and again while the job may still be ours."""
    while True:
        if not connection.in_atomic_block:  # inside of one, as in tests, it would be closed
            connection.close_if_unusable_or_obsolete()
        try:
            return ending()
        except (OperationalError, InterfaceError) as error:
            if time.monotonic() - ticker.renewed > settings.JOB_LEASE:
                raise
            log.warning("The end of a job is written later: %s", error)
            connection.close()
        time.sleep(PAUSE)
