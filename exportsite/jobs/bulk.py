"""What is done with several chosen jobs of a list at once."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext

MOST_LISTED = 100  # jobs on the page that asks whether to delete


def apply(
    request: HttpRequest,
    chosen: "QuerySet[Any]",
    act: Callable[[Any, Any], object],
    refusals: tuple[type[Exception], ...],
) -> int:
    """Do it to each that allows it, and say how many others were left alone, and why."""
    done = 0
    left_alone: Counter[str] = Counter()
    for job in chosen.order_by("created_at", "pk"):
        try:
            act(request.user, job)
            done += 1
        except refusals as error:
            left_alone[str(error)] += 1
    for reason, count in left_alone.items():
        text = ngettext("%d was left alone: %s", "%d were left alone: %s", count)
        messages.warning(request, text % (count, reason))
    return done


def page_that_asks(
    model_admin: Any, request: HttpRequest, going: "QuerySet[Any]"
) -> dict[str, Any]:
    """What Django's way needs: a page that names what goes, and one button."""
    count = going.count()
    return {
        **model_admin.admin_site.each_context(request),
        "jobs": going[:MOST_LISTED],
        "more": max(0, count - MOST_LISTED),
        "count": count,
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "opts": model_admin.opts,
    }
