"""Confirm, cancel, retry, delete: who may, when, and what is left."""

from collections.abc import Callable

import pytest
from django.contrib.admin.models import DELETION, LogEntry
from django.contrib.auth.models import User

from imports import uploads, wishes
from imports.errors import InvalidRequest, NotAllowed, WrongState
from imports.models import ImportJob, ImportLog, LedgerEntry
from imports.states import Status
from tests.imports.conftest import Run, Upload
from tests.library.models import Note

pytestmark = pytest.mark.django_db

NOTES = "text,stars\nfirst,1\nsecond,x\n"
ME = f"{'b' * 32}:1"


def test_only_what_was_checked_can_be_confirmed(upload: Upload, ana: User, run: Run) -> None:
    job = upload(NOTES)
    with pytest.raises(WrongState):
        wishes.confirm_import(ana, job)
    run(job)
    with pytest.raises(InvalidRequest):
        wishes.confirm_import(ana, job, on_error="maybe")
    wishes.confirm_import(ana, job)
    assert (job.status, job.confirmed_by) == (Status.QUEUED, ana)
    with pytest.raises(WrongState):
        wishes.confirm_import(ana, job)


def test_the_permission_is_asked_again_at_the_confirmation(
    upload: Upload, run: Run, make_user: Callable[..., User]
) -> None:
    bob = make_user("bob", "imports.add_importjob", "library.add_note")
    job = run(upload(NOTES))
    with pytest.raises(NotAllowed):
        wishes.confirm_import(bob, job)  # only adding is allowed to Bob, and this may change too


@pytest.mark.parametrize("status", ["uploaded", "checking", "ready", "queued"])
def test_what_waits_is_cancelled_at_once(upload: Upload, ana: User, status: str) -> None:
    job = upload(NOTES)
    ImportJob.objects.update(status=status)
    wishes.cancel_import(ana, job)
    assert (job.status, job.error_code) == (Status.CANCELLED, "")
    assert job.completed_at is not None
    assert job.logs.filter(event="cancelled", actor=ana).exists()


@pytest.mark.parametrize("status", ["checking", "processing"])
def test_what_runs_is_asked_to_stop(upload: Upload, ana: User, status: str) -> None:
    job = upload(NOTES)
    ImportJob.objects.update(status=status, claimed_by=ME, attempts=1)
    wishes.cancel_import(ana, job)
    assert (job.status, job.cancel_requested_by) == (status, ana)


def test_what_has_ended_cannot_be_cancelled(apply: Upload, ana: User) -> None:
    with pytest.raises(WrongState):
        wishes.cancel_import(ana, apply(NOTES))


def test_a_check_that_failed_is_checked_again(upload: Upload, ana: User, run: Run) -> None:
    job = run(upload("text,stars\na,x\n"))
    assert job.status == Status.FAILED
    wishes.retry_import(ana, job)
    assert (job.status, job.cursor, job.error_code) == (Status.CHECKING, 0, "")
    run(job)
    assert (job.status, job.failures.count(), job.problems.count()) == (Status.FAILED, 1, 1)


def test_an_import_that_failed_goes_on_at_its_cursor(upload: Upload, ana: User, run: Run) -> None:
    job = run(upload(NOTES))
    wishes.confirm_import(ana, job)
    job.failures.all().delete()
    job.problems.all().delete()
    ImportJob.objects.update(
        status="failed", cursor=2, processed_rows=1, problem_codes={}, error_code="worker_lost"
    )
    wishes.retry_import(ana, job)
    assert (job.status, job.cursor, job.attempts) == (Status.QUEUED, 2, 0)
    run(job)
    assert (job.status, job.processed_rows, job.failed_rows) == (Status.COMPLETED, 2, 1)
    assert not Note.objects.exists()  # the first row counted as done


def test_an_import_of_which_no_row_was_good_starts_over(
    upload: Upload, ana: User, run: Run
) -> None:
    job = run(upload(NOTES))
    wishes.confirm_import(ana, job)
    ImportJob.objects.update(status="failed", cursor=3, error_code="every_row_failed")
    wishes.retry_import(ana, job)
    assert (job.status, job.cursor) == (Status.QUEUED, 0)


def test_without_its_file_nothing_can_be_tried_again(upload: Upload, ana: User, run: Run) -> None:
    job = run(upload("text,stars\na,x\n"))
    uploads.uploads().clear(job.pk)
    with pytest.raises(WrongState, match="gone"):
        wishes.retry_import(ana, job)


@pytest.mark.parametrize(
    "status", ["uploaded", "checking", "ready", "queued", "processing", "completed"]
)
def test_only_what_failed_or_was_cancelled_is_tried_again(
    upload: Upload, ana: User, status: str
) -> None:
    job = upload(NOTES)
    ImportJob.objects.update(status=status)
    with pytest.raises(WrongState):
        wishes.retry_import(ana, job)


def test_deleting_an_import_leaves_what_it_wrote_and_who_did_it(apply: Upload, ana: User) -> None:
    job = apply(NOTES)
    wishes.delete_import(ana, job)
    assert not ImportJob.objects.exists()
    assert not ImportLog.objects.exists()
    assert not list(uploads.uploads().owners())
    assert Note.objects.get().text == "first"
    assert LedgerEntry.objects.get().job_id is not None
    entry = LogEntry.objects.get(action_flag=DELETION)
    assert (entry.user, entry.change_message) == (ana, "Notes: notes.csv: 1 new, 1 failed")


@pytest.mark.parametrize("status", ["checking", "queued", "processing"])
def test_what_is_at_work_cannot_be_deleted(upload: Upload, ana: User, status: str) -> None:
    job = upload(NOTES)
    ImportJob.objects.update(status=status)
    with pytest.raises(WrongState):
        wishes.delete_import(ana, job)
    assert uploads.uploads().exists(job.file_key)
