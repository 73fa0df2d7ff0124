"""The story of an import: one row an event, only ever added; and who imported what, for admins."""

from typing import Any

from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType

from imports.models import Event, ImportJob, ImportLog

REPR_LENGTH = 200  # of Django's log entries


def write(
    job: ImportJob,
    event: Event,
    message: str = "",
    *,
    actor: Any = None,
    processed_rows: int | None = None,
    duration_ms: int | None = None,
) -> ImportLog:
    """Add one row. Call it in the transaction of what it tells about."""
    return ImportLog.objects.create(
        job=job,
        event=event,
        message=message,
        actor=actor,
        processed_rows=processed_rows,
        duration_ms=duration_ms,
    )


def note_for_admins(user: Any, job: ImportJob, message: str, flag: int = CHANGE) -> None:
    """Add a line to the admin's own history, which outlives the import."""
    if user is not None:
        LogEntry.objects.create(
            user_id=user.pk,
            content_type_id=ContentType.objects.get_for_model(ImportJob).pk,
            object_id=str(job.pk),
            object_repr=str(job)[:REPR_LENGTH],
            action_flag=flag,
            change_message=message,
        )
