"""Tells a wedged cluster from a busy one, and a hung process from one that was held up."""

import time
from collections.abc import Sequence

from exportsite.jobs.lease import Claim, Fence

GAP = 3.0  # seconds between two looks after which it cannot say what happened meanwhile


class Watchdog:
    """It waits while jobs are due, a slot is free and yet no process answers the bell.

    A busy process answers nothing either, but then its slot is not free.
    """

    def __init__(self, patience: float) -> None:
        self._patience = patience  # seconds
        self._hungry_since: float | None = None
        self._looked_at = 0.0

    def look(self, *, is_hungry: bool, answered_at: float) -> bool:
        """True when it has been waiting for too long: the cluster is wedged."""
        now = time.monotonic()
        was_away = now - self._looked_at > GAP  # this process itself was held up
        self._looked_at = now
        if not is_hungry:
            self._hungry_since = None
            return False
        if self._hungry_since is None or was_away:
            self._hungry_since = now
        return now - max(self._hungry_since, answered_at) > self._patience

    def forgive(self) -> None:
        """Begin anew: with a new cluster, or because it was the database that did not answer."""
        self._hungry_since = None


class Doubt:
    """It gives silent attempts a moment in which to beat again.

    After the machine slept, or the database was away, all of them are silent at once.
    """

    def __init__(self, moment: float) -> None:
        self._moment = moment  # seconds
        self._silent_since: dict[Fence, float] = {}

    def confirm(self, silent: Sequence[Claim]) -> list[Claim]:
        """Those that were silent for the whole moment."""
        now = time.monotonic()
        since = {claim.fence: self._silent_since.get(claim.fence, now) for claim in silent}
        self._silent_since = since
        return [claim for claim in silent if now - since[claim.fence] >= self._moment]
