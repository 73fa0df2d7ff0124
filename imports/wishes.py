"""What people may wish of an import that is there: confirm, cancel, retry, delete, mend."""

from typing import IO

from django.contrib.admin.models import DELETION
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from exportsite.jobs.lease import Fence
from exportsite.jobs.queue import nudge
from exportsite.jobs.states import LostRace, move
from imports import logs, summaries, uploads
from imports.acceptance import importer_named, plan_again
from imports.attempt import Columns
from imports.errors import InvalidRequest, WrongState
from imports.mended_files import check_file
from imports.models import Event, ImportJob, OnError
from imports.permissions import User, check_may_import
from imports.restart import rows_anew, tries_anew
from imports.states import Status

TRIES = 3
AT_WORK = (Status.CHECKING, Status.QUEUED, Status.PROCESSING)
ALL_OR_NOTHING = "all_or_nothing"
STARTS_OVER = ("every_row_failed", ALL_OR_NOTHING)  # nothing of it is in


def confirm_import(user: User, job: ImportJob, *, on_error: str = "") -> None:
    """Have what was checked applied. Raises NotAllowed, InvalidRequest and WrongState."""
    job.refresh_from_db()
    if job.status != Status.READY:
        raise WrongState(_("Only an import that was checked and waits for it can be confirmed."))
    if on_error and on_error not in OnError.values:
        raise InvalidRequest({"on_error": [_("Choose “skip” or “abort”.")]})
    plan_again(user, job)
    try:
        with transaction.atomic():
            move(
                job,
                Status.QUEUED,
                **rows_anew(),
                on_error=on_error or job.on_error,
                confirmed_by=user,
                queued_at=Now(),
            )
            sentence = summaries.checked(job.check_counts)
            logs.write(job, Event.CONFIRMED, sentence, actor=user)
            logs.note_for_admins(user, job, _("Confirmed. %s") % sentence)
            nudge(job)
    except LostRace:
        raise WrongState(_("Somebody else was faster. Look again.")) from None


def cancel_import(user: User, job: ImportJob) -> None:
    """Cancel a waiting import at once; ask a running one to stop. Raises WrongState."""
    for _try in range(TRIES):  # a worker may take it or give it back between our two looks
        job.refresh_from_db()
        if job.is_finished:
            break
        if not job.claimed_by and _cancel_waiting(user, job):
            return
        if job.claimed_by and _ask_to_stop(user, job):
            return
    raise WrongState(_("This import is finished already; there is nothing to cancel."))


def _cancel_waiting(user: User, job: ImportJob) -> bool:
    """False when a worker was faster and runs it now."""
    unclaimed = Fence(claimed_by="", attempt=job.attempts)
    try:
        with transaction.atomic():
            move(job, Status.CANCELLED, fence=unclaimed, completed_at=Now())
            sentence = summaries.message_of(job)
            logs.write(job, Event.CANCELLED, sentence, actor=user)
    except LostRace:
        return False
    return True


def _ask_to_stop(user: User, job: ImportJob) -> bool:
    """False when it has stopped running by itself."""
    running = ImportJob.objects.filter(pk=job.pk, status=job.status, claimed_by=job.claimed_by)
    asked = running.update(cancel_requested_at=Now(), cancel_requested_by=user)
    job.refresh_from_db()
    return bool(asked)


def retry_import(user: User, job: ImportJob) -> None:
    """Send a failed or cancelled import back to where it stopped.

    Raises NotAllowed, InvalidRequest and WrongState.
    """
    _try_again(user, job, _("Asked again."), {})


def import_good_rows(user: User, job: ImportJob) -> None:
    """Have an import that failed as "all rows or none" done without its bad rows.

    Raises NotAllowed, InvalidRequest and WrongState.
    """
    job.refresh_from_db()
    if not can_leave_rows_out(job):
        raise WrongState(
            _("Only an import that failed because all rows or none were wanted can leave rows out.")
        )
    said = _("Asked again, this time without the bad rows.")
    _try_again(user, job, said, {"on_error": OnError.SKIP})


def can_leave_rows_out(job: ImportJob) -> bool:
    return job.status == Status.FAILED and job.error_code == ALL_OR_NOTHING


def _try_again(user: User, job: ImportJob, said: str, changed: Columns) -> None:
    job.refresh_from_db()
    if job.status not in (Status.FAILED, Status.CANCELLED):
        raise WrongState(_("Only a failed or cancelled import can be tried again."))
    check_may_import(user, importer_named(job.importer), job.mode)
    if not job.mended_key and not uploads.uploads().exists(job.file_key):
        raise WrongState(_("The uploaded file is gone. Upload it again."))
    is_confirmed = job.queued_at is not None
    goes_on = is_confirmed and job.error_code not in STARTS_OVER
    try:
        with transaction.atomic():
            columns = tries_anew() if goes_on or job.mended_key else rows_anew()
            target = Status.QUEUED if is_confirmed else Status.CHECKING
            move(job, target, **columns, **changed)
            logs.write(job, Event.RETRIED, said, actor=user)
            nudge(job)
    except LostRace:
        raise WrongState(_("Somebody else has tried this import again already.")) from None


def delete_import(user: User, job: ImportJob) -> None:
    """Delete an import with its file, problems and failed rows. What it wrote stays.

    Raises WrongState while somebody works on it.
    """
    job.refresh_from_db()
    if job.status in AT_WORK:
        raise WrongState(_("This import is still at work. Cancel it first."))
    with transaction.atomic():
        sentence = f"{summaries.title_of(job)}: {summaries.counts_text(summaries.counts_of(job))}"
        logs.note_for_admins(user, job, sentence, DELETION)
        unchanged = ImportJob.objects.filter(pk=job.pk, status=job.status)
        if not unchanged.delete()[0]:
            raise WrongState(_("Somebody else has changed this import just now. Look again."))
    uploads.uploads().clear(job.pk)
    uploads.mended().clear(job.pk)


def receive_mended(user: User, job: ImportJob, filename: str, stream: IO[bytes]) -> None:
    """Take a report of failed rows that somebody has mended; only those rows are run.

    Raises NotAllowed, InvalidRequest, TooLarge and WrongState; then nothing was kept.
    """
    job.refresh_from_db()
    _check_can_be_mended(job)
    plan_again(user, job)
    folder = uploads.mended()
    published = uploads.store(folder, job.pk, stream)
    try:
        name = uploads.clean_name(filename)
        check_file(job, folder.locate(published.key), name)
        with transaction.atomic():
            move(
                job,
                Status.QUEUED,
                **tries_anew(),
                confirmed_by=user,
                mended_key=published.key,
                mended_name=name,
                mended_cursor=0,
                mended_result={},
            )
            logs.write(job, Event.MENDED, name, actor=user)
            logs.note_for_admins(user, job, _("Mended rows: %s") % name)
            nudge(job)
    except LostRace:
        folder.delete(published.key)
        raise WrongState(_("Somebody else was faster. Look again.")) from None
    except BaseException:
        folder.delete(published.key)
        raise


def can_be_mended(job: ImportJob) -> bool:
    """Whether a file of its failed rows, mended, would be taken now."""
    try:
        _check_can_be_mended(job)
    except WrongState:
        return False
    return True


def _check_can_be_mended(job: ImportJob) -> None:
    is_through = job.status == Status.COMPLETED or (
        job.status == Status.FAILED and job.error_code == "every_row_failed"
    )
    if not is_through or job.dry_run or job.queued_at is None:
        raise WrongState(_("Rows can be mended once the import has gone through its whole file."))
    if not job.failed_rows:
        raise WrongState(_("No row of this import has failed; there is nothing to mend."))
