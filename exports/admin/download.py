"""The file of an export, or a page that says why there is none."""

import logging
from uuid import UUID

from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exports import delivery
from exports.admin import presentation
from exports.admin.access import find_export
from exports.admin.again import again_url
from exports.formats import FORMATS
from exports.models import Export
from exports.permissions import refuse_download
from exports.states import Status
from exportsite.files import downloads

log = logging.getLogger(__name__)

UNKNOWN_TYPE = "application/octet-stream"


@require_safe
def download(request: HttpRequest, pk: UUID, site: AdminSite) -> HttpResponseBase:
    export = find_export(request, pk)
    if refusal := refuse_download(request.user, export):
        return _explain(request, site, export, 403, _("You may not have this file"), refusal)
    if export.status == Status.EXPIRED:
        return _explain(request, site, export, 410, _("The file is gone"), _expired(export))
    if export.status != Status.COMPLETED:
        return _explain(request, site, export, 409, _("There is no file yet"), _unfinished(export))
    response = _open(request, export)
    if response is None:
        log.error("The file of export %s is missing: %s", export.pk, export.file_key)
        text = _("It is not where it should be. Tell your operator, or make the file again.")
        return _explain(request, site, export, 410, _("The file is missing"), text)
    if starts_a_download(request, response):
        delivery.count_download(request.user, export)
    return response


def _open(request: HttpRequest, export: Export) -> HttpResponseBase | None:
    """None when the disk does not have it."""
    try:
        stream = delivery.folder().open(export.file_key)
    except OSError:
        return None
    known = FORMATS.get(export.format)
    return downloads.answer(
        request,
        stream,
        name=export.file_name,
        size=export.file_size or 0,
        content_type=known.content_type_for(export.options) if known else UNKNOWN_TYPE,
        sha256=export.sha256,
    )


def starts_a_download(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Does the answer hold the file from its first byte? A later range only goes on."""
    if request.method != "GET":
        return False
    if response.status_code == 206:
        return response.headers["Content-Range"].startswith("bytes 0-")
    return response.status_code == 200


def _expired(export: Export) -> str:
    if export.expires_at is None:
        return _("Your export has expired and its file was deleted.")
    return _("Your export has expired and its file was deleted; it was kept until %s.") % (
        presentation.day(export.expires_at)
    )


def _unfinished(export: Export) -> str:
    if export.status == Status.FAILED:
        return _("The export failed before it had a file. Its page says why.")
    if export.status == Status.CANCELLED:
        return _("The export was cancelled before it had a file.")
    return _("The export is still being made. Its page says how far it is.")


def _explain(
    request: HttpRequest, site: AdminSite, export: Export, status: int, title: str, text: str
) -> HttpResponse:
    context = {
        **site.each_context(request),
        "title": title,
        "text": text,
        "export": export,
        "again": again_url(request.user, export) if status == 410 else "",
    }
    return TemplateResponse(request, "exports/watch/no_file.html", context, status=status)
