"""Processes and their lives: children end with their parent, and the dead are known as dead."""

import ctypes
import os
import signal
import socket
import sys
import threading
import time
from contextlib import suppress
from pathlib import Path

import psutil

PR_SET_PDEATHSIG = 1  # prctl(2)
POLL = 0.5  # seconds

_parent = 0


def tie_children(*, by_kernel: bool = sys.platform == "linux") -> None:
    """Let every process forked from now on end when its parent does, however that ends."""
    os.register_at_fork(
        before=_remember_parent,
        after_in_child=_ask_kernel if by_kernel else _watch_parent,
    )


def _remember_parent() -> None:
    global _parent
    _parent = os.getpid()


def _ask_kernel() -> None:
    ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    _end_if_orphan(_parent)  # it may have died before the kernel was asked


def _watch_parent() -> None:
    def watch(parent: int) -> None:
        while True:
            _end_if_orphan(parent)
            time.sleep(POLL)

    threading.Thread(target=watch, args=(_parent,), name="lifeline", daemon=True).start()


def _end_if_orphan(parent: int) -> None:
    if os.getppid() != parent:
        os.kill(os.getpid(), signal.SIGKILL)


def machine() -> str:
    """Where a process number means the same: this boot of this host, this container.

    Empty when that cannot be told; then nothing is concluded from a process number.
    """
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{socket.gethostname()[:60]} {boot[:18]} {os.readlink('/proc/self/ns/pid')}"
    except OSError:
        return ""


def is_alive(pid: int) -> bool:
    """Whether such a process runs. One that is dead and not yet buried does not."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def kill_family(within: float = 5) -> None:
    """End all descendants of this process at once, and see them gone."""
    pids = [process.pid for process in psutil.Process().children(recursive=True)]
    for pid in pids:
        kill(pid)
    deadline = time.monotonic() + within
    while any(map(is_alive, pids)) and time.monotonic() < deadline:
        time.sleep(0.02)


def kill(pid: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(pid, signal.SIGKILL)
