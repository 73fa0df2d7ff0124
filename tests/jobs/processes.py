"""Real `manage.py worker` processes, and ways to look at them and to hurt them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import psutil
from django.conf import settings
from django.db import connection

from exportsite.jobs.models import Worker
from tests.jobs.dummy.models import Task

POLL = 0.05
# Seconds. No test is about speed: a machine that is busy otherwise may take that long.
PATIENCE = 120


def wait_until(condition: Callable[[], object], what: str) -> None:
    begun = time.monotonic()
    while not condition():
        assert time.monotonic() - begun < PATIENCE, f"{what}: not within {PATIENCE} s"
        time.sleep(POLL)


def database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(str(database['NAME']))}"
    who = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return f"postgresql://{who}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


class WorkerProcess:
    """One `manage.py worker` in a session of its own, so that a test can signal its group."""

    def __init__(self, output: Path, *arguments: str, **environment: object) -> None:
        self.output = output
        defaults = {
            "DJANGO_SETTINGS_MODULE": "tests.jobs.settings",
            "DATABASE_URL": database_url(),
            "JOB_LEASE": "60",
            "JOB_BEAT": "0.1",
            "JOB_RETRY_DELAY": "0.3",
            "WORKER_REAP_EVERY": "0.5",
            "WORKER_STUCK_AFTER": "30",
            # Whoever has to wait for the end of these fails: it is to stop for other reasons.
            "WORKER_STOP_WITHIN": "600",
            "DUMMY_SETTLED": "600",
        }
        texts = {name: str(value) for name, value in environment.items()}
        with output.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-W", "error", "manage.py", "worker", *arguments],
                cwd=settings.BASE_DIR,
                env={**os.environ, **defaults, **texts},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self.process.pid

    def log(self) -> str:
        return self.output.read_text(errors="replace")

    def row(self) -> Worker | None:
        return Worker.objects.filter(pid=self.pid).first()

    def family(self) -> list[psutil.Process]:
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.pid).children(recursive=True)
        return []

    def guard(self) -> psutil.Process:
        return psutil.Process(self.pid).children()[0]

    def children(self) -> list[psutil.Process]:
        """As they were spawned: the pool, the monitor, the pusher."""
        with suppress(psutil.NoSuchProcess, IndexError):
            return sorted(self.guard().children(), key=lambda child: child.create_time())
        return []

    def is_complete(self, slots: int = 2) -> bool:
        """It has signed on and its guard has spawned all processes."""
        assert self.process.poll() is None, f"it ended:\n{self.log()}"
        return self.row() is not None and len(self.children()) == slots + 2

    def stop(self, number: int = signal.SIGTERM, *, group: bool = False) -> int:
        """Ask it to end, and see it do so; its exit code."""
        (os.killpg if group else os.kill)(self.pid, number)
        return self.process.wait(PATIENCE)

    def clear(self) -> None:
        for child in self.family():
            with suppress(psutil.NoSuchProcess):
                child.kill()
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)
        self.process.wait()


def holder(task: Task) -> int:
    """The process that runs a task."""
    return int(Task.objects.values_list("claimed_by", flat=True).get(pk=task.pk).rpartition(":")[2])


def kill(pid: int) -> None:
    os.kill(pid, signal.SIGKILL)


def status_of(task: Task) -> str:
    return str(Task.objects.values_list("status", flat=True).get(pk=task.pk))


def wait_for(task: Task, status: str) -> None:
    wait_until(lambda: status_of(task) == status, f"{task} {status}")


def wait_until_at_work(task: Task) -> int:
    """The process that runs it, once it has shown progress."""
    rows = Task.objects.filter(pk=task.pk, status="processing", done_rows__gt=0)
    wait_until(rows.exists, f"{task} at work")
    return holder(task)
