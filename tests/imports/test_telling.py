"""The importer hears how its import ended."""

from collections.abc import Mapping
from typing import Any

import pytest
from django.contrib.auth.models import User

from imports import bookkeeping, pipeline, wishes
from imports.attempt import Attempt, Columns
from imports.bookkeeping import Chunk
from imports.importers import Run as RunInfo
from imports.importers import Values
from imports.ingest import ChunkResult
from imports.models import ImportJob
from imports.states import Status
from tests.imports.conftest import Run, Upload
from tests.library.importers import NoteImporter

pytestmark = pytest.mark.django_db

Told = list[tuple[Values, dict[str, int]]]
LONG = "text,stars\n" + "".join(f"r{number},1\n" for number in range(500))


@pytest.fixture
def told(monkeypatch: pytest.MonkeyPatch) -> Told:
    """What the importer of notes has heard: its context, and action -> rows that are not 0."""
    heard: Told = []

    def start(cls: Any, run: RunInfo) -> Values:
        return {"kind": "b"}

    def finish(cls: Any, run: RunInfo, context: Values, counts: Mapping[str, int]) -> None:
        heard.append((context, {str(action): rows for action, rows in counts.items() if rows}))

    monkeypatch.setattr(NoteImporter, "start", classmethod(start))
    monkeypatch.setattr(NoteImporter, "finish", classmethod(finish))
    return heard


def test_of_a_good_end(apply: Upload, told: Told) -> None:
    apply("text,stars\nfirst,1\nsecond,x\n")
    assert told == [({"kind": "b"}, {"create": 1, "fail": 1})]


def test_of_a_cancelled_import_and_of_what_came_after_its_retry(
    upload: Upload, run: Run, ana: User, told: Told, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = run(upload(LONG))
    wishes.confirm_import(ana, job)
    real = bookkeeping.settle

    def settle(attempt: Attempt, chunk: Chunk, result: ChunkResult) -> Columns:
        wishes.cancel_import(ana, ImportJob.objects.get(pk=job.pk))
        return real(attempt, chunk, result)

    with monkeypatch.context() as patched:
        patched.setattr(pipeline.bookkeeping, "settle", settle)
        run(job)
    assert job.status == Status.CANCELLED
    assert told == [({"kind": "b"}, {"create": job.processed_rows})]
    wishes.retry_import(ana, job)
    run(job)
    assert told[1:] == [({"kind": "b"}, {"create": 500})]


def test_not_of_an_import_that_never_began(upload: Upload, ana: User, told: Told) -> None:
    wishes.cancel_import(ana, upload("text,stars\nfirst,1\n"))
    assert told == []
