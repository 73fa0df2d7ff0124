import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from exportsite.jobs import runner
from exportsite.jobs.heartbeat import Heartbeat
from exportsite.jobs.queue import claim_here
from imports import intake
from imports.models import ImportJob
from imports.requests import UploadRequest

Upload = Callable[..., ImportJob]
Run = Callable[[ImportJob], ImportJob]

BOOK_RIGHTS = ("imports.add_importjob", "library.add_book", "library.change_book")
NOTE_RIGHTS = ("library.add_note", "library.change_note")


@pytest.fixture(autouse=True)
def _private_folder(settings: Any, tmp_path: Any) -> None:
    settings.IMPORT_DIRECTORY = tmp_path / "uploads"


@pytest.fixture
def ana(make_user: Callable[..., User]) -> User:
    """Somebody who may import books and notes."""
    return make_user("ana", *BOOK_RIGHTS, *NOTE_RIGHTS, email="ana@example.org")


@pytest.fixture
def upload(ana: User) -> Upload:
    """Upload a text as Ana."""

    def send(
        content: str | bytes, filename: str = "notes.csv", *, user: User = ana, **request: Any
    ) -> ImportJob:
        data = content.encode() if isinstance(content, str) else content
        wanted = UploadRequest(filename=filename, **{"importer": "notes", **request})
        return intake.receive_upload(user, wanted, io.BytesIO(data))

    return send


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the next step of a job here, as a worker would, but without a heartbeat.

    The test's transaction is seen by no other connection.
    """
    monkeypatch.setattr(Heartbeat, "__enter__", lambda self: self)
    monkeypatch.setattr(Heartbeat, "__exit__", lambda *_error: None)

    def run_step(job: ImportJob) -> ImportJob:
        job.refresh_from_db()
        claim = claim_here(job)
        assert claim is not None, f"{job.status} waits for no worker"
        runner.run(claim)
        job.refresh_from_db()
        return job

    return run_step


@pytest.fixture
def apply(upload: Upload, run: Run) -> Upload:
    """Upload, check and apply in one go."""

    def through(content: str | bytes, filename: str = "notes.csv", **request: Any) -> ImportJob:
        job = run(upload(content, filename, confirm=True, **request))
        return run(job) if job.status == "queued" else job

    return through
