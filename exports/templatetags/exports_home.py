"""The panel of exports on the admin's home page."""

from datetime import timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from exports import permissions
from exports.permissions import may_look
from exports.states import Status
from exportsite.jobs.hints import first_worker_hint

register = template.Library()

SHOWN = 5
FAILED_FOR = timedelta(days=7)  # older failures are history


@register.inclusion_tag("exports/home.html", takes_context=True)
def exports_home(context: Context) -> dict[str, Any]:
    """Running, ready, needs attention: of the person who looks, a superuser too."""
    user = context["request"].user
    if not may_look(user):
        return {"may_look": False}
    mine = permissions.visible_to(user).filter(created_by=user)
    moving = list(mine.filter(status__in=(Status.PENDING, Status.PROCESSING))[:SHOWN])
    return {
        "may_look": True,
        "panel": "ex",
        "request": context["request"],
        "may_export": permissions.may_export_anything(user),
        "moving": moving,
        "waiting": mine.filter(status=Status.COMPLETED)[:SHOWN],
        "failed": mine.filter(status=Status.FAILED, completed_at__gte=timezone.now() - FAILED_FOR)[
            :SHOWN
        ],
        "hint": first_worker_hint(
            (export.lane for export in moving if export.status == Status.PENDING),
            is_operator=user.is_superuser,
        ),
    }
