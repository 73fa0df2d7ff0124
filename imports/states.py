"""The import's states: every allowed move, with its meaning."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exportsite.jobs.states import BORN, Edge, Transitions


class Status(models.TextChoices):
    UPLOADED = "uploaded", _("Needs a mapping")  # a person acts next: say what the columns mean
    CHECKING = "checking", _("Checking")  # a worker reads the file and writes nothing
    READY = "ready", _("Ready to import")  # a person acts next: confirm
    QUEUED = "queued", _("Waiting")  # a worker acts next
    PROCESSING = "processing", _("Importing")  # a worker holds the lease
    COMPLETED = "completed", _("Completed")  # done; bad rows are a count and a file
    FAILED = "failed", _("Failed")  # a person acts next: retry, mend, or leave it
    CANCELLED = "cancelled", _("Cancelled")  # a person asked for it


def edge(source: str, target: str, actor: str, sentence: str) -> Edge:
    return Edge(source=source, target=target, actor=actor, sentence=sentence)


S = Status
TRANSITIONS = Transitions(
    edge(BORN, S.UPLOADED, "user", "A file came whose columns a person must map."),
    edge(BORN, S.CHECKING, "user", "A file came whose columns are understood."),
    edge(S.UPLOADED, S.UPLOADED, "user", "Somebody changes how the file is read."),
    edge(S.UPLOADED, S.CHECKING, "user", "Somebody has said what the columns mean."),
    edge(S.UPLOADED, S.CANCELLED, "user", "Somebody gives it up."),
    # Waiting for the check and being checked are one status: who has claimed it tells them apart.
    edge(
        S.CHECKING,
        S.CHECKING,
        "worker, reaper, user",
        "A worker takes the check, or gives it back; or somebody changes the mapping.",
    ),
    edge(S.CHECKING, S.READY, "worker", "The whole file was read; a person may confirm."),
    edge(S.CHECKING, S.QUEUED, "worker", "It was to be applied by itself once checked."),
    edge(S.CHECKING, S.COMPLETED, "worker", "Only a check was asked for, and it is done."),
    edge(S.CHECKING, S.UPLOADED, "user", "Somebody changes how the file is read meanwhile."),
    edge(S.CHECKING, S.FAILED, "worker, reaper", "The file cannot be read, or no row is good."),
    edge(S.CHECKING, S.CANCELLED, "user, worker, reaper", "Somebody asked to cancel."),
    edge(S.READY, S.QUEUED, "user", "Somebody confirms what the check has shown."),
    edge(S.READY, S.CHECKING, "user", "Somebody changes the mapping; it is checked again."),
    edge(S.READY, S.UPLOADED, "user", "Somebody changes how the file is read."),
    edge(S.READY, S.CANCELLED, "user", "Somebody decides against it."),
    edge(S.QUEUED, S.PROCESSING, "worker", "A worker claims the import; the attempt is counted."),
    edge(S.QUEUED, S.CANCELLED, "user", "Somebody cancels it before a worker has begun."),
    edge(
        S.PROCESSING,
        S.QUEUED,
        "worker, reaper",
        "Given back, lost, or tried again later; it goes on after the last whole chunk.",
    ),
    edge(S.PROCESSING, S.COMPLETED, "worker", "Every row has been dealt with."),
    edge(S.PROCESSING, S.FAILED, "worker, reaper", "It cannot succeed, or no row was good."),
    edge(S.PROCESSING, S.CANCELLED, "worker, reaper", "It stopped after a whole chunk."),
    edge(S.COMPLETED, S.QUEUED, "user", "Somebody brings mended rows; only those are run."),
    edge(S.FAILED, S.UPLOADED, "user", "Somebody reads a file anew whose check failed."),
    edge(S.FAILED, S.CHECKING, "user", "Somebody retries a check that failed."),
    edge(S.FAILED, S.QUEUED, "user", "Somebody retries it at the cursor, or brings mended rows."),
    edge(S.CANCELLED, S.CHECKING, "user", "Somebody retries a check that was cancelled."),
    edge(S.CANCELLED, S.QUEUED, "user", "Somebody goes on with a cancelled import."),
)
