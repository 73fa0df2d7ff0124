"""Files on their way in: what is taken, what is refused at the door, what is asked."""

import errno
import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import ADDITION, LogEntry
from django.contrib.auth.models import User

from exportsite.files.storage import Part
from exportsite.jobs.models import Lane
from imports import intake, uploads, wishes
from imports.errors import InvalidRequest, NotAllowed, TooLarge, WrongState
from imports.models import Event, ImportJob
from imports.readers.base import Layout
from imports.requests import LayoutRequest, MappingRequest, UploadRequest
from imports.states import Status
from tests.imports.conftest import Run, Upload

pytestmark = pytest.mark.django_db

NOTES = "text,stars\nfirst,1\n"
UNCLEAR = "remark,how many stars did it get\nfirst,1\n"


def kept_files() -> list[str]:
    return [owner for owner, _changed in uploads.uploads().owners()]


def test_a_clear_file_goes_to_its_check(upload: Upload, ana: User) -> None:
    job = upload(NOTES, "../../Notes of\x00 May.csv", notes="from the fair")
    assert (job.status, job.filename) == (Status.CHECKING, "Notes of May.csv")
    assert (job.created_by, job.notes, job.lane) == (ana, "from the fair", Lane.FAST)
    assert (job.mapping, job.key, job.mode) == (
        {"text": "text", "stars": "stars"},
        "text",
        "upsert",
    )
    assert (job.encoding, job.delimiter, job.header_row) == ("utf-8", ",", 1)
    assert job.sha256 == hashlib.sha256(NOTES.encode()).hexdigest()
    assert job.file_size == len(NOTES)
    job.refresh_from_db()
    assert job.nudged_at is not None
    assert [log.event for log in job.logs.all()] == [Event.UPLOADED]
    entry = LogEntry.objects.get()
    assert (entry.user, entry.action_flag, entry.object_id) == (ana, ADDITION, str(job.pk))


def test_the_importer_is_guessed_from_the_header(upload: Upload) -> None:
    job = upload("title,author,pages,price\nEmma,Jane Austen,1,2.50\n", importer="")
    assert (job.importer, job.status) == ("books", Status.CHECKING)


def test_a_file_that_is_like_nothing_waits_for_a_person(upload: Upload) -> None:
    job = upload("qqq,zzz\n1,2\n", importer="")
    assert (job.importer, job.status, job.header) == ("", Status.UPLOADED, ["qqq", "zzz"])
    assert job.samples == [["1", "2"]]


def test_characters_that_a_database_refuses_do_not_stop_a_file(upload: Upload, run: Run) -> None:
    job = run(upload("text,stars\nfirst,1\nsec\x00ond,2\n"))
    assert job.status == Status.READY, job.error_message
    assert job.failed_rows == job.failures.count() == 1


def test_a_header_without_the_required_columns_waits_for_its_mapping(upload: Upload) -> None:
    job = upload("pages\n100\n", importer="books")
    assert (job.status, job.mapping) == (Status.UPLOADED, {"pages": "pages"})


def test_a_mapping_that_was_given_must_be_whole(upload: Upload) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        upload("pages\n100\n", importer="books", mapping={"pages": "pages"})
    assert "title" in refusal.value.errors["mapping"][0].lower()
    assert not kept_files()


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        ({"importer": "nothing"}, "importer"),
        ({"mode": "sometimes"}, "mode"),
        ({"key": "stars"}, "key"),
        ({"on_error": "maybe"}, "on_error"),
        ({"blank": "maybe"}, "blank"),
        ({"options": {"stamps": "end"}}, "options"),
        ({"values": {"nothing": {"a": "b"}}}, "values"),
        ({"mapping": {"text": "text", "nowhere": "stars"}}, "mapping"),
        ({"mapping": {"text": "password"}}, "mapping"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(
    upload: Upload, request_: dict[str, Any], field: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        upload(NOTES, **request_)
    assert list(refusal.value.errors) == [field]
    assert not kept_files()
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("content", "filename"),
    [
        (b"", "a.csv"),
        (b"\xef\xbb\xbf", "a.csv"),
        (b"%PDF-1.7 \x00\x01", "a.csv"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "a.xls"),
    ],
)
def test_a_file_that_is_none_is_refused_at_the_door(
    upload: Upload, content: bytes, filename: str
) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        upload(content, filename)
    assert refusal.value.errors["file"][0]
    assert not kept_files()


def test_a_file_over_the_limit_is_refused_while_it_comes(
    ana: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.IMPORT_MAX_BYTES = 10_000
    monkeypatch.setattr(uploads, "BLOCK", 1000)

    class Endless(io.RawIOBase):
        given = 0

        def read(self, size: int = -1) -> bytes:
            Endless.given += size
            return b"x" * size

    with pytest.raises(TooLarge, match=r"larger than 9.8"):
        intake.receive_upload(ana, UploadRequest(filename="a.csv"), Endless())  # type: ignore[arg-type]
    assert Endless.given == 11_000
    assert not kept_files()


def test_a_full_disk_is_said_in_a_sentence(upload: Upload, monkeypatch: pytest.MonkeyPatch) -> None:
    def publish(_part: Part) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Part, "publish", publish)
    with pytest.raises(InvalidRequest, match="no space left for the file"):
        upload(NOTES)
    assert not ImportJob.objects.exists()


def test_who_may_not_import_leaves_no_byte(make_user: Callable[..., User], upload: Upload) -> None:
    for user in (
        make_user("bob"),
        make_user("eve", "imports.add_importjob"),
        make_user("kim", "imports.add_importjob", "library.add_note", is_staff=False),
    ):
        with pytest.raises(NotAllowed):
            upload(NOTES, user=user)
        with pytest.raises(NotAllowed):
            upload(NOTES, user=user, importer="")
    assert not kept_files()


def test_what_hears_of_the_birth_may_undo_it(ana: User) -> None:
    def refuse(_job: ImportJob) -> None:
        raise RuntimeError

    request = UploadRequest(filename="notes.csv", importer="notes")
    with pytest.raises(RuntimeError):
        intake.receive_upload(ana, request, io.BytesIO(NOTES.encode()), on_birth=refuse)
    assert not ImportJob.objects.exists()
    assert not kept_files()


def test_a_large_file_goes_into_the_lane_for_long_jobs(upload: Upload, settings: Any) -> None:
    settings.IMPORT_FAST_BYTES = 5
    assert upload(NOTES).lane == Lane.BULK


def test_a_mapping_sends_a_waiting_file_to_its_check(upload: Upload, ana: User, run: Run) -> None:
    job = upload(UNCLEAR)
    assert job.status == Status.UPLOADED
    columns = {"remark": "text", "how many stars did it get": "stars"}
    intake.set_mapping(ana, job, MappingRequest(mapping=columns, mode="create"))
    assert (job.status, job.mapping, job.mode) == (Status.CHECKING, columns, "create")
    assert run(job).check_counts["create"] == 1


def test_an_incomplete_mapping_is_refused(upload: Upload, ana: User) -> None:
    job = upload("pages\n100\n", importer="books")
    with pytest.raises(InvalidRequest):
        intake.set_mapping(ana, job, MappingRequest(mapping={"pages": "pages"}))
    job.refresh_from_db()
    assert job.status == Status.UPLOADED


def test_a_file_that_was_checked_may_be_read_in_another_way(
    upload: Upload, ana: User, run: Run
) -> None:
    job = run(upload("a line above\ntext;stars\nfirst;1\n", layout=Layout(header_row=2)))
    assert (job.status, job.created_rows) == (Status.READY, 1)
    intake.set_layout(ana, job, LayoutRequest(layout=Layout(header_row=1)))
    assert (job.status, job.created_rows, job.header) == (Status.UPLOADED, 0, ["a line above"])
    intake.set_layout(ana, job, LayoutRequest(layout=Layout(), importer="books"))
    assert (job.importer, job.header, job.header_row) == ("books", ["text", "stars"], 2)


def test_a_mapping_changed_during_the_check_begins_it_anew(
    upload: Upload, ana: User, run: Run
) -> None:
    job = upload(NOTES)
    ImportJob.objects.update(claimed_by=f"{'b' * 32}:1", attempts=1, cursor=5, processed_rows=4)
    intake.set_mapping(ana, job, MappingRequest(mapping={"text": "text"}))
    assert (job.status, job.claimed_by, job.attempts, job.cursor) == (Status.CHECKING, "", 0, 0)
    assert run(job).status == Status.READY


def test_after_the_confirmation_nothing_is_changed_any_more(
    apply: Upload, ana: User, upload: Upload, run: Run
) -> None:
    job = run(upload("text\na\n"))
    wishes.confirm_import(ana, job)
    for done in (job, apply(NOTES)):
        with pytest.raises(WrongState):
            intake.set_mapping(ana, done, MappingRequest(mapping={"text": "text"}))
        with pytest.raises(WrongState):
            intake.set_layout(ana, done, LayoutRequest(layout=Layout()))
