"""What every test may ask for: people, a real worker, a real web server, a real browser."""

import os
import random
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.models import Permission, User
from django.db import connection

CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

# The same examples each time, on a busy machine too; `--hypothesis-profile=default` seeks others.
hypothesis.settings.register_profile(
    "same",
    derandomize=True,
    database=None,
    deadline=None,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile("same")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Quick tests first, then those with processes, of which the longest begin, then browsers."""
    for item in items:
        fixtures = getattr(item, "fixturenames", ())
        if "page" in fixtures:
            item.add_marker("browser")
        if {"launch", "start_worker"} & set(fixtures):
            item.add_marker("process")
    items.sort(key=_turn)
    for item in items:
        if any(_turn(item)[:2]) and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(600))  # the usual one is for a test by itself


def _turn(item: pytest.Item) -> tuple[bool, bool, float]:
    waits = bool(item.get_closest_marker("process"))
    limit = item.get_closest_marker("timeout")
    return bool(item.get_closest_marker("browser")), waits, -limit.args[0] if limit else 0


def _writes_unseen(item: pytest.Item) -> bool:
    """Whether this test writes what other connections do not see."""
    marker = item.get_closest_marker("django_db")
    fixtures = getattr(item, "fixturenames", ())
    if "transactional_db" in fixtures or (marker and marker.kwargs.get("transaction")):
        return False
    return bool(marker) or "db" in fixtures


@pytest.fixture(autouse=True)
def _silence_hearts(request: pytest.FixtureRequest, settings: Any) -> None:
    """The heart of an attempt has a connection of its own: in a test that commits nothing it
    would find no job, and end the attempt, whenever that takes longer than one beat."""
    if _writes_unseen(request.node):
        settings.JOB_BEAT = 3600


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Django asks SQLite once in each process, by three statements, whether it knows JSON: not
    in a test that counts statements."""
    with django_db_blocker.unblock():
        assert connection.features.supports_json_field


# -- People -----------------------------------------------------------------------------------
@pytest.fixture
def make_user(db: None) -> Callable[..., User]:
    """A staff user with password "secret" and the named permissions, each "app.codename"."""

    def make(name: str = "ana", *permissions: str, **fields: Any) -> User:
        user = User.objects.create_user(name, password="secret", **{"is_staff": True, **fields})
        for permission in permissions:
            app, codename = permission.split(".")
            user.user_permissions.add(
                Permission.objects.get(content_type__app_label=app, codename=codename)
            )
        return user

    return make


# -- Processes --------------------------------------------------------------------------------
# Seconds. No test is about speed: a machine that is busy otherwise may take that long.
PATIENCE = 120


def wait_until(
    condition: Callable[[], object], *, within: float = PATIENCE, what: str = "it"
) -> None:
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, f"{what} did not happen within {within:g} s"
        time.sleep(0.05)


@pytest.fixture(name="wait_until")
def _wait_until() -> Callable[..., None]:
    """wait_until(condition, within=120, what="it") polls, and fails when the time is over."""
    return wait_until


@dataclass(kw_only=True)
class Program:
    """A process of ours, in a session of its own, with its output in a file."""

    name: str
    process: subprocess.Popen[bytes]
    output: Path
    url: str = ""
    may_end: bool = False  # the test ends it

    def log(self) -> str:
        return self.output.read_text(errors="replace")

    def stop(self) -> int:
        """Ask the main process to stop in good order; its exit code."""
        self.may_end = True
        self.process.terminate()
        return self.process.wait(PATIENCE)

    def kill(self) -> None:
        """The machine dies: the process and all its children, at once."""
        self.may_end = True
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def is_running(self) -> bool:
        return self.process.poll() is None

    def check(self) -> None:
        code = self.process.poll()
        if code is not None and not self.may_end:
            pytest.fail(f"The {self.name} ended by itself with {code}:\n{self.log()}")


Launch = Callable[..., Program]


@pytest.fixture
def launch(tmp_path: Path) -> Iterator[Launch]:
    """Start `python <arguments>`; what the test leaves running is stopped after it."""
    programs: list[Program] = []

    def start(name: str, *arguments: str, environment: dict[str, str], url: str = "") -> Program:
        output = tmp_path / f"{name}-{len(programs)}.log"
        with output.open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, *arguments],
                cwd=settings.BASE_DIR,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        programs.append(Program(name=name, process=process, output=output, url=url))
        return programs[-1]

    yield start
    ends = [program for program in programs if program.is_running()]
    try:
        for program in programs:
            program.check()
        for program in reversed(ends):
            with suppress(subprocess.TimeoutExpired):
                program.stop()
    finally:
        for program in programs:
            program.kill()


def _database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{quote(database['NAME'])}"
    who = f"{quote(database['USER'])}:{quote(database['PASSWORD'])}"
    return f"postgresql://{who}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


@pytest.fixture
def worker_env(transactional_db: None, settings: Any) -> dict[str, str]:
    """The environment of a process that shares this test's database and files, in a hurry."""
    return {
        "DJANGO_SETTINGS_MODULE": "tests.settings",
        "DATABASE_URL": _database_url(),
        "EXPORT_DIRECTORY": str(settings.EXPORT_DIRECTORY),
        "IMPORT_DIRECTORY": str(settings.IMPORT_DIRECTORY),
        "JOB_LEASE": "60",
        "JOB_RETRY_DELAY": "0.5",
        "WORKER_REAP_EVERY": "0.5",
        "WORKER_STUCK_AFTER": "30",
        "WEB_PROCESSES": "1",
    }


@pytest.fixture
def run_worker(launch: Launch, worker_env: dict[str, str]) -> Launch:
    """A real `manage.py worker`; arguments are for it, keywords for its environment."""
    from exportsite.jobs.models import Worker

    def run(*arguments: str, **environment: object) -> Program:
        texts = {name: str(value) for name, value in environment.items()}
        command = ("manage.py", "worker", *arguments)
        worker = launch("worker", *command, environment={**worker_env, **texts})

        def is_there() -> bool:
            worker.check()
            return Worker.objects.filter(pid=worker.process.pid).exists()

        wait_until(is_there, what="the worker's first heartbeat")
        return worker

    return run


@pytest.fixture
def run_server(launch: Launch, worker_env: dict[str, str]) -> Launch:
    """A real gunicorn on a free port; its `url` ends with a slash."""

    def run(**environment: object) -> Program:
        texts = {name: str(value) for name, value in environment.items()}
        address = f"127.0.0.1:{free_port()}"
        command = ("-m", "gunicorn", "--config", "python:exportsite.gunicorn_settings")
        server = launch(
            "server",
            *(*command, "--bind", address),
            environment={**worker_env, **texts},
            url=f"http://{address}/",
        )

        def answers() -> bool:
            server.check()
            with suppress(OSError), urllib.request.urlopen(f"{server.url}healthz", timeout=30):
                return True
            return False

        wait_until(answers, what="the web server's first answer")
        return server

    return run


# None of those (32768 and above) that the system gives away to whoever calls out meanwhile, and
# others in each process of a run: what one has found free, another might take before it is used.
FIRST_PORT = 20_000 + 1_500 * (int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:]) % 8)
PORTS = cycle(random.sample(range(FIRST_PORT, FIRST_PORT + 1_500), 1_500))


def free_port() -> int:
    for port in PORTS:
        with suppress(OSError), socket.socket() as probe:
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError  # a cycle has no end


# -- Browser ----------------------------------------------------------------------------------
@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A headless Chromium for the whole run."""
    if shutil.which(CHROMIUM) is None:
        give_up = pytest.fail if os.environ.get("REQUIRE_BROWSER") == "1" else pytest.skip
        give_up(f"There is no {CHROMIUM}; CHROMIUM=... names another.")
    from playwright.sync_api import expect, sync_playwright

    # Playwright keeps an event loop in this thread, in which Django would refuse its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=CHROMIUM, args=CHROMIUM_FLAGS, timeout=1000 * PATIENCE
        )
        expect.set_options(timeout=1000 * PATIENCE)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """A new page. Errors in its console, such as what the content policy refused, fail the test."""
    errors: list[str] = []

    def listen(line: Any) -> None:
        url = line.location.get("url", "")
        if line.type == "error" and not url.endswith("/favicon.ico"):
            errors.append(f"{url}: {line.text}")

    context = browser.new_context()
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", listen)
    yield page
    context.close()
    assert not errors, errors
