"""The panel of exports on the admin's home page."""

from datetime import timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from exports import permissions
from exports.admin import hints
from exports.models import Export
from exports.permissions import may_look
from exports.states import Status
from exportsite.jobs import presence

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
        "request": context["request"],
        "may_export": permissions.may_export_anything(user),
        "moving": moving,
        "ready": mine.filter(status=Status.COMPLETED)[:SHOWN],
        "failed": mine.filter(status=Status.FAILED, completed_at__gte=timezone.now() - FAILED_FOR)[
            :SHOWN
        ],
        "hint": _hint(moving, is_operator=user.is_superuser),
    }


def _hint(moving: list[Export], *, is_operator: bool) -> hints.Hint | None:
    """What is wrong with the workers, when a job waits for one."""
    lanes = {export.lane for export in moving if export.status == Status.PENDING}
    for lane in sorted(lanes):
        if hint := hints.worker_hint(presence.look(lane).verdict, is_operator=is_operator):
            return hint
    return None
