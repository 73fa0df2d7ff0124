"""Imports through check and run, in this process."""

from dataclasses import replace
from typing import Any

import pytest
from django.contrib.auth.models import User

from imports import bookkeeping, pipeline, uploads, walking, wishes
from imports.attempt import Attempt, Columns
from imports.bookkeeping import Chunk
from imports.errors import WrongState
from imports.ingest import ChunkResult
from imports.models import Event, ImportJob
from imports.problems import Problem
from imports.states import Status
from imports.undoing import LateRefusal
from tests.imports.conftest import Run, Upload
from tests.library.models import Author, Book, Note

pytestmark = pytest.mark.django_db

NOTES = "text,stars\nfirst,1\nsecond,2\nthird,x\nfourth,4\n"
COUNTS = ("created", "updated", "unchanged", "skipped", "failed")


def counts(job: ImportJob) -> dict[str, int]:
    found = {name: getattr(job, f"{name}_rows") for name in COUNTS}
    return {name: count for name, count in found.items() if count}


def events(job: ImportJob) -> list[str]:
    return list(job.logs.values_list("event", flat=True))


def test_a_check_says_what_would_happen_and_writes_nothing(upload: Upload, run: Run) -> None:
    Note.objects.create(text="second", stars=1)
    job = run(upload(NOTES))
    assert (job.status, job.error_details) == (Status.READY, "")
    assert counts(job) == {"created": 2, "updated": 1, "failed": 1}
    assert job.check_counts == {"create": 2, "update": 1, "unchanged": 0, "skip": 0, "fail": 1}
    assert (job.total_rows, job.processed_rows, job.progress) == (4, 4, 100.0)
    assert job.problem_codes == {"not_a_number": 1}
    problem = job.problems.get()
    assert (problem.row, problem.column, problem.value) == (4, "stars", "x")
    change = job.changes.get(action="update")
    assert (change.row, change.changes) == (3, {"stars": ["1", "2"]})
    assert Note.objects.get().stars == 1
    assert events(job) == [Event.UPLOADED, Event.CHECKING, Event.CHECKED]


def test_what_is_confirmed_is_applied(upload: Upload, run: Run, ana: User) -> None:
    Note.objects.create(text="second", stars=1)
    job = run(upload(NOTES))
    wishes.confirm_import(ana, job)
    assert (job.status, job.processed_rows, counts(job)) == (Status.QUEUED, 0, {})
    run(job)
    assert job.status == Status.COMPLETED, job.error_details
    assert counts(job) == {"created": 2, "updated": 1, "failed": 1}
    assert job.values_written == 3
    stars = dict(Note.objects.values_list("text", "stars"))
    assert stars == {"first": 1, "second": 2, "fourth": 4}
    assert job.problems.get().row == 4
    assert job.failures.get().cells == ["third", "x"]
    assert events(job)[-3:] == [Event.CONFIRMED, Event.PROCESSING, Event.COMPLETED]


def test_everything_goes_by_itself_when_asked_to(apply: Upload) -> None:
    job = apply("title,author\nEmma,Jane Austen\nOdes,John Keats\n", importer="books")
    assert job.status == Status.COMPLETED, job.error_details
    assert sorted(Book.objects.values_list("title", "author__name")) == [
        ("Emma", "Jane Austen"),
        ("Odes", "John Keats"),
    ]
    assert Author.objects.count() == 2


def test_the_same_file_again_changes_nothing_and_waits_for_a_person(
    apply: Upload, run: Run, ana: User
) -> None:
    first = apply(NOTES)
    second = apply(NOTES)
    assert (second.status, second.same_as) == (Status.READY, first)
    wishes.confirm_import(ana, second)
    run(second)
    assert counts(second) == {"unchanged": 3, "failed": 1}
    assert Note.objects.count() == 3


def test_a_dry_run_ends_with_the_check(upload: Upload, run: Run) -> None:
    job = run(upload(NOTES, dry_run=True, confirm=True))
    assert job.status == Status.COMPLETED
    assert counts(job) == {"created": 3, "failed": 1}
    assert not Note.objects.exists()


@pytest.mark.parametrize("wish", [{}, {"dry_run": True}, {"confirm": True}])
def test_a_file_without_a_good_row_fails_the_check(
    upload: Upload, run: Run, wish: dict[str, bool]
) -> None:
    job = run(upload("text,stars\na,x\nb,y\n", **wish))
    assert (job.status, job.error_code) == (Status.FAILED, "every_row_failed")
    assert "2 rows" in job.error_message
    assert job.failures.count() == 2


def test_a_file_without_rows_fails_the_check(upload: Upload, run: Run) -> None:
    job = run(upload("text,stars\n"))
    assert (job.status, job.error_code) == (Status.FAILED, "no_rows")


def test_all_or_nothing_is_refused_by_the_check_when_it_was_to_go_by_itself(
    apply: Upload,
) -> None:
    job = apply(NOTES, on_error="abort")
    assert (job.status, job.error_code) == (Status.FAILED, "all_or_nothing")
    assert "1 row cannot be imported" in job.error_message
    assert not Note.objects.exists()


def test_all_or_nothing_looks_at_all_rows_before_it_writes_one(
    upload: Upload, run: Run, ana: User
) -> None:
    job = run(upload(NOTES))
    wishes.confirm_import(ana, job, on_error="abort")
    run(job)
    assert (job.status, job.error_code) == (Status.FAILED, "all_or_nothing")
    assert counts(job) == {"failed": 1}
    assert [failure.row for failure in job.failures.all()] == [4]
    assert not Note.objects.exists()


def test_what_all_or_nothing_refused_goes_on_without_the_bad_rows(
    upload: Upload, run: Run, apply: Upload, ana: User
) -> None:
    confirmed = run(upload(NOTES))
    wishes.confirm_import(ana, confirmed, on_error="abort")
    run(confirmed)
    by_itself = apply(NOTES.replace("text", "Text"), on_error="abort")
    assert not Note.objects.exists()
    for job in (confirmed, by_itself):
        Note.objects.all().delete()
        wishes.import_good_rows(ana, job)
        while not run(job).is_finished:
            assert job.status in (Status.CHECKING, Status.QUEUED)
        assert (job.status, job.on_error, counts(job)["failed"]) == (Status.COMPLETED, "skip", 1)
        assert Note.objects.count() == counts(job)["created"] > 0
        assert wishes.can_be_mended(job)
        with pytest.raises(WrongState):
            wishes.import_good_rows(ana, job)


def test_all_or_nothing_writes_all_when_all_are_good(apply: Upload) -> None:
    job = apply("text,stars\na,1\nb,2\n", on_error="abort")
    assert (job.status, counts(job)) == (Status.COMPLETED, {"created": 2})
    assert Note.objects.count() == 2


def test_all_or_nothing_takes_everything_back_when_a_row_fails_late(
    upload: Upload, run: Run, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    Note.objects.create(text="r3", stars=3)
    job = run(upload("text,stars\n" + "".join(f"r{n},{n + 1}\n" for n in range(1200))))
    wishes.confirm_import(ana, job, on_error="abort")
    real, met = bookkeeping.settle, []

    def settle(attempt: Attempt, chunk: Chunk, result: ChunkResult) -> Columns:
        """Somebody deletes what the last chunk needs, after all rows were looked at."""
        met.append(Note.objects.count())
        if len(met) == 2:
            problem = Problem(code="not_found", message="It is gone.")
            raise LateRefusal(replace(result, failures=[(chunk[-1], [problem])]))
        return real(attempt, chunk, result)

    monkeypatch.setattr(pipeline, "_settle_or_refuse", settle)
    run(job)
    assert met[1] > met[0]  # something had been written
    assert (job.status, job.error_code) == (Status.FAILED, "all_or_nothing")
    assert not job.is_undoing
    assert counts(job) == {"failed": 1}
    assert list(Note.objects.values_list("text", "stars")) == [("r3", 3)]
    assert job.problems.get(code="not_found").message == "It is gone."


def test_a_broken_attempt_goes_on_behind_the_last_whole_chunk(
    upload: Upload, run: Run, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "".join(f"r{n},{'x' if n % 100 == 50 else n}\n" for n in range(1200))
    rows += "r7,1\n"  # said before, in the first chunk
    job = run(upload("text,stars\n" + rows))
    wishes.confirm_import(ana, job)
    real, chunks = bookkeeping.settle, []

    def settle(attempt: Attempt, chunk: Chunk, result: ChunkResult) -> Columns:
        columns = real(attempt, chunk, result)
        chunks.append((chunk[0].row, chunk[-1].row))
        if len(chunks) == 2:
            raise ValueError("boom")
        return columns

    monkeypatch.setattr(pipeline.bookkeeping, "settle", settle)
    run(job)
    assert (job.status, job.error_code) == (Status.QUEUED, "unexpected")
    assert (job.cursor, job.processed_rows, Note.objects.count()) == (201, 200, 198)
    run(job)
    assert job.status == Status.COMPLETED
    assert chunks[2][0] == 202
    assert counts(job) == {"created": 1188, "failed": 13}
    assert Note.objects.count() == 1188
    assert job.problem_codes == {"not_a_number": 12, "duplicate_in_file": 1}
    assert job.failures.count() == 13


def test_an_attempt_that_has_lost_its_job_writes_nothing(
    upload: Upload, run: Run, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = run(upload(NOTES))
    wishes.confirm_import(ana, job)
    real = bookkeeping.settle

    def settle(attempt: Attempt, chunk: Chunk, result: ChunkResult) -> Columns:
        ImportJob.objects.update(attempts=7)  # another one has it now
        return real(attempt, chunk, result)

    monkeypatch.setattr(pipeline.bookkeeping, "settle", settle)
    run(job)
    assert not Note.objects.exists()
    assert (job.status, job.cursor, job.processed_rows) == (Status.PROCESSING, 0, 0)


def test_a_cancelled_import_keeps_whole_chunks_and_says_how_many(
    upload: Upload, run: Run, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = run(upload("text,stars\n" + "".join(f"r{n},1\n" for n in range(500))))
    wishes.confirm_import(ana, job)
    real = bookkeeping.settle

    def settle(attempt: Attempt, chunk: Chunk, result: ChunkResult) -> Columns:
        wishes.cancel_import(ana, ImportJob.objects.get(pk=job.pk))
        return real(attempt, chunk, result)

    monkeypatch.setattr(pipeline.bookkeeping, "settle", settle)
    run(job)
    assert (job.status, job.processed_rows, Note.objects.count()) == (Status.CANCELLED, 200, 200)
    story = job.logs.get(event=Event.CANCELLED)
    assert story.message == "200 of 500 rows had been dealt with; they stay: 200 new."
    assert story.actor == ana


def test_a_cancelled_import_can_go_on(upload: Upload, run: Run, ana: User) -> None:
    job = run(upload(NOTES))
    wishes.confirm_import(ana, job)
    wishes.cancel_import(ana, job)
    assert job.status == Status.CANCELLED
    wishes.retry_import(ana, job)
    run(job)
    assert (job.status, counts(job)) == (Status.COMPLETED, {"created": 3, "failed": 1})


def test_an_import_gives_way_when_others_wait(
    upload: Upload, run: Run, ana: User, settings: Any
) -> None:
    settings.IMPORT_TURN = 0
    job = run(upload("text,stars\n" + "".join(f"r{n},1\n" for n in range(500))))
    wishes.confirm_import(ana, job)
    other = upload(NOTES)
    run(job)
    assert (job.status, job.attempts, job.processed_rows) == (Status.QUEUED, 0, 200)
    settings.IMPORT_TURN = 60
    run(other)
    run(job)
    assert (job.status, job.processed_rows, Note.objects.count()) == (Status.COMPLETED, 500, 500)


def test_problems_of_a_kind_are_kept_up_to_a_number_but_counted_and_reported_whole(
    upload: Upload, run: Run, settings: Any
) -> None:
    settings.IMPORT_PROBLEMS_KEPT = 3
    settings.IMPORT_CHANGES_KEPT = 2
    rows = [f"r{n},{'x' if n < 10 else 1}" for n in range(20)]
    job = run(upload("text,stars\n" + "\n".join(rows) + "\n"))
    assert job.problem_codes == {"not_a_number": 10}
    assert [problem.row for problem in job.problems.all()] == [2, 3, 4]
    assert job.failures.count() == 10
    assert job.changes.count() == 2


def test_a_permission_that_was_taken_away_stops_the_run(
    upload: Upload, run: Run, ana: User
) -> None:
    job = run(upload(NOTES))
    wishes.confirm_import(ana, job)
    ana.user_permissions.clear()
    run(job)
    assert (job.status, job.error_code) == (Status.FAILED, "not_allowed")
    assert "may not import" in job.error_message
    assert not Note.objects.exists()


def test_a_file_that_is_gone_fails_the_job_with_a_sentence(upload: Upload, run: Run) -> None:
    job = upload(NOTES)
    uploads.uploads().clear(job.pk)
    run(job)
    assert (job.status, job.error_code) == (Status.FAILED, "file_gone")


def test_a_file_that_breaks_off_is_refused_with_the_reason(upload: Upload, run: Run) -> None:
    job = run(upload('text,stars\na,1\n"b,2\n' + "c,3\n" * 30_000))
    assert job.status == Status.FAILED
    assert "quote" in job.error_message


@pytest.mark.parametrize("is_kept", [True, False])
def test_the_upload_goes_after_success_unless_it_is_to_stay(
    apply: Upload, settings: Any, is_kept: bool
) -> None:
    settings.IMPORT_KEEP_UPLOADS = is_kept
    job = apply(NOTES)
    assert bool(job.file_key) is is_kept
    assert bool(list(uploads.uploads().owners())) is is_kept
    assert len(job.sha256) == 64


def test_a_check_says_about_how_many_rows_there_are(
    upload: Upload, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(walking, "WORTH_A_GUESS", 2)
    told: list[tuple[int | None, int | None]] = []

    def settle(attempt: Attempt, chunk: Chunk, result: ChunkResult) -> Columns:
        watched = ImportJob.objects.get()
        told.append((watched.total_rows, watched.counted_rows))
        return settle_well(attempt, chunk, result)

    settle_well = bookkeeping.settle
    monkeypatch.setattr(bookkeeping, "settle", settle)
    job = run(upload(NOTES.replace("fourth", '"four\nth"')))
    assert told == [(5, None)]  # a line break within quotes is not known to be one
    assert (job.total_rows, job.counted_rows) == (4, 4)
