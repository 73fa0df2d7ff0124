import itertools
from typing import Any

import pytest

from exports.models import Export
from exports.states import TRANSITIONS, Status
from exportsite.jobs.states import BORN, IllegalMove, LostRace, move

pytestmark = pytest.mark.django_db

ALLOWED = {
    ("pending", "processing"),
    ("pending", "cancelled"),
    ("processing", "pending"),
    ("processing", "completed"),
    ("processing", "failed"),
    ("processing", "cancelled"),
    ("failed", "pending"),
    ("cancelled", "pending"),
    ("completed", "expired"),
}
FILE = {"file_key": "k", "sha256": "s", "claimed_by": ""}


def in_status(export: Export, status: str) -> Export:
    Export.objects.filter(pk=export.pk).update(status=status, **FILE)
    export.refresh_from_db()
    return export


@pytest.mark.parametrize(
    ("source", "target"), list(itertools.product(Status.values, Status.values))
)
def test_every_pair_is_either_an_edge_or_refused(ask: Any, source: str, target: str) -> None:
    export = in_status(ask(), source)
    if (source, target) in ALLOWED:
        move(export, target)
        export.refresh_from_db()
        assert export.status == target
    else:
        with pytest.raises(IllegalMove, match=f"from “{source}” to “{target}”"):
            move(export, target)
        export.refresh_from_db()
        assert export.status == source


def test_an_export_is_born_pending() -> None:
    assert [e.target for e in TRANSITIONS if e.source == BORN] == [Status.PENDING]


def test_every_edge_says_what_it_means() -> None:
    for edge in TRANSITIONS:
        assert edge.sentence.endswith(".")
        assert edge.actor


def test_a_row_that_moved_on_is_a_lost_race(ask: Any) -> None:
    export = ask()
    Export.objects.update(status=Status.CANCELLED)
    with pytest.raises(LostRace):
        move(export, Status.PROCESSING)
    assert export.status == Status.PENDING
