"""The story of an export: one row an event, only ever added."""

from typing import Any

from django.utils.translation import gettext as _

from exports.models import Event, Export, ExportLog


def write(
    export: Export,
    event: Event,
    message: str = "",
    *,
    actor: Any = None,
    processed_rows: int | None = None,
    duration_ms: int | None = None,
    current_batch: int | None = None,
    total_batches: int | None = None,
) -> ExportLog:
    """Add one row. Call it in the transaction of what it tells about."""
    return ExportLog.objects.create(
        export=export,
        event=event,
        message=message,
        actor=actor,
        processed_rows=processed_rows,
        duration_ms=duration_ms,
        current_batch=current_batch,
        total_batches=total_batches,
    )


def write_birth(export: Export, chosen: str, *, actor: Any, origin: str = "") -> ExportLog:
    """The first row: which rows were chosen, in words, and where the wish came from."""
    message = (
        _("%(origin)s Rows: %(rows)s.") % {"origin": origin, "rows": chosen} if origin else chosen
    )
    return write(export, Event.INITIATED, message, actor=actor)
