"""How long imports, their files and the ledger stay."""

import os
import time
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import CommandError, call_command
from django.db import DatabaseError, transaction
from django.utils import timezone

from imports import retention, uploads
from imports.models import FailedRow, ImportJob, ImportLog, ImportProblem, LedgerEntry
from tests.imports.conftest import Upload
from tests.library.models import Note

pytestmark = pytest.mark.django_db

NOTES = "text,stars\nfirst,1\nsecond,x\n"


def days_ago(days: float) -> Any:
    return timezone.now() - timedelta(days=days)


def test_an_old_import_goes_with_all_but_what_it_wrote(apply: Upload) -> None:
    apply(NOTES)
    ImportJob.objects.update(completed_at=days_ago(29))
    assert retention.expire_due().imports == 0
    ImportJob.objects.update(completed_at=days_ago(31))
    assert retention.expire_due().imports == 1
    for model in (ImportJob, ImportLog, ImportProblem, FailedRow):
        assert not model._default_manager.exists()
    assert Note.objects.count() == 1
    assert LedgerEntry.objects.count() == 1


@pytest.mark.parametrize(
    ("status", "goes"),
    [
        ("uploaded", True),
        ("ready", True),
        ("failed", True),
        ("cancelled", True),
        ("checking", False),
        ("queued", False),
        ("processing", False),
    ],
)
def test_what_nobody_decides_about_goes_too_but_never_what_is_at_work(
    upload: Upload, status: str, goes: bool
) -> None:
    job = upload(NOTES)
    old = days_ago(31)
    ImportJob.objects.update(status=status, created_at=old, completed_at=old)
    freed = retention.expire_due()
    assert (freed.imports, freed.bytes_freed) == ((1, len(NOTES)) if goes else (0, 0))
    assert uploads.uploads().exists(job.file_key) is not goes


def test_a_file_that_nobody_knows_is_swept_away_after_an_hour(upload: Upload) -> None:
    kept, lost = upload(NOTES), upload(NOTES)
    ImportJob.objects.filter(pk=lost.pk).delete()
    assert retention.sweep() == 0
    for job in (kept, lost):
        path = uploads.uploads().locate(job.file_key)
        (path.parent / "half.part").write_text("half")
        long_ago = time.time() - 2 * retention.LEFT_OVER_AFTER
        for each in (*path.parent.iterdir(), path.parent):
            os.utime(each, (long_ago, long_ago))
    assert retention.sweep() == 1
    assert not uploads.uploads().locate(lost.file_key).parent.exists()
    path = uploads.uploads().locate(kept.file_key)
    assert list(path.parent.iterdir()) == [path]


def test_the_command_for_cleaning_up(apply: Upload) -> None:
    apply(NOTES)
    ImportJob.objects.update(completed_at=days_ago(8))
    out = StringIO()
    call_command("cleanup_imports", days=7, stdout=out)
    assert "1 import deleted" in out.getvalue()
    with pytest.raises(CommandError, match="at least 7"):
        call_command("cleanup_imports", days=6)


@pytest.fixture
def entries(monkeypatch: pytest.MonkeyPatch) -> list[LedgerEntry]:
    monkeypatch.setattr(retention, "PRUNED_AT_ONCE", 4)
    kind = ContentType.objects.get_for_model(Note)
    return LedgerEntry.objects.bulk_create(
        LedgerEntry(
            job_id="00000000-0000-0000-0000-000000000001", row=2, content_type=kind, object_id="1",
            action="create", after_hash="", written_at=days_ago(400 if n < 10 else 1),
        )
        for n in range(13)
    )  # fmt: skip


def test_the_ledger_is_pruned_by_age(entries: list[LedgerEntry]) -> None:
    assert retention.prune_ledger() == 10
    assert LedgerEntry.objects.count() == 3
    assert retention.prune_ledger() == 0


def test_the_command_for_pruning(entries: list[LedgerEntry]) -> None:
    out = StringIO()
    call_command("prune_ledger", days=7, stdout=out)
    assert "10 ledger entries deleted" in out.getvalue()
    with pytest.raises(CommandError, match="at least 7"):
        call_command("prune_ledger", days=1)


def test_neither_the_story_nor_the_ledger_can_be_rewritten(
    apply: Upload, entries: list[LedgerEntry]
) -> None:
    job = apply(NOTES)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ImportLog.objects.filter(job=job).update(message="nothing happened")
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        LedgerEntry.objects.update(before={})
    ImportLog.objects.filter(job=job).update(actor=None)  # as when an account is deleted
