"""From a finished file to a completed export that a person can download."""

import datetime as dt
import logging
from datetime import timedelta

from django.conf import settings
from django.contrib.humanize.templatetags.humanize import intcomma
from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exports import logs
from exports.formats.base import Totals
from exports.models import Event, Export
from exports.permissions import User
from exports.resources import ExportResource
from exports.states import Status
from exportsite.files.storage import PrivateFolder, Published
from exportsite.jobs.lease import Fence
from exportsite.jobs.states import move

log = logging.getLogger(__name__)

AREA = "exports"


def folder() -> PrivateFolder:
    """Where the files of exports are."""
    return PrivateFolder(settings.EXPORT_DIRECTORY, AREA)


def name_file(resource: type[ExportResource], extension: str, export: Export) -> str:
    """What people call the file: "tickets_2026-11-21_140211.xlsx"."""
    pattern = resource.file_name or f"{resource.name}_%Y-%m-%d_%H%M%S"
    stem = timezone.localtime(export.created_at).strftime(pattern)
    return f"{stem.format(uid=export.pk.hex[:13])}.{extension}"


def complete(
    export: Export, fence: Fence, published: Published, totals: Totals, file_name: str
) -> None:
    """Make the export completed, with its file, in one fenced step. Raises LostRace."""
    seconds = _seconds_since(export.started_at)
    with transaction.atomic():
        move(
            export,
            Status.COMPLETED,
            fence=fence,
            completed_at=Now(),
            exported_rows=totals.rows,
            total_rows=totals.rows,
            notes=_notes(totals),
            file_key=published.key,
            file_name=file_name,
            file_size=published.size,
            sha256=published.sha256,
            expires_at=Now() + timedelta(days=settings.EXPORT_CLEANUP_DAYS),
            claimed_by="",
            lease_until=None,
        )
        logs.write(
            export,
            Event.COMPLETED,
            ngettext("%(rows)s row in %(file)s.", "%(rows)s rows in %(file)s.", totals.rows)
            % {"rows": intcomma(totals.rows), "file": file_name},
            processed_rows=totals.rows,
            duration_ms=round(seconds * 1000),
        )


def count_download(user: User, export: Export) -> None:
    """Somebody has begun to download the file."""
    with transaction.atomic():
        Export.objects.filter(pk=export.pk).update(download_count=F("download_count") + 1)
        logs.write(export, Event.DOWNLOADED, _("Downloaded."), actor=user)


def delete_file(export: Export) -> int:
    """Remove the file of an export that is expired by now; the bytes freed.

    A file that the disk will not give up is left to the sweeper.
    """
    try:
        return folder().delete(export.file_key)
    except OSError:
        log.exception("The file of export %s could not be deleted", export.pk)
        return 0


def _notes(totals: Totals) -> dict[str, int]:
    found = {
        "protected_cells": totals.protected_cells,
        "removed_nuls": totals.removed_nuls,
        "long_texts": totals.long_texts,
        "shortened_cells": totals.shortened_cells,
        "replaced_characters": totals.replaced_characters,
    }
    return {name: count for name, count in found.items() if count}


def _seconds_since(started_at: dt.datetime | None) -> float:
    return (timezone.now() - started_at).total_seconds() if started_at else 0.0
