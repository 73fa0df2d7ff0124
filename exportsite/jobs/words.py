"""Numbers, sizes and times as words, and what a badge is. Pure: no request, no query, no rule."""

import datetime as dt
import math
from dataclasses import dataclass

from django.template.defaultfilters import filesizeformat
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

NONE = "–"
MINUTE, HOUR = 60, 3600  # seconds


@dataclass(frozen=True, kw_only=True)
class Badge:
    """A status as people see it. The icon is a symbol of icons.svg."""

    word: str | Promise
    icon: str
    tone: str  # "quiet", "busy", "good", "bad": the colours, site/jobs.css has them


def number(value: float | None) -> str:
    """ "1,284" """
    return NONE if value is None else number_format(value, force_grouping=True)


def percent(value: float, decimals: int = 1) -> str:
    """ "62.4 %" """
    return f"{number_format(value, decimals)} %"


def rows(count: int | None) -> str:
    """ "1,284 rows" """
    if count is None:
        return NONE
    return ngettext("%s row", "%s rows", count) % number(count)


def columns(count: int) -> str:
    """ "14 columns" """
    return ngettext("%s column", "%s columns", count) % number(count)


def size(count: int | None) -> str:
    """Bytes with one decimal: "12.4 MB"."""
    return NONE if count is None else filesizeformat(count)


def duration(seconds: float | None) -> str:
    """ "1 min 12 s", "2 h 5 min", "0.4 s" """
    if seconds is None:
        return NONE
    if seconds < 10:
        return _("%s s") % number_format(max(0.0, seconds), 1)
    whole = round(seconds)
    if whole < MINUTE:
        return _("%d s") % whole
    if whole < HOUR:
        return _("%(minutes)d min %(seconds)d s") % {
            "minutes": whole // MINUTE,
            "seconds": whole % MINUTE,
        }
    return _("%(hours)d h %(minutes)d min") % {
        "hours": whole // HOUR,
        "minutes": whole % HOUR // MINUTE,
    }


def time_left(seconds: float) -> str:
    """Rounded, since it is a guess: "about 40 s left", "about 3 min left"."""
    if seconds < 1:
        return _("almost done")
    if seconds < 10:
        return _("about %d s left") % math.ceil(seconds)
    if seconds < 55:
        return _("about %d s left") % (5 * round(seconds / 5))
    if seconds < HOUR:
        return _("about %d min left") % max(1, round(seconds / MINUTE))
    return _("about %(hours)d h %(minutes)d min left") % {
        "hours": seconds // HOUR,
        "minutes": seconds % HOUR // MINUTE,
    }


def pace(rows_per_second: float) -> str:
    """Rounded to what can be read while it changes: "41,200 rows/s"."""
    digits = max(0, len(str(int(rows_per_second))) - 3)
    return _("%s rows/s") % number(round(rows_per_second / 10**digits) * 10**digits)


def ago(moment: dt.datetime | None) -> str:
    """ "just now", "3 minutes ago", "in 2 days" """
    if moment is None:
        return NONE
    seconds = (timezone.now() - moment).total_seconds()
    if abs(seconds) < MINUTE:
        return _("just now")
    if seconds < 0:
        return _("in %s") % timesince(timezone.now(), moment, depth=1)
    return _("%s ago") % timesince(moment, depth=1)


def exact(moment: dt.datetime) -> str:
    """ "21 November 2026, 14:02:11 UTC" """
    return date_format(timezone.localtime(moment), "j F Y, H:i:s T")


def clock(moment: dt.datetime) -> str:
    """The time of the day; with the day when that is not today."""
    local = timezone.localtime(moment)
    return date_format(local, "H:i:s" if local.date() == timezone.localdate() else "j M, H:i:s")


def day(moment: dt.datetime) -> str:
    """ "21 Dec", with the year when it is another one."""
    local = timezone.localtime(moment)
    return date_format(local, "j M" if local.year == timezone.localdate().year else "j M Y")
