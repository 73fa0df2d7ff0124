"""The web server and the worker as two child processes of one command, started and ended together.

Each child leads a session of its own: Ctrl-C in a terminal reaches only this process, which then
stops them in order.
"""

import ctypes
import errno
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import FrameType

from django.conf import settings

from exportsite.env import read_int, read_text

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
STARTS_IN_A_ROW = 5  # so many quick deaths, and the command gives up
IS_STEADY_AFTER = 30.0  # seconds a child runs before its earlier deaths are forgotten
LONGEST_PAUSE = 10.0  # seconds before a dead child is started again
LOOK_EVERY = 0.1  # seconds
SECOND_CTRL_C_AFTER = 1.0  # seconds; it kills what has not stopped yet

LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1  # prctl(2)

Say = Callable[[str], None]


class CannotServe(Exception):
    """Why the site is not up, in a sentence for the person at the terminal."""


def listen(host: str, port: int) -> socket.socket:
    """The listening socket, which outlives restarts of the web server."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        raise CannotServe(f"HOST={host} is not an address of this machine: {error}.") from None
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(128)
    except OSError as error:
        listener.close()
        raise CannotServe(_why_not(error, host, port)) from None
    return listener


def _why_not(error: OSError, host: str, port: int) -> str:
    if error.errno != errno.EADDRINUSE:
        return f"Port {port} on {host} cannot be opened: {error.strerror}."
    who = "This site already runs" if _is_this_site(port) else "Another program listens"
    return f"{who} on port {port}. Stop it, or choose another port: PORT={port + 1}."


def _is_this_site(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as answer:
            return "oldest_waiting_seconds" in json.load(answer)
    except (OSError, ValueError):
        return False


def read_address() -> tuple[str, int]:
    return read_text("HOST", "127.0.0.1"), read_int("PORT", 8000, minimum=1)


@dataclass(kw_only=True)
class Child:
    """A process that is meant to run all the time."""

    name: str
    command: list[str]
    stops_within: float  # seconds it may take for a clean stop
    descriptors: tuple[int, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0  # monotonic seconds
    start_after: float = 0.0
    deaths: int = 0

    def start(self) -> None:
        self.started = time.monotonic()
        self.process = subprocess.Popen(  # noqa: S603  # our own two commands
            self.command,
            cwd=settings.BASE_DIR,
            env={**os.environ, **self.environment},
            pass_fds=self.descriptors,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent if sys.platform == "linux" else None,
        )

    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ask_to_stop(self) -> None:
        """Only the main process: the children of a worker would die of it in mid-work."""
        if self.process is not None and self.is_running():
            self.process.terminate()

    def clear(self) -> None:
        """Kill what is left of the whole session."""
        if self.process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


class Serving:
    """Both children. A context: they are started on entry and gone after it."""

    def __init__(self, host: str, port: int, say: Say, **environment: str) -> None:
        self.url = f"http://{f'[{host}]' if ':' in host else host}:{port}/"
        self.is_stopping = False
        self._is_hurried = False
        self._asked = 0.0  # monotonic seconds of the first wish to stop
        self._say = say
        self._listener = listen(host, port)
        self._children = [
            Child(
                name="web server",
                command=_web_command(self._listener.fileno()),
                stops_within=30,
                descriptors=(self._listener.fileno(),),
                environment=environment,
            ),
            Child(
                name="worker",
                command=[sys.executable, str(settings.BASE_DIR / "manage.py"), "worker"],
                stops_within=settings.WORKER_STOP_WITHIN + 5,
                environment=environment,
            ),
        ]

    def __enter__(self) -> "Serving":
        for number in STOP_SIGNALS:
            if signal.getsignal(number) is not signal.SIG_IGN or number == signal.SIGINT:
                signal.signal(number, self._on_signal)  # nohup ignores SIGHUP, and so do we
        return self

    def __exit__(self, *exc: object) -> None:
        for child in self._children:
            self._stop(child)
        self._listener.close()

    def _on_signal(self, _number: int, _frame: FrameType | None) -> None:
        # `timeout` and some shells send each signal twice at once; a person does not.
        if self.is_stopping and time.monotonic() - self._asked > SECOND_CTRL_C_AFTER:
            self._is_hurried = True
        if not self.is_stopping:
            self.is_stopping, self._asked = True, time.monotonic()

    def look(self) -> None:
        """Start what does not run. To be called all the time. Raises CannotServe."""
        time.sleep(LOOK_EVERY)
        for child in self._children:
            if not child.is_running() and not self.is_stopping:
                self._start(child)

    def _start(self, child: Child) -> None:
        if child.process is not None:
            self._bury(child)
        if time.monotonic() >= child.start_after:
            child.start()

    def _bury(self, child: Child) -> None:
        assert child.process is not None  # noqa: S101
        child.clear()
        now = time.monotonic()
        child.deaths = 1 if now - child.started > IS_STEADY_AFTER else child.deaths + 1
        how = f"The {child.name} stopped by itself (exit code {child.process.returncode})"
        if child.deaths >= STARTS_IN_A_ROW:
            raise CannotServe(f"{how} {child.deaths} times in a row. See its messages above.")
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (child.deaths - 1))
        self._say(f"{how}. It is started again in {pause:g} s.")
        child.process, child.start_after = None, now + pause

    def _stop(self, child: Child) -> None:
        child.ask_to_stop()
        deadline = time.monotonic() + child.stops_within
        while child.is_running() and time.monotonic() < deadline and not self._is_hurried:
            time.sleep(LOOK_EVERY)
        if child.is_running():
            self._say(f"The {child.name} did not stop in time and was killed.")
        child.clear()


def _end_with_parent() -> None:
    """Runs in the new child: it is asked to stop even when this process is killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


def _web_command(descriptor: int) -> list[str]:
    config = "python:exportsite.gunicorn_settings"
    return [sys.executable, "-m", "gunicorn", "--config", config, "--bind", f"fd://{descriptor}"]


def is_up(url: str) -> bool:
    """Does the web server answer, and is a worker there?"""
    try:
        with urllib.request.urlopen(f"{url}healthz", timeout=2) as answer:  # noqa: S310
            return bool(json.load(answer)["workers"])
    except (OSError, ValueError):
        return False
