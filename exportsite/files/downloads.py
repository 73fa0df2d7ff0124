"""A private file as an HTTP answer: streamed, with safe headers, whole or one range of it."""

import re
from collections.abc import Iterable, Iterator
from typing import IO, BinaryIO

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.utils.http import content_disposition_header

BLOCK = 64 * 1024
# One range is enough to resume a download; several at once are answered with the whole file,
# which RFC 9110 section 14.2 allows.
RANGE = re.compile(r"bytes=([0-9]{0,18})-([0-9]{0,18})")


def answer(
    request: HttpRequest,
    stream: BinaryIO,
    *,
    name: str,
    size: int,
    content_type: str,
    sha256: str,
) -> HttpResponseBase:
    """The file as an attachment called `name`. Takes over the stream and closes it.

    GET and HEAD, one `Range`, `If-Range` and `If-None-Match` are understood.
    """
    etag = f'"{sha256}"'
    if etag in request.headers.get("If-None-Match", ""):
        stream.close()
        return _with_headers(HttpResponse(status=304), name, etag)
    span = _wanted_range(request, size, etag)
    if span is not None and span[0] > span[1]:
        stream.close()
        refused = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        return _with_headers(refused, name, etag)
    first, last = span or (0, size - 1)
    response = _body(request, stream, first, last - first + 1)
    response.headers["Content-Type"] = content_type
    response.headers["Content-Length"] = str(last - first + 1)
    if span is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {first}-{last}/{size}"
    return _with_headers(response, name, etag)


def answer_pieces(
    pieces: Iterable[bytes],
    *,
    name: str,
    content_type: str,
    etag: str = "",
    size: int | None = None,
) -> HttpResponseBase:
    """A file that is sent as it comes; of `size` bytes if that is known already."""
    response = StreamingHttpResponse(pieces, content_type=content_type)
    if size is not None:
        response.headers["Content-Length"] = str(size)
    return _with_headers(response, name, etag, accepts_ranges=False)


def read_all(stream: IO[bytes], size: int) -> Iterator[bytes]:
    """The pieces of an open file, which is closed after the last."""
    return _read(stream, size)


def _wanted_range(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """First and last byte asked for; first after last when they cannot be had; None for all."""
    match = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if match is None or request.headers.get("If-Range", etag) != etag:
        return None
    start, end = match.groups()
    if start:
        return int(start), min(int(end), size - 1) if end else size - 1
    if end:
        return max(0, size - int(end)), size - 1 if int(end) else -1
    return None


def _body(request: HttpRequest, stream: BinaryIO, first: int, length: int) -> HttpResponseBase:
    if request.method == "HEAD":
        stream.close()
        return HttpResponse()
    stream.seek(first)
    return StreamingHttpResponse(_read(stream, length))


def _read(stream: IO[bytes], length: int) -> Iterator[bytes]:
    with stream:
        while length > 0 and (block := stream.read(min(BLOCK, length))):
            length -= len(block)
            yield block


def _with_headers(
    response: HttpResponseBase, name: str, etag: str, *, accepts_ranges: bool = True
) -> HttpResponseBase:
    response.headers["Accept-Ranges"] = "bytes" if accepts_ranges else "none"
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Content-Disposition"] = content_disposition_header(True, name) or "attachment"
    response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    if etag:
        response.headers["ETag"] = etag
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
