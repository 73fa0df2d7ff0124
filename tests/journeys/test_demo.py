"""`make demo` and `make run` as a stranger has them: real processes, a folder of their own."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import psycopg
import pytest
from django.conf import settings
from django.db import connection

from exportsite import serving
from tests.conftest import PATIENCE, free_port

pytestmark = [pytest.mark.process, pytest.mark.timeout(600)]


PERSONAL_CHANGE = """
from django.contrib.auth.models import User
admin = User.objects.get(username="admin")
admin.first_name = "Ana"
admin.set_password("a better one")
admin.save()
"""


@pytest.fixture
def database_url() -> Iterator[str]:
    """An empty database: none said for SQLite, or one of its own on the server under test."""
    if connection.vendor == "sqlite":
        yield ""
        return
    server = os.environ["DATABASE_URL"]
    name = f"demo_{os.getpid()}"
    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield re.sub(r"/[^/]*$", f"/{name}", server)
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def environment(tmp_path: Path, database_url: str) -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "VAR_DIR": str(tmp_path / "var"),
        "DATABASE_URL": database_url,
        "PORT": str(free_port()),
        "WEB_PROCESSES": "1",
    }


def manage(environment: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=settings.BASE_DIR,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def dump(environment: dict[str, str]) -> str:
    """Everything that the demonstration made, but for its exports."""
    ours = ("exports", "jobs", "django_q", "sessions", "admin", "contenttypes", "auth.permission")
    dumped = manage(environment, "dumpdata", *(f"--exclude={name}" for name in ours))
    assert dumped.returncode == 0, dumped.stderr
    return dumped.stdout


def test_a_first_and_a_second_run(environment: dict[str, str]) -> None:
    once = {**environment, "DEMO_ONCE": "1"}
    first = manage(once, "demo")
    assert first.returncode == 0, first.stdout + first.stderr
    assert "100%" in first.stderr
    path = re.search(r"/\S+\.xlsx", first.stdout)
    assert path is not None
    assert Path(path[0]).stat().st_size > 1000
    assert "admin, password admin" in first.stdout

    mine = "from django.contrib.auth.models import User; u = User.objects.get(username='admin'); "
    manage(
        environment, "shell", "-c", f"{mine} u.first_name = 'Ana'; u.set_password('m'); u.save()"
    )
    before = dump(environment)
    assert "Ana" in before
    second = manage(once, "demo")
    assert second.returncode == 0, second.stdout + second.stderr
    assert "password as you set it" in second.stdout
    assert dump(environment) == before
    assert Path(path[0]).exists()


class Site:
    """`manage.py demo` or `serve`, up and running."""

    def __init__(self, command: str, environment: dict[str, str], output: Path) -> None:
        self.url = f"http://127.0.0.1:{environment['PORT']}/"
        self._output = output
        with output.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "manage.py", command],
                cwd=settings.BASE_DIR,
                env={**environment, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def says(self, text: str) -> bool:
        assert self.process.poll() is None, self._output.read_text()
        return text in self._output.read_text()

    def log(self) -> str:
        return self._output.read_text()

    def tree(self) -> list[psutil.Process]:
        return psutil.Process(self.process.pid).children(recursive=True)

    def child(self, word: str) -> psutil.Process | None:
        """The main process of the web server or the worker."""
        for child in psutil.Process(self.process.pid).children():
            with suppress(psutil.Error):
                if word in child.cmdline():
                    return child
        return None

    def answers(self) -> bool:
        return serving.is_up(self.url)


def living(processes: list[psutil.Process]) -> list[psutil.Process]:
    """Without those that ended and wait for init to take note of it."""
    found = []
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            if process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
    return found


@pytest.fixture
def start(environment: dict[str, str], tmp_path: Path) -> Iterator[Callable[[str], Site]]:
    sites: list[Site] = []

    def begin(command: str) -> Site:
        sites.append(Site(command, environment, tmp_path / "output"))
        return sites[-1]

    yield begin
    for site in sites:
        with suppress(psutil.NoSuchProcess):
            for process in [*site.tree(), psutil.Process(site.process.pid)]:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
        site.process.wait()


def test_the_demo_stays_up_until_ctrl_c_which_leaves_nothing_running(
    start: Callable[[str], Site], wait_until: Any
) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):  # the second time its data are there already
        stop_demo(start("demo"), wait_until, number)


def stop_demo(site: Site, wait_until: Any, number: int) -> None:
    wait_until(lambda: site.says("The site stays up"), within=300, what="the demo")
    with urllib.request.urlopen(f"{site.url}admin/login/", timeout=60) as page:
        assert page.status == 200
    children = site.tree()
    assert len(children) >= 3
    site.process.send_signal(number)
    assert site.process.wait(PATIENCE) == 0, site.log()
    assert not living(children)
    assert "was killed" not in site.log()
    assert "Traceback" not in site.log()


def test_what_dies_by_itself_is_started_again(
    start: Callable[[str], Site], wait_until: Any, environment: dict[str, str]
) -> None:
    assert manage(environment, "migrate", "--verbosity=0").returncode == 0
    site = start("serve")
    wait_until(site.answers, what="the site")
    for word in ("gunicorn", "worker"):
        old = site.child(word)
        assert old is not None
        children = old.children(recursive=True)
        old.kill()
        wait_until(lambda old=old, word=word: site.child(word) not in (None, old), what=word)
        wait_until(lambda rest=children: not living(rest), what="the end of its children")
    wait_until(site.answers, what="the site")
    assert "The web server stopped by itself" in site.log()
    assert "The worker stopped by itself" in site.log()
    site.process.terminate()
    assert site.process.wait(PATIENCE) == 0


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child of that")
def test_the_children_end_even_when_the_command_is_killed(
    start: Callable[[str], Site], wait_until: Any, environment: dict[str, str]
) -> None:
    assert manage(environment, "migrate", "--verbosity=0").returncode == 0
    site = start("serve")
    wait_until(site.answers, what="the site")
    children = site.tree()
    site.process.kill()
    wait_until(lambda: not living(children), what="the end of the children")


@pytest.mark.parametrize("command", ["serve", "demo"])
def test_a_taken_port_is_told_in_a_sentence(environment: dict[str, str], command: str) -> None:
    port = int(environment["PORT"])
    with socket.create_server(("127.0.0.1", port)):
        ended = manage(environment, command)
    assert ended.returncode == 1
    assert f"Another program listens on port {port}. Stop it, or choose another" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_site_on_the_port_is_recognised(monkeypatch: pytest.MonkeyPatch) -> None:
    port = free_port()
    monkeypatch.setattr(serving, "_is_this_site", lambda _: True)
    listener = serving.listen("127.0.0.1", port)
    with pytest.raises(serving.CannotServe, match=f"This site already runs on port {port}"):
        serving.listen("127.0.0.1", port)
    listener.close()


def test_a_foreign_address_is_told_in_a_sentence() -> None:
    with pytest.raises(serving.CannotServe, match=r"on 192\.0\.2\.1 cannot be opened"):
        serving.listen("192.0.2.1", free_port())


def test_what_dies_at_once_every_time_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "LONGEST_PAUSE", 0.01)
    monkeypatch.setattr(serving.signal, "signal", lambda *_: None)
    monkeypatch.setattr(
        serving, "_web_command", lambda _: [sys.executable, "-c", "raise SystemExit(3)"]
    )
    said: list[str] = []
    site = serving.Serving("127.0.0.1", free_port(), said.append)
    site._children = site._children[:1]

    def run() -> None:
        with site:
            while True:
                site.look()

    with pytest.raises(serving.CannotServe, match=r"exit code 3\) 5 times in a row"):
        run()
    assert len(said) == 4
