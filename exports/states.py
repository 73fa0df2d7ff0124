"""The export's states: every allowed move, with its meaning."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from exportsite.jobs.states import BORN, Edge, Transitions


class Status(models.TextChoices):
    PENDING = "pending", _("Waiting")  # a worker acts next
    PROCESSING = "processing", _("Processing")  # a worker holds the lease
    COMPLETED = "completed", _("Completed")  # the file is there, whole and counted
    FAILED = "failed", _("Failed")  # a person acts next: retry, or leave it
    CANCELLED = "cancelled", _("Cancelled")  # a person asked for it
    EXPIRED = "expired", _("Expired")  # the file is gone, the row stays


TRANSITIONS = Transitions(
    Edge(
        source=BORN,
        target=Status.PENDING,
        actor="user",
        sentence="Somebody asks for an export.",
    ),
    Edge(
        source=Status.PENDING,
        target=Status.PROCESSING,
        actor="worker",
        sentence="A worker claims the export; the attempt is counted.",
    ),
    Edge(
        source=Status.PENDING,
        target=Status.CANCELLED,
        actor="user",
        sentence="Somebody cancels it before a worker has begun.",
    ),
    Edge(
        source=Status.PROCESSING,
        target=Status.PENDING,
        actor="worker, reaper",
        sentence="The attempt ended without a result: given back, lost, or tried again later.",
    ),
    Edge(
        source=Status.PROCESSING,
        target=Status.COMPLETED,
        actor="worker",
        sentence="The file is whole, counted, hashed and published.",
    ),
    Edge(
        source=Status.PROCESSING,
        target=Status.FAILED,
        actor="worker, reaper",
        sentence="It cannot succeed, or the last attempt has failed.",
    ),
    Edge(
        source=Status.PROCESSING,
        target=Status.CANCELLED,
        actor="worker, reaper",
        sentence="Somebody asked to cancel, and the work has stopped.",
    ),
    Edge(
        source=Status.FAILED,
        target=Status.PENDING,
        actor="user",
        sentence="Somebody retries a failed export.",
    ),
    Edge(
        source=Status.CANCELLED,
        target=Status.PENDING,
        actor="user",
        sentence="Somebody retries a cancelled export.",
    ),
    Edge(
        source=Status.COMPLETED,
        target=Status.EXPIRED,
        actor="user, retention",
        sentence="The file is deleted, by a person or by its age; the row stays.",
    ),
)
