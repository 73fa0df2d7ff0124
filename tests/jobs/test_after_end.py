"""The hook that hears of jobs which are over."""

import dataclasses
import threading
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from exportsite.jobs import kinds, reaper, runner
from exportsite.jobs.lease import Claim, claim_next
from exportsite.jobs.roster import Duty
from tests.jobs.conftest import ME
from tests.jobs.dummy.engine import KIND
from tests.jobs.dummy.models import Task

pytestmark = pytest.mark.django_db

Make = Callable[..., Claim]


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statuses with which the hook was called."""
    monkeypatch.setattr(threading.Thread, "start", lambda _self: None)
    monkeypatch.setattr(threading.Thread, "join", lambda _self: None)
    statuses: list[str] = []

    def listen(task: Any) -> None:
        assert Task.objects.get(pk=task.pk).status == task.status
        statuses.append(task.status)

    kind = dataclasses.replace(KIND, after_end=listen)
    monkeypatch.setattr(kinds, "_kinds", {"dummy": kind})
    return statuses


@pytest.mark.parametrize(
    ("act", "statuses"), [("finish", ["completed"]), ("refuse", ["failed"]), ("raise", [])]
)
def test_ends_are_heard_of_and_pauses_are_not(
    claim: Make, heard: list[str], act: str, statuses: list[str]
) -> None:
    runner.run(claim(act))
    assert heard == statuses


def test_the_last_attempt_is_an_end(claim: Make, heard: list[str], settings: Any) -> None:
    settings.JOB_MAX_ATTEMPTS = 1
    runner.run(claim("raise"))
    assert heard == ["failed"]


def test_an_attempt_that_lost_its_job_hears_nothing(claim: Make, heard: list[str]) -> None:
    lost = claim()
    Task.objects.update(claimed_by="somebody else")
    runner.run(lost)
    assert heard == []


def test_the_reaper_tells_of_jobs_that_it_ends(
    make_task: Any, heard: list[str], settings: Any
) -> None:
    settings.JOB_MAX_ATTEMPTS = 1
    make_task()
    assert claim_next(ME) is not None
    Task.objects.update(lease_until=Now() - timedelta(seconds=1))
    reaper.reap(Duty(slots=2, worker="b" * 32))
    assert heard == ["failed"]


def test_a_hook_that_breaks_changes_nothing(
    claim: Make, heard: list[str], monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    def stumble(_task: Any) -> None:
        raise ValueError("boom")

    monkeypatch.setattr(kinds, "_kinds", {"dummy": dataclasses.replace(KIND, after_end=stumble)})
    runner.run(claim())
    assert Task.objects.get().status == "completed"
    assert "What follows the end of job" in caplog.text
