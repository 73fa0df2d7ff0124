"""A due run is made once, whoever looks, and whatever went wrong."""

import datetime as dt
import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.utils import timezone

from exports import saving, scheduling
from exports.errors import InvalidRequest, NotAllowed, WrongState
from exports.models import Event, Export
from exports.plans import ExportRequest
from exports.resources import Column
from exports.saved import ExportSchedule, ExportTemplate, Kind
from exports.states import Status
from exports.tasks import register
from exports.timing import Timing, next_run
from exportsite.jobs import chores
from exportsite.jobs.states import move
from tests.library.export_resources import BookResource


# -- Who and what -----------------------------------------------------------------------------
@pytest.fixture
def template(ana: User, db: None) -> ExportTemplate:
    return saving.save_template(ana, "Novels", ExportRequest(resource="books"))


@pytest.fixture
def plan(ana: User, template: ExportTemplate) -> Callable[..., ExportSchedule]:
    """A schedule of Ana's that is due since a minute."""

    def make(*, late: dt.timedelta = dt.timedelta(minutes=1), **fields: Any) -> ExportSchedule:
        timing = Timing(kind=Kind.DAILY, time=(timezone.now() - late).time())
        schedule = scheduling.create_schedule(ana, template, timing, wants_mail=True)
        fields = {"next_run_at": timezone.now() - late, **fields}
        ExportSchedule.objects.filter(pk=schedule.pk).update(**fields)
        schedule.refresh_from_db()
        return schedule

    return make


def look(schedule: ExportSchedule) -> ExportSchedule:
    schedule.refresh_from_db()
    return schedule


def test_a_due_schedule_makes_an_ordinary_export_of_its_owner(
    ana: User, plan: Any, template: ExportTemplate
) -> None:
    schedule = plan()
    scheduling.run_due()
    export = Export.objects.get()
    assert (export.created_by, export.status, export.resource) == (ana, Status.PENDING, "books")
    assert export.email_notification
    look(schedule)
    assert schedule.last_export == export
    assert schedule.last_problem == ""
    assert schedule.last_run_at is not None
    assert dt.timedelta(hours=23) < schedule.next_run_at - timezone.now() < dt.timedelta(hours=24)
    template.refresh_from_db()
    assert template.last_run_at is not None
    scheduling.run_due()
    assert Export.objects.count() == 1


def test_the_log_says_that_a_schedule_asked(ana: User, plan: Any, template: Any) -> None:
    plan()
    scheduling.run_due()
    (born,) = Export.objects.get().logs.all()
    assert (born.event, born.actor) == (Event.INITIATED, ana)
    assert born.message == "Asked by the schedule “Novels”. Rows: all."
    by_hand = saving.run_template(ana, template)
    assert by_hand.logs.get().message == "all"


def test_what_is_not_due_or_paused_does_not_run(plan: Any) -> None:
    plan(next_run_at=timezone.now() + dt.timedelta(minutes=1))
    scheduling.pause(plan())
    scheduling.run_due()
    assert not Export.objects.exists()


def test_after_a_week_without_a_worker_there_is_one_run_and_then_the_next_regular_one(
    plan: Any,
) -> None:
    schedule = plan(late=dt.timedelta(days=7, minutes=5))
    for _round in range(3):
        scheduling.run_due()
    assert Export.objects.count() == 1
    assert timezone.now() < look(schedule).next_run_at < timezone.now() + dt.timedelta(days=1)


def test_a_run_is_skipped_while_the_last_one_still_goes_on(plan: Any, ask: Any) -> None:
    schedule = plan(last_export=ask())
    scheduling.run_due()
    assert Export.objects.count() == 1
    assert look(schedule).last_problem == "Skipped: the last run was still going on."
    assert schedule.next_run_at > timezone.now()
    assert not schedule.is_paused

    move(schedule.last_export, Status.CANCELLED)
    ExportSchedule.objects.update(next_run_at=timezone.now() - dt.timedelta(minutes=1))
    scheduling.run_due()
    assert Export.objects.count() == 2
    assert look(schedule).last_problem == ""


def test_the_limit_of_exports_a_minute_is_for_people(plan: Any, settings: Any) -> None:
    settings.EXPORT_RATE_LIMIT = 1
    plan()
    plan()
    scheduling.run_due()
    assert Export.objects.count() == 2


@pytest.mark.parametrize(
    ("late", "counted_from"),
    [(dt.timedelta(minutes=2), "the planned day"), (dt.timedelta(days=3), "today")],
)
def test_dates_that_move_are_counted_from_the_day_of_the_run(
    ana: User, plan: Any, template: ExportTemplate, late: dt.timedelta, counted_from: str
) -> None:
    ExportTemplate.objects.update(filters={"date_from": "@yesterday", "date_to": "@yesterday"})
    schedule = plan(late=late)
    planned = schedule.next_run_at
    scheduling.run_due()
    day = timezone.localdate(planned if counted_from == "the planned day" else None)
    yesterday = (day - dt.timedelta(days=1)).isoformat()
    assert Export.objects.get().filters == {"date_from": yesterday, "date_to": yesterday}


# -- What cannot run --------------------------------------------------------------------------
def check_paused(schedule: ExportSchedule, reason: str) -> None:
    look(schedule)
    assert (schedule.is_paused, schedule.next_run_at) == (True, None)
    assert reason in schedule.last_problem
    assert not Export.objects.exists()


def test_a_template_that_no_longer_fits_pauses_its_schedule_and_says_why(
    plan: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    schedule = plan()
    monkeypatch.setattr(BookResource, "columns", (Column(name="id"),))
    scheduling.run_due()
    check_paused(schedule, "Paused: There is no column “title”")
    assert f"Schedule {schedule.pk} is paused" in caplog.text


def test_a_deactivated_owner_pauses_the_schedule(ana: User, plan: Any) -> None:
    schedule = plan()
    User.objects.filter(pk=ana.pk).update(is_active=False)
    scheduling.run_due()
    check_paused(schedule, "the account of its owner is deactivated")


def test_a_permission_that_was_taken_pauses_the_schedule(ana: User, plan: Any) -> None:
    schedule = plan()
    ana.user_permissions.filter(codename="view_book").delete()
    scheduling.run_due()
    check_paused(schedule, "You may not export books")


def test_a_template_that_is_no_longer_shared_pauses_the_schedules_of_others(
    make_user: Any, template: ExportTemplate
) -> None:
    ExportTemplate.objects.update(is_shared=True)
    bob = make_user("bob", "exports.add_export", "library.view_book")
    schedule = scheduling.create_schedule(bob, template, Timing(kind=Kind.DAILY), wants_mail=False)
    ExportTemplate.objects.update(is_shared=False)
    ExportSchedule.objects.update(next_run_at=timezone.now() - dt.timedelta(minutes=1))
    scheduling.run_due()
    check_paused(schedule, "“Novels” is not shared with you")


def test_a_deleted_template_pauses_its_schedules(
    ana: User, plan: Any, template: ExportTemplate
) -> None:
    schedule = plan()
    saving.delete_template(ana, template)
    check_paused(schedule, "the template “Novels” was deleted")
    with pytest.raises(WrongState, match="template is gone"):
        scheduling.resume(schedule)


def test_a_broken_schedule_is_noted_and_holds_up_no_other(
    plan: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    broken, sound = plan(), plan()
    real = scheduling.run_template

    def explode(user: Any, template: Any, **words: Any) -> Export:
        if not Export.objects.exists() and "broken" not in caplog.text:
            raise ArithmeticError("broken")
        return real(user, template, **words)

    monkeypatch.setattr(scheduling, "run_template", explode)
    scheduling.run_due()
    assert "failed before it began" in look(broken).last_problem
    assert not broken.is_paused
    assert broken.next_run_at > timezone.now()
    assert look(sound).last_export == Export.objects.get()


def test_a_run_is_still_due_when_the_database_went_away_in_the_middle(
    plan: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    schedule = plan()
    planned = schedule.next_run_at

    def vanish(*_args: Any, **_words: Any) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(scheduling, "run_template", vanish)
    with pytest.raises(OperationalError):
        scheduling.run_due()
    assert look(schedule).next_run_at == planned
    monkeypatch.undo()
    scheduling.run_due()
    assert Export.objects.count() == 1


# -- Once -------------------------------------------------------------------------------------
def test_who_looks_late_does_not_run_it_again(plan: Any) -> None:
    schedule = plan()
    stale = ExportSchedule.objects.get(pk=schedule.pk)
    assert scheduling.run_one(schedule)
    assert not scheduling.run_one(stale)
    assert Export.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_run_it_once(plan: Any) -> None:
    for _schedule in range(5):
        plan()
    together = threading.Barrier(2)
    errors: list[BaseException] = []

    def work() -> None:
        try:
            together.wait()
            scheduling.run_due()
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert Export.objects.count() == 5
    assert ExportSchedule.objects.filter(next_run_at__gt=timezone.now()).count() == 5


# -- Plan, pause, resume ----------------------------------------------------------------------
def test_a_pause_is_not_made_up_for(plan: Any) -> None:
    schedule = plan()
    scheduling.pause(schedule)
    assert schedule.next_run_at is None
    scheduling.resume(schedule)
    assert schedule.next_run_at > timezone.now()
    scheduling.run_due()
    assert not Export.objects.exists()


def test_another_time_moves_the_next_run_and_another_mail_wish_does_not(
    plan: Any, template: ExportTemplate
) -> None:
    schedule = plan()
    before = schedule.next_run_at
    same = scheduling.timing_of(schedule)
    scheduling.change_schedule(schedule, template, same, wants_mail=False)
    assert (schedule.next_run_at, schedule.email) == (before, False)
    weekly = Timing(kind=Kind.WEEKLY, time=dt.time(6), weekday=2)
    scheduling.change_schedule(schedule, template, weekly, wants_mail=True)
    assert schedule.next_run_at == next_run(weekly, timezone.now())
    scheduling.pause(schedule)
    scheduling.change_schedule(schedule, template, same, wants_mail=True)
    assert schedule.next_run_at is None


@pytest.mark.parametrize(
    ("timing", "field"),
    [
        (Timing(kind=Kind.CRON, cron="61 * * * *"), "cron"),
        (Timing(kind=Kind.MONTHLY, day_of_month=0), "day_of_month"),
        (Timing(kind=Kind.MONTHLY, day_of_month=32), "day_of_month"),
    ],
)
def test_a_time_that_does_not_exist_is_refused(
    ana: User, template: ExportTemplate, timing: Timing, field: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        scheduling.create_schedule(ana, template, timing, wants_mail=True)
    assert list(caught.value.errors) == [field]
    assert not ExportSchedule.objects.exists()


def test_only_templates_that_one_sees_can_be_planned(
    make_user: Any, template: ExportTemplate
) -> None:
    bob = make_user("bob", "exports.add_export", "library.view_book")
    with pytest.raises(InvalidRequest, match="one of your templates"):
        scheduling.create_schedule(bob, template, Timing(kind=Kind.DAILY), wants_mail=True)
    eve = make_user("eve", "library.view_book")
    with pytest.raises(NotAllowed):
        scheduling.create_schedule(eve, template, Timing(kind=Kind.DAILY), wants_mail=True)


def test_the_worker_housekeeping_looks_every_half_minute() -> None:
    register()
    routine = chores._routines["exports.schedules"]
    assert routine.every == dt.timedelta(seconds=30)
    assert routine.run is scheduling.run_due
