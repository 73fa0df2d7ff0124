"""Failed rows out as a report, mended, and back in."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import User
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports import bookkeeping, mended_files, uploads, wishes
from imports.errors import InvalidRequest, NotAllowed, WrongState
from imports.models import Event, FailedRow, ImportJob
from imports.report import make_report
from imports.states import Status
from tests.imports.conftest import Run, Upload
from tests.imports.test_pipeline import counts, events
from tests.library.models import Note

pytestmark = pytest.mark.django_db

NOTES = "text,stars,kind\nfirst,1,Aside\nsecond,x,Brief\n=third,y,nothing\nfourth,4,Brief\n"


def report_of(user: User, job: ImportJob, file_format: str = "csv") -> bytes:
    with make_report(user, job, file_format).stream as stream:
        return stream.read()


def lines_of(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def mend(user: User, job: ImportJob, data: bytes | str, name: str = "mended.csv") -> None:
    raw = data.encode() if isinstance(data, str) else data
    wishes.receive_mended(user, job, name, io.BytesIO(raw))


def test_the_report_has_the_failed_rows_as_they_were_with_all_reasons(
    apply: Upload, ana: User
) -> None:
    job = apply(NOTES)
    header, second, third = lines_of(report_of(ana, job))
    assert header == ["Row", "Problem", "text", "stars", "kind"]
    assert (second[0], second[2:]) == ("3", ["second", "x", "Brief"])
    assert second[1].startswith("stars: ")
    assert (third[0], third[2:]) == ("4", ["'=third", "y", "nothing"])
    assert "stars: " in third[1]
    assert "kind: " in third[1]
    assert events(job)[-1] == Event.REPORTED


def test_the_workbook_colours_explains_and_offers_choices(apply: Upload, ana: User) -> None:
    job = apply(NOTES)
    book = openpyxl.load_workbook(io.BytesIO(report_of(ana, job, "xlsx")))
    sheet = book.worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Row", "Problem", "text", "stars", "kind"]
    assert [cell.value for cell in sheet[3]][2:] == ["=third", "y", "nothing"]
    assert sheet["C3"].data_type == "s"
    bad = [cell.coordinate for row in sheet for cell in row if cell.fill.fill_type]
    assert bad == ["D2", "D3", "E3"]
    assert "number" in str(sheet["D2"].comment.text)
    rule = sheet.data_validations.dataValidation[0]
    assert str(rule.sqref).startswith("E2:E")
    choices = [row[0].value for row in book[book.sheetnames[1]]]
    assert choices == ["Aside", "Brief"]
    assert book[book.sheetnames[1]].sheet_state == "hidden"


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_mended_rows_go_in_and_the_counts_move_over(
    apply: Upload, run: Run, ana: User, file_format: str
) -> None:
    job = apply(NOTES)
    assert counts(job) == {"created": 2, "failed": 2}
    mend(ana, job, mended_file(report_of(ana, job, file_format), file_format), f"m.{file_format}")
    assert job.status == Status.QUEUED
    run(job)
    assert (job.status, job.error_details) == (Status.COMPLETED, "")
    assert counts(job) == {"created": 4}
    assert (job.processed_rows, job.total_rows, job.mended_rounds) == (4, 4, 1)
    assert job.problem_codes == {}
    assert not job.problems.exists()
    assert not job.failures.exists()
    assert Note.objects.get(text="=third").stars == 3
    assert events(job)[-3:] == [Event.MENDED, Event.PROCESSING, Event.COMPLETED]
    assert not list(uploads.mended().owners())


def mended_file(data: bytes, file_format: str) -> bytes:
    if file_format == "csv":
        return data.replace(b"second,x", b"second,2").replace(b"third,y,nothing", b"third,3,Aside")
    book = openpyxl.load_workbook(io.BytesIO(data))
    sheet = book.worksheets[0]
    sheet["D2"], sheet["D3"], sheet["E3"] = 2, "3", "Aside"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_what_is_still_bad_stays_out_with_its_new_reason(
    apply: Upload, run: Run, ana: User
) -> None:
    job = apply(NOTES)
    mend(ana, job, "Row,Problem,text,stars,kind\n3,,second,2,Brief\n4,,third,3,nothing\n")
    run(job)
    assert (job.status, counts(job)) == (Status.COMPLETED, {"created": 3, "failed": 1})
    assert job.problem_codes == {"unknown_choice": 1}
    assert [(problem.row, problem.column) for problem in job.problems.all()] == [(4, "kind")]
    assert job.failures.get().cells == ["third", "3", "nothing"]
    mend(ana, job, "Row,Problem,text,stars,kind\n4,,third,3,Aside\n")
    run(job)
    assert (counts(job), job.mended_rounds) == ({"created": 4}, 2)


def test_rows_that_are_no_failed_rows_are_left_out_and_named(
    apply: Upload, run: Run, ana: User
) -> None:
    job = apply(NOTES)
    mend(
        ana,
        job,
        "Row,Problem,text,stars,kind\n2,,first,9,Aside\n3,,second,2,Brief\n3,,again,2,Brief\n"
        "x,,new,1,Aside\n99,,new,1,Aside\n",
    )
    run(job)
    assert counts(job) == {"created": 3, "failed": 1}
    assert Note.objects.get(text="first").stars == 1
    assert not Note.objects.filter(text__in=("again", "new")).exists()
    result = job.mended_result
    assert (result["rows"], result["mended"], result["failed"], result["refused"]) == (1, 1, 0, 4)
    assert (
        result["sentences"][0]
        == "Row 2 of the file: “Row” does not name a failed row of this import."
    )
    assert result["sentences"][1] == "Row 4 of the file: Row 3 was there before; that one counts."
    story = job.logs.filter(event=Event.COMPLETED).last()
    assert story is not None
    assert "4 of the file are no failed rows" in story.message


def test_columns_may_be_moved_but_not_be_missing(apply: Upload, run: Run, ana: User) -> None:
    job = apply(NOTES)
    with pytest.raises(InvalidRequest, match="“stars” is missing"):
        mend(ana, job, "Row,Problem,kind,text\n3,,Brief,second\n")
    mend(ana, job, "Row,Problem,kind,stars,text\n3,,Brief,2,second\n")
    run(job)
    assert Note.objects.get(text="second").stars == 2


@pytest.mark.parametrize("content", ["text,stars,kind\nsecond,2,Brief\n", "\x00\x01", ""])
def test_a_file_that_is_no_report_is_refused_and_not_kept(
    apply: Upload, ana: User, content: str
) -> None:
    job = apply(NOTES)
    with pytest.raises(InvalidRequest):
        mend(ana, job, content)
    job.refresh_from_db()
    assert (job.status, job.mended_key) == (Status.COMPLETED, "")


def test_an_import_of_which_every_row_failed_can_be_mended(
    upload: Upload, run: Run, ana: User
) -> None:
    job = run(upload("text,stars\na,x\nb,1\n"))
    wishes.confirm_import(ana, job)
    Note.objects.all().delete()
    ImportJob.objects.update(mode="update")  # now nothing is found: each row fails
    run(job)
    assert (job.status, job.error_code) == (Status.FAILED, "every_row_failed")
    ImportJob.objects.update(mode="upsert")
    mend(ana, job, "Row,Problem,text,stars\n3,,b,2\n")
    run(job)
    assert (job.status, counts(job)) == (Status.COMPLETED, {"created": 1, "failed": 1})


def test_only_what_has_gone_through_and_has_failed_rows_can_be_mended(
    apply: Upload, upload: Upload, run: Run, ana: User
) -> None:
    report = "Row,Problem,text,stars\n3,,b,2\n"
    for job in (
        upload("text\na\n"),
        apply("text\nb\n"),
        run(upload("text,stars\na,1\nb,x\n", dry_run=True)),
        apply("text,stars\nq,1\nb,x\n", on_error="abort"),
    ):
        with pytest.raises(WrongState):
            mend(ana, job, report)


def test_a_broken_round_goes_on_behind_its_last_chunk(
    apply: Upload, run: Run, ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = "".join(f"r{n},x\n" for n in range(450))
    job = apply("text,stars\ngood,1\n" + bad)
    lines = "".join(f"{n + 3},,r{n},{n}\n" for n in range(450))
    mend(ana, job, "Row,Problem,text,stars\n1,,none,1\n" + lines + "1,,none,1\n")
    real, calls = bookkeeping.write_findings, []

    def stumble(*args: Any) -> Any:
        calls.append(1)
        if len(calls) == 2:
            raise ValueError("boom")
        return real(*args)

    monkeypatch.setattr(bookkeeping, "write_findings", stumble)
    run(job)
    assert (job.status, job.mended_cursor) == (Status.QUEUED, 202)
    assert counts(job) == {"created": 201, "failed": 250}
    run(job)
    assert (job.status, counts(job)) == (Status.COMPLETED, {"created": 451})
    result = job.mended_result
    assert (result["rows"], result["mended"], result["refused"]) == (450, 450, 2)


def test_a_report_is_for_those_who_see_the_import_and_only_of_failed_rows(
    apply: Upload, ana: User, make_user: Any
) -> None:
    job = apply(NOTES)
    with pytest.raises(NotAllowed):
        make_report(make_user("bob", "imports.add_importjob"), job, "csv")
    with pytest.raises(InvalidRequest, match="csv, xlsx"):
        make_report(ana, job, "pdf")
    with pytest.raises(WrongState):
        make_report(ana, apply("text\nb\n"), "csv")


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(st.lists(st.text(max_size=30), min_size=2, max_size=2))
@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_every_cell_survives_the_way_out_and_back(
    ana: User, file_format: str, cells: list[str]
) -> None:
    ImportJob.objects.all().delete()
    cells = [bookkeeping.printable(cell) for cell in cells]
    if file_format == "xlsx":  # XML knows neither these characters nor a lone CR
        cells = ["".join(c for c in cell if c.isprintable() or c in "\n\t") for cell in cells]
    job = ImportJob.objects.create(
        importer="books", filename="b.csv", created_by=ana, header=["title", "blurb"],
        mapping={"title": "title", "blurb": "blurb"}, delimiter=",", status="completed",
    )  # fmt: skip
    FailedRow.objects.create(
        job=job, row=7, cells=cells, problems=[["title", "It is bad.", "bad", "error"]]
    )
    data = report_of(ana, job, file_format)
    assert read_back(job, data, f"r.{file_format}") == [(7, cells)]


def read_back(job: ImportJob, data: bytes, name: str) -> list[tuple[int, list[str]]]:
    published = uploads.store(uploads.mended(), job.pk, io.BytesIO(data))
    path = uploads.mended().locate(published.key)
    mended_files.check_file(job, path, name)
    with mended_files.open_mended(path, name, job.header) as (arrangement, reader):
        return [
            (arrangement.number_of(raw), [cell or "" for cell in arrangement.cells_of(raw)])
            for raw in reader.rows()
        ]


def test_a_mended_row_does_not_overwrite_a_row_that_is_in(
    apply: Upload, run: Run, ana: User
) -> None:
    """As the whole file would have been refused its second row about one record."""
    Note.objects.create(text="old", stars=7)
    job = apply(NOTES)
    mend(ana, job, "Row,Problem,text,stars,kind\n3,,first,2,Brief\n4,,old,3,Aside\n")
    run(job)
    assert (job.status, job.error_details) == (Status.COMPLETED, "")
    assert counts(job) == {"created": 2, "updated": 1, "failed": 1}
    problem = job.problems.get()
    assert (problem.row, problem.code, problem.column) == (3, "duplicate_in_file", "text")
    assert problem.message == "Row 2 of this file is about the same record."
    assert Note.objects.get(text="first").stars == 1
    assert Note.objects.get(text="old").stars == 3  # no row of the file has written it
