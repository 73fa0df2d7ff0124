"""The page on which a file comes in, and the empty templates that people may fill in before."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from imports import intake, summaries
from imports.acceptance import importer_named
from imports.admin import presentation
from imports.admin.answers import wants_json
from imports.admin.upload_form import Errors, describe, read_request
from imports.errors import InvalidRequest, NotAllowed
from imports.models import ImportJob
from imports.permissions import may_import, may_import_anything
from imports.report import TYPES
from imports.templates import FORMATS, make_template


def urls(site: AdminSite) -> list[URLPattern]:
    wrap, known = site.admin_view, {"site": site}
    return [
        path("upload/", wrap(upload), known, name="imports_importjob_upload"),
        path(
            "template/<str:importer>/<str:file_format>/",
            wrap(template),
            name="imports_importjob_template",
        ),
    ]


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not may_import_anything(request.user):
        raise PermissionDenied
    if request.method != "POST":
        return _show(request, site)
    try:
        job = _receive(request)
    except InvalidRequest as error:
        return _refuse(request, site, error.errors)
    except NotAllowed as error:
        return _refuse(request, site, {"importer": [str(error)]})
    if same := summaries.same_file(job):
        messages.warning(request, same)
    if wants_json(request):
        return JsonResponse({"url": presentation.address(job)}, status=201)
    return redirect(presentation.address(job))


def _receive(request: HttpRequest) -> ImportJob:
    file = request.FILES.get("file")
    if file is None:
        raise InvalidRequest({"file": [_("Choose a file first.")]})
    wanted = read_request(request.POST, file.name or "")
    return intake.receive_upload(request.user, wanted, file)


def _refuse(request: HttpRequest, site: AdminSite, errors: Errors) -> HttpResponse:
    if wants_json(request):
        said = [text for texts in errors.values() for text in texts]
        return JsonResponse({"errors": said}, status=400)
    return _show(request, site, errors)


def _show(request: HttpRequest, site: AdminSite, errors: Errors | None = None) -> HttpResponse:
    context: dict[str, Any] = {
        **site.each_context(request),
        "title": _("Import a file"),
        "opts": ImportJob._meta,
        **describe(request, errors or {}),
    }
    status = 400 if errors else 200
    return TemplateResponse(request, "imports/upload/page.html", context, status=status)


@require_safe
def template(request: HttpRequest, importer: str, file_format: str) -> HttpResponse:
    """An empty file with the right header."""
    try:
        found = importer_named(importer)
    except InvalidRequest as error:
        raise Http404(str(error)) from error
    if file_format not in FORMATS:
        raise Http404(_("There are templates as CSV and XLSX."))
    if not may_import(request.user, found):
        raise PermissionDenied
    with_example = bool(request.GET.get("example"))
    body = make_template(found, file_format, with_example=with_example)
    answer = HttpResponse(body, content_type=TYPES[file_format])
    answer["Content-Disposition"] = f'attachment; filename="{found.name}.{file_format}"'
    return answer
