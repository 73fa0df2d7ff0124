"""Templates and schedules in words. Looks only; no rules."""

import datetime as dt

from django.utils import timezone
from django.utils.formats import date_format, time_format
from django.utils.translation import gettext as _

from exports.admin.presentation import Badge, columns, resource_label
from exports.errors import InvalidRequest
from exports.formats import FORMATS
from exports.plans import Plan
from exports.resources import label_of
from exports.saved import ExportSchedule, ExportTemplate, Kind, Weekday
from exports.scheduling import check_timing, timing_of
from exports.timing import NeverDue, Timing, next_runs

LAST_SAFE_DAY = 28  # every month has it


def timing_words(timing: Timing) -> str:
    """ "Every Monday at 06:00" """
    if timing.kind == Kind.CRON:
        return _("By cron: %s") % timing.cron
    at = time_format(timing.time, "H:i")
    if timing.kind == Kind.WEEKLY:
        day = Weekday(timing.weekday).label
        return _("Every %(day)s at %(time)s") % {"day": day, "time": at}
    if timing.kind == Kind.DAILY:
        return _("Every day at %s") % at
    if timing.day_of_month == 31:
        return _("On the last day of every month at %s") % at
    words = {"day": timing.day_of_month, "time": at}
    if timing.day_of_month > LAST_SAFE_DAY:
        return _("On day %(day)d of every month, or its last, at %(time)s") % words
    return _("On day %(day)d of every month at %(time)s") % words


def when(schedule: ExportSchedule) -> str:
    return timing_words(timing_of(schedule))


def moment_words(moment: dt.datetime) -> str:
    """ "Monday, 23 November 2026, 06:00 GMT" on the site's clock."""
    local = timezone.localtime(moment, timezone.get_default_timezone())
    return date_format(local, "l, j F Y, H:i T")


def coming_runs(timing: Timing) -> list[str]:
    """The next three runs. Raises InvalidRequest."""
    check_timing(timing)
    try:
        return [moment_words(run) for run in next_runs(timing, timezone.now())]
    except NeverDue as error:
        raise InvalidRequest({"cron": [str(error)]}) from None


def facts(template: ExportTemplate) -> str:
    """ "Tickets · 14 columns · Excel" """
    known = FORMATS.get(template.format)
    label = known.label if known else template.format.upper()
    return " · ".join((resource_label(template.resource), columns(len(template.columns)), label))


def facts_of_plan(plan: Plan) -> str:
    """The same of what is not kept yet."""
    return " · ".join((label_of(plan.resource), columns(len(plan.columns)), plan.format.label))


def badge_of(schedule: ExportSchedule) -> Badge:
    if schedule.is_paused:
        tone = "bad" if schedule.last_problem else "quiet"
        return Badge(word=_("Paused"), icon="stop", tone=tone)
    return Badge(word=_("Active"), icon="tick", tone="good")


def site_clock() -> str:
    return timezone.get_default_timezone_name()
