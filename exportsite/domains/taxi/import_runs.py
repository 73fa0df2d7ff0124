"""The row that the taxi company keeps about each file it has read."""

from collections.abc import Mapping

from exportsite.domains.taxi.choices import ImportStatus
from exportsite.domains.taxi.tolls import ImportRun
from imports.importers import Run

TAKEN = ("create", "update", "unchanged")


def begin(model: type[ImportRun], run: Run) -> int:
    """The key of a new row about this file."""
    row = model._base_manager.create(
        file_name=run.filename[:255],
        status=ImportStatus.PROCESSING,
        created_by_id=run.user_id,
    )
    return int(row.pk)


def end(model: type[ImportRun], key: int, counts: Mapping[str, int]) -> None:
    """Write down what became of it: failed only when no row at all was taken."""
    taken = sum(counts.get(action, 0) for action in TAKEN)
    failed = counts.get("fail", 0)
    status = ImportStatus.FAILED if failed and not taken else ImportStatus.COMPLETED
    model._base_manager.filter(pk=key).update(
        status=status,
        total_records=sum(counts.values()),
        successful_records=taken,
        failed_records=failed,
    )
