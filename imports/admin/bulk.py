"""What can be done with several chosen imports at once."""

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from exportsite.jobs import bulk
from imports import wishes
from imports.errors import InvalidRequest, NotAllowed, WrongState
from imports.models import ImportJob

REFUSALS = (WrongState, NotAllowed, InvalidRequest)


@admin.action(description=gettext_lazy("Retry"))
def retry_chosen(_model_admin: Any, request: HttpRequest, chosen: "QuerySet[ImportJob]") -> None:
    done = bulk.apply(request, chosen, wishes.retry_import, REFUSALS)
    if done:
        text = ngettext("%d import waits again.", "%d imports wait again.", done) % done
        messages.success(request, text)


@admin.action(description=gettext_lazy("Cancel"))
def cancel_chosen(_model_admin: Any, request: HttpRequest, chosen: "QuerySet[ImportJob]") -> None:
    done = bulk.apply(request, chosen, wishes.cancel_import, REFUSALS)
    if done:
        text = ngettext("%d import is cancelled.", "%d imports are cancelled.", done) % done
        messages.success(request, text)


@admin.action(description=gettext_lazy("Delete…"))
def delete_chosen(
    model_admin: Any, request: HttpRequest, chosen: "QuerySet[ImportJob]"
) -> TemplateResponse | None:
    if not request.POST.get("post"):
        return _ask(model_admin, request, chosen)
    done = bulk.apply(request, chosen, wishes.delete_import, REFUSALS)
    if done:
        text = ngettext("%d import is deleted.", "%d imports are deleted.", done) % done
        messages.success(request, text)
    return None


def _ask(model_admin: Any, request: HttpRequest, chosen: "QuerySet[ImportJob]") -> TemplateResponse:
    context = {
        **bulk.page_that_asks(model_admin, request, chosen),
        "title": _("Delete imports?"),
    }
    return TemplateResponse(request, "imports/list/delete.html", context)
