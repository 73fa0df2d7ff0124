"""The only place where an import is born, and where people say how its file is to be read."""

from collections.abc import Callable, Collection
from dataclasses import replace
from typing import IO, Any
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.admin.models import ADDITION
from django.db import transaction
from django.utils.translation import gettext as _

from exportsite.files.storage import Published
from exportsite.jobs.models import Lane
from exportsite.jobs.queue import nudge
from exportsite.jobs.states import IllegalMove, LostRace, move
from imports import logs, summaries, uploads
from imports.acceptance import importer_named, make_plan, overlay
from imports.bookkeeping import printable
from imports.errors import InvalidRequest, NotAllowed, WrongState
from imports.importers import Importer
from imports.models import Event, ImportJob
from imports.permissions import User, check_may_import, importers_for
from imports.problems import FileRefused
from imports.readers.base import Guess, Layout
from imports.readers.sniff import look
from imports.requests import LayoutRequest, MappingRequest, UploadRequest
from imports.restart import rows_anew
from imports.states import Status
from imports.understanding import Understood, known_names, understand

Heed = Callable[[ImportJob], None]  # hears of a new import while it may still be undone


def ignore(_job: ImportJob) -> None:
    """For those who need not know."""


def receive_upload(
    user: User, request: UploadRequest, stream: IO[bytes], *, on_birth: Heed = ignore
) -> ImportJob:
    """Keep a file and find out what it is: *checking* if that is clear, else *uploaded*.

    `on_birth` is called in the transaction that makes the row. Raises NotAllowed, InvalidRequest
    and TooLarge; then nothing was kept.
    """
    importer = importer_named(request.importer) if request.importer else None
    _check_door(user, importer)
    owner = uuid4()
    try:
        published = uploads.store(uploads.uploads(), owner, stream)
        name = uploads.clean_name(request.filename)
        known = known_names(user, importer)
        guess = _look(published.key, name, request.layout, known)
        understood = understand(user, importer, guess, request)
        with transaction.atomic():
            job = _give_birth(owner, user, name, published, understood, request)
            on_birth(job)
            if job.status == Status.CHECKING:
                nudge(job)
    except BaseException:
        uploads.uploads().clear(owner)
        raise
    return job


def _check_door(user: User, importer: type[Importer] | None) -> None:
    """Before a byte is kept."""
    if importer is not None:
        check_may_import(user, importer)
    elif not importers_for(user):
        raise NotAllowed(_("You may not import anything. Ask for the permission to add imports."))


def _look(key: str, name: str, layout: Layout, known: Collection[str]) -> Guess:
    """What the beginning of the file says. Raises InvalidRequest."""
    path = uploads.locate(uploads.uploads(), key)
    if path is None:
        raise InvalidRequest({"file": [_("The uploaded file is gone. Upload it again.")]})
    try:
        guess = look(path, name, layout, known)
    except FileRefused as refusal:
        raise InvalidRequest({"file": [str(refusal)]}) from refusal
    return replace(
        guess,
        header=tuple(map(printable, guess.header)),
        samples=tuple(tuple(map(printable, row)) for row in guess.samples),
    )


def _give_birth(
    owner: UUID,
    user: User,
    name: str,
    published: Published,
    understood: Understood,
    request: UploadRequest,
) -> ImportJob:
    is_small = published.size <= settings.IMPORT_FAST_BYTES
    job = ImportJob.objects.create(
        pk=owner,
        status=Status.CHECKING if understood.is_clear else Status.UPLOADED,
        lane=Lane.FAST if is_small else Lane.BULK,
        created_by=user,
        filename=name,
        file_key=published.key,
        file_size=published.size,
        sha256=published.sha256,
        same_as=_same_before(published.sha256, str(understood.columns["importer"])),
        notes=request.notes,
        dry_run=request.dry_run,
        confirm=request.confirm,
        email_notification=request.email_notification,
        **understood.columns,
    )
    sentence = " ".join((summaries.received(job), *understood.notes))
    logs.write(job, Event.UPLOADED, sentence, actor=user)
    logs.note_for_admins(user, job, summaries.title_of(job), ADDITION)
    return job


def _same_before(sha256: str, importer: str) -> ImportJob | None:
    """The newest import of the very same file that has been applied."""
    earlier = ImportJob.objects.filter(
        sha256=sha256, importer=importer, status=Status.COMPLETED, dry_run=False
    )
    return earlier.order_by("-completed_at").first()


def set_layout(user: User, job: ImportJob, request: LayoutRequest) -> None:
    """Read the beginning of the file in another way, or for another importer; guess anew.

    The import waits for its mapping then. Raises NotAllowed, InvalidRequest and WrongState.
    """
    _check_may_change(job)
    name = job.importer if request.importer is None else request.importer
    importer = importer_named(name) if name else None
    _check_door(user, importer)
    guess = _look(job.file_key, job.filename, request.layout, known_names(user, importer))
    as_before = UploadRequest(filename=job.filename, on_error=job.on_error, blank=job.blank)
    columns = understand(user, importer, guess, as_before).columns
    columns["same_as"] = _same_before(job.sha256, str(columns["importer"]))
    what = _("Read as %(encoding)s, header in row %(row)d.") % {
        "encoding": columns["encoding"] or "–",
        "row": columns["header_row"],
    }
    _change(user, job, Status.UPLOADED, columns, what)


def set_mapping(user: User, job: ImportJob, request: MappingRequest) -> None:
    """Say what the columns mean; the file is checked anew.

    Raises NotAllowed, InvalidRequest and WrongState.
    """
    _check_may_change(job)
    importer = importer_named(job.importer)
    plan = make_plan(user, importer, job.header, overlay(job, request))
    what = _("%(mapped)d of %(columns)d columns mapped.") % {
        "mapped": len(plan.fields),
        "columns": len(plan.mapping),
    }
    _change(user, job, Status.CHECKING, plan.columns(), what)


def can_be_changed(job: ImportJob) -> bool:
    """Whether people may still say how its file is read and what the columns mean."""
    is_open = job.status in (Status.UPLOADED, Status.CHECKING, Status.READY, Status.FAILED)
    return is_open and job.queued_at is None


def _check_may_change(job: ImportJob) -> None:
    job.refresh_from_db()
    if not can_be_changed(job):
        raise WrongState(
            _("This can be changed only before an import is confirmed. Upload the file again.")
        )


def _change(user: User, job: ImportJob, target: str, columns: dict[str, Any], what: str) -> None:
    """A worker that checks the file just now loses it."""
    try:
        with transaction.atomic():
            move(job, target, **{**rows_anew(), **columns})
            logs.write(job, Event.MAPPED, what, actor=user)
            if target == Status.CHECKING:
                nudge(job)
    except (IllegalMove, LostRace):
        raise WrongState(_("Somebody else has changed this import just now. Look again.")) from None
