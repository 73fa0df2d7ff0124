"""How much and how often a person may ask."""

import zlib
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import connection
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exports.errors import InvalidRequest, TooMany
from exports.models import Export
from exports.plans import Plan

WINDOW = timedelta(minutes=1)


def take_turn(user: Any) -> None:
    """Raise TooMany when the person has used up this minute. Call it where the export is born.

    Who asks fifty times at once still gets no more than the limit: one asks after the other.
    """
    most: int = settings.EXPORT_RATE_LIMIT
    if not most:
        return
    _queue_up(user)
    recent = Export.objects.filter(created_by=user, created_at__gt=Now() - WINDOW)
    asked = list(recent.order_by("created_at").values_list("created_at", flat=True))
    if len(asked) < most:
        return
    wait = max(1, round((asked[-most] + WINDOW - timezone.now()).total_seconds()))
    raise TooMany(
        ngettext(
            "You have asked for %(most)d export within a minute. Try again in %(wait)d s.",
            "You have asked for %(most)d exports within a minute. Try again in %(wait)d s.",
            most,
        )
        % {"most": most, "wait": wait},
        retry_after=wait,
    )


def acceptable_rows(plan: Plan) -> int:
    """How many rows the plan has. Raises InvalidRequest when they are too many."""
    rows = plan.count()
    check_rows(plan, rows)
    for part in plan.parts:
        check_rows(part, part.count())
    return rows


def check_rows(plan: Plan, rows: int) -> None:
    """Raise InvalidRequest when these are more rows than one export or its format may have."""
    most = settings.EXPORT_MAX_RECORDS
    if most and rows > most:
        raise InvalidRequest(
            {
                "detail": [
                    _(
                        "These are %(rows)s rows; one export may have at most %(most)s. "
                        "Filter more, or set a limit."
                    )
                    % {"rows": intcomma(rows), "most": intcomma(most)}
                ]
            }
        )
    if plan.format.max_rows is not None and rows > plan.format.max_rows:
        raise InvalidRequest(
            {
                "format": [
                    _(
                        "These are %(rows)s rows; %(format)s holds at most %(most)s. "
                        "Filter more, set a limit, or choose another format."
                    )
                    % {
                        "rows": intcomma(rows),
                        "format": plan.format.label,
                        "most": intcomma(plan.format.max_rows),
                    }
                ]
            }
        )


def _queue_up(user: Any) -> None:
    """SQLite's IMMEDIATE transactions come one after the other by themselves."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            key = zlib.crc32(f"exports of {user.pk}".encode())
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
