from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db.models.functions import Now

from exportsite.jobs import chores
from exportsite.jobs.models import Chore

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


@pytest.fixture
def done() -> list[str]:
    return []


@pytest.fixture
def chore(done: list[str]) -> Callable[..., None]:
    def register(name: str, *, fails: bool = False) -> None:
        def run() -> str:
            done.append(name)
            if fails:
                raise ValueError("no broom")
            return "Swept."

        chores.register(chores.Routine(name=name, every=DAY, run=run))

    return register


def is_due_within(name: str, **span: int) -> bool:
    return Chore.objects.filter(name=name, due_at__lte=Now() + timedelta(**span)).exists()


def test_a_new_chore_is_done_once_and_then_when_it_is_due(
    chore: Callable[..., None], done: list[str]
) -> None:
    chore("sweep")
    assert chores.are_due()
    assert chores.run_due() == ["sweep"]
    assert not chores.are_due()
    assert chores.run_due() == []
    assert not is_due_within("sweep", hours=23)
    Chore.objects.update(due_at=Now() - timedelta(seconds=1))
    assert chores.are_due()
    assert chores.run_due() == ["sweep"]
    assert done == ["sweep", "sweep"]


def test_a_chore_that_another_has_begun_is_left_to_it(
    chore: Callable[..., None], done: list[str]
) -> None:
    chore("sweep")
    chores.are_due()
    routine = chores._routines["sweep"]
    assert chores._take(routine)
    assert not chores._take(routine)
    assert chores.run_due() == []
    assert is_due_within("sweep", hours=1)  # should that one die over it


def test_a_chore_that_fails_keeps_no_other_from_being_done_and_comes_again(
    chore: Callable[..., None], done: list[str]
) -> None:
    chore("broken", fails=True)
    chore("sweep")
    chores.are_due()
    assert chores.run_due() == ["sweep"]
    assert done == ["broken", "sweep"]
    assert is_due_within("broken", hours=1)


def test_a_chore_that_found_nothing_to_do_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO", logger="exportsite.jobs.chores")
    chores.register(chores.Routine(name="idle", every=DAY, run=lambda: ""))
    chores.register(chores.Routine(name="busy", every=DAY, run=lambda: "Swept."))
    assert chores.are_due()
    assert chores.run_due() == ["idle", "busy"]
    assert [record.getMessage() for record in caplog.records] == ["busy: Swept."]
