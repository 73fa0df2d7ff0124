from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from exports import delivery
from exports.models import Event, Export
from exports.states import Status

pytestmark = pytest.mark.django_db

WISHES = ["retry", "cancel", "delete"]


def status_of(export: Export) -> str:
    export.refresh_from_db()
    return export.status


@pytest.mark.parametrize(
    ("wish", "before", "after", "event", "said"),
    [
        ("retry", Status.FAILED, Status.PENDING, Event.RETRIED, "It waits for a worker again."),
        ("retry", Status.CANCELLED, Status.PENDING, Event.RETRIED, "It waits for a worker again."),
        ("cancel", Status.PENDING, Status.CANCELLED, Event.CANCELLED, "Cancelled before it began"),
        ("delete", Status.COMPLETED, Status.EXPIRED, Event.DELETED, "The file is deleted."),
    ],
)
def test_a_wish_is_done_told_and_written_down_with_its_person(
    wish: str,
    before: str,
    after: str,
    event: Event,
    said: str,
    ana: User,
    pages: Client,
    make_export: Any,
    url: Any,
    words: Any,
) -> None:
    export = make_export(before)
    page = pages.post(url(wish, export), follow=True)
    assert page.redirect_chain == [(url("watch", export), 302)]
    assert said in words(page)
    assert status_of(export) == after
    assert export.logs.get(event=event).actor == ana


def test_a_running_export_is_asked_to_stop(
    pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(Status.PROCESSING)
    assert "It stops in a moment." in words(pages.post(url("cancel", export), follow=True))
    export.refresh_from_db()
    assert (export.status, export.cancel_requested_at is None) == (Status.PROCESSING, False)


def test_a_deleted_file_leaves_the_disk_and_the_row_stays(
    pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.COMPLETED)
    pages.post(url("delete", export))
    assert not delivery.folder().exists(export.file_key)
    assert status_of(export) == Status.EXPIRED


@pytest.mark.parametrize(
    ("wish", "status", "said"),
    [
        ("retry", Status.COMPLETED, "Only a failed or cancelled export can be tried again."),
        ("cancel", Status.COMPLETED, "there is nothing to cancel"),
        ("delete", Status.PENDING, "Only a completed export has a file"),
        ("delete", Status.EXPIRED, "Only a completed export has a file"),
    ],
)
def test_a_wish_that_cannot_be_is_told(
    wish: str, status: str, said: str, pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(status)
    assert said in words(pages.post(url(wish, export), follow=True))
    assert status_of(export) == status


@pytest.mark.parametrize("wish", WISHES)
def test_a_wish_is_never_a_link(wish: str, pages: Client, make_export: Any, url: Any) -> None:
    export = make_export(Status.FAILED)
    assert pages.get(url(wish, export)).status_code == 405
    assert status_of(export) == Status.FAILED


@pytest.mark.parametrize("wish", [*WISHES, "bulk"])
def test_a_wish_needs_the_token(wish: str, ana: User, make_export: Any, url: Any) -> None:
    export = make_export(Status.FAILED)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)
    address = url("changelist") if wish == "bulk" else url(wish, export)
    data = {"action": "retry_chosen", "_selected_action": [export.pk]}
    assert strict.post(address, data).status_code == 403
    assert status_of(export) == Status.FAILED


def choose(pages: Client, address: str, action: str, exports: list[Export], **more: str) -> Any:
    data = {"action": action, "_selected_action": [str(export.pk) for export in exports], **more}
    return pages.post(address, data, follow=True)


@pytest.mark.parametrize(
    ("action", "fits", "after", "said", "left"),
    [
        (
            "retry_chosen",
            Status.FAILED,
            Status.PENDING,
            "2 exports wait again.",
            "1 was left alone: Only a failed or cancelled export can be tried again.",
        ),
        (
            "cancel_chosen",
            Status.PENDING,
            Status.CANCELLED,
            "2 exports are cancelled.",
            "1 was left alone: This export is finished already",
        ),
    ],
)
def test_several_are_done_at_once_and_the_others_are_named(
    action: str,
    fits: str,
    after: str,
    said: str,
    left: str,
    pages: Client,
    make_export: Any,
    url: Any,
    words: Any,
) -> None:
    exports = [make_export(fits), make_export(fits), make_export(Status.COMPLETED)]
    text = words(choose(pages, url("changelist"), action, exports))
    assert said in text
    assert left in text
    assert [status_of(export) for export in exports] == [after, after, Status.COMPLETED]


def test_running_and_waiting_exports_are_told_apart_when_several_are_cancelled(
    pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    exports = [make_export(Status.PENDING), make_export(Status.PROCESSING)]
    choose(pages, url("changelist"), "cancel_chosen", exports)
    exports[1].refresh_from_db()
    assert status_of(exports[0]) == Status.CANCELLED
    assert exports[1].cancel_requested_at is not None


def test_files_are_deleted_only_after_a_yes(
    pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    exports = [make_export(Status.COMPLETED), make_export(Status.COMPLETED), make_export()]
    question = choose(pages, url("changelist"), "delete_chosen_files", exports)
    assert "These 2 files are deleted for good" in words(question)
    assert "1 chosen export has no file and is left alone." in words(question)
    assert status_of(exports[0]) == Status.COMPLETED
    done = choose(pages, url("changelist"), "delete_chosen_files", exports, post="yes")
    assert "2 files are deleted." in words(done)
    assert "1 was left alone: Only a completed export has a file" in words(done)
    assert [status_of(export) for export in exports] == [
        Status.EXPIRED,
        Status.EXPIRED,
        Status.PENDING,
    ]


def test_the_question_sends_what_django_needs_to_run_the_action(
    pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.COMPLETED)
    page = choose(pages, url("changelist"), "delete_chosen_files", [export]).content.decode()
    assert 'name="action" value="delete_chosen_files"' in page
    assert f'name="_selected_action" value="{export.pk}"' in page


@pytest.mark.parametrize("action", ["retry_chosen", "cancel_chosen", "delete_chosen_files"])
def test_other_peoples_exports_cannot_be_chosen(
    action: str, root: User, pages: Client, make_export: Any, url: Any
) -> None:
    exports = [make_export(status, created_by=root) for status in Status.values]
    choose(pages, url("changelist"), action, exports, post="yes")
    assert [status_of(export) for export in exports] == Status.values


def test_an_unknown_action_does_nothing(pages: Client, make_export: Any, url: Any) -> None:
    export = make_export(Status.COMPLETED)
    choose(pages, url("changelist"), "delete_selected", [export], post="yes")
    assert status_of(export) == Status.COMPLETED
