"""What the check or the import has found: problems, changes, the report of failed rows."""

import csv
import io

import openpyxl
import pytest

from imports.models import Event
from imports.states import Status
from tests.api.conftest import NOTES, Caller, Send, content
from tests.imports.conftest import Run
from tests.library.models import Note

pytestmark = pytest.mark.django_db

DIRTY = "title,pages,in print\nEmma,x,no\n,3,no\nOdes,0,yes\nPersuasion,249,yes\n"


def test_problems_are_named_by_the_line_a_person_sees(
    imports_api: Caller, send: Send, run: Run
) -> None:
    job = run(send(DIRTY, importer="books"))
    found = imports_api.get(f"imports/{job.pk}/problems").json()
    assert found["pagination"]["total_items"] == 3
    first, second, third = found["data"]
    assert set(first) == {"row", "column", "value", "code", "message", "severity"}
    assert (first["row"], first["column"], first["value"]) == (2, "pages", "x")
    assert (first["code"], first["severity"]) == ("not_a_number", "error")
    assert (second["row"], second["severity"]) == (3, "error")
    assert (third["row"], third["code"], third["severity"]) == (4, "no_pages", "warning")
    assert imports_api.get(f"imports/{job.pk}").json()["problem_codes"] == {
        first["code"]: 1, second["code"]: 1, "no_pages": 1,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ("severity=error", [2, 3]),
        ("severity=warning", [4]),
        ("severity=", [2, 3, 4]),
        ("page_size=1&page=2", [3]),
    ],
)
def test_problems_are_narrowed(
    imports_api: Caller, send: Send, run: Run, query: str, rows: list[int]
) -> None:
    job = run(send(DIRTY, importer="books"))
    found = imports_api.get(f"imports/{job.pk}/problems?{query}").json()["data"]
    assert [problem["row"] for problem in found] == rows


def test_changes_show_old_and_new(imports_api: Caller, send: Send, run: Run) -> None:
    Note.objects.create(text="first", stars=5)
    Note.objects.create(text="third", stars=3, kind="b")
    job = run(send(f"{NOTES}fourth,4,Brief\n"))
    found = imports_api.get(f"imports/{job.pk}/changes").json()["data"]
    assert [(one["row"], one["action"], one["key"]) for one in found] == [
        (2, "update", "first"), (4, "unchanged", "third"), (5, "create", "fourth"),
    ]  # fmt: skip
    assert found[0]["changes"] == {"stars": ["5", "1"]}
    assert found[1]["changes"] == {}
    assert found[2]["changes"] == {
        "text": [None, "fourth"], "stars": [None, "4"], "kind": [None, "Brief"],
    }  # fmt: skip
    for action, rows in (("update", [2]), ("create", [5]), ("fail", []), ("", [2, 4, 5])):
        page = imports_api.get(f"imports/{job.pk}/changes?action={action}").json()
        assert [one["row"] for one in page["data"]] == rows


@pytest.mark.parametrize(
    ("path", "field", "said"),
    [
        ("problems?severity=bad", "severity", "error, warning"),
        ("changes?action=delete", "action", "create, update, unchanged, skip, fail"),
        ("report?format=pdf", "format", "csv, xlsx"),
        ("problems?kind=x", "kind", "severity"),
    ],
)
def test_findings_that_there_are_not(
    imports_api: Caller, send: Send, path: str, field: str, said: str
) -> None:
    response = imports_api.get(f"imports/{send().pk}/{path}")
    assert (response.status_code, list(response.json())) == (400, [field])
    assert said in response.json()[field][0]


def test_the_report_can_be_mended_and_uploaded_again(
    imports_api: Caller, send: Send, run: Run
) -> None:
    job = run(run(send(confirm="true")))
    response = imports_api.get(f"imports/{job.pk}/report")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="notes_failed.csv"'
    assert response["Cache-Control"] == "private, no-store"
    assert int(response["Content-Length"]) == len(content(response))
    text = content(response).decode("utf-8-sig")
    header, row = csv.reader(io.StringIO(text))
    assert header == ["Row", "Problem", "text", "stars", "kind"]
    assert (row[0], row[2:]) == ("3", ["second", "x", "Aside"])
    assert job.logs.filter(event=Event.REPORTED).count() == 1
    again = run(run(send(text.replace(",x,", ",2,"), confirm="true")))
    assert (again.status, again.created_rows) == (Status.COMPLETED, 1)
    assert Note.objects.get(text="second").stars == 2


def test_the_report_as_a_workbook(imports_api: Caller, send: Send, run: Run) -> None:
    job = run(send())
    response = imports_api.get(f"imports/{job.pk}/report/?format=xlsx")
    assert response["Content-Disposition"] == 'attachment; filename="notes_failed.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(content(response))).worksheets[0]
    assert [cell.value for cell in sheet[2]][2:] == ["second", "x", "Aside"]


def test_without_failed_rows_there_is_no_report(imports_api: Caller, send: Send, run: Run) -> None:
    job = run(send("text\nfirst\n"))
    assert imports_api.get(f"imports/{job.pk}").json()["report_url"] is None
    assert imports_api.get(f"imports/{job.pk}/report").status_code == 409
    assert imports_api.head(f"imports/{job.pk}/report").status_code == 405
