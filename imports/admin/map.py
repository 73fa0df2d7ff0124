"""The page on which people say how a file is read and what its columns mean."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_http_methods, require_POST

from imports import intake
from imports.admin import presentation
from imports.admin.access import find_import
from imports.admin.map_form import read_layout, read_mapping
from imports.admin.map_page import describe
from imports.errors import InvalidRequest, NotAllowed, WrongState


def urls(site: AdminSite) -> list[URLPattern]:
    wrap, known = site.admin_view, {"site": site}
    return [
        path("<uuid:pk>/map/", wrap(page), known, name="imports_importjob_map"),
        path("<uuid:pk>/map/draft/", wrap(draft), name="imports_importjob_map_draft"),
        path("<uuid:pk>/map/layout/", wrap(layout), name="imports_importjob_map_layout"),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def page(request: HttpRequest, pk: UUID, site: AdminSite) -> HttpResponse:
    """The mapping; posted, it is kept and the check begins."""
    job = find_import(request, pk)
    if not intake.can_be_changed(job):
        return redirect(presentation.address(job))
    if request.method != "POST":
        return _show(request, site, describe(request.user, job))
    wanted = read_mapping(job, request.POST)
    try:
        intake.set_mapping(request.user, job, wanted)
    except (InvalidRequest, NotAllowed):
        return _show(request, site, describe(request.user, job, wanted), status=400)
    except WrongState as error:
        messages.warning(request, str(error))
    return redirect(presentation.address(job))


def _show(
    request: HttpRequest, site: AdminSite, shown: dict[str, Any], status: int = 200
) -> HttpResponse:
    context = {**site.each_context(request), **shown}
    return TemplateResponse(request, "imports/map/page.html", context, status=status)


@require_POST
def draft(request: HttpRequest, pk: UUID) -> HttpResponse:
    """The same with a mapping that is not kept yet."""
    job = find_import(request, pk)
    shown = describe(request.user, job, read_mapping(job, request.POST))
    return TemplateResponse(request, "imports/map/body.html", shown)


@require_POST
def layout(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Read the file in another way; what its columns mean is guessed anew."""
    job = find_import(request, pk)
    try:
        intake.set_layout(request.user, job, read_layout(job, request.POST))
    except (InvalidRequest, NotAllowed, WrongState) as error:
        messages.error(request, str(error))
    job.refresh_from_db()
    if not intake.can_be_changed(job):
        return redirect(presentation.address(job))
    return redirect("admin:imports_importjob_map", job.pk)
