"""What can be done with the rows of a chunk before the database is asked: on the thread that reads,
while the one before is being written."""

from collections.abc import Sequence
from contextlib import suppress

from imports import staging
from imports.batches import Batch, gather, has_gaps, unread
from imports.fields import Field
from imports.importers import Importer, fields_of
from imports.lookups import Lookups
from imports.problems import BadValue, Problem
from imports.refusals import left_out
from imports.repeats import find_keys
from imports.staging.values import fit
from imports.targets import Target
from imports.validation import Parsed


class Prepared(list[Parsed]):
    """Rows of the file, with what they say. A piece of it is a plain list again."""

    batch: Batch  # the records of the good rows, as their columns hold them
    unread: Batch  # what the bad ones say in lookups
    noted: list[Parsed]  # the rows with problems, and those that say nothing
    warnings: list[tuple[int, Problem]]
    faults: list[tuple[int, str, BadValue]]  # number of a record, column: what it cannot hold


class Preparer:
    """Makes chunks ready for one target. It looks at no database."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._words = staging.dialect()
        self._lookups = Lookups(target)  # that have found nothing yet

    def __call__(self, rows: Sequence[Parsed]) -> Prepared:
        if isinstance(rows, Prepared):
            return rows
        chunk = Prepared(rows)
        chunk.noted = [p for p in rows if p.problems or p.skipped or not p.goes_in]
        chunk.warnings = _warnings(chunk.noted)
        chunk.unread = unread(self._target, rows)
        chunk.batch = batch = gather(self._target, rows)
        chunk.faults = list(self._fit(batch))
        if self._has_whole_keys(batch):
            batch.keys = find_keys(self._target, self._lookups, batch)
        if not chunk.faults:
            self._render(batch)
        return chunk

    def _own_columns(self, batch: Batch) -> list[str]:
        """Those that no lookup has to resolve."""
        return [name for name in batch.columns if name not in self._target.lookups]

    def _fit(self, batch: Batch) -> list[tuple[int, str, BadValue]]:
        found = []
        for name in self._own_columns(batch):
            column = self._target.columns[name]
            if not column.primary_key:
                batch.columns[name], faults = fit(column, batch.columns[name])
                found += [(number, name, error) for number, error in faults.items()]
        return found

    def _has_whole_keys(self, batch: Batch) -> bool:
        """Whether rows say all of their keys, with nothing that has to be looked up or filled."""
        key = [column.attname for column in self._target.key]
        own = set(self._own_columns(batch))
        return (
            bool(key) and own.issuperset(key) and not any(has_gaps(batch.columns[n]) for n in key)
        )

    def _render(self, batch: Batch) -> None:
        """The values as they are staged. What fails fails again, and is dealt with, over there."""
        for name in self._own_columns(batch):
            values = batch.columns[name]
            if not has_gaps(values):
                with suppress(Exception):
                    batch.rendered[name] = self._words.render(self._target.columns[name], values)


def all_fields(importer: type[Importer], fields: Sequence[Field]) -> tuple[Field, ...]:
    """Those that it declares, and those of this file, which count more."""
    return tuple({field.name: field for field in (*fields_of(importer), *fields)}.values())


def _warnings(rows: Sequence[Parsed]) -> list[tuple[int, Problem]]:
    warnings = []
    for parsed in rows:
        if parsed.problems:
            warnings += [(parsed.row, p) for p in parsed.problems if not p.is_error]
        if parsed.skipped:
            warnings.append((parsed.row, left_out(parsed.skipped)))
    return warnings
