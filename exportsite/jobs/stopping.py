"""The wish of whoever started a worker that it stops: SIGTERM, SIGINT (Ctrl-C), SIGHUP."""

import os
import signal
from types import FrameType

from exportsite.jobs import progress

NUMBERS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class StopSignals:
    """What was asked so far. From the first signal on no job is begun, and running ones drain."""

    def __init__(self) -> None:
        self.is_wanted = False
        self.is_hurried = False  # asked twice: at once, then
        self._pid = os.getpid()

    def listen(self) -> None:
        progress.allow_drain()
        for number in NUMBERS:
            # nohup ignores SIGHUP, and so it stays.
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, self._on_signal)

    def _on_signal(self, number: int, _frame: FrameType | None) -> None:
        if os.getpid() != self._pid:
            return  # a child that has not yet its own handlers
        if self.is_hurried:
            os._exit(128 + number)  # three times: the kernel ends the children
        self.is_hurried = self.is_wanted
        self.is_wanted = True
        progress.start_drain()
