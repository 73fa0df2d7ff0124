"""How an export stands, in words: what the watch page says. Reads rows, decides nothing."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy

from exports.admin import presentation
from exports.models import Event, Export, ExportLog

RATE_AFTER = 3  # seconds of work before speed and time left mean anything

# What the owner can do about it; `error_message` says what happened.
ADVICE = {
    "not_allowed": gettext_lazy("Ask for the permission, then press Retry."),
    "invalid": gettext_lazy(
        "What was asked for no longer fits: a column or filter has changed. Make a new export."
    ),
    "no_owner": gettext_lazy("Make a new export in your own name."),
    "time_limit": gettext_lazy(
        "Choose fewer rows or columns, or another format; or ask your operator for a longer limit."
    ),
    "statement_timeout": gettext_lazy(
        "Choose fewer rows, or press Retry when less is going on; or ask your operator for a "
        "longer limit."
    ),
    "export_database": gettext_lazy(
        "Tell your operator, and press Retry when that database is there again."
    ),
    "worker_lost": gettext_lazy(
        "Press Retry. If it happens again, tell your operator: the worker may lack memory."
    ),
}
ADVICE_ELSE = gettext_lazy("Press Retry. If it fails again, tell your operator.")

# The notes that the pipeline may leave.
NOTES = {
    "protected_cells": ngettext_lazy(
        "%(shown)s cell got an apostrophe in front, so that no spreadsheet runs it as a formula.",
        "%(shown)s cells got an apostrophe in front, so that no spreadsheet runs them as formulas.",
        "count",
    ),
    "removed_nuls": ngettext_lazy(
        "%(shown)s invisible NUL character was left out, since no program reads it.",
        "%(shown)s invisible NUL characters were left out, since no program reads them.",
        "count",
    ),
    "long_texts": ngettext_lazy(
        "%(shown)s text is longer than a cell can be; the sheet “Long texts” has it whole.",
        "%(shown)s texts are longer than a cell can be; the sheet “Long texts” has them whole.",
        "count",
    ),
}

# Events whose message says all; before the others stands the event's word.
SELF_EXPLAINING = {
    Event.PROCESSING,
    Event.CANCELLED,
    Event.RETRIED,
    Event.DOWNLOADED,
    Event.EXPIRED,
    Event.DELETED,
}


@dataclass(frozen=True, kw_only=True)
class Progress:
    rows: str
    pace: str = ""
    left: str = ""


def progress_of(export: Export, logs: Sequence[ExportLog]) -> Progress:
    """How far, how fast, how long still. The attempt's own start counts, not the first one's."""
    if not export.total_rows:
        return Progress(rows=presentation.rows(export.exported_rows))
    done = _("%(done)s of %(total)s") % {
        "done": presentation.number(export.exported_rows),
        "total": presentation.rows(export.total_rows),
    }
    started = attempt_started(export, logs)
    seconds = (timezone.now() - started).total_seconds() if started else 0.0
    if seconds < RATE_AFTER or not export.exported_rows:
        return Progress(rows=done)
    if export.exported_rows >= export.total_rows:
        return Progress(rows=done, left=_("finishing the file"))
    rate = export.exported_rows / seconds
    return Progress(
        rows=done,
        pace=presentation.pace(rate),
        left=presentation.time_left((export.total_rows - export.exported_rows) / rate),
    )


def attempt_started(export: Export, logs: Sequence[ExportLog]) -> dt.datetime | None:
    starts = [log.created_at for log in logs if log.event == Event.PROCESSING]
    return starts[-1] if starts else export.started_at


def seconds_taken(export: Export, logs: Sequence[ExportLog]) -> float | None:
    """How long the file took: what the pipeline wrote down, else from start to end."""
    noted = [log.duration_ms for log in logs if log.event == Event.COMPLETED and log.duration_ms]
    if noted:
        return noted[-1] / 1000
    started = attempt_started(export, logs)
    if started is None or export.completed_at is None:
        return None
    return (export.completed_at - started).total_seconds()


def notes_of(export: Export) -> list[str]:
    """What was changed in the file, and why."""
    return [
        sentence % {"count": count, "shown": presentation.number(count)}
        for name, sentence in NOTES.items()
        if (count := export.notes.get(name))
    ]


def advice_for(export: Export) -> str:
    return str(ADVICE.get(export.error_code, ADVICE_ELSE))


def ended(logs: Sequence[ExportLog]) -> ExportLog | None:
    """The log row of how the file went: by its age or by a person."""
    ends = [log for log in logs if log.event in (Event.EXPIRED, Event.DELETED)]
    return ends[-1] if ends else None
