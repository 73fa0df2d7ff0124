"""The product's own processes, as they run in daily life."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from benchmarks.place import ROOT
from benchmarks.runs import peak_megabytes

POLL_SECONDS = 0.1  # more often, and the looking would have a core of its own


@contextmanager
def worker(**environment: str) -> Iterator[None]:
    """One that was just started, so that its memory is that of the next jobs alone."""
    from exportsite.jobs.presence import look

    command = [sys.executable, str(ROOT / "manage.py"), "worker"]
    process = subprocess.Popen(command, env={**os.environ, **environment})
    try:
        while look().workers == 0:
            time.sleep(POLL_SECONDS)
        time.sleep(1)  # until it has its child processes
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait()


def memory_of(claimed_by: str) -> float:
    """The peak so far of the worker process that has the job."""
    try:
        return peak_megabytes(claimed_by.rsplit(":", 1)[1]) if claimed_by else 0.0
    except (FileNotFoundError, ProcessLookupError, IndexError):
        return 0.0


@contextmanager
def web_server() -> Iterator[int]:
    """gunicorn with the usual two processes; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = ["gunicorn", "--config", "python:exportsite.gunicorn_settings"]
    server = subprocess.Popen(
        [sys.executable, "-m", *command, "--bind", f"127.0.0.1:{port}"], cwd=ROOT
    )
    try:
        wait_for(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def wait_for(port: int) -> None:
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
