"""The calls about exports that are there: list, look, download, logs, retry, cancel, delete."""

import datetime as dt
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from exports import logs
from exports.models import Event, Export
from exports.states import Status
from tests.api.conftest import Caller, content
from tests.exports.admin.conftest import BODY

pytestmark = pytest.mark.django_db

FIELDS = {
    *("export_id", "resource_type", "format", "status", "total_items", "exported_items"),
    *("failed_items", "progress", "success_rate", "columns", "filters", "include_contact_info"),
    *("file_name", "file_size", "sha256", "download_count", "attempts", "created_by"),
    *("created_at", "started_at", "completed_at", "expires_at", "email_sent_at", "duration_ms"),
    *("error", "message", "queue_position", "worker_alive", "status_url", "logs_url"),
    "download_url",
}


# -- One export -------------------------------------------------------------------------------
def test_a_completed_export(api: Caller, make_export: Any) -> None:
    export = make_export(Status.COMPLETED, filters={"shelf": ["novel"]})
    response = api.get(f"exports/{export.pk}")
    found = response.json()
    here = f"http://testserver/api/v1/exports/{export.pk}"
    assert response.status_code == 200
    assert set(found) == FIELDS
    assert found["export_id"] == str(export.pk)
    assert (found["resource_type"], found["format"]) == ("books", "csv")
    assert (found["status"], found["progress"], found["success_rate"]) == ("completed", 100, 100)
    assert (found["total_items"], found["exported_items"], found["failed_items"]) == (
        150_000, 150_000, 0,
    )  # fmt: skip
    assert (found["columns"], found["filters"]) == (["id", "title"], {"shelf": ["novel"]})
    assert (found["file_name"], found["file_size"]) == ("books.csv", len(BODY))
    assert found["sha256"] == export.sha256
    assert (found["created_by"], found["error"], found["queue_position"]) == ("ana", None, None)
    assert found["duration_ms"] == 72_000
    assert found["message"] == "150000 rows in books.csv."
    assert (found["status_url"], found["logs_url"], found["download_url"]) == (
        here, f"{here}/logs", f"{here}/download",
    )  # fmt: skip


def test_times_are_in_utc_whatever_zone_the_site_has(
    api: Caller, make_export: Any, settings: Any
) -> None:
    settings.TIME_ZONE = "America/New_York"
    moment = dt.datetime(2026, 11, 21, 14, 2, 11, tzinfo=dt.UTC)
    export = make_export(created_at=moment)
    assert api.get(f"exports/{export.pk}").json()["created_at"] == "2026-11-21T14:02:11Z"


def test_a_waiting_export_says_its_place(api: Caller, make_export: Any, make_worker: Any) -> None:
    first = make_export(available_at=timezone.now() - timedelta(minutes=2))
    second = make_export(available_at=timezone.now() - timedelta(minutes=1))
    found = api.get(f"exports/{second.pk}").json()
    assert (found["queue_position"], found["worker_alive"]) == (2, False)
    assert "no background worker" in found["message"]
    make_worker()
    found = api.get(f"exports/{second.pk}").json()
    assert (found["worker_alive"], found["progress"], found["download_url"]) == (True, 0, None)
    assert found["message"] == "It waits for a worker; its place in the queue is 2."
    assert api.get(f"exports/{first.pk}").json()["queue_position"] == 1


def test_a_running_export_says_how_far_it_is(api: Caller, make_export: Any) -> None:
    export = make_export(Status.PROCESSING)
    found = api.get(f"exports/{export.pk}").json()
    assert (found["progress"], found["message"]) == (62.4, "62.4 % are done.")
    assert (found["worker_alive"], found["queue_position"]) == (True, None)
    Export.objects.update(lease_until=timezone.now() - timedelta(seconds=1))
    assert api.get(f"exports/{export.pk}").json()["worker_alive"] is False


def test_a_failed_export_says_why(api: Caller, make_export: Any) -> None:
    export = make_export(Status.FAILED, error_code="time_limit", error_message="It took too long.")
    found = api.get(f"exports/{export.pk}").json()
    assert found["error"] == {"code": "time_limit", "message": "It took too long."}
    assert found["message"] == "It took too long."


@pytest.mark.parametrize("path", ["", "/", "/logs", "/logs/", "/download", "/download/"])
def test_a_slash_at_the_end_makes_no_difference(path: str, api: Caller, make_export: Any) -> None:
    assert api.get(f"exports/{make_export(Status.COMPLETED).pk}{path}").status_code == 200


def test_another_persons_export_does_not_exist(
    bob_api: Caller, root_api: Caller, make_export: Any
) -> None:
    pk = make_export(Status.COMPLETED).pk
    for path in (f"exports/{pk}", f"exports/{pk}/download", f"exports/{pk}/logs"):
        assert bob_api.get(path).status_code == 404
        assert bob_api.get(path).json() == {"detail": "There is no such export."}
        assert root_api.get(path).status_code == 200
    for path in (f"exports/{pk}/retry", f"exports/{pk}/cancel"):
        assert bob_api.post(path).status_code == 404
    assert bob_api.delete(f"exports/{pk}").status_code == 404
    assert bob_api.get(f"exports/{uuid.uuid4()}").status_code == 404
    assert bob_api.get("exports").json()["data"] == []


# -- The list ---------------------------------------------------------------------------------
def test_the_list_comes_newest_first_page_by_page(api: Caller, make_export: Any) -> None:
    now = timezone.now()
    made = [make_export(created_at=now - timedelta(minutes=n)) for n in range(5)]
    first = api.get("exports?page_size=2").json()
    assert [one["export_id"] for one in first["data"]] == [str(one.pk) for one in made[:2]]
    assert set(first["data"][0]) == FIELDS
    assert first["pagination"] == {
        "page": 1,
        "page_size": 2,
        "total_items": 5,
        "total_pages": 3,
        "next": "http://testserver/api/v1/exports?page=2&page_size=2",
        "previous": None,
    }
    last = api.get("exports?page_size=2&page=3").json()
    assert [one["export_id"] for one in last["data"]] == [str(made[4].pk)]
    assert last["pagination"]["next"] is None
    assert last["pagination"]["previous"].endswith("?page=2&page_size=2")
    assert api.get("exports?page_size=2&page=4").status_code == 404


def test_an_empty_list_is_a_page(api: Caller) -> None:
    found = api.get("exports").json()
    assert found["data"] == []
    assert (found["pagination"]["page_size"], found["pagination"]["total_items"]) == (20, 0)


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", {"a", "b", "c"}),
        ("status=completed", {"a"}),
        ("status=completed&status=failed", {"a", "b"}),
        ("status=&resource_type=&format=&search=", {"a", "b", "c"}),
        ("resource_type=notes", {"b"}),
        ("format=xlsx", {"c"}),
        ("format=excel", {"c"}),
        ("search=nov", {"a"}),
        ("search=NOVEL%20books", {"a"}),
        ("date_from=2026-11-02", {"b", "c"}),
        ("date_from=2026-11-02&date_to=2026-11-02", {"b"}),
        ("date_to=2026-11-01&status=completed", {"a"}),
        ("date_to=2026-11-01&status=failed", set()),
    ],
)
def test_the_list_is_narrowed(query: str, names: set[str], api: Caller, make_export: Any) -> None:
    def at(day: int) -> dt.datetime:
        return dt.datetime(2026, 11, day, 23, 59, tzinfo=dt.UTC)

    make_export(Status.COMPLETED, title="Books: novel", file_name="a", created_at=at(1))
    make_export(Status.FAILED, resource="notes", title="Notes", file_name="b", created_at=at(2))
    make_export(format="xlsx", title="Books", file_name="c", created_at=at(3))
    found = api.get(f"exports?{query}").json()["data"]
    assert {one["file_name"] for one in found} == names


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [
        ("status=done", "status", "pending, processing, completed"),
        ("resource_type=x", "resource_type", "books"),
        ("format=doc", "format", "csv"),
        ("date_from=yesterday", "date_from", "date"),
        ("date_from=2026-11-02&date_to=2026-11-01", "date_to", "before its beginning"),
        ("page=0", "page", "1"),
        ("page=x", "page", "integer"),
        ("page_size=101", "page_size", "100"),
        ("page_size=0", "page_size", "1"),
        ("nope=1", "nope", "There are: page, page_size, status"),
        ("search=%00", "search", "NUL"),
    ],
)
def test_a_list_that_cannot_be_had_says_why(query: str, field: str, said: str, api: Caller) -> None:
    response = api.get(f"exports?{query}")
    assert (response.status_code, list(response.json())) == (400, [field])
    assert said in response.json()[field][0]


def test_a_long_list_costs_no_more_queries_than_a_short_one(
    api: Caller, make_export: Any, make_worker: Any
) -> None:
    make_worker()

    def count() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert api.get("exports?page_size=100").status_code == 200
        return len(queries)

    for status in (Status.PENDING, Status.PROCESSING, Status.COMPLETED):
        make_export(status)
    api.get("exports")  # the use of the token is noted
    few = count()
    for status in (Status.PENDING, Status.PROCESSING, Status.COMPLETED) * 5:
        make_export(status, lane="bulk" if status == Status.PENDING else "fast")
    assert count() <= few + 1  # a second lane is looked at
    assert few < 14


# -- Download ---------------------------------------------------------------------------------
def test_the_file_comes_with_its_headers(ana: User, api: Caller, make_export: Any) -> None:
    export = make_export(Status.COMPLETED)
    response = api.get(f"exports/{export.pk}/download")
    assert (response.status_code, content(response)) == (200, BODY)
    expected = {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Disposition": 'attachment; filename="books.csv"',
        "Content-Length": str(len(BODY)),
        "ETag": f'"{export.sha256}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-store",
        "Accept-Ranges": "bytes",
    }
    assert {name: response[name] for name in expected} == expected
    log = export.logs.get(event=Event.DOWNLOADED)
    assert log.actor == ana
    assert api.get(f"exports/{export.pk}").json()["download_count"] == 1


def test_parts_heads_and_known_files(api: Caller, make_export: Any) -> None:
    export = make_export(Status.COMPLETED)
    path = f"exports/{export.pk}/download"
    part = api.get(path, Range="bytes=4-7")
    assert (part.status_code, content(part)) == (206, BODY[4:8])
    assert part["Content-Range"] == f"bytes 4-7/{len(BODY)}"
    assert api.get(path, Range="bytes=999-").status_code == 416
    assert api.get(path, Range=f"bytes={'9' * 5000}-").status_code == 200
    head = api.head(path)
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(len(BODY)), b"")
    assert api.get(path, **{"If-None-Match": head["ETag"]}).status_code == 304


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (Status.PENDING, 409),
        (Status.PROCESSING, 409),
        (Status.FAILED, 409),
        (Status.CANCELLED, 409),
        (Status.EXPIRED, 410),
    ],
)
def test_there_is_no_file_without_a_completed_export(
    status: str, code: int, api: Caller, make_export: Any
) -> None:
    export = make_export(status)
    response = api.get(f"exports/{export.pk}/download")
    assert response.status_code == code
    assert response.json()["detail"]


def test_the_permission_is_asked_again_at_the_download(
    ana: User, api: Caller, make_export: Any
) -> None:
    export = make_export(Status.COMPLETED)
    ana.user_permissions.remove(*ana.user_permissions.filter(codename="view_book"))
    response = api.get(f"exports/{export.pk}/download")
    assert response.status_code == 403
    assert "may no longer export books" in response.json()["detail"]


# -- Logs -------------------------------------------------------------------------------------
def test_the_story_comes_oldest_first(ana: User, api: Caller, make_export: Any) -> None:
    export = make_export(Status.PROCESSING)
    logs.write(
        export, Event.PROGRESS, "10 %", processed_rows=15_000, current_batch=15, total_batches=150
    )
    logs.write(export, Event.COMPLETED, "Done.", duration_ms=72_000)
    found = api.get(f"exports/{export.pk}/logs").json()
    assert [log["event"] for log in found["data"]] == ["initiated", "progress", "completed"]
    assert found["pagination"]["page_size"] == 50
    assert set(found["data"][0]) == {
        *("event", "message", "processed_items", "current_batch", "total_batches"),
        *("duration_ms", "actor", "created_at"),
    }
    assert found["data"][0]["actor"] == "ana"
    assert found["data"][1]["processed_items"] == 15_000
    assert found["data"][2]["duration_ms"] == 72_000
    some = api.get(f"exports/{export.pk}/logs?event=progress&page_size=500").json()["data"]
    assert [log["message"] for log in some] == ["10 %"]


@pytest.mark.parametrize(
    ("query", "field"), [("event=x", "event"), ("page_size=501", "page_size"), ("x=1", "x")]
)
def test_logs_that_cannot_be_had(query: str, field: str, api: Caller, make_export: Any) -> None:
    response = api.get(f"exports/{make_export().pk}/logs?{query}")
    assert (response.status_code, list(response.json())) == (400, [field])
    assert field != "event" or "There are: initiated" in response.json()["event"][0]


# -- Wishes -----------------------------------------------------------------------------------
@pytest.mark.parametrize("status", Status.values)
def test_only_a_failed_or_cancelled_export_is_tried_again(
    status: str, api: Caller, make_export: Any
) -> None:
    export = make_export(status)
    response = api.post(f"exports/{export.pk}/retry")
    if status not in (Status.FAILED, Status.CANCELLED):
        assert (response.status_code, list(response.json())) == (409, ["detail"])
        return
    assert (response.status_code, response.json()["status"]) == (202, "pending")
    assert export.logs.filter(event=Event.RETRIED).count() == 1


@pytest.mark.parametrize("status", Status.values)
def test_only_an_unfinished_export_is_cancelled(
    status: str, ana: User, api: Caller, make_export: Any
) -> None:
    export = make_export(status)
    response = api.post(f"exports/{export.pk}/cancel")
    if status not in (Status.PENDING, Status.PROCESSING):
        assert response.status_code == 409
        return
    assert response.status_code == 202
    export.refresh_from_db()
    if status == Status.PENDING:
        assert response.json()["status"] == export.status == "cancelled"
    else:
        assert (export.status, export.cancel_requested_by) == ("processing", ana)
        assert response.json()["message"] == "It stops in a moment."


@pytest.mark.parametrize("status", Status.values)
def test_only_a_file_that_is_there_is_deleted(status: str, api: Caller, make_export: Any) -> None:
    export = make_export(status)
    response = api.delete(f"exports/{export.pk}")
    if status != Status.COMPLETED:
        assert response.status_code == 409
        return
    assert (response.status_code, response.content) == (204, b"")
    export.refresh_from_db()
    assert (export.status, export.logs.filter(event=Event.DELETED).count()) == ("expired", 1)
    assert api.get(f"exports/{export.pk}/download").status_code == 410


# -- Clean-up ---------------------------------------------------------------------------------
def test_superusers_clean_up(root_api: Caller, make_export: Any) -> None:
    old = make_export(Status.COMPLETED, completed_at=timezone.now() - timedelta(days=40))
    new = make_export(Status.COMPLETED, completed_at=timezone.now() - timedelta(days=20))
    assert root_api.post("exports/cleanup").json() == {"expired": 1, "bytes_freed": len(BODY)}
    assert Export.objects.get(pk=old.pk).status == Status.EXPIRED
    assert Export.objects.get(pk=new.pk).status == Status.COMPLETED
    assert root_api.post("exports/cleanup", {"days": 7}).json()["expired"] == 1


@pytest.mark.parametrize("body", [{"days": 6}, {"days": "30"}, {"days": None}, {"age": 30}])
def test_a_clean_up_has_limits(root_api: Caller, body: Any) -> None:
    response = root_api.post("exports/cleanup", body)
    assert (response.status_code, list(response.json())) == (400, list(body))


def test_nobody_else_cleans_up(api: Caller) -> None:
    assert api.post("exports/cleanup", {"days": 30}).status_code == 403


# -- What there is ----------------------------------------------------------------------------
def test_an_address_that_is_none_is_answered_in_json(api: Caller, nobody: Caller) -> None:
    for path in ("nothing", "exports/5", "exports/x/logs", "", "books/export/x"):
        assert api.get(path).status_code == 404
        assert "no such address" in api.get(path).json()["detail"]
        assert nobody.get(path).status_code == 401


def test_other_methods_are_refused_with_those_that_are_not(api: Caller, make_export: Any) -> None:
    response = api.post("resources")
    assert (response.status_code, response["Allow"]) == (405, "GET, HEAD")
    assert api.delete("exports").status_code == 405
    assert api.get(f"exports/{make_export().pk}/retry").status_code == 405


def test_a_bug_is_answered_in_json_without_its_traceback(
    api: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: Any) -> None:
        raise ArithmeticError("secret details")

    monkeypatch.setattr("exports.api.resource_views.all_stats", fail)
    api.client.raise_request_exception = False
    response = api.get("stats")
    assert (response.status_code, list(response.json())) == (500, ["detail"])
    assert "secret" not in response.content.decode()
