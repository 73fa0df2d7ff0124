import itertools
from collections.abc import Callable

import pytest
from django.db import transaction

from exportsite.jobs.lease import Claim, Fence
from exportsite.jobs.states import BORN, IllegalMove, LostRace, Transitions, move
from tests.jobs.dummy.models import EDGES, Task

pytestmark = pytest.mark.django_db

STATUSES = sorted({status for edge in EDGES for status in edge if status != BORN})
Make = Callable[..., Task]


def in_status(task: Task, status: str) -> Task:
    Task.objects.filter(pk=task.pk).update(status=status)
    task.refresh_from_db()
    return task


@pytest.mark.parametrize(("source", "target"), list(itertools.product(STATUSES, STATUSES)))
def test_every_pair_is_an_edge_or_refused(make_task: Make, source: str, target: str) -> None:
    task = in_status(make_task(), source)
    if (source, target) in EDGES:
        move(task, target)
        assert task.status == target
    else:
        with pytest.raises(IllegalMove, match=f"from “{source}” to “{target}”"):
            move(task, target)
        assert task.status == source
    stored = Task.objects.get(pk=task.pk)
    assert stored.status == task.status


def test_the_table_knows_what_is_final() -> None:
    table: Transitions = Task.transitions
    assert [status for status in STATUSES if table.is_final(status)] == ["cancelled", "completed"]
    assert table.sources_of("pending") == [BORN, "processing", "failed"]


def test_a_move_that_comes_second_loses(make_task: Make) -> None:
    task = make_task()
    twin = Task.objects.get(pk=task.pk)
    move(task, "processing")
    with pytest.raises(LostRace):
        move(twin, "cancelled", done_rows=7)
    assert (twin.status, twin.done_rows) == ("pending", 0)
    assert Task.objects.get(pk=task.pk).status == "processing"


def test_a_move_of_a_deleted_job_loses(make_task: Make) -> None:
    task = make_task()
    Task.objects.all().delete()
    with pytest.raises(LostRace):
        move(task, "processing")


@pytest.mark.parametrize(
    "fence", [Fence(claimed_by="somebody:2", attempt=1), Fence(claimed_by="", attempt=2)]
)
def test_only_the_holder_of_the_lease_moves_a_job(
    claim: Callable[..., Claim], fence: Fence
) -> None:
    job = claim().job
    with pytest.raises(LostRace):
        move(job, "completed", fence=fence)
    assert Task.objects.get().status == "processing"


def test_a_move_can_start_where_the_row_is_and_not_where_its_object_is(make_task: Make) -> None:
    task = in_status(make_task(), "processing")
    with transaction.atomic():
        move(task, "completed")
        transaction.set_rollback(True)
    assert task.status == "completed"  # the object is wrong now
    move(task, "failed", source="processing")
    assert Task.objects.get().status == "failed"
