"""That each mail goes once, whatever happens, and when."""

import threading
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core import mail
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone

from exports import intake, mail_texts, mails, tasks
from exports.models import Export
from exports.states import Status
from exportsite.jobs import chores, kinds, mailing, queue
from exportsite.jobs.models import Chore
from exportsite.jobs.notices import NotDelivered, Refused
from tests.exports.mails.conftest import Finish, make_due_again

pytestmark = pytest.mark.django_db


# -- Once, whatever happens -------------------------------------------------------------------
def test_a_mail_server_in_trouble_ends_the_round_and_changes_no_export(
    finish: Finish, deliver: Any
) -> None:
    first, second = finish(), finish()
    deliver(NotDelivered("refused"))
    assert mails.send_due() == 0
    first.refresh_from_db()
    second.refresh_from_db()
    assert [first.status, second.status] == [Status.COMPLETED] * 2
    assert sorted([first.mail_tries, second.mail_tries]) == [0, 1]
    assert mails.send_due() == 1  # the other one; the first has its pause
    make_due_again()
    assert mails.send_due() == 1


def test_pauses_grow_to_an_hour_and_end_after_a_day(
    finish: Finish, deliver: Any, caplog: pytest.LogCaptureFixture
) -> None:
    export = finish()
    pauses = []
    for _ in range(9):
        deliver(NotDelivered("refused"))
        mails.send_due()
        export.refresh_from_db()
        assert export.mail_after is not None
        pauses.append(round((export.mail_after - timezone.now()).total_seconds() / 60))
        make_due_again()
    assert pauses == [1, 2, 4, 8, 16, 32, 60, 60, 60]
    Export.objects.update(completed_at=timezone.now() - timedelta(hours=23, minutes=30))
    deliver(NotDelivered("refused"))
    mails.send_due()
    assert "given up" in caplog.text
    export.refresh_from_db()
    assert (export.status, export.email_sent_at) == (Status.COMPLETED, None)
    assert not mails.ended().exists()


def test_what_is_refused_for_good_is_not_tried_again_and_delays_nobody(
    finish: Finish, deliver: Any
) -> None:
    finish()
    finish()
    deliver(Refused("550 no such person"))
    assert mails.send_due() == 1
    assert mails.send_due() == 0
    assert len(mail.outbox) == 1


def test_a_mail_that_cannot_be_written_delays_nobody(
    finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = finish()
    finish()
    compose = mail_texts.compose

    def stumble(export: Export, *rest: Any) -> Any:
        if export == broken:
            raise LookupError("no words")
        return compose(export, *rest)

    monkeypatch.setattr(mail_texts, "compose", stumble)
    assert mails.send_due() == 1
    broken.refresh_from_db()
    assert (broken.email_sent_at, broken.mail_tries) == (None, 1)


def test_a_crash_between_sending_and_marking_costs_one_repeat_that_is_recognised(
    finish: Finish, deliver: Any
) -> None:
    finish()
    deliver(KeyboardInterrupt(), after=True)
    with pytest.raises(KeyboardInterrupt):
        mails.send_due()
    assert mails.send_due() == 0  # it is claimed still
    make_due_again()
    assert mails.send_due() == 1
    make_due_again()
    assert mails.send_due() == 0
    first, second = (message.message()["Message-ID"] for message in mail.outbox)
    assert first == second


def test_who_comes_back_after_its_claim_lapsed_marks_nothing(finish: Finish) -> None:
    export = finish()
    late = mailing.claim(mails.END, export.pk)
    make_due_again()
    assert late is not None
    assert mailing.claim(mails.END, export.pk) is not None
    mailing.settle(late, email_sent_at=Now())
    export.refresh_from_db()
    assert export.email_sent_at is None


@pytest.mark.django_db(transaction=True)
def test_many_who_send_at_once_send_each_mail_once(finish: Finish) -> None:
    for _ in range(8):
        finish()
    begin = threading.Barrier(4)

    def send() -> None:
        begin.wait()
        mails.send_due()
        connection.close()

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({message.message()["Message-ID"] for message in mail.outbox}) == 8
    assert len(mail.outbox) == 8


def test_a_retry_that_fails_again_is_another_mail(finish: Finish, ana: User) -> None:
    export = finish(Status.FAILED, completed_at=timezone.now() - timedelta(hours=1))
    mails.send_due()
    export.refresh_from_db()
    intake.retry_export(ana, export)
    export.refresh_from_db()
    assert export.email_sent_at is None
    end = timezone.now()
    Export.objects.update(status=Status.FAILED, completed_at=end, started_at=end)
    assert mails.send_due() == 1
    first, second = (message.message()["Message-ID"] for message in mail.outbox)
    assert first != second


# -- When -------------------------------------------------------------------------------------
def test_an_end_makes_the_chore_due_and_rings_for_it(
    finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    rung: list[bool] = []
    monkeypatch.setattr(queue, "ring_for_chores", lambda: rung.append(True))
    Chore.objects.create(name=tasks.MAIL, due_at=timezone.now() + timedelta(minutes=1))
    tasks.mail_soon(finish(wanted=False, started_at=timezone.now()))
    assert not rung
    tasks.mail_soon(finish())
    assert rung
    assert Chore.objects.filter(name=tasks.MAIL, due_at__lte=Now()).exists()
    assert mail.outbox == []


def test_an_end_during_a_round_of_mails_brings_another_round(
    finish: Finish, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mails, "send_due", lambda: tasks.mail_soon(finish()))
    monkeypatch.setattr(chores, "_routines", {tasks.MAIL: chores._routines[tasks.MAIL]})
    assert chores.are_due()
    assert chores.run_due() == [tasks.MAIL]
    assert chores.are_due()


@pytest.mark.django_db(transaction=True)
def test_whoever_runs_an_export_leaves_its_mail_to_a_worker(ask: Any) -> None:
    ask(email_notification=True)
    assert queue.run_next()
    assert Export.objects.get().status == Status.COMPLETED
    assert mail.outbox == []
    queue.tend()
    assert len(mail.outbox) == 1


def test_the_runner_calls_the_hook_of_exports() -> None:
    assert kinds.kind_of(Export()).after_end is tasks.mail_soon
