"""From a form with a file to an import; a request that is sent twice makes one."""

import hashlib
from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from rest_framework.request import Request

from exportsite.api.idempotency import HEADER, once, read_wish
from imports import intake, uploads
from imports.api.access import find_import
from imports.api.bodies import upload_request
from imports.models import ImportJob


def refuse_oversized(request: Request) -> None:
    """Before a byte of the body is read. Raises TooLarge.

    Nothing that is longer than it says can come: the server reads so many bytes and no more.
    """
    length = request.META.get("CONTENT_LENGTH") or ""
    besides = settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0  # the form's other fields
    if length.isascii() and length.isdigit():
        uploads.check_size(int(length) - besides)


def create(request: Request, body: Mapping[str, Any]) -> ImportJob:
    """Raises what `intake.receive_upload` raises, and Conflict for a key that was used."""
    file: UploadedFile[bytes] = body["file"]
    wanted = upload_request(body)
    wish = read_wish(request, _told(body)) if HEADER in request.headers else None
    file.seek(0)
    return once(
        wish,
        lambda keep: intake.receive_upload(request.user, wanted, file, on_birth=keep),
        lambda pk: find_import(request, pk),
    )


def _told(body: Mapping[str, Any]) -> dict[str, Any]:
    """What was asked for; the file by its name and bytes."""
    file: UploadedFile[bytes] = body["file"]
    digest = hashlib.sha256()
    for block in file.chunks():
        digest.update(block)
    return {**body, "file": [file.name, digest.hexdigest()]}
