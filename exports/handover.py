"""The file of an export as an HTTP answer, or why there is none: for page and API alike."""

import logging
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exports import delivery
from exports.formats import FORMATS
from exports.models import Export
from exports.permissions import User, refuse_download
from exports.states import Status
from exportsite.files import downloads

log = logging.getLogger(__name__)

UNKNOWN_TYPE = "application/octet-stream"


@dataclass(frozen=True, kw_only=True)
class NoFile:
    """Why somebody gets no file: an HTTP status, and words."""

    status: int
    title: str
    text: str


def hand_over(user: User, request: HttpRequest, export: Export) -> HttpResponseBase | NoFile:
    """The file, or the part of it that is asked for. A download that begins is counted."""
    if fault := why_not(user, export):
        return fault
    try:
        stream = delivery.folder().open(export.file_key)
    except OSError:
        return _missing(export)
    response = downloads.answer(
        request,
        stream,
        name=export.file_name,
        size=export.file_size or 0,
        content_type=content_type_of(export),
        sha256=export.sha256,
    )
    if starts_a_download(request, response):
        delivery.count_download(user, export)
    return response


def hand_over_whole(user: User, export: Export) -> HttpResponseBase | NoFile:
    """The file as the answer to what made it, which is no download of its own."""
    if fault := why_not(user, export):
        return fault
    try:
        stream = delivery.folder().open(export.file_key)
    except OSError:
        return _missing(export)
    size = export.file_size or 0
    return downloads.answer_pieces(
        downloads.read_all(stream, size),
        name=export.file_name,
        content_type=content_type_of(export),
        etag=f'"{export.sha256}"',
        size=size,
    )


def why_not(user: User, export: Export) -> NoFile | None:
    """Why this person gets no file of this export now."""
    if refusal := refuse_download(user, export):
        return NoFile(status=403, title=_("You may not have this file"), text=refusal)
    if export.status == Status.EXPIRED:
        return NoFile(status=410, title=_("The file is gone"), text=_expired(export))
    if export.status != Status.COMPLETED:
        return NoFile(status=409, title=_("There is no file yet"), text=_unfinished(export))
    return None


def content_type_of(export: Export) -> str:
    known = FORMATS.get(export.format)
    return known.content_type_for(export.options) if known else UNKNOWN_TYPE


def starts_a_download(request: HttpRequest, response: HttpResponseBase) -> bool:
    """Does the answer hold the file from its first byte? A later range only goes on."""
    if request.method != "GET":
        return False
    if response.status_code == 206:
        return response.headers["Content-Range"].startswith("bytes 0-")
    return response.status_code == 200


def _missing(export: Export) -> NoFile:
    log.error("The file of export %s is missing: %s", export.pk, export.file_key)
    text = _("It is not where it should be. Tell your operator, or make the file again.")
    return NoFile(status=410, title=_("The file is missing"), text=text)


def _expired(export: Export) -> str:
    if export.expires_at is None:
        return _("Your export has expired and its file was deleted.")
    if export.expires_at > timezone.now():
        return _("The file of this export was deleted.")
    return _("Your export has expired and its file was deleted; it was kept until %s.") % (
        date_format(timezone.localtime(export.expires_at), "j M Y")
    )


def _unfinished(export: Export) -> str:
    if export.status == Status.FAILED:
        return _("The export failed before it had a file. %s") % export.error_message
    if export.status == Status.CANCELLED:
        return _("The export was cancelled before it had a file.")
    return _("The export is still being made: %s %% are done.") % export.progress
