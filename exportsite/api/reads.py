"""How often somebody reads, over all web processes.

Up to half of the limit a process counts in memory and tells the database every fifth read; beyond
that each read is one atomic UPDATE. So one who polls hardly ever writes, and seldom waits for
the lock of a busy SQLite writer; one in a hurry cannot pass the limit, but for the up to four
reads that each further process has not told yet. docs/decisions/007 has the figures.
"""

import threading
import time
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from exportsite.api.models import ReadTally

WINDOW = 60  # seconds; it begins with the first read after the last one is over
TOLD_EVERY = 5  # reads
REMEMBERED = 1000  # people whose counts a process keeps before it drops the old ones


@dataclass(kw_only=True)
class Local:
    """What this process knows of one person's minute."""

    ends: float  # monotonic seconds
    known: int = 0  # reads of all processes that the database knows of, at least
    untold: int = 0
    is_new: bool = True  # nothing was told yet


_lock = threading.Lock()
_people: dict[Any, Local] = {}


def take_turn(user: Any) -> int:
    """Count one read. 0 when it may go on, else the seconds to wait."""
    most: int = settings.API_READ_LIMIT
    if not most:
        return 0
    now = time.monotonic()
    with _lock:
        mine = _mine(user.pk, now)
        if mine.known > most:
            return _wait(mine, now)
        mine.untold += 1
        is_far = mine.known + mine.untold <= most // 2 and mine.untold < TOLD_EVERY
        if is_far and not mine.is_new:
            return 0
        told, mine.untold, mine.is_new = mine.untold, 0, False
        mine.known += told  # what is on its way counts, for others of this process
    count, left = _tell(user, told)
    with _lock:
        mine.known, mine.ends = max(mine.known, count), now + left
        return 0 if count <= most else _wait(mine, now)


def forget() -> None:
    """Start anew, as a process that has just begun does."""
    with _lock:
        _people.clear()


def _mine(key: Any, now: float) -> Local:
    mine = _people.get(key)
    if mine is None or mine.ends <= now:
        if len(_people) >= REMEMBERED:
            for old in [key for key, local in _people.items() if local.ends <= now]:
                del _people[old]
        mine = _people[key] = Local(ends=now + WINDOW)
    return mine


def _wait(mine: Local, now: float) -> int:
    return max(1, round(mine.ends - now))


def _tell(user: Any, reads: int) -> tuple[int, float]:
    """Add to the person's tally. How many there are in this minute, and its seconds left."""
    now = timezone.now()
    is_over = Q(began_at__lte=now - timedelta(seconds=WINDOW))
    rows = ReadTally.objects.filter(user=user)
    added = {
        "count": Case(When(is_over, then=Value(reads)), default=F("count") + reads),
        "began_at": Case(When(is_over, then=Value(now)), default=F("began_at")),
    }
    with transaction.atomic():  # what is read back is what was counted, not what came later
        if not rows.update(**added):
            ReadTally.objects.get_or_create(user=user, defaults={"began_at": now, "count": 0})
            rows.update(**added)
        tally = rows.get()
    return tally.count, WINDOW - (now - tally.began_at).total_seconds()
