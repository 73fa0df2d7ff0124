"""The panel of imports on the admin's home page."""

from datetime import timedelta
from typing import Any

from django import template
from django.template import Context
from django.utils import timezone

from exportsite.jobs.hints import first_worker_hint
from imports import permissions
from imports.admin.presentation import MOVING
from imports.states import Status

register = template.Library()

SHOWN = 5
ENDED_FOR = timedelta(days=7)  # older ends are history
UNDECIDED = (Status.UPLOADED, Status.READY)


@register.inclusion_tag("imports/home.html", takes_context=True)
def imports_home(context: Context) -> dict[str, Any]:
    """Running, waiting for a person, needs attention: of the person who looks, a superuser too."""
    user = context["request"].user
    if not permissions.may_look(user):
        return {"may_look": False}
    mine = permissions.visible_to(user).filter(created_by=user).defer("samples", "guesses")
    recent = mine.filter(completed_at__gte=timezone.now() - ENDED_FOR)
    moving = list(mine.filter(status__in=MOVING)[:SHOWN])
    return {
        "may_look": True,
        "panel": "im",
        "may_import": permissions.may_import_anything(user),
        "moving": moving,
        "waiting": list(mine.filter(status__in=UNDECIDED)[:SHOWN]),
        "failed": list((recent.filter(status=Status.FAILED) | _with_bad_rows(recent))[:SHOWN]),
        "hint": first_worker_hint(
            (job.lane for job in moving if not job.claimed_by), is_operator=user.is_superuser
        ),
    }


def _with_bad_rows(jobs: Any) -> Any:
    return jobs.filter(status=Status.COMPLETED, failed_rows__gt=0, dry_run=False)
