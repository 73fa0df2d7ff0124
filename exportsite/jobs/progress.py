"""Progress of one running job: counted in memory, persisted by the heartbeat thread."""

import mmap
import time

# Seconds of one sleep: a shorter one costs more than it is; between longer ones lies a look.
SHORTEST_REST, LONGEST_REST = 0.005, 0.5


class Interrupted(BaseException):
    """The work stops here, in good order, for a reason outside of it.

    No Exception, so that code which forgives a bad row does not forgive this.
    """


class Cancelled(Interrupted):
    """Somebody asked to cancel the job."""


class Drained(Interrupted):
    """The worker is shutting down; another one goes on."""


class TurnOver(Interrupted):
    """The work has had its share for now; others wait."""


class LeaseLost(Interrupted):
    """The job belongs to another worker, or it may by now."""


class TimeLimitReached(Interrupted):
    """The attempt has used up its time."""


# One byte of memory that children which are forked after `allow_drain` share: set once, seen by
# all. No lock, which somebody killed could hold for ever.
_drain_flag: mmap.mmap | None = None


def allow_drain() -> None:
    """Begin undrained: this process, and those that it forks from now on."""
    global _drain_flag
    _drain_flag = mmap.mmap(-1, 1)


def start_drain() -> None:
    if _drain_flag is not None:
        _drain_flag[0] = 1


def is_draining() -> bool:
    return _drain_flag is not None and bool(_drain_flag[0])


class Ticker:
    """What the work calls at every batch. It only looks at memory, so it may be called often."""

    def __init__(self, *, time_limit: float | None = None, patience: float | None = None) -> None:
        now = time.monotonic()
        self.rows = 0
        self.noted = 0  # rows at the last progress note in the job's story
        self.total: int | None = None
        self.is_cancel_wanted = False
        self.is_lost = False
        self.renewed = now  # monotonic seconds of the last successful renewal
        self.time_limit = time_limit  # seconds of work; None: no limit
        self.pause = 0.0  # seconds of rest after each thousand rows
        self._began = now
        self._owed = 0.0  # seconds of rest that are still to come
        self._patience = patience  # seconds without renewal after which the job is given up

    def tick(self, rows: int) -> None:
        """Count finished rows, then look whether to stop. Raises a kind of Interrupted."""
        self.rows += rows
        self.check()
        if self.pause:
            self._rest(rows)

    def _rest(self, rows: int) -> None:
        self._owed += self.pause * rows / 1000
        while self._owed > SHORTEST_REST:
            piece = min(self._owed, LONGEST_REST)
            time.sleep(piece)
            self._owed -= piece
            self.check()

    def check(self) -> None:
        """Raise the reason to stop, if there is one."""
        now = time.monotonic()
        if self.is_lost or (self._patience is not None and now - self.renewed > self._patience):
            raise LeaseLost
        if self.is_cancel_wanted:
            raise Cancelled
        if is_draining():
            raise Drained
        if self.is_overdue():
            raise TimeLimitReached

    @property
    def seconds(self) -> float:
        """How long this attempt has been going on."""
        return time.monotonic() - self._began

    def is_overdue(self, grace: float = 0) -> bool:
        """Whether the time limit has passed, and `grace` seconds more."""
        if self.time_limit is None:
            return False
        return self.seconds > self.time_limit + grace
