import os
import time
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.utils import timezone

from exports import delivery, retention
from exports.models import Event, Export
from exports.states import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def finished(ask: Any) -> Any:
    """An export completed some days ago, with a file of ten bytes."""

    def make(days_ago: float) -> Export:
        export: Export = ask()
        folder = delivery.folder()
        with folder.begin(folder.new_key(export.pk, 1, "csv")) as part:
            part.stream.write(b"0123456789")
            published = part.publish()
        completed = timezone.now() - timedelta(days=days_ago)
        Export.objects.filter(pk=export.pk).update(
            status=Status.COMPLETED,
            file_key=published.key,
            sha256=published.sha256,
            completed_at=completed,
            expires_at=completed + timedelta(days=30),
        )
        export.refresh_from_db()
        return export

    return make


def test_expired_files_go_and_their_rows_stay(finished: Any) -> None:
    old, young = finished(31), finished(29)
    freed = retention.expire_due()
    assert (freed.expired, freed.bytes_freed) == (1, 10)
    old.refresh_from_db()
    young.refresh_from_db()
    assert (old.status, young.status) == (Status.EXPIRED, Status.COMPLETED)
    assert not delivery.folder().exists(old.file_key)
    assert delivery.folder().exists(young.file_key)
    assert old.logs.last().event == Event.EXPIRED


def test_the_command_expires_by_age(finished: Any, capsys: pytest.CaptureFixture[str]) -> None:
    finished(10)
    call_command("cleanup_exports", "--days", "7")
    assert "1 export expired" in capsys.readouterr().out
    assert Export.objects.get().status == Status.EXPIRED


@pytest.mark.parametrize("days", ["0", "6", "-1"])
def test_the_command_refuses_to_delete_young_files(finished: Any, days: str) -> None:
    finished(10)
    with pytest.raises(CommandError, match="at least 7"):
        call_command("cleanup_exports", "--days", days)
    assert Export.objects.get().status == Status.COMPLETED


def test_a_second_round_finds_nothing(finished: Any) -> None:
    finished(31)
    retention.expire_due()
    assert retention.expire_due().expired == 0


def age(owner: object) -> None:
    """Make a folder and all in it look untouched for two hours."""
    root = delivery.folder().locate(f"exports/{owner}/x").parent
    then = time.time() - 7200
    for path in (*root.iterdir(), root):
        os.utime(path, (then, then))


def test_left_over_files_are_swept_and_others_are_not(finished: Any, ask: Any) -> None:
    folder = delivery.folder()
    kept, running, stranger = finished(1), ask(), uuid4()
    Export.objects.filter(pk=running.pk).update(status=Status.PROCESSING, claimed_by="w:1")
    for owner in (kept.pk, running.pk, stranger):
        folder.begin(f"exports/{owner}/1-left.csv").stream.close()
        age(owner)
    young = uuid4()
    folder.begin(f"exports/{young}/1-young.csv").stream.close()

    assert retention.sweep() == 2
    left = {owner for owner, _changed in folder.owners()}
    assert left == {str(kept.pk), str(running.pk), str(young)}
    assert folder.exists(kept.file_key)


def test_without_any_file_there_is_nothing_to_sweep() -> None:
    assert retention.sweep() == 0
