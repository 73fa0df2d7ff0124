"""Threads of one job that hand each other work: reading ahead, compressing, writing beside."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

# Seconds until a thread that wants to go on may do so. Python's own 5 ms, for each statement and
# each piece of a file, leaves a database idle for a sixth of an import, and makes a workbook of a
# million rows take a tenth longer.
SWITCH_AFTER = 0.0005


@contextmanager
def switching_soon() -> Iterator[None]:
    before = sys.getswitchinterval()
    sys.setswitchinterval(min(before, SWITCH_AFTER))
    try:
        yield
    finally:
        sys.setswitchinterval(before)
