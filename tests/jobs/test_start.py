"""How a queued job starts, on each kind of queue: by its own bell, past the long ones.

Nothing here is timed: on a loaded machine only the order of things can be relied on.
"""

import os
import time
import uuid
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from django.db import transaction
from django_q.brokers import get_broker
from django_q.conf import Conf
from django_q.models import OrmQ

from exportsite.jobs import queue
from exportsite.jobs.roster import Duty
from tests.jobs.dummy.models import Task
from tests.jobs.processes import WorkerProcess, wait_for, wait_until

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

MANY = 50
NEVER = 3600  # seconds
KEYS = ("fast", "bulk", queue.CHORES)
REDIS_URL = os.environ.get("TEST_REDIS_URL", "redis://127.0.0.1:6379/1")

Start = Callable[..., WorkerProcess]
Make = Callable[..., Task]


@pytest.fixture(params=["database", "redis"])
def bells_on(request: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """The environment of workers that hear this kind of bell; this process rings it."""
    if request.param == "database":
        yield {"REDIS_URL": ""}
        return
    require_redis()
    monkeypatch.setattr(Conf, "BROKER_CLASS", "exportsite.jobs.redis_bells.RedisLaneBroker")
    monkeypatch.setattr(Conf, "REDIS", REDIS_URL)
    # Bells of its own: other tests, of other runs too, ring on this server at the same time.
    name = f"tests-{uuid.uuid4()}"
    monkeypatch.setattr(Conf, "PREFIX", name)
    yield {"REDIS_URL": REDIS_URL, "DUMMY_QUEUE": name}
    queue.forget_bells(list(KEYS))
    get_broker("fast").connection.close()


def require_package() -> None:
    if find_spec("redis") is None:
        pytest.skip("The package redis is not installed.")


def require_redis() -> None:
    require_package()
    import redis

    client = redis.Redis.from_url(REDIS_URL)
    try:
        client.ping()
    except redis.RedisError:
        give_up = pytest.fail if os.environ.get("REQUIRE_REDIS") == "1" else pytest.skip
        give_up(f"There is no Redis at {REDIS_URL}; TEST_REDIS_URL=... names another.")
    finally:
        client.close()


def bells(key: str) -> int:
    return int(get_broker(key).queue_size())


def test_each_waiting_job_has_a_bell_of_its_own(
    bells_on: dict[str, str], start_worker: Start, make_task: Make
) -> None:
    tasks = [make_task() for _ in range(MANY)]
    assert bells("fast") == MANY
    # Nobody else rings: without a bell for each, some of them would wait for ever.
    start_worker(WORKER_REAP_EVERY=NEVER, WORKER_STUCK_AFTER=NEVER, **bells_on)
    for task in tasks:
        wait_for(task, "completed")
    assert set(Task.objects.values_list("attempts", flat=True)) == {1}


def test_jobs_start_in_the_order_in_which_they_came(
    bells_on: dict[str, str], start_worker: Start, make_task: Make
) -> None:
    tasks = [make_task() for _ in range(MANY)]
    start_worker(slots=1, WORKER_REAP_EVERY=NEVER, WORKER_STUCK_AFTER=NEVER, **bells_on)
    for task in tasks:
        wait_for(task, "completed")
    ordered = Task.objects.order_by("started_at", "available_at")
    came = list(ordered.values_list("available_at", flat=True))
    assert came == sorted(came)


def test_a_short_job_starts_while_many_long_ones_wait(
    bells_on: dict[str, str], start_worker: Start, make_task: Make
) -> None:
    long = [make_task("work", seconds=250, lane="bulk") for _ in range(MANY)]
    start_worker(WORKER_REAP_EVERY=NEVER, WORKER_STUCK_AFTER=NEVER, **bells_on)
    wait_until(lambda: Task.objects.filter(status="processing").exists(), "the first long one")
    short = make_task()
    wait_for(short, "completed")
    waiting = Task.objects.filter(pk__in=[task.pk for task in long], status="pending")
    assert waiting.count() > MANY / 2


def test_a_lost_bell_is_rung_again(
    bells_on: dict[str, str], start_worker: Start, make_task: Make
) -> None:
    tasks = [make_task() for _ in range(3)]
    queue.forget_bells(list(KEYS))
    assert bells("fast") == 0
    start_worker(**bells_on)
    for task in tasks:
        wait_for(task, "completed")


def test_a_job_that_is_not_made_has_no_bell(bells_on: dict[str, str], make_task: Make) -> None:
    with transaction.atomic():
        make_task()
        transaction.set_rollback(True)
    assert (Task.objects.count(), bells("fast")) == (0, 0)


def test_one_lane_is_heard_without_the_other(bells_on: dict[str, str], make_task: Make) -> None:
    make_task(lane="bulk")
    make_task(lane="fast")
    assert queue.serve(Duty(slots=1, lanes=("fast",))).dequeue()
    assert (bells("fast"), bells("bulk")) == (0, 1)


@pytest.fixture
def redis_away(monkeypatch: pytest.MonkeyPatch) -> str:
    """An address where nobody answers; this process rings there."""
    require_package()
    from exportsite.jobs import redis_bells

    monkeypatch.setattr(redis_bells, "_away_until", 0.0)
    monkeypatch.setattr(Conf, "BROKER_CLASS", "exportsite.jobs.redis_bells.RedisLaneBroker")
    monkeypatch.setattr(Conf, "REDIS", "redis://127.0.0.1:1/0")
    return "redis://127.0.0.1:1/0"


def test_bells_ring_in_the_database_while_redis_is_away(redis_away: str, make_task: Make) -> None:
    make_task()
    assert (bells("fast"), OrmQ.objects.count()) == (1, 1)
    broker = queue.serve(Duty(slots=1))
    assert broker.ping()
    assert broker.dequeue()
    assert (bells("fast"), OrmQ.objects.count()) == (0, 0)


def test_workers_work_while_redis_is_away(
    redis_away: str, start_worker: Start, make_task: Make
) -> None:
    tasks = [make_task() for _ in range(3)]
    start_worker(WORKER_REAP_EVERY=NEVER, WORKER_STUCK_AFTER=NEVER, REDIS_URL=redis_away)
    tasks.append(make_task())
    for task in tasks:
        wait_for(task, "completed")


@pytest.mark.parametrize("bells_on", ["redis"], indirect=True)
@pytest.mark.usefixtures("bells_on")
def test_a_redis_that_is_back_is_heard_again(
    make_task: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    from exportsite.jobs import redis_bells

    monkeypatch.setattr(redis_bells, "_away_until", time.monotonic() + NEVER)
    make_task()
    assert OrmQ.objects.count() == 1
    monkeypatch.setattr(redis_bells, "_away_until", 0.0)
    make_task()
    assert (bells("fast"), OrmQ.objects.count()) == (1, 1)
    # The bell that stayed behind is not needed: each answered one asks for all that is due.
    queue.work("fast")
    queue.work("fast")
    assert not Task.objects.exclude(status="completed").exists()
