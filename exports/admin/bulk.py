"""What can be done with several chosen exports at once."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db.models import QuerySet, Sum
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exports import intake
from exports.admin import presentation
from exports.errors import WrongState
from exports.models import Export
from exports.states import Status

MOST_LISTED = 100  # titles on the page that asks whether to delete


@admin.action(description=gettext_lazy("Retry"))
def retry_chosen(_model_admin: Any, request: HttpRequest, chosen: "QuerySet[Export]") -> None:
    done = _apply(request, chosen, intake.retry_export)
    if done:
        text = ngettext("%d export waits again.", "%d exports wait again.", done) % done
        messages.success(request, text)


@admin.action(description=gettext_lazy("Cancel"))
def cancel_chosen(_model_admin: Any, request: HttpRequest, chosen: "QuerySet[Export]") -> None:
    done = _apply(request, chosen, intake.cancel_export)
    if done:
        text = ngettext("%d export is cancelled.", "%d exports are cancelled.", done) % done
        messages.success(request, text)


@admin.action(description=gettext_lazy("Delete files…"))
def delete_chosen_files(
    model_admin: Any, request: HttpRequest, chosen: "QuerySet[Export]"
) -> TemplateResponse | None:
    if not request.POST.get("post"):
        return _ask(model_admin, request, chosen)
    done = _apply(request, chosen, intake.delete_file)
    if done:
        text = ngettext("%d file is deleted.", "%d files are deleted.", done) % done
        messages.success(request, text)
    return None


def _apply(
    request: HttpRequest, chosen: "QuerySet[Export]", act: Callable[[Any, Export], object]
) -> int:
    """Do it to each that allows it, and say how many others were left alone, and why."""
    done = 0
    left_alone: Counter[str] = Counter()
    for export in chosen.order_by("created_at", "pk"):
        try:
            act(request.user, export)
            done += 1
        except WrongState as error:
            left_alone[str(error)] += 1
    for reason, count in left_alone.items():
        text = ngettext("%d was left alone: %s", "%d were left alone: %s", count)
        messages.warning(request, text % (count, reason))
    return done


def _ask(model_admin: Any, request: HttpRequest, chosen: "QuerySet[Export]") -> TemplateResponse:
    """Django's way: a page that names what goes, and one button."""
    with_file = chosen.filter(status=Status.COMPLETED)
    count = with_file.count()
    context = {
        **model_admin.admin_site.each_context(request),
        "title": _("Delete files?"),
        "exports": with_file[:MOST_LISTED],
        "more": max(0, count - MOST_LISTED),
        "count": count,
        "without_file": chosen.count() - count,
        "size": presentation.size(with_file.aggregate(all=Sum("file_size"))["all"] or 0),
        "chosen": request.POST.getlist(ACTION_CHECKBOX_NAME),
        "select_across": request.POST.get("select_across", "0"),
        "checkbox_name": ACTION_CHECKBOX_NAME,
        "opts": model_admin.opts,
    }
    return TemplateResponse(request, "exports/list/delete_files.html", context)
