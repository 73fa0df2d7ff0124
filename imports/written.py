"""What an import has written already, by its ledger: for mended rows, whose file is gone, and for
the rows behind an interruption."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import models

from imports.ledger import CREATED, UPDATED
from imports.models import LedgerEntry


def rows_that_wrote(
    job_id: UUID, model: type[models.Model], keys: Collection[Any]
) -> dict[str, int]:
    """Primary key as text -> the last row that wrote the record, among these records."""
    entries = LedgerEntry.objects.filter(
        job_id=job_id,
        content_type=ContentType.objects.get_for_model(model),
        object_id__in=[str(key) for key in keys],
        action__in=(CREATED, UPDATED),
    )
    return dict(entries.order_by("id").values_list("object_id", "row"))


def overwritten(job_id: UUID, model: type[models.Model], column: str) -> list[tuple[int, Any]]:
    """Rows that have changed a column, with what it held before."""
    entries = LedgerEntry.objects.filter(
        job_id=job_id,
        content_type=ContentType.objects.get_for_model(model),
        action=UPDATED,
        before__has_key=column,
    )
    found = entries.order_by("id").values_list("row", "before")
    return [(row, before[column]) for row, before in found.iterator() if before]
