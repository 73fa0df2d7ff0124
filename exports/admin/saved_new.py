"""How a template is made: from the create page's form, or from an export that was made."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from exports import saving
from exports.admin.access import find_export
from exports.admin.create import allowed_resource
from exports.admin.saved_forms import PERIOD, TemplateForm
from exports.admin.saved_page import render
from exports.admin.saved_words import facts_of_plan
from exports.errors import InvalidRequest, NotAllowed
from exports.forms import CSRF, SAVE_AS, read_request
from exports.pipeline import request_of
from exports.plans import Plan, make_plan
from exports.relative import choice_of, choose, pairs_of, resolve, suggest
from exports.requests import ExportRequest
from exports.saved import ExportTemplate
from exports.saving import named

OURS = f"{TemplateForm.prefix}-"  # how the names of our own fields begin


@require_http_methods(["GET", "HEAD", "POST"])
def from_form(request: HttpRequest, resource: str, site: AdminSite) -> HttpResponse:
    """The create page posts its form here; this page posts it on, along with a name."""
    found = allowed_resource(request, resource)
    data = request.POST if request.method == "POST" else request.GET
    wanted = _without_ours(data)
    try:
        asked, plan = _accept(request, read_request(found, wanted))
    except InvalidRequest:
        # The create page says at each field what is wrong.
        page = reverse("admin:exports_export_new_resource", args=[resource])
        wanted[SAVE_AS] = data.get(SAVE_AS, "")
        return redirect(f"{page}?{wanted.urlencode()}")
    back = reverse("admin:exports_export_new_resource", args=[resource])
    carried = [(name, value) for name in wanted for value in wanted.getlist(name)]
    draft = Draft(asked=asked, plan=plan, moving=suggest(asked, timezone.localdate()))
    return _ask_or_save(
        request, site, draft, carried=carried, back_url=f"{back}?{wanted.urlencode()}"
    )


@require_http_methods(["GET", "HEAD", "POST"])
def from_export(request: HttpRequest, pk: UUID, site: AdminSite) -> HttpResponse:
    """Keep what this export was made of; its dates are looked at from the day it was asked for."""
    export = find_export(request, pk)
    try:
        asked, plan = _accept(request, request_of(export))
    except InvalidRequest as error:
        text = _("This can no longer be exported so: %s") % error
        messages.error(request, text)
        return redirect("admin:exports_export_watch", export.pk)
    moving = suggest(asked, timezone.localdate(export.created_at))
    return _ask_or_save(request, site, Draft(asked=asked, plan=plan, moving=moving), export=export)


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is to be kept: as it was asked for, and with the dates that may be meant to move."""

    asked: ExportRequest
    plan: Plan
    moving: ExportRequest


def _accept(request: HttpRequest, asked: ExportRequest) -> tuple[ExportRequest, Plan]:
    """The request with its filters under their own names, and its plan."""
    try:
        plan = make_plan(request.user, resolve(asked, timezone.localdate()))
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from None
    return named(plan, asked), plan


def _ask_or_save(
    request: HttpRequest, site: AdminSite, draft: Draft, **context: Any
) -> HttpResponse:
    form = _form(request, draft)
    if form.is_bound and form.is_valid() and (template := _save(request, form, draft)):
        messages.success(request, _("The template is saved. Run it with one click, or plan it."))
        return redirect("admin:exports_exporttemplate_change", template.pk)
    return render(
        request,
        site,
        "new.html",
        title=_("Save as template"),
        form=form,
        what=facts_of_plan(draft.plan),
        summary=saving.summarise(draft.plan, draft.moving),
        **context,
    )


def _form(request: HttpRequest, draft: Draft) -> TemplateForm:
    """Filled in by its own page, or by the name that the create page sent along."""
    if any(name.startswith(OURS) for name in request.POST):
        return TemplateForm(request.POST, request=draft.asked, moving=draft.moving)
    name = request.POST.get(SAVE_AS, "").strip()
    if not name:
        return TemplateForm(request=draft.asked, moving=draft.moving)
    pairs = {PERIOD + p.lower: choice_of(draft.moving, p) for p in pairs_of(draft.asked.resource)}
    data = {OURS + key: value for key, value in {"name": name, **pairs}.items()}
    return TemplateForm(data, request=draft.asked, moving=draft.moving)


def _save(request: HttpRequest, form: TemplateForm, draft: Draft) -> ExportTemplate | None:
    data = form.cleaned_data
    try:
        return saving.save_template(
            request.user,
            data["name"],
            choose(draft.asked, form.periods),
            is_shared=data["is_shared"],
            is_replacing=data["is_replacing"],
        )
    except InvalidRequest as error:
        form.take(error)
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from None
    return None


def _without_ours(data: QueryDict) -> QueryDict:
    """What the create page's own form holds."""
    wanted = data.copy()
    for name in data:
        if name.startswith(OURS) or name in (SAVE_AS, CSRF):
            del wanted[name]
    return wanted
