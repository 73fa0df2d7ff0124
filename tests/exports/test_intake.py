from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django_q.models import OrmQ

from exports import delivery, intake
from exports.errors import InvalidRequest, WrongState
from exports.models import Event, Export
from exports.plans import ExportRequest
from exports.states import Status
from exportsite.jobs.models import Lane

pytestmark = pytest.mark.django_db


def events(export: Export) -> list[str]:
    return list(export.logs.values_list("event", flat=True))


def test_a_request_becomes_a_pending_export_with_its_first_log_and_a_doorbell(
    ask: Any, make_book: Any, ana: User
) -> None:
    make_book()
    export = ask(columns=["title"], filters={"shelf": "novel"})
    export.refresh_from_db()
    assert (export.status, export.created_by, export.total_rows) == (Status.PENDING, ana, 1)
    assert export.filters == {"shelf": "novel"}
    assert export.columns == ["title"]
    assert export.nudged_at is not None
    log = export.logs.get()
    assert (log.event, log.actor, log.message) == (Event.INITIATED, ana, "Novel")
    assert OrmQ.objects.get().key == Lane.FAST


def test_the_title_is_a_sentence_for_lists(ask: Any) -> None:
    assert ask().title == "Books: all"
    export = ask(filters={"shelf": ["novel", "poetry"], "in_print": True}, limit=10)
    assert export.title == ("Books: Novel or Poetry, in print, at most 10 rows")


def test_a_refused_request_leaves_nothing(ask: Any) -> None:
    with pytest.raises(InvalidRequest):
        ask(columns=["nope"])
    assert not Export.objects.exists()
    assert not OrmQ.objects.exists()


def test_row_log_and_doorbell_are_all_there_or_none(
    ask: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(job: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(intake, "nudge", broken)
    with pytest.raises(ConnectionError):
        ask()
    assert not Export.objects.exists()


@pytest.mark.parametrize(("rows", "lane"), [(2, Lane.FAST), (3, Lane.BULK)])
def test_large_exports_go_to_the_bulk_lane(
    ask: Any, make_book: Any, settings: Any, rows: int, lane: str
) -> None:
    settings.EXPORT_FAST_ROWS = 2
    for _ in range(rows):
        make_book()
    assert ask().lane == lane


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
def test_failed_and_cancelled_exports_can_be_retried(ask: Any, ana: User, status: str) -> None:
    export = ask()
    Export.objects.update(status=status, attempts=3, error_message="Bad.", exported_rows=7)
    export.refresh_from_db()
    intake.retry_export(ana, export)
    export.refresh_from_db()
    assert (export.status, export.attempts, export.exported_rows) == (Status.PENDING, 0, 0)
    assert export.error_message == ""
    assert events(export) == [Event.INITIATED, Event.RETRIED]


@pytest.mark.parametrize("status", [Status.PENDING, Status.PROCESSING, Status.EXPIRED])
def test_other_exports_cannot_be_retried(ask: Any, ana: User, status: str) -> None:
    export = ask()
    Export.objects.update(status=status)
    export.refresh_from_db()
    with pytest.raises(WrongState, match="Only a failed or cancelled export"):
        intake.retry_export(ana, export)


def test_a_waiting_export_is_cancelled_at_once(ask: Any, ana: User) -> None:
    export = ask()
    intake.cancel_export(ana, export)
    assert export.status == Status.CANCELLED
    assert events(export) == [Event.INITIATED, Event.CANCELLED]


def test_a_running_export_is_asked_to_stop(ask: Any, ana: User) -> None:
    export = ask()
    Export.objects.update(status=Status.PROCESSING, claimed_by="w:1")
    # The row in hand still says pending, as when a worker was faster than the person.
    intake.cancel_export(ana, export)
    assert export.status == Status.PROCESSING
    assert export.cancel_requested_at is not None


def test_a_finished_export_cannot_be_cancelled(ask: Any, ana: User) -> None:
    export = ask()
    Export.objects.update(status=Status.FAILED)
    export.refresh_from_db()
    with pytest.raises(WrongState, match="finished already"):
        intake.cancel_export(ana, export)


def test_deleting_the_file_keeps_the_row(ask: Any, ana: User) -> None:
    export = ask()
    folder = delivery.folder()
    key = folder.new_key(export.pk, 1, "csv")
    with folder.begin(key) as part:
        part.stream.write(b"12345")
        published = part.publish()
    Export.objects.update(status=Status.COMPLETED, file_key=key, sha256=published.sha256)
    export.refresh_from_db()
    assert intake.delete_file(ana, export) == 5
    assert export.status == Status.EXPIRED
    assert not folder.exists(key)
    assert events(export)[-1] == Event.DELETED


def test_an_export_without_a_file_has_none_to_delete(ask: Any, ana: User) -> None:
    with pytest.raises(WrongState, match="Only a completed export"):
        intake.delete_file(ana, ask())


def test_log_rows_cannot_be_changed(ask: Any) -> None:
    log = ask().logs.get()
    with pytest.raises(Exception, match="never changed"), transaction.atomic():
        type(log).objects.filter(pk=log.pk).update(message="Nothing happened.")


def test_a_deleted_person_leaves_the_story(ask: Any, ana: User) -> None:
    export = ask()
    ana.delete()
    export.refresh_from_db()
    assert export.created_by is None
    assert export.logs.get().actor is None


def test_the_database_refuses_a_completed_export_without_file(ask: Any) -> None:
    ask()
    with pytest.raises(IntegrityError), transaction.atomic():
        Export.objects.update(status=Status.COMPLETED)


def test_request_defaults_are_the_safe_ones() -> None:
    request = ExportRequest(resource="books")
    assert not request.include_contact_info
    assert request.limit is None
