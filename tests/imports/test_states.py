import itertools
from collections.abc import Callable

import pytest

from exportsite.jobs.lease import due_jobs, running_jobs
from exportsite.jobs.states import BORN, IllegalMove, move
from imports import tasks
from imports.models import ImportJob
from imports.states import TRANSITIONS, Status

pytestmark = pytest.mark.django_db

ALLOWED = {
    "uploaded": {"uploaded", "checking", "cancelled"},
    "checking": {
        "checking", "ready", "queued", "completed", "uploaded", "failed", "cancelled",
    },
    "ready": {"queued", "checking", "uploaded", "cancelled"},
    "queued": {"processing", "cancelled"},
    "processing": {"queued", "completed", "failed", "cancelled"},
    "completed": {"queued"},
    "failed": {"uploaded", "checking", "queued"},
    "cancelled": {"checking", "queued"},
}  # fmt: skip
Make = Callable[..., ImportJob]


@pytest.fixture
def make_job(db: None) -> Make:
    def make(status: str, **fields: object) -> ImportJob:
        return ImportJob.objects.create(status=status, importer="notes", filename="a.csv", **fields)

    return make


@pytest.mark.parametrize(
    ("source", "target"), list(itertools.product(Status.values, Status.values))
)
def test_every_pair_is_either_an_edge_or_refused(make_job: Make, source: str, target: str) -> None:
    job = make_job(source)
    if target in ALLOWED[source]:
        move(job, target)
        job.refresh_from_db()
        assert job.status == target
    else:
        with pytest.raises(IllegalMove, match=f"from “{source}” to “{target}”"):
            move(job, target)
        job.refresh_from_db()
        assert job.status == source


def test_an_import_is_born_waiting_for_a_mapping_or_its_check() -> None:
    born = [edge.target for edge in TRANSITIONS if edge.source == BORN]
    assert born == [Status.UPLOADED, Status.CHECKING]


def test_every_edge_says_what_it_means() -> None:
    for edge in TRANSITIONS:
        assert edge.sentence.endswith(".")
        assert edge.actor


def test_a_check_that_waits_and_one_that_runs_are_told_apart(make_job: Make) -> None:
    waiting = make_job("checking")
    running = make_job("checking", claimed_by=f"{'b' * 32}:1", attempts=1)
    kind = next(kind for kind in tasks.kinds.all_kinds() if kind.model is ImportJob)
    check = kind.steps[0]
    assert list(due_jobs(kind, check, ["fast"])) == [waiting]
    assert list(running_jobs(kind, check)) == [running]
