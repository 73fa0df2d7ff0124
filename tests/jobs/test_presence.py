import json
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models.functions import Now

from exportsite.jobs import backlog, presence, roster
from exportsite.jobs.lease import claim_next
from exportsite.jobs.models import Worker
from exportsite.jobs.presence import Verdict, look
from exportsite.jobs.roster import Duty, Load
from tests.jobs.conftest import ME
from tests.jobs.dummy.models import Task

pytestmark = pytest.mark.django_db

BOTH = ("fast", "bulk")


@pytest.fixture
def there() -> Callable[..., Duty]:
    """A worker with two slots that has just beaten."""

    def sign_on(*lanes: str, **load: Any) -> Duty:
        duty = Duty(slots=2, lanes=lanes or BOTH)
        roster.sign_on(duty)
        roster.beat(duty, Load(**load))
        return duty

    return sign_on


@pytest.mark.parametrize(
    ("workers", "verdicts"),
    [
        ([], ("none", "none", "none")),
        ([{}], ("ready", "ready", "ready")),
        ([{"busy": 2, "bulk_busy": 1}], ("busy", "busy", "busy")),
        ([{"busy": 1, "bulk_busy": 1}], ("ready", "ready", "busy")),
        ([{"busy": 1}], ("ready", "ready", "ready")),
        ([{"is_stuck": True}], ("stuck", "stuck", "stuck")),
        ([{"is_stuck": True}, {}], ("ready", "ready", "ready")),
        ([{"is_stuck": True}, {"busy": 2}], ("busy", "busy", "busy")),
        ([{"busy": 2}, {"busy": 1}], ("ready", "ready", "ready")),
    ],
)
def test_the_verdict_of_all_of_the_fast_and_of_the_bulk_lane(
    there: Any, workers: list[dict[str, Any]], verdicts: tuple[str, ...]
) -> None:
    for load in workers:
        there(**load)
    assert tuple(look(lane).verdict for lane in ("", "fast", "bulk")) == verdicts


def test_a_worker_counts_only_in_its_lanes(there: Any) -> None:
    there("fast")
    assert [look(lane).verdict for lane in BOTH] == [Verdict.READY, Verdict.NONE]
    assert (look("fast").slots, look("fast").workers, look("bulk").workers) == (2, 1, 0)


def test_silent_and_stopping_workers_do_not_count(there: Any) -> None:
    there()
    roster.stop_taking(there())
    Worker.objects.filter(stopping=False).update(beat_at=Now() - timedelta(seconds=46))
    assert look().verdict == Verdict.NONE


def test_one_look_is_one_query(there: Any, django_assert_num_queries: Any) -> None:
    there()
    there()
    with django_assert_num_queries(1):
        presence.look("fast")


def test_a_worker_whose_row_was_removed_signs_on_again(there: Any) -> None:
    duty = there()
    Worker.objects.all().delete()
    roster.beat(duty, Load(busy=1))
    assert look().workers == 1


def test_stuck_is_said_since_when_and_taken_back(there: Any) -> None:
    duty = there(is_stuck=True)
    since = Worker.objects.get().stuck_since
    roster.beat(duty, Load(is_stuck=True))
    assert Worker.objects.get().stuck_since == since
    roster.beat(duty, Load())
    assert Worker.objects.get().stuck_since is None


def test_the_backlog_counts_what_waits_and_what_runs(make_task: Callable[..., Task]) -> None:
    for lane in ("fast", "bulk", "fast"):
        make_task(lane=lane)
    claim_next(ME)
    Task.objects.filter(lane="bulk").update(available_at=Now() - timedelta(seconds=3000))
    everything, fast = backlog.count(), backlog.count("fast")
    assert (everything.waiting, everything.running) == (2, 1)
    assert (fast.waiting, fast.running) == (1, 1)
    assert 3000 <= everything.oldest_seconds < 3600
    assert fast.oldest_seconds < 600


def status(*arguments: str) -> tuple[int, str]:
    output = StringIO()
    try:
        call_command("queue_status", *arguments, stdout=output)
    except SystemExit as end:
        return int(str(end.code)), output.getvalue()
    return 0, output.getvalue()


def test_queue_status_is_content_without_workers_while_nothing_waits() -> None:
    assert status() == (
        0,
        "Lane fast: No worker is running. Workers: 0, slots: 0. Jobs waiting: 0, running: 0.\n"
        "Lane bulk: No worker is running. Workers: 0, slots: 0. Jobs waiting: 0, running: 0.\n",
    )


def test_queue_status_fails_when_jobs_wait_and_nobody_works(
    make_task: Callable[..., Task], there: Any
) -> None:
    make_task(lane="bulk")
    there("fast")
    code, text = status()
    assert code == 1
    assert "Lane bulk: No worker is running." in text
    there("bulk", busy=2, bulk_busy=2)
    code, text = status()
    assert code == 0
    assert "Lane bulk: All workers are busy. Workers: 1, slots: 2. Jobs waiting: 1 (the" in text


def test_queue_status_speaks_json(there: Any) -> None:
    there()
    facts = json.loads(status("--json")[1])
    assert facts["fast"] == {
        "verdict": "ready",
        "workers": 1,
        "slots": 2,
        "waiting": 0,
        "running": 0,
        "oldest_seconds": 0,
        "is_abandoned": False,
    }
