"""Small importers and files for the tests of the database half."""

import uuid
from collections.abc import Iterable, Sequence
from contextlib import closing
from typing import Any

from django.db import transaction

from imports.importers import Importer, Run, fields_of
from imports.ingest import Applier, ChunkResult
from imports.models import Mode
from imports.seen import Seen
from imports.validation import Parsed


def importer_of(model: type, **attributes: Any) -> type[Importer]:
    return type("SomeImporter", (Importer,), {"name": "some", "model": model, **attributes})


def make_run(**more: Any) -> Run:
    return Run(job_id=uuid.uuid4(), user_id=None, filename="some.csv", **more)


def parsed(*records: dict[str, Any] | list[dict[str, Any]], first: int = 2) -> list[Parsed]:
    """Rows of a file; a list is one row that becomes several records."""
    return [
        Parsed(row, [], record if isinstance(record, list) else [record], [])
        for row, record in enumerate(records, first)
    ]


def make_applier(importer: type[Importer], seen: Seen, **options: Any) -> Applier:
    defaults = {
        "fields": fields_of(importer),
        "key": importer.keys[0] if importer.keys else (),
        "mode": Mode.UPSERT,
        "run": make_run(),
        "context": {},
        "applies": True,
    }
    return Applier(importer=importer, seen=seen, **{**defaults, **options})


def take(
    importer: type[Importer], rows: Sequence[Parsed], *, size: int = 1000, **options: Any
) -> list[ChunkResult]:
    """All rows in chunks, each in a transaction, as the pipeline does it."""
    with closing(Seen()) as seen:
        applier = make_applier(importer, seen, **options)
        results = []
        for start in range(0, len(rows), size):
            with transaction.atomic():
                results.append(applier.run(rows[start : start + size]))
            seen.commit()
        return results


def outcomes(results: Iterable[ChunkResult]) -> list[str]:
    return [str(action) for r in results for _row, action in sorted(r.actions.items())]


def codes(results: Iterable[ChunkResult]) -> dict[int, list[str]]:
    return {
        failed.row: [problem.code for problem in problems]
        for result in results
        for failed, problems in result.failures
    }
