"""People who look at a job while it runs: over http, to a real web server, as their browsers do."""

import http.client
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

EVERY = 1.0  # seconds; see static/site/watch.js


@dataclass(kw_only=True)
class Viewers:
    """What they saw. The times of the pages and of their fragments are kept apart."""

    pages: list[float] = field(default_factory=list)  # ms
    fragments: list[float] = field(default_factory=list)  # ms


@contextmanager
def looking(count: int, port: int, path: str, cookies: list[str]) -> Iterator[Viewers]:
    """So many people open the page within a second and keep it open for as long as the block."""
    seen, is_over = Viewers(), threading.Event()
    chance = random.Random(7)
    people = [
        threading.Thread(
            target=_look, args=(seen, is_over, port, path, cookie, chance.uniform(0, EVERY))
        )
        for cookie in cookies[:count]
    ]
    for person in people:
        person.start()
    try:
        yield seen
    finally:
        is_over.set()
        for person in people:
            person.join()


def _look(
    seen: Viewers, is_over: threading.Event, port: int, path: str, cookie: str, late: float
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    headers = {"Cookie": cookie}
    is_over.wait(late)
    answer = _ask(connection, path, headers, seen.pages)
    while not is_over.wait(EVERY):
        answer = _ask(connection, f"{path}fragment/", headers, seen.fragments)
        if etag := answer.getheader("ETag"):
            headers["If-None-Match"] = etag
    connection.close()


def _ask(
    connection: http.client.HTTPConnection, path: str, headers: dict[str, str], times: list[float]
) -> http.client.HTTPResponse:
    began = time.perf_counter()
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.read()
    times.append(1000 * (time.perf_counter() - began))
    assert answer.status in (200, 304), (path, answer.status)
    return answer


def log_in(count: int) -> list[str]:
    """A session's cookie for each of so many people."""
    from django.conf import settings
    from django.test import Client

    from benchmarks.ours import user

    cookies = []
    for _ in range(count):
        client: Any = Client()
        client.force_login(user())
        name = settings.SESSION_COOKIE_NAME
        cookies.append(f"{name}={client.cookies[name].value}")
    return cookies
