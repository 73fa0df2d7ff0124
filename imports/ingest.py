"""One chunk of parsed rows on its way into the database, or compared with it.

A check and a run take the same steps; a check leaves out the last one, the writing.
"""

import datetime as dt
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, DataError, IntegrityError, transaction
from django.utils import timezone

from imports import constraints, staging
from imports.batches import Batch
from imports.claims import Claims
from imports.fields import Field
from imports.importers import Importer, Run
from imports.ledger import Author
from imports.lookups import Lookups
from imports.models import Action
from imports.passes import Engine, Findings, Pass
from imports.preparation import Prepared, Preparer, all_fields
from imports.problems import BadValue, Problem
from imports.refusals import Teller, refused
from imports.repeats import Recall, Repeats, complete_key, find_keys
from imports.samples import Change, Sampler
from imports.seen import Seen
from imports.targets import Fill, Target
from imports.validation import Parsed, is_overridden

SAMPLES = 500  # rows of each action


@dataclass(frozen=True, kw_only=True)
class ChunkResult:
    """What became of each row of a chunk."""

    actions: dict[int, str]  # of each row, in no order
    failures: list[tuple[Parsed, list[Problem]]]
    warnings: list[tuple[int, Problem]]
    changes: list[Change]  # a sample, if it was a check
    values_written: int


@dataclass(kw_only=True)
class _Tally:
    """What has been found so far, by row."""

    actions: dict[int, str] = field(default_factory=dict)
    refused: dict[int, list[Problem]] = field(default_factory=dict)
    warnings: list[tuple[int, Problem]] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    values_written: int = 0

    def refuse(self, row: int, *problems: Problem) -> None:
        self.refused.setdefault(row, []).extend(problems)

    def add(self, findings: Findings) -> None:
        self.actions |= findings.actions
        self.changes += findings.changes
        self.values_written += findings.values_written
        for row, problems in findings.refused.items():
            self.refuse(row, *problems)


class Applier:
    """One import's (or check's) way into the database. The caller owns the transaction, and after
    it commits or rolls back `seen`."""

    def __init__(
        self,
        *,
        importer: type[Importer],
        fields: Sequence[Field],
        key: Sequence[str],
        mode: str,
        run: Run,
        context: Mapping[str, Any],
        applies: bool,
        seen: Seen,
        headers: Mapping[str, str] | None = None,
        is_mending: bool = False,
    ) -> None:
        """`fields` are those that the file fills; `headers` says by name in which columns."""
        target = Target(
            importer.model,
            fields=all_fields(importer, fields),
            key=key,
            touch=importer.touch,
            context=context,
            is_context_known=applies or not is_overridden(importer, "start"),
        )
        teller, lookups = Teller(target, headers or {}), Lookups(target)
        uniques = constraints.unique_rules(target.model)
        others = [rule for rule in uniques if set(rule.columns) != set(target.key)]
        overwrites = importer.on_repeat == "overwrite"
        self._run_of = run
        self._seen = seen
        self._prepare = Preparer(target)
        self._engine = Engine(
            target=target,
            mode=mode,
            applies=applies,
            asks_ledger=is_mending and not overwrites,
            words=staging.dialect(),
            lookups=lookups,
            teller=teller,
            recall=Recall(seen, lookups, teller, overwrites=overwrites),
            claims=Claims(target, others, seen, lookups, teller),
            sampler=Sampler(target, teller, SAMPLES),
            checks=constraints.check_rules(target.model),
            uniques=others,
            references=constraints.reference_rules(target),
        )

    def remember(self, rows: Sequence[Parsed]) -> None:
        """Rows that were dealt with before the import was interrupted: their repeats count."""
        prepared, fills = self._prepare(rows), self._fills(timezone.now())
        batch, _repeats = self._read(prepared, _Tally(), fills)
        if self._engine.applies:
            self._seen.say(self._engine.claims.freed_before(batch, self._run_of.job_id))
        self._seen.commit()

    def run(self, chunk: Sequence[Parsed]) -> ChunkResult:
        """Deal with a chunk in a constant number of statements."""
        tally = _Tally()
        author = Author(job_id=self._run_of.job_id, now=timezone.now())
        fills = self._fills(author.now)
        prepared = self._prepare(chunk)
        batch, repeats = self._read(prepared, tally, fills)
        in_order = self._engine.claims.concern(batch)
        for wave in _waves(batch, repeats, in_order=in_order):
            self._take(wave, tally, author, fills, repeats.repeating)
        return _result(prepared, tally)

    def _fills(self, now: dt.datetime) -> dict[str, Fill]:
        return self._engine.lookups.fill(self._engine.target.fills(now))

    # -- Before the database sees a record ----------------------------------------------------
    def _read(
        self, prepared: Prepared, tally: _Tally, fills: dict[str, Fill]
    ) -> tuple[Batch, Repeats]:
        engine = self._engine
        batch = prepared.batch
        tally.warnings += prepared.warnings
        self._look_up(batch, tally)
        self._look_up(prepared.unread, tally)
        for number, name, error in prepared.faults:
            self._refuse(batch, number, name, error, tally)
        batch = batch.without(tally.refused)
        if not batch.keys:
            complete_key(engine.target, batch, fills)
            batch.keys = find_keys(engine.target, engine.lookups, batch)
        repeats = engine.recall.compare(batch)
        for row, problems in repeats.refused.items():
            tally.refuse(row, *problems)
        tally.warnings += repeats.warnings
        tally.actions |= dict.fromkeys(repeats.skipped, Action.SKIP)
        return batch.without(repeats.refused.keys() | repeats.skipped), repeats

    def _look_up(self, batch: Batch, tally: _Tally) -> None:
        for number, name, error in self._engine.lookups.resolve(batch):
            self._refuse(batch, number, name, error, tally)

    def _refuse(self, batch: Batch, number: int, name: str, error: BadValue, tally: _Tally) -> None:
        column = self._engine.target.columns[name]
        problem = self._engine.teller.bad_value(batch, number, column, error)
        tally.refuse(batch.rows[number], problem)

    # -- With the database --------------------------------------------------------------------
    def _take(
        self, batch: Batch, tally: _Tally, author: Author, fills: dict[str, Fill], again: set[int]
    ) -> None:
        """A batch at once. If the database refuses it, its halves, until the bad rows are found."""
        if not len(batch):
            return
        engine = self._engine
        engine.lookups.settle(batch)
        mark = engine.lookups.mark()
        try:
            with transaction.atomic():
                findings = Pass(engine, batch, author=author, fills=fills, again=again).run()
        except (IntegrityError, DataError, UnicodeEncodeError) as error:
            engine.lookups.rollback(mark)
            if len(set(batch.rows)) == 1:
                tally.refuse(batch.rows[0], refused(_as_database_error(error)))
                return
            for half in batch.halves():
                self._take(half, tally, author, fills, again)
        else:
            tally.add(findings)
            self._seen.say(findings.sayings)
            if not engine.applies:
                engine.recall.note_made(batch, findings.made)


def _as_database_error(error: Exception) -> DatabaseError:
    return error if isinstance(error, DatabaseError) else DataError(str(error))


def _waves(batch: Batch, repeats: Repeats, *, in_order: bool) -> list[Batch]:
    """Batches in which no record is twice, and each comes in the order of the file.

    `in_order`: rows of different records do not overtake each other either. It costs more batches.
    """
    if not any(repeats.waves.values()):
        return [batch]
    waves = _successive(batch) if in_order else repeats.waves
    numbers: dict[int, list[int]] = {}
    for number, row in enumerate(batch.rows):
        numbers.setdefault(waves[row], []).append(number)
    return [batch.take(numbers[wave]) for wave in sorted(numbers)]


def _successive(batch: Batch) -> dict[int, int]:
    """Row of the file -> its wave, such that waves cut the file into pieces."""
    waves: dict[int, int] = {}
    met: set[bytes] = set()
    wave = 0
    for row, numbers in batch.by_row().items():
        keys = {key for n in numbers if (key := batch.keys[n]) is not None}
        if keys & met:
            met, wave = set(), wave + 1
        met |= keys
        waves[row] = wave
    return waves


def _result(chunk: Prepared, tally: _Tally) -> ChunkResult:
    actions, failures = tally.actions, []
    for parsed in _noted(chunk, tally.refused):
        problems = [problem for problem in parsed.problems if problem.is_error]
        problems += tally.refused.get(parsed.row, [])
        if problems:
            failures.append((parsed, problems))
            actions[parsed.row] = Action.FAIL
        elif parsed.skipped or not parsed.goes_in:
            actions[parsed.row] = Action.SKIP
    if len(actions) != len(chunk):
        raise LookupError("A row of the chunk has come to no end, or to one that is not its own")
    return ChunkResult(
        actions=actions,
        failures=failures,
        warnings=tally.warnings,
        changes=tally.changes,
        values_written=tally.values_written,
    )


def _noted(chunk: Prepared, refused: Container[int]) -> list[Parsed]:
    """The rows of which there is more to say than what the database did with them."""
    if not refused:
        return chunk.noted
    rows = {parsed.row for parsed in chunk.noted}
    return [parsed for parsed in chunk if parsed.row in rows or parsed.row in refused]
