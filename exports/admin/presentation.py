"""What an export's status, data and format are called; the other words are those of all jobs."""

from django.utils.translation import gettext_lazy

from exports.registry import UnknownResource, find_resource
from exports.resources import label_of
from exports.states import Status
from exportsite.jobs.words import (
    NONE,
    Badge,
    ago,
    clock,
    columns,
    day,
    duration,
    exact,
    number,
    pace,
    percent,
    rows,
    size,
    time_left,
)

BADGES = {
    Status.PENDING: Badge(word=Status.PENDING.label, icon="clock", tone="quiet"),
    Status.PROCESSING: Badge(word=Status.PROCESSING.label, icon="turn", tone="busy"),
    Status.COMPLETED: Badge(word=Status.COMPLETED.label, icon="tick", tone="good"),
    Status.FAILED: Badge(word=Status.FAILED.label, icon="warning", tone="bad"),
    Status.CANCELLED: Badge(word=Status.CANCELLED.label, icon="stop", tone="quiet"),
    Status.EXPIRED: Badge(word=Status.EXPIRED.label, icon="bin", tone="quiet"),
}
STOPPING = Badge(word=gettext_lazy("Stopping"), icon="stop", tone="busy")


def badge_of(status: str, *, is_stopping: bool = False) -> Badge:
    """The badge of a status; a running export that is to stop has its own."""
    return STOPPING if is_stopping else BADGES[Status(status)]


def resource_label(name: str) -> str:
    """What people call a resource; its name when the resource is gone."""
    try:
        return label_of(find_resource(name))
    except UnknownResource:
        return name


def format_label(name: str) -> str:
    return name.upper()


__all__ = [
    "NONE",
    "Badge",
    "ago",
    "badge_of",
    "clock",
    "columns",
    "day",
    "duration",
    "exact",
    "format_label",
    "number",
    "pace",
    "percent",
    "resource_label",
    "rows",
    "size",
    "time_left",
]
