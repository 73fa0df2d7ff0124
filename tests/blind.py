"""A pytest plugin: which tests are blind to the database, so that one kind of it is enough.

A test is blind that passed without a look at a connection, even a closed one, and without a
process of its own. `--note-blind FILE` writes them down, `--leave-out-blind FILE` leaves them out.
"""

import sys
from collections.abc import Generator
from pathlib import Path

import pytest
from django.db import connections

SEEING = {"db", "transactional_db"}  # fixtures
STARTS = {"subprocess.Popen", "os.posix_spawn", "os.fork", "os.system"}  # audit events


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--note-blind", type=Path, help="write the tests that see no database here")
    parser.addoption("--leave-out-blind", type=Path, help="leave out the tests that are named here")


def pytest_configure(config: pytest.Config) -> None:
    if notes := config.getoption("note_blind"):
        config.pluginmanager.register(Observer(notes))


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    notes = config.getoption("leave_out_blind")
    if not notes or not notes.exists():
        return
    blind = set(notes.read_text(encoding="utf-8").splitlines())
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in blind])
    items[:] = [item for item in items if item.nodeid not in blind]


class Observer:
    def __init__(self, notes: Path) -> None:
        self.notes = notes
        self.sees = False
        self.passes = True
        look_up = type(connections).__getitem__

        def note_look(handler: object, alias: str) -> object:
            self.sees = True
            return look_up(handler, alias)

        type(connections).__getitem__ = note_look
        sys.addaudithook(self.note_event)

    def note_event(self, event: str, _arguments: object) -> None:
        if event in STARTS:
            self.sees = True

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        asks = SEEING & set(getattr(item, "fixturenames", ())) or any(
            item.get_closest_marker(marker) for marker in ("django_db", "process", "browser")
        )
        self.sees, self.passes = bool(asks), True
        answer = yield
        # Who names tests with a line's end in them runs them twice.
        if self.passes and not self.sees and item.nodeid.splitlines() == [item.nodeid]:
            with self.notes.open("a", encoding="utf-8") as stream:
                stream.write(f"{item.nodeid}\n")
        return answer

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.passes &= report.passed
