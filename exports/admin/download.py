"""The file of an export, or a page that says why there is none."""

from uuid import UUID

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.views.decorators.http import require_safe

from exports.admin.access import find_export
from exports.admin.again import again_url
from exports.handover import NoFile, hand_over
from exports.models import Export


@require_safe
def download(request: HttpRequest, pk: UUID, site: AdminSite) -> HttpResponseBase:
    export = find_export(request, pk)
    answer = hand_over(request.user, request, export)
    if isinstance(answer, NoFile):
        return _explain(request, site, export, answer)
    return answer


def _explain(request: HttpRequest, site: AdminSite, export: Export, why: NoFile) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": why.title,
        "text": why.text,
        "export": export,
        "again": again_url(request.user, export) if why.status == 410 else "",
    }
    return TemplateResponse(request, "exports/watch/no_file.html", context, status=why.status)
