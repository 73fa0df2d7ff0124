"""Schedules: what may be planned, and the runs that are due. Each run is an ordinary export."""

import datetime as dt
import logging
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _

from exports.errors import InvalidRequest, NotAllowed, WrongState
from exports.permissions import User, may_export_anything
from exports.saved import ExportSchedule, ExportTemplate, Kind
from exports.saving import run_template, visible_templates
from exports.timing import NeverDue, Timing, check_cron, next_run

log = logging.getLogger(__name__)

# A run that comes later than this counts its dates from the day it comes, not from the one it was
# planned for: "yesterday" at 23:59 is the same day half a minute later, but not a week later.
STILL_ON_TIME = dt.timedelta(hours=1)
AT_ONCE = 100  # schedules looked at in one round; the others are due in the next


class Unfit(Exception):
    """The schedule cannot run until a person has mended something; the text says what."""


# -- Plan -------------------------------------------------------------------------------------
def timing_of(schedule: ExportSchedule) -> Timing:
    return Timing(
        kind=schedule.kind,
        time=schedule.time,
        weekday=schedule.weekday,
        day_of_month=schedule.day_of_month,
        cron=schedule.cron,
    )


def check_timing(timing: Timing, after: dt.datetime | None = None) -> dt.datetime:
    """The first run. Raises InvalidRequest when there is none."""
    if not 1 <= timing.day_of_month <= 31:
        raise InvalidRequest({"day_of_month": [_("The day is a number from 1 to 31.")]})
    try:
        return next_run(timing, after or timezone.now())
    except NeverDue as error:
        raise InvalidRequest({"cron": [str(error)]}) from None


def create_schedule(
    user: User, template: ExportTemplate, timing: Timing, *, wants_mail: bool
) -> ExportSchedule:
    """Raises NotAllowed or InvalidRequest; then nothing was planned."""
    _check_template(user, template)
    due = check_timing(timing)
    fields = _fields_of(template, timing, wants_mail=wants_mail)
    return ExportSchedule.objects.create(owner=user, next_run_at=due, **fields)


def change_schedule(
    schedule: ExportSchedule, template: ExportTemplate, timing: Timing, *, wants_mail: bool
) -> None:
    """Other times or another template; a paused one stays so. Raises as `create_schedule`."""
    _check_template(schedule.owner, template)
    due = check_timing(timing)
    fields = _fields_of(template, timing, wants_mail=wants_mail)
    this = ExportSchedule.objects.filter(pk=schedule.pk)
    if timing != timing_of(schedule):
        this.filter(is_paused=False).update(next_run_at=due)
    this.update(**fields)
    schedule.refresh_from_db()


def _check_template(owner: User, template: ExportTemplate) -> None:
    if not may_export_anything(owner):
        raise NotAllowed(_("You may not make exports."))
    if not visible_templates(owner).filter(pk=template.pk).exists():
        raise InvalidRequest({"template": [_("Choose one of your templates.")]})


def _fields_of(template: ExportTemplate, timing: Timing, *, wants_mail: bool) -> dict[str, Any]:
    return {
        "template": template,
        "kind": timing.kind,
        "time": timing.time,
        "weekday": timing.weekday,
        "day_of_month": timing.day_of_month,
        "cron": check_cron(timing.cron) if timing.kind == Kind.CRON else "",
        "email": wants_mail,
    }


def pause(schedule: ExportSchedule, reason: str = "") -> None:
    ExportSchedule.objects.filter(pk=schedule.pk).update(
        is_paused=True, next_run_at=None, last_problem=reason
    )
    schedule.refresh_from_db()


def resume(schedule: ExportSchedule) -> None:
    """Go on from now: what fell into the pause is not made up for. Raises WrongState."""
    if schedule.template is None:
        raise WrongState(_("Its template is gone. Choose another one first."))
    due = next_run(timing_of(schedule), timezone.now())
    paused = ExportSchedule.objects.filter(pk=schedule.pk, is_paused=True)
    paused.update(is_paused=False, next_run_at=due, last_problem="")
    schedule.refresh_from_db()


# -- Run --------------------------------------------------------------------------------------
def run_due() -> str:
    """Run what is due and nobody else has begun; a sentence about it, "" if nothing was due."""
    due = ExportSchedule.objects.filter(is_paused=False, next_run_at__lte=Now())
    schedules = due.select_related("owner", "template", "last_export").order_by("next_run_at")
    done = sum(run_one(schedule) for schedule in schedules[:AT_ONCE])
    return f"{done} schedules looked after." if done else ""


def run_one(schedule: ExportSchedule) -> bool:
    """Claim this run and make its export, both or neither. False when another was faster."""
    try:
        with transaction.atomic():
            return _take(schedule) and _run(schedule)
    except (OperationalError, InterfaceError):
        raise  # the database is away: it is still due afterwards
    except Exception:
        log.exception("Schedule %s failed", schedule.pk)
        text = _("The last run failed before it began. Tell your operator if this happens again.")
        return _take(schedule) and _note(schedule, text)


def _take(schedule: ExportSchedule) -> bool:
    """Move on to the next regular time, unless somebody has done so since we looked."""
    planned = schedule.next_run_at
    if planned is None:
        return False
    now = timezone.now()
    try:
        following: dt.datetime | None = next_run(timing_of(schedule), max(now, planned))
    except NeverDue:
        following = None
    mine = ExportSchedule.objects.filter(pk=schedule.pk, is_paused=False, next_run_at=planned)
    return bool(mine.update(next_run_at=following, is_paused=following is None))


def _run(schedule: ExportSchedule) -> bool:
    if _is_going_on(schedule):
        return _note(schedule, _("Skipped: the last run was still going on."))
    try:
        template = _fit_template(schedule)
        export = run_template(
            schedule.owner,
            template,
            wants_mail=schedule.email,
            today=_day_of(schedule),
            is_limited=False,
            origin=_("Asked by the schedule “%s”.") % template.name,
        )
    except (Unfit, NotAllowed, InvalidRequest) as error:
        log.warning("Schedule %s is paused: %s", schedule.pk, error)
        pause(schedule, _("Paused: %s") % error)
        return True
    ExportSchedule.objects.filter(pk=schedule.pk).update(
        last_export=export, last_run_at=timezone.now(), last_problem=""
    )
    return True


def _is_going_on(schedule: ExportSchedule) -> bool:
    if schedule.last_export is None:
        return False
    schedule.last_export.refresh_from_db(fields=["status"])
    return not schedule.last_export.is_finished


def _fit_template(schedule: ExportSchedule) -> ExportTemplate:
    if not schedule.owner.is_active:
        raise Unfit(_("the account of its owner is deactivated."))
    if schedule.template is None:
        raise Unfit(_("its template is gone."))
    return schedule.template


def _day_of(schedule: ExportSchedule) -> dt.date:
    """The day from which "yesterday" and the like are counted."""
    now, planned = timezone.now(), schedule.next_run_at or timezone.now()
    is_on_time = now - planned < STILL_ON_TIME
    return timezone.localdate(planned if is_on_time else now, timezone.get_default_timezone())


def _note(schedule: ExportSchedule, text: str) -> bool:
    log.info("Schedule %s: %s", schedule.pk, text)
    ExportSchedule.objects.filter(pk=schedule.pk).update(last_problem=text)
    return True
