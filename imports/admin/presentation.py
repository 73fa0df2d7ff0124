"""What an import's status and importer are called, and which page is its own now. No query."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exportsite.jobs import words
from exportsite.jobs.words import Badge
from imports import summaries
from imports.importers import label_of
from imports.models import ImportJob
from imports.registry import UnknownImporter, find_importer
from imports.states import Status

BADGES = {
    Status.UPLOADED: Badge(word=Status.UPLOADED.label, icon="pen", tone="warn"),
    Status.CHECKING: Badge(word=Status.CHECKING.label, icon="turn", tone="busy"),
    Status.READY: Badge(word=Status.READY.label, icon="play", tone="warn"),
    Status.QUEUED: Badge(word=Status.QUEUED.label, icon="clock", tone="quiet"),
    Status.PROCESSING: Badge(word=Status.PROCESSING.label, icon="turn", tone="busy"),
    Status.COMPLETED: Badge(word=Status.COMPLETED.label, icon="tick", tone="good"),
    Status.FAILED: Badge(word=Status.FAILED.label, icon="warning", tone="bad"),
    Status.CANCELLED: Badge(word=Status.CANCELLED.label, icon="stop", tone="quiet"),
}
STOPPING = Badge(word=gettext_lazy("Stopping"), icon="stop", tone="busy")
CHECKED = Badge(word=gettext_lazy("Checked"), icon="tick", tone="good")  # and nothing else wanted
MOVING = (Status.CHECKING, Status.QUEUED, Status.PROCESSING)
AT_WORK = (Status.CHECKING, Status.PROCESSING)


def badge_of(job: ImportJob) -> Badge:
    """The badge of its status; a running import that is to stop has its own."""
    if is_stopping(job):
        return STOPPING
    if job.status == Status.COMPLETED and job.dry_run:
        return CHECKED
    return BADGES[Status(job.status)]


def is_stopping(job: ImportJob) -> bool:
    return job.status in AT_WORK and job.cancel_requested_at is not None


def is_moving(job: ImportJob) -> bool:
    return job.status in MOVING


def page_of(job: ImportJob) -> str:
    """The name of the page that is about what has to happen next: map, check or watch."""
    if job.status == Status.UPLOADED:
        return "map"
    is_check = job.status in (Status.CHECKING, Status.READY)
    return "check" if is_check or (job.status == Status.COMPLETED and job.dry_run) else "watch"


def address(job: ImportJob) -> str:
    return reverse(f"admin:imports_importjob_{page_of(job)}", args=[job.pk])


def importer_label(name: str) -> str:
    """What people call an importer; its name when it is gone."""
    try:
        return label_of(find_importer(name))
    except UnknownImporter:
        return name or _("not known yet")


def title_of(job: ImportJob) -> str:
    return summaries.title_of(job)


def tab(job: ImportJob) -> str:
    """What the browser's tab says: "62 % · Tickets"."""
    what = summaries.label_for(job) or job.filename
    if job.status in AT_WORK and job.total_rows:
        return f"{words.percent(int(job.progress), 0)} · {what}"
    return f"{badge_of(job).word} · {what}"
