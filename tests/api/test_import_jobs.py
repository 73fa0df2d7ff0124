"""The calls about imports that are there: list, look, map, confirm, cancel, retry."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from imports.models import ImportJob
from imports.states import Status
from tests.api.conftest import NOTES, Caller, Send
from tests.imports.conftest import Run
from tests.library.models import Note

pytestmark = pytest.mark.django_db

FIELDS = {
    *("batch_id", "importer", "filename", "file_size", "sha256", "status", "dry_run", "mode"),
    *("on_error", "encoding", "delimiter", "sheet", "header", "mapping", "total_rows"),
    *("processed_rows", "created_rows", "updated_rows", "unchanged_rows", "skipped_rows"),
    *("failed_rows", "progress_percent", "user_name", "user_email", "uploaded_at", "queued_at"),
    *("started_at", "completed_at", "duration_ms", "attempts", "error", "message"),
    *("worker_alive", "problem_codes", "status_url", "problems_url", "report_url"),
    "values_written",
}
OURS = {"confirm", "key", "blank", "options", "notes", "values", "changes_url"}


def look(api: Caller, job: ImportJob) -> Any:
    return api.get(f"imports/{job.pk}").json()


# -- One import ---------------------------------------------------------------------------------
def test_a_checked_import(imports_api: Caller, send: Send, run: Run) -> None:
    job = run(send())
    found = look(imports_api, job)
    here = f"http://testserver/api/v1/imports/{job.pk}"
    assert set(found) == FIELDS | OURS
    assert (found["status"], found["progress_percent"], found["error"]) == ("ready", 100.0, None)
    assert (found["total_rows"], found["processed_rows"]) == (3, 3)
    assert (found["created_rows"], found["failed_rows"], found["values_written"]) == (2, 1, 0)
    assert (found["user_name"], found["user_email"]) == ("iris", "iris@example.org")
    assert found["problem_codes"] == {"not_a_number": 1}
    assert found["message"] == "It would be: 2 new, 1 failed. Confirm to import it."
    assert (found["status_url"], found["problems_url"]) == (here, f"{here}/problems")
    assert (found["changes_url"], found["report_url"]) == (f"{here}/changes", f"{here}/report")
    assert (found["uploaded_at"][-1], found["queued_at"], found["completed_at"]) == (
        "Z",
        None,
        None,
    )


def test_an_import_that_is_through(imports_api: Caller, send: Send, run: Run) -> None:
    job = run(run(send(confirm="true")))
    found = look(imports_api, job)
    assert (found["status"], found["created_rows"], found["values_written"]) == ("completed", 2, 2)
    assert found["duration_ms"] >= 0
    assert found["queued_at"] <= found["started_at"] <= found["completed_at"]
    assert Note.objects.count() == 2


def test_progress_has_one_decimal(imports_api: Caller, send: Send) -> None:
    job = send()
    ImportJob.objects.update(total_rows=3, processed_rows=2)
    assert look(imports_api, job)["progress_percent"] == 66.6


def test_a_failed_import_says_why(imports_api: Caller, send: Send, run: Run) -> None:
    found = look(imports_api, run(send("text,stars\na,x\n")))
    assert found["status"] == "failed"
    assert found["error"]["code"] == "every_row_failed"
    assert found["message"] == found["error"]["message"] != ""


def test_who_waits_learns_that_nobody_works(
    imports_api: Caller, send: Send, make_worker: Any
) -> None:
    job = send()
    found = look(imports_api, job)
    assert found["worker_alive"] is False
    assert "No background worker is running" in found["message"]
    make_worker()
    found = look(imports_api, job)
    assert found["worker_alive"] is True
    assert found["message"] == "The file is being checked. Nothing is written."


@pytest.mark.parametrize(("seconds", "is_alive"), [(600, True), (-600, False)])
def test_a_running_import_is_judged_by_its_lease(
    imports_api: Caller, send: Send, seconds: int, is_alive: bool
) -> None:
    job = send()
    until = timezone.now() + timedelta(seconds=seconds)
    ImportJob.objects.update(claimed_by="x:1", lease_until=until)
    assert look(imports_api, job)["worker_alive"] is is_alive


def test_an_import_that_is_not_there(imports_api: Caller) -> None:
    response = imports_api.get(f"imports/{uuid.uuid4()}")
    assert (response.status_code, response.json()) == (404, {"detail": "There is no such import."})
    assert imports_api.get("imports/5").status_code == 404


# -- Lists --------------------------------------------------------------------------------------
def names(response: Any) -> list[str]:
    return [one["filename"] for one in response.json()["data"]]


@pytest.fixture
def several(send: Send, run: Run) -> None:
    send(name="a.csv", notes="from the fair")
    run(send(name="b.csv"))
    send("title\nEmma\n", name="c of May.csv", importer="books")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", ["c of May.csv", "b.csv", "a.csv"]),
        ("status=ready", ["b.csv"]),
        ("status=ready&status=checking", ["c of May.csv", "b.csv", "a.csv"]),
        ("status=&importer=&search=", ["c of May.csv", "b.csv", "a.csv"]),
        ("importer=books", ["c of May.csv"]),
        ("importer=notes&importer=books&status=checking", ["c of May.csv", "a.csv"]),
        ("search=may C", ["c of May.csv"]),
        ("search=fair", ["a.csv"]),
        ("search=book", ["c of May.csv"]),
        ("search=IRIS", ["c of May.csv", "b.csv", "a.csv"]),
        ("search=fair may", []),
        ("limit=2", ["c of May.csv", "b.csv"]),
        ("limit=2&page=2", ["a.csv"]),
        ("page_size=1&page=3", ["a.csv"]),
    ],
)
def test_the_list_is_narrowed(
    imports_api: Caller, several: None, query: str, found: list[str]
) -> None:
    assert names(imports_api.get(f"imports?{query}")) == found


def test_the_list_is_paged(imports_api: Caller, several: None) -> None:
    response = imports_api.get("imports/?importer=notes&importer=books&limit=2")
    assert response.json()["pagination"] == {
        "page": 1, "page_size": 2, "total_items": 3, "total_pages": 2,
        "next": "http://testserver/api/v1/imports/?importer=notes&importer=books&limit=2&page=2",
        "previous": None,
    }  # fmt: skip
    assert imports_api.get("imports?page=9").status_code == 404


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("status=done", "status", "uploaded, checking, ready"),
        ("importer=x", "importer", "There are: "),
        ("limit=101", "limit", "100"),
        ("limit=0", "limit", "1"),
        ("limit=5&page_size=5", "limit", "another name"),
        ("state=ready", "state", "status, importer, search, limit"),
        ("search=a&search=b", "search", "2 times"),
        ("search=%00", "search", "NUL"),
    ],
)
def test_what_cannot_be_listed(imports_api: Caller, query: str, field: str, said: str) -> None:
    response = imports_api.get(f"imports?{query}")
    assert (response.status_code, list(response.json())) == (400, [field])
    assert said in str(response.json()[field])


def test_only_the_own_ones_are_listed_but_all_for_a_superuser(
    several: None, root_api: Caller, make_user: Any, caller_for: Any
) -> None:
    bob = caller_for(make_user("bob", "imports.add_importjob"))
    assert names(bob.get("imports")) == []
    assert len(names(root_api.get("imports"))) == 3


def test_a_list_costs_the_same_however_long(imports_api: Caller, send: Send, run: Run) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            imports_api.get("imports")
        return len(queries)

    done = run(run(send(name="done.csv", confirm="true")))
    run(send(name="same.csv"))
    imports_api.get("imports")  # notes the token's use
    few = cost()
    for number in range(5):
        job = run(send(name=f"{number}.csv"))
        assert job.same_as == done
    assert cost() == few


# -- Wishes -------------------------------------------------------------------------------------
def test_map_check_confirm(imports_api: Caller, send: Send, run: Run) -> None:
    job = run(send("text,stars,sort\nfirst,1,by the way\n"))
    mapping = {"text": "text", "stars": None, "sort": "kind"}
    values = {"kind": {"by the way": "Aside"}}
    answer = imports_api.post(f"imports/{job.pk}/mapping/", {"mapping": mapping, "values": values})
    assert (answer.status_code, answer.json()["status"]) == (202, "checking")
    assert (answer.json()["mapping"], answer.json()["values"]) == (mapping, values)
    assert run(job).status == Status.READY
    answer = imports_api.post(f"imports/{job.pk}/confirm")
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert run(job).status == Status.COMPLETED
    note = Note.objects.get()
    assert (note.text, note.stars, note.kind) == ("first", 0, "a")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "mapping"),
        ({"mapping": None}, "mapping"),
        ({"mapping": []}, "mapping"),
        ({"mapping": {"text": 1}}, "mapping.text"),
        ({"mapping": {"text": "nope"}}, "mapping"),
        ({"mapping": {"nope": "text"}}, "mapping"),
        ({"mapping": {"stars": "stars"}}, "mapping"),
        ({"mapping": {"text": "text"}, "values": {"x": {"a": "b"}}}, "values"),
        ({"mapping": {"text": "text"}, "values": {"kind": 1}}, "values.kind"),
        ({"mapping": {"text": "text"}, "mode": "create"}, "mode"),
    ],
)
def test_a_mapping_that_is_none(
    imports_api: Caller, send: Send, body: dict[str, Any], field: str
) -> None:
    job = send()
    answer = imports_api.post(f"imports/{job.pk}/mapping", body)
    assert (answer.status_code, list(answer.json())) == (400, [field])


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ("mapping", "completed"),
        ("mapping", "queued"),
        *(("confirm", status) for status in Status.values if status != "ready"),
        *(("cancel", status) for status in ("completed", "failed", "cancelled")),
        *(("retry", s) for s in Status.values if s not in ("failed", "cancelled")),
    ],
)
def test_what_the_status_forbids(imports_api: Caller, send: Send, call: str, status: str) -> None:
    job = send()
    ImportJob.objects.update(status=status, queued_at=timezone.now())
    body = {"mapping": {"text": "text"}} if call == "mapping" else {}
    answer = imports_api.post(f"imports/{job.pk}/{call}", body)
    assert (answer.status_code, list(answer.json())) == (409, ["detail"])
    assert ImportJob.objects.get().status == status


def test_cancelled_and_tried_again(imports_api: Caller, send: Send, run: Run) -> None:
    job = run(send(confirm="true"))
    answer = imports_api.post(f"imports/{job.pk}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (202, "cancelled")
    assert answer.json()["message"] == "Nothing was written."
    answer = imports_api.post(f"imports/{job.pk}/retry")
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    assert run(job).status == Status.COMPLETED
    assert Note.objects.count() == 2


def test_the_permission_is_asked_again(
    iris: User, imports_api: Caller, send: Send, run: Run
) -> None:
    job = run(send())
    iris.user_permissions.remove(Permission.objects.get(codename="change_note"))
    for call, body in (("confirm", None), ("mapping", {"mapping": {"text": "text"}})):
        answer = imports_api.post(f"imports/{job.pk}/{call}", body)
        assert (answer.status_code, list(answer.json())) == (403, ["detail"])


def test_a_token_for_exports_is_not_good_for_imports(iris: User, caller_for: Any) -> None:
    other = caller_for(iris, scopes=["exports"])
    for response in (other.get("imports"), other.get("importers"), other.send(NOTES)):
        assert response.status_code == 403
        assert response.json()["detail"] == "This token is not good for imports."
    assert caller_for(iris, scopes=["imports"]).get("exports").status_code == 403
