"""What can be done with several chosen exports at once."""

from typing import Any

from django.contrib import admin, messages
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
from exportsite.jobs import bulk

REFUSALS = (WrongState,)


@admin.action(description=gettext_lazy("Retry"))
def retry_chosen(_model_admin: Any, request: HttpRequest, chosen: "QuerySet[Export]") -> None:
    done = bulk.apply(request, chosen, intake.retry_export, REFUSALS)
    if done:
        text = ngettext("%d export waits again.", "%d exports wait again.", done) % done
        messages.success(request, text)


@admin.action(description=gettext_lazy("Cancel"))
def cancel_chosen(_model_admin: Any, request: HttpRequest, chosen: "QuerySet[Export]") -> None:
    done = bulk.apply(request, chosen, intake.cancel_export, REFUSALS)
    if done:
        text = ngettext("%d export is cancelled.", "%d exports are cancelled.", done) % done
        messages.success(request, text)


@admin.action(description=gettext_lazy("Delete files…"))
def delete_chosen_files(
    model_admin: Any, request: HttpRequest, chosen: "QuerySet[Export]"
) -> TemplateResponse | None:
    if not request.POST.get("post"):
        return _ask(model_admin, request, chosen)
    done = bulk.apply(request, chosen, intake.delete_file, REFUSALS)
    if done:
        text = ngettext("%d file is deleted.", "%d files are deleted.", done) % done
        messages.success(request, text)
    return None


def _ask(model_admin: Any, request: HttpRequest, chosen: "QuerySet[Export]") -> TemplateResponse:
    with_file = chosen.filter(status=Status.COMPLETED)
    context = {
        **bulk.page_that_asks(model_admin, request, with_file),
        "title": _("Delete files?"),
        "without_file": chosen.exclude(status=Status.COMPLETED).count(),
        "size": presentation.size(with_file.aggregate(all=Sum("file_size"))["all"] or 0),
    }
    return TemplateResponse(request, "exports/list/delete_files.html", context)
