"""When something is due next. Pure: a clock time comes in, another goes out.

Times are those of the site's clock. Where it jumps, there is still one run for each period: a
time that is left out in spring comes an hour later, one that comes twice in autumn counts once.
"""

import calendar
import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from croniter import CroniterBadCronError, CroniterBadDateError, croniter
from django.utils import timezone
from django.utils.translation import gettext as _

from exports.saved import CRON_LENGTH, Kind

DAYS_AHEAD = 62  # no month is longer away
CRON_FIELDS = 5
JUMP = dt.timedelta(hours=3)  # longer than any clock is put forward or back
CRON_HELP = "30 6 * * 1-5"
RANDOM = re.compile(r"\b[hr]\b", re.IGNORECASE)  # croniter's own; it would differ at each look


class NeverDue(ValueError):
    """There is no such time; the text says why."""


@dataclass(frozen=True, kw_only=True)
class Timing:
    """When a schedule runs. `kind` says which of the others count."""

    kind: str
    time: dt.time = dt.time(6)
    weekday: int = 0  # Monday
    day_of_month: int = 1  # 31 is the last day of every month
    cron: str = ""
    zone: dt.tzinfo = field(default_factory=timezone.get_default_timezone)


def next_run(timing: Timing, after: dt.datetime) -> dt.datetime:
    """The first time after that moment, in UTC. Raises NeverDue."""
    if timing.kind == Kind.CRON:
        return _next_by_cron(timing, after)
    day = after.astimezone(timing.zone).date()
    for offset in range(-1, DAYS_AHEAD + 1):
        candidate = day + dt.timedelta(days=offset)
        if _is_day(timing, candidate):
            moment = _moment(dt.datetime.combine(candidate, timing.time), timing.zone)
            if moment > after:
                return moment
    raise NeverDue(_("This never happens."))


def next_runs(timing: Timing, after: dt.datetime, count: int = 3) -> list[dt.datetime]:
    """So many runs that follow each other. Raises NeverDue."""
    runs: list[dt.datetime] = []
    for _number in range(count):
        runs.append(next_run(timing, runs[-1] if runs else after))
    return runs


def _is_day(timing: Timing, day: dt.date) -> bool:
    if timing.kind == Kind.WEEKLY:
        return day.weekday() == timing.weekday
    if timing.kind == Kind.MONTHLY:
        last = calendar.monthrange(day.year, day.month)[1]
        return day.day == min(timing.day_of_month, last)
    return True


def _moment(wall: dt.datetime, zone: dt.tzinfo, *, fold: int = 0) -> dt.datetime:
    """What a clock on the wall means. A time that it leaves out is read as if it had not jumped."""
    return wall.replace(tzinfo=zone, fold=fold).astimezone(dt.UTC)


def _next_by_cron(timing: Timing, after: dt.datetime) -> dt.datetime:
    """Fixed hours come once a day; "every hour" goes by the hours that pass."""
    line = check_cron(timing.cron)
    every_hour = line.split()[1] in ("*", "*/1")
    best: dt.datetime | None = None
    for wall in _walls(line, (after - JUMP).astimezone(timing.zone).replace(tzinfo=None)):
        if best is not None and _moment(wall, timing.zone) > best + JUMP:
            break
        due = [one for one in _moments(wall, timing.zone, every_hour=every_hour) if one > after]
        best = min([*due, best] if best else due, default=None)
    if best is None:
        raise NeverDue(_never(line))
    return best


def _walls(line: str, start: dt.datetime) -> Iterator[dt.datetime]:
    times = croniter(line, start)
    while True:
        try:
            yield times.get_next(dt.datetime)
        except CroniterBadDateError:
            return


def _moments(wall: dt.datetime, zone: dt.tzinfo, *, every_hour: bool) -> list[dt.datetime]:
    first, again = _moment(wall, zone), _moment(wall, zone, fold=1)
    return [first, again] if every_hour and again > first else [first]


def check_cron(text: str) -> str:
    """The line, white space squeezed. Raises NeverDue in words when it is none."""
    line = " ".join(text.split())
    if not line:
        raise NeverDue(_("Write a cron line, for example “%s”.") % CRON_HELP)
    if len(line.split()) != CRON_FIELDS or len(line) > CRON_LENGTH:
        raise NeverDue(
            _(
                "“%(line)s” is not a cron line: it takes five fields, minute, hour, day of the "
                "month, month and weekday, for example “%(example)s”."
            )
            % {"line": line[:CRON_LENGTH], "example": CRON_HELP}
        )
    for number, (name, part) in enumerate(zip(_field_names(), line.split(), strict=True)):
        if not _is_valid(number, part):
            text = _("“%(part)s” cannot be the %(name)s of a cron line, as in “%(example)s”.")
            raise NeverDue(text % {"part": part, "name": name, "example": CRON_HELP})
    return line


def _is_valid(number: int, part: str) -> bool:
    fields = ["*"] * CRON_FIELDS
    fields[number] = part
    try:
        croniter(" ".join(fields))
    except (CroniterBadCronError, ValueError, KeyError, AttributeError):
        return False
    return not RANDOM.search(part)


def _field_names() -> tuple[str, ...]:
    return (_("minute"), _("hour"), _("day of the month"), _("month"), _("weekday"))


def _never(line: str) -> str:
    return _("“%s” never happens: no month has such a day.") % line
