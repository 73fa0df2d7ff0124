from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError, transaction
from django.utils import timezone
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from exportsite.jobs import chores, progress, queue
from exportsite.jobs.roster import Duty
from tests.jobs.conftest import ME
from tests.jobs.dummy.models import Task

pytestmark = pytest.mark.django_db

Make = Callable[..., Task]


@pytest.fixture
def broker(monkeypatch: pytest.MonkeyPatch) -> queue.LaneBroker:
    monkeypatch.setattr(queue, "_answered_at", None)
    return queue.serve(Duty(slots=2, worker=ME.worker))


def bells() -> list[str]:
    return list(OrmQ.objects.order_by("pk").values_list("key", flat=True))


def test_a_bell_holds_a_path_and_a_lane_and_nothing_else(make_task: Make) -> None:
    make_task(lane="bulk")
    message = SignedPackage.loads(OrmQ.objects.get().payload)
    assert (message["func"], message["args"], message["kwargs"]) == (queue.WORK, ("bulk",), {})
    assert bells() == ["bulk"]


def test_a_job_and_its_bell_are_there_both_or_neither(make_task: Make) -> None:
    with transaction.atomic():
        make_task()
        transaction.set_rollback(True)
    assert (Task.objects.count(), OrmQ.objects.count()) == (0, 0)


def test_a_broker_reads_its_lanes_in_order_and_what_is_read_is_gone(
    make_task: Make, broker: queue.LaneBroker
) -> None:
    for lane in ("bulk", "fast"):
        make_task(lane=lane)
    first, second = OrmQ.objects.order_by("pk")
    assert broker.dequeue() == [(first.pk, first.payload)]
    assert bells() == ["fast"]
    assert broker.dequeue() == [(second.pk, second.payload)]
    broker.acknowledge(second.pk)
    assert bells() == []


def test_a_broker_does_not_hear_the_lanes_of_others(
    make_task: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue.Conf, "POLL", 0)
    make_task(lane="bulk")
    assert queue.serve(Duty(slots=2, lanes=("fast",))).dequeue() is None
    assert bells() == ["bulk"]


def test_a_broker_survives_the_database(
    broker: queue.LaneBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down() -> None:
        raise OperationalError("away")

    monkeypatch.setattr(queue, "DATABASE_PAUSE", 0)
    monkeypatch.setattr(queue.connections, "close_all", lambda: None)
    monkeypatch.setattr(broker, "_read", break_down)
    assert broker.dequeue() is None


def test_lost_bells_are_replaced_and_no_more(make_task: Make) -> None:
    for _ in range(3):
        make_task()
    OrmQ.objects.all().delete()
    queue.ring_if_silent("fast", up_to=2)
    queue.ring_if_silent("fast", up_to=2)
    queue.ring_if_silent("bulk", up_to=2)
    assert bells() == ["fast", "fast"]


def test_an_answered_bell_runs_one_job_and_rings_for_the_next(
    make_task: Make, broker: queue.LaneBroker, monkeypatch: pytest.MonkeyPatch
) -> None:
    ran: list[Any] = []
    monkeypatch.setattr(queue.runner, "run", ran.append)
    first, second = make_task(), make_task(lane="bulk")
    OrmQ.objects.all().delete()
    queue.work("fast")
    assert [claim.job for claim in ran] == [first]
    assert bells() == ["bulk"]
    queue.work("bulk")
    queue.work("bulk")
    assert [claim.job for claim in ran] == [first, second]
    assert queue.answered_at() > 0


def test_a_draining_process_takes_nothing(make_task: Make) -> None:
    task = make_task()
    progress.allow_drain()
    progress.start_drain()
    assert not queue.run_next()
    task.refresh_from_db()
    assert task.status == "pending"


@pytest.mark.django_db(transaction=True)
def test_a_job_can_be_run_in_a_thread_of_this_process(make_task: Make) -> None:
    task = make_task()
    thread = queue.start_here(task)
    assert thread is not None
    thread.join(10)
    assert Task.objects.get().status == "completed"
    assert queue.start_here(Task.objects.get()) is None


def test_bells_and_notes_of_long_ago_are_tidied_away(make_task: Make) -> None:
    make_task()
    make_task()
    long_ago = timezone.now() - timedelta(days=30)
    OrmQ.objects.filter(pk=OrmQ.objects.order_by("pk")[0].pk).update(lock=long_ago)
    assert queue.tidy() == "0 old task notes and 1 old bells deleted."
    assert len(bells()) == 1


def test_one_bell_is_enough_for_all_chores() -> None:
    def sweep() -> str:
        return "swept"

    chores.register(chores.Routine(name="sweep", every=timedelta(hours=2), run=sweep))
    queue.ring_for_chores()
    queue.ring_for_chores()
    assert bells() == ["chores"]
    queue.tend()
    OrmQ.objects.all().delete()
    queue.ring_for_chores()
    assert bells() == []


@pytest.mark.parametrize(
    ("lanes", "slots", "bulk"),
    [
        (("fast", "bulk"), 1, 1),
        (("fast", "bulk"), 4, 3),
        (("bulk",), 4, 4),
        (("fast",), 4, 0),
    ],
)
def test_one_slot_is_kept_free_of_bulk_jobs(lanes: Any, slots: int, bulk: int) -> None:
    assert Duty(slots=slots, lanes=lanes).bulk_slots == bulk
