"""One pass: a batch is staged, compared and judged, and if it is no check, written. All or nothing
of it stays in the database; what single rows have to stay out for is found before."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field

from django.db import connection
from django.db.backends.utils import CursorWrapper

from imports import constraints, ledger, plan, staging, upsert
from imports.ahead import giving_way
from imports.batches import ABSENT, Batch
from imports.claims import Claims
from imports.constraints import CheckRule, ReferenceRule, UniqueRule
from imports.fields.base import Column
from imports.ledger import Author
from imports.lookups import Key, Lookups
from imports.models import Action, Mode
from imports.problems import Problem
from imports.refusals import Teller
from imports.repeats import Recall
from imports.samples import Change, Sampler
from imports.seen import Saying
from imports.staging import Layout
from imports.staging.base import Dialect, Statement
from imports.targets import Fill, Target
from imports.written import rows_that_wrote


@dataclass(frozen=True, kw_only=True)
class Engine:
    """What all passes of one import work with."""

    target: Target
    mode: str
    applies: bool
    asks_ledger: bool  # whether other rows of this import have written the same records
    words: Dialect
    lookups: Lookups
    teller: Teller
    recall: Recall
    claims: Claims
    sampler: Sampler
    checks: list[CheckRule]
    uniques: list[UniqueRule]
    references: list[ReferenceRule]


@dataclass(kw_only=True)
class Findings:
    """What a pass has found, by row of the file."""

    actions: dict[int, str] = field(default_factory=dict)
    refused: dict[int, list[Problem]] = field(default_factory=lambda: defaultdict(list))
    changes: list[Change] = field(default_factory=list)
    sayings: dict[bytes, Saying] = field(default_factory=dict)
    made: list[int] = field(default_factory=list)  # numbers of records that a check would create
    values_written: int = 0


class Pass:
    """The steps of one pass. Raises IntegrityError and DataError."""

    def __init__(
        self,
        engine: Engine,
        batch: Batch,
        *,
        author: Author,
        fills: dict[str, Fill],
        again: set[int],
    ) -> None:
        """`again`: rows about records that earlier rows have spoken of."""
        self._engine = engine
        self._batch = batch
        self._author = author
        self._fills = fills
        self._again = again
        self._findings = Findings()

    def run(self) -> Findings:
        with connection.cursor() as cursor:
            layout = self._stage(cursor)
            with nullcontext() if self._engine.applies else giving_way():
                upsert.merge(cursor, self._engine.words, layout, self._batch, numbers=self._creates)
            matches = upsert.matches(cursor)
            self._judge(cursor, layout, matches)
            if self._engine.applies:
                self._write(cursor, layout)
            staging.drop(cursor, self._engine.words)
        return self._findings

    @property
    def _creates(self) -> bool:
        return self._engine.applies and self._engine.mode != Mode.UPDATE

    def _stage(self, cursor: CursorWrapper) -> Layout:
        rules = (*self._checks, *self._uniques)
        return staging.stage(
            cursor,
            self._engine.words,
            self._engine.target,
            self._batch,
            fills=self._fills,
            asked=list(dict.fromkeys(column for rule in rules for column in rule.columns)),
        )

    @property
    def _checks(self) -> list[CheckRule]:
        """Rules about something that this batch may change, or that new records have to meet."""
        return [rule for rule in self._engine.checks if self._concerns(rule.columns)]

    @property
    def _uniques(self) -> list[UniqueRule]:
        return [rule for rule in self._engine.uniques if self._concerns(rule.columns)]

    def _concerns(self, columns: tuple[Column, ...]) -> bool:
        return any(column.attname in self._batch.columns for column in columns)

    # -- Judging ------------------------------------------------------------------------------
    def _judge(
        self, cursor: CursorWrapper, layout: Layout, matches: dict[int, upsert.Match]
    ) -> None:
        batch, findings, engine = self._batch, self._findings, self._engine
        made = engine.recall.made_before(batch, self._again)
        lacking = {n: columns for n, columns in self._lacking() if n not in matches}
        planned = plan.make_plan(engine.mode, self._facts(matches, made, set(lacking)))
        for number, code in planned.refusals.items():
            problems = findings.refused[batch.rows[number]]
            if code == "required_for_new":
                problems += [engine.teller.needed(batch, number, c) for c in lacking[number]]
            else:
                problems.append(engine.teller.unplanned(code, batch, number))
        for number, problem in self._broken_rules(cursor):
            if number not in planned.refusals:
                findings.refused[batch.rows[number]].append(problem)
        if engine.asks_ledger:
            self._refuse_repeats(matches)
        contested, findings.sayings = engine.claims.take(cursor, batch, findings.refused.keys())
        findings.refused.update(contested)
        self._settle(cursor, planned.actions, matches)

    def _facts(
        self, matches: dict[int, upsert.Match], made: set[int], lacking: set[int]
    ) -> plan.Facts:
        batch = self._batch
        has_key = bool(self._engine.target.key)
        return plan.Facts(
            count=len(batch),
            matches=matches,
            repeats={n for n, row in enumerate(batch.rows) if row in self._again},
            made=made,
            keyless={n for n, key in enumerate(batch.keys) if key is None} if has_key else set(),
            lacking=lacking,
        )

    def _lacking(self) -> Iterator[tuple[int, list[Column]]]:
        """Numbers of records that say too little to be new, and what they would have to say."""
        lacking: dict[int, list[Column]] = defaultdict(list)
        for name, fill in self._fills.items():
            if fill.is_needed:
                values = self._batch.columns.get(name)
                if values is not None and self._batch.is_whole(name):
                    continue
                for n in range(len(self._batch)):
                    if values is None or values[n] is ABSENT:
                        lacking[n].append(self._engine.target.columns[name])
        yield from lacking.items()

    def _broken_rules(self, cursor: CursorWrapper) -> Iterator[tuple[int, Problem]]:
        engine, batch, tell = self._engine, self._batch, self._engine.teller
        for number, check in constraints.broken_checks(cursor, self._checks):
            yield number, tell.broken(batch, number, check)
        for unique in self._uniques:
            for number in constraints.taken_values(cursor, engine.words, engine.target, unique):
                yield number, tell.taken(batch, number, unique)
        for reference in engine.references:
            if self._concerns((reference.column,)):
                for number in constraints.missing_references(cursor, reference):
                    yield number, tell.dangling(batch, number, reference)

    def _refuse_repeats(self, matches: dict[int, upsert.Match]) -> None:
        batch, engine, findings = self._batch, self._engine, self._findings
        found = {n: m for n, m in matches.items() if batch.rows[n] not in findings.refused}
        keys = [match.pk for match in found.values()]
        wrote = rows_that_wrote(self._author.job_id, engine.target.model, keys) if keys else {}
        for number, match in found.items():
            row = wrote.get(str(match.pk), batch.rows[number])
            if row != batch.rows[number]:
                problem = engine.teller.repeated(batch, number, row)
                findings.refused[batch.rows[number]].append(problem)

    def _settle(
        self, cursor: CursorWrapper, planned: list[str], matches: dict[int, upsert.Match]
    ) -> None:
        """Rows that stay out leave with all their records; the others get their action."""
        batch, findings, engine = self._batch, self._findings, self._engine
        out = [n for n, row in enumerate(batch.rows) if row in findings.refused]
        if out:
            upsert.leave_out(cursor, engine.words, out)
            kept = {n: a for n, a in enumerate(planned) if batch.rows[n] not in findings.refused}
        else:
            kept = dict(enumerate(planned))
        findings.actions = self._actions_of_rows(planned)
        findings.made = [n for n, action in kept.items() if action == Action.CREATE]
        findings.sayings = engine.claims.freed(cursor, batch) | findings.sayings
        if not engine.applies:
            findings.changes = engine.sampler.take(cursor, engine.words, batch, kept, matches)

    def _actions_of_rows(self, planned: list[str]) -> dict[int, str]:
        batch, refused = self._batch, self._findings.refused
        actions = dict(zip(batch.rows, planned, strict=True))
        if len(actions) < len(batch):  # some rows are several records
            actions |= {
                row: plan.action_of_row({planned[n] for n in numbers})
                for row, numbers in batch.by_row().items()
                if len(numbers) > 1
            }
        return {row: a for row, a in actions.items() if row not in refused} if refused else actions

    # -- Writing ------------------------------------------------------------------------------
    def _write(self, cursor: CursorWrapper, layout: Layout) -> None:
        """What others refer to first, and each entry of the ledger with what it is about."""
        words = self._engine.words
        self._make_related(cursor)
        statements = list(self._statements(cursor, layout))
        words.run(cursor, words.looks_up_quickly())
        with giving_way():  # nearly all of the wait is for this
            counts = words.run_all(cursor, statements)
        words.run(cursor, words.plans_freely())
        updated = counts[1] if layout.written else 0  # the first are the ledger's entries
        self._findings.values_written = updated + len(self._findings.made)

    def _statements(self, cursor: CursorWrapper, layout: Layout) -> Iterator[Statement]:
        words = self._engine.words
        yield ledger.updates(words, layout, self._author)
        if layout.written:
            yield upsert.update(layout)
        if self._findings.made:
            yield from upsert.creations(cursor, words, layout)
            yield ledger.creates(words, layout, self._author)
        yield from ((sql, ()) for sql in words.checks_references())

    def _make_related(self, cursor: CursorWrapper) -> None:
        engine = self._engine
        for name, lookup in engine.target.lookups.items():
            rows = self._wanted(name)
            made = engine.lookups.make(name, rows)
            if made and lookup.model is not None:
                by_key = {key: rows[placeholder] for placeholder, key in made.items()}
                ledger.record_made(cursor, engine.words, lookup.model, by_key, self._author)
            if replaced := engine.lookups.made(name, rows):
                column = engine.target.columns[name]
                upsert.replace_values(cursor, engine.words, column, replaced)

    def _wanted(self, name: str) -> dict[Key, int]:
        """The keys that are to be written into a column, and the first row that wants each."""
        batch, new = self._batch, set(self._findings.made)
        given = batch.columns.get(name, [ABSENT] * len(batch))
        rows: dict[Key, int] = {}
        for number, key in enumerate(given):
            if key is ABSENT and number in new:
                key = self._fills[name].value
            if batch.rows[number] not in self._findings.refused:
                rows.setdefault(key, batch.rows[number])
        return rows
