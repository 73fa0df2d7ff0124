import io
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import RequestFactory

from exportsite.files.downloads import answer

DATA = bytes(range(256)) * 4
SHA = "a" * 64


def ask(method: str = "GET", name: str = "tickets.csv", **headers: str) -> HttpResponseBase:
    request = RequestFactory().generic(method, "/", headers=headers)
    return answer(
        request,
        io.BytesIO(DATA),
        name=name,
        size=len(DATA),
        content_type="text/csv; charset=utf-8",
        sha256=SHA,
    )


def body(response: HttpResponseBase) -> bytes:
    return b"".join(response) if response.streaming else bytes(response.content)  # type: ignore[attr-defined]


def test_the_whole_file_comes_with_safe_headers() -> None:
    response = ask()
    assert (response.status_code, body(response)) == (200, DATA)
    assert dict(response.headers) == {
        "Content-Type": "text/csv; charset=utf-8",
        "Content-Length": "1024",
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": 'attachment; filename="tickets.csv"',
        "Content-Security-Policy": "sandbox; default-src 'none'",
        "Cross-Origin-Resource-Policy": "same-origin",
        "ETag": f'"{SHA}"',
        "X-Content-Type-Options": "nosniff",
    }


@pytest.mark.parametrize(
    ("wanted", "first", "last"),
    [
        ("bytes=0-", 0, 1023),
        ("bytes=0-9", 0, 9),
        ("bytes=1000-", 1000, 1023),
        ("bytes=1000-5000", 1000, 1023),
        ("bytes=-24", 1000, 1023),
        ("bytes=-5000", 0, 1023),
    ],
)
def test_a_range_is_that_part_of_the_file(wanted: str, first: int, last: int) -> None:
    response = ask(Range=wanted)
    assert response.status_code == 206
    assert response.headers["Content-Range"] == f"bytes {first}-{last}/1024"
    assert response.headers["Content-Length"] == str(last - first + 1)
    assert body(response) == DATA[first : last + 1]


@pytest.mark.parametrize("wanted", ["bytes=1024-", "bytes=9-3", "bytes=-0"])
def test_a_range_that_cannot_be_had_is_refused(wanted: str) -> None:
    response = ask(Range=wanted)
    assert response.status_code == 416
    assert response.headers["Content-Range"] == "bytes */1024"


@pytest.mark.parametrize("wanted", ["bytes=0-1,4-5", "rows=0-1", "bytes=a-b", "bytes=-"])
def test_other_ranges_get_the_whole_file(wanted: str) -> None:
    assert (ask(Range=wanted).status_code, body(ask(Range=wanted))) == (200, DATA)


def test_a_range_of_another_version_gets_the_whole_file() -> None:
    stale = {"Range": "bytes=0-9", "If-Range": '"other"'}
    fresh = {"Range": "bytes=0-9", "If-Range": f'"{SHA}"'}
    assert ask(**stale).status_code == 200
    assert ask(**fresh).status_code == 206


def test_who_has_the_file_already_gets_nothing() -> None:
    response = ask(**{"If-None-Match": f'"{SHA}"'})
    assert (response.status_code, body(response)) == (304, b"")


def test_head_tells_without_sending() -> None:
    response = ask("HEAD")
    assert (response.status_code, body(response)) == (200, b"")
    assert response.headers["Content-Length"] == "1024"


@pytest.mark.parametrize(
    "name", ['a"b.csv', "a\r\nSet-Cookie: x=1.csv", "épreuve.csv", "名前.csv", "a;b.csv"]
)
def test_odd_names_cannot_break_the_headers(name: str) -> None:
    header: Any = ask(name=name).headers["Content-Disposition"]
    assert header.startswith("attachment;")
    assert "\r" not in header
    assert "\n" not in header
