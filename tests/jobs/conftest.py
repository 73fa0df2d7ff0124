import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from exportsite.jobs import chores, kinds, progress, queue
from exportsite.jobs.lease import Claim, Claimant, claim_next
from exportsite.jobs.roster import Duty
from tests.jobs.dummy.engine import KIND
from tests.jobs.dummy.models import Task
from tests.jobs.processes import WorkerProcess, wait_until

ME = Claimant(worker="a" * 32, pid=1)


@pytest.fixture(autouse=True)
def _only_dummies(monkeypatch: pytest.MonkeyPatch) -> None:
    """This process knows the dummy engine and nothing else, and begins undrained."""
    monkeypatch.setattr(kinds, "_kinds", {"dummy": KIND})
    monkeypatch.setattr(chores, "_routines", {})
    monkeypatch.setattr(progress, "_drain_flag", None)
    monkeypatch.setattr(queue, "_duty", Duty(slots=2, worker=ME.worker))


@pytest.fixture
def make_task(db: None) -> Callable[..., Task]:
    """A task with its doorbell, as an engine's intake makes one."""

    def make(act: str = "finish", **fields: Any) -> Task:
        with transaction.atomic():
            task = Task.objects.create(status="pending", act=act, **fields)
            queue.nudge(task)
        task.refresh_from_db()
        return task

    return make


@pytest.fixture
def claim(make_task: Callable[..., Task]) -> Callable[..., Claim]:
    """A task that this process has just claimed."""

    def make(act: str = "finish", **fields: Any) -> Claim:
        make_task(act, **fields)
        claimed = claim_next(ME)
        assert claimed is not None
        return claimed

    return make


@pytest.fixture
def start_worker(transactional_db: None, tmp_path: Path) -> Iterator[Callable[..., WorkerProcess]]:
    """A real worker; arguments are for it, keywords for its environment."""
    workers: list[WorkerProcess] = []

    def start(*arguments: str, slots: int = 2, **environment: object) -> WorkerProcess:
        output = tmp_path / f"worker-{len(workers)}.log"
        processes = ("--processes", str(slots))
        worker = WorkerProcess(output, *processes, *arguments, **environment)
        workers.append(worker)
        if "--once" not in arguments:
            wait_until(lambda: worker.is_complete(slots), "all its processes")
        return worker

    yield start
    for worker in workers:
        worker.clear()
        sys.stdout.write(worker.log())  # pytest shows it when the test fails
