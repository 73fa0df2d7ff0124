import logging
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from exports import delivery
from exports.models import Event, Export
from exports.states import Status
from tests.exports.admin.conftest import BODY

pytestmark = pytest.mark.django_db


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content)


def downloads(export: Export) -> tuple[int, int]:
    """What the counter says, and how many log rows there are."""
    export.refresh_from_db()
    return export.download_count, export.logs.filter(event=Event.DOWNLOADED).count()


def test_the_file_comes_whole_with_safe_headers(
    ana: User, pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.COMPLETED)
    response = pages.get(url("download", export))
    assert (response.status_code, body(response)) == (200, BODY)
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="books.csv"'
    assert response["Content-Length"] == str(len(BODY))
    assert response["ETag"] == f'"{export.sha256}"'
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "no-store" in response["Cache-Control"]
    assert response["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    log = export.logs.get(event=Event.DOWNLOADED)
    assert (downloads(export), log.actor) == ((1, 1), ana)


def test_a_range_goes_on_and_is_not_counted_again(
    pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.COMPLETED)
    for wanted, counted in (("bytes=4-", 0), ("bytes=0-3", 1), ("bytes=-2", 1), ("bytes=0-", 2)):
        response = pages.get(url("download", export), headers={"Range": wanted})
        assert response.status_code == 206
        assert len(body(response)) == int(response["Content-Length"])
        assert downloads(export) == (counted, counted)


def test_a_look_at_the_head_and_a_file_that_is_known_are_not_counted(
    pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.COMPLETED)
    head = pages.head(url("download", export))
    assert (head.status_code, head["Content-Length"]) == (200, str(len(BODY)))
    assert head.content == b""
    known = pages.get(url("download", export), headers={"If-None-Match": f'"{export.sha256}"'})
    beyond = pages.get(url("download", export), headers={"Range": "bytes=900-"})
    assert (known.status_code, beyond.status_code) == (304, 416)
    assert downloads(export) == (0, 0)


@pytest.mark.parametrize(
    ("status", "code", "said"),
    [
        (Status.PENDING, 409, "still being made"),
        (Status.PROCESSING, 409, "still being made"),
        (Status.FAILED, 409, "failed before it had a file"),
        (Status.CANCELLED, 409, "was cancelled before it had a file"),
        (Status.EXPIRED, 410, "The file of this export was deleted."),
    ],
)
def test_without_a_file_a_page_says_why(
    status: str, code: int, said: str, pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(status)
    response = pages.get(url("download", export))
    assert response.status_code == code
    assert said in words(response)
    assert downloads(export) == (0, 0)


def test_a_file_whose_time_is_up_is_told_until_when_it_was_kept(
    pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(Status.EXPIRED, expires_at=datetime(2026, 3, 2, 12, tzinfo=UTC))
    told = "expired and its file was deleted; it was kept until 2 Mar 2026."
    assert told in words(pages.get(url("download", export)))


def test_a_file_that_is_missing_on_the_disk_is_told_and_logged(
    pages: Client, make_export: Any, url: Any, words: Any, caplog: pytest.LogCaptureFixture
) -> None:
    export = make_export(Status.COMPLETED)
    delivery.folder().delete(export.file_key)
    with caplog.at_level(logging.ERROR, "exports.handover"):
        response = pages.get(url("download", export))
    assert response.status_code == 410
    assert "The file is missing" in words(response)
    assert str(export.pk) in caplog.text
    assert downloads(export) == (0, 0)


def test_the_permission_is_asked_again(
    ana: User, pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(Status.COMPLETED)
    ana.user_permissions.remove(*ana.user_permissions.filter(codename="view_book"))
    response = pages.get(url("download", export))
    assert response.status_code == 403
    assert "You may no longer export books" in words(response)
    assert "Download books.csv" not in words(pages.get(url("watch", export)))
    assert downloads(export) == (0, 0)


def test_sensitive_columns_need_their_permission_again(
    make_user: Any, pages: Client, make_export: Any, url: Any, words: Any
) -> None:
    export = make_export(
        Status.COMPLETED, columns=["title", "author_email"], include_contact_info=True
    )
    refused = pages.get(url("download", export))
    assert refused.status_code == 403
    assert "sensitive columns" in words(refused)
    eve = make_user("eve", "exports.add_export", "library.view_book", "exports.export_sensitive")
    Export.objects.filter(pk=export.pk).update(created_by=eve)
    pages.force_login(eve)
    assert body(pages.get(url("download", export))) == BODY


def test_a_resource_that_is_gone_is_refused_but_to_superusers(
    pages: Client, root_pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.COMPLETED, resource="forgotten")
    assert pages.get(url("download", export)).status_code == 403
    response = root_pages.get(url("download", export))
    assert (response.status_code, body(response)) == (200, BODY)


def test_a_file_name_cannot_break_out_of_its_header(
    pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.COMPLETED, file_name='a"; x="ü.csv')
    response = pages.get(url("download", export))
    assert "filename*=utf-8''a%22%3B%20x%3D%22%C3%BC.csv" in response["Content-Disposition"]
    body(response)


def test_downloading_is_reading(pages: Client, make_export: Any, url: Any) -> None:
    assert pages.post(url("download", make_export(Status.COMPLETED))).status_code == 405
