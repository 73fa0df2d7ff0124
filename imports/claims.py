"""Values that only one record may have, claimed by several rows of one file.

What a rule with a condition or an expression compares is computed by the database.

The database sees those of earlier chunks only, and a check writes none at all. A claim counts if
its row is good. What an import frees stays taken until it is over, however its file is cut into
chunks: so a check and the run agree.
"""

import json
from collections.abc import Iterable, Iterator, Sequence, Set
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

from django.db.backends.utils import CursorWrapper

from imports.batches import ABSENT, Batch
from imports.constraints import UniqueRule, held_values, staged_values
from imports.lookups import Lookups
from imports.problems import Problem
from imports.refusals import Teller
from imports.seen import Saying, Seen, fingerprint
from imports.staging.values import fit
from imports.targets import Target, column_name
from imports.written import overwritten

Claim: TypeAlias = tuple[int, UniqueRule, bytes]  # number of the record, and what it claims


class Claims:
    """The claims of one import's file."""

    def __init__(
        self,
        target: Target,
        rules: Iterable[UniqueRule],
        seen: Seen,
        lookups: Lookups,
        teller: Teller,
    ) -> None:
        self._all_rules = tuple(rules)
        self._rules = [rule for rule in self._all_rules if rule.is_plain]
        self._computed = [rule for rule in self._all_rules if not rule.is_plain]
        self._target = target
        self._past: dict[int, list[bytes]] | None = None
        self._seen = seen
        self._lookups = lookups
        self._teller = teller

    def concern(self, batch: Batch) -> bool:
        """Whether it matters which row comes first."""
        columns = {column.attname for rule in self._all_rules for column in rule.columns}
        return not columns.isdisjoint(batch.columns)

    def take(
        self, cursor: CursorWrapper, batch: Batch, refused: Set[int]
    ) -> tuple[dict[int, list[Problem]], dict[bytes, Saying]]:
        """Why more rows have to stay out, and the claims of those that go in."""
        rules, computed = _about(batch, self._rules), _about(batch, self._computed)
        if not rules and not computed:
            return {}, {}
        claims = [*self._of(batch, rules), *_computed(cursor, computed)]
        taken = self._seen.of(claim for _n, _rule, claim in claims)
        problems: dict[int, list[Problem]] = {}
        said: dict[bytes, Saying] = {}
        for row, own in _by_row(batch, claims, refused):
            for number, rule, claim in own:
                earlier = said.get(claim) or taken.get(claim)
                if earlier is not None and earlier.value != _owner(batch, number):
                    problem = self._teller.taken(batch, number, rule, earlier.row)
                    problems.setdefault(row, []).append(problem)
            if row not in problems:
                said |= {claim: Saying(row, _owner(batch, n)) for n, _rule, claim in own}
        return problems, said

    def _of(self, batch: Batch, rules: list[UniqueRule]) -> Iterator[Claim]:
        for rule in rules:
            columns = [
                self._lookups.identities(c.attname, batch.columns[c.attname])
                for c in rule.columns
                if c.attname in batch.columns
            ]
            if len(columns) == len(rule.columns):
                for number, values in enumerate(zip(*columns, strict=True)):
                    if None not in values and ABSENT not in values:
                        yield number, rule, _claim(rule, values)

    def freed(self, cursor: CursorWrapper, batch: Batch) -> dict[bytes, Saying]:
        """Claims to what the changed records of `imports_merged` have held until now."""
        said: dict[bytes, Saying] = {}
        for rule in _about(batch, self._computed):
            for number, compared in held_values(cursor, self._target, rule):
                saying = Saying(batch.rows[number], _owner(batch, number))
                said[_claim_of(rule, compared)] = saying
        for rule in self._rules:
            column = rule.columns[0]
            if len(rule.columns) > 1 or column.attname not in batch.columns:
                continue
            cursor.execute(
                "SELECT _n, _before FROM imports_merged WHERE _before LIKE %s",
                [f'%"{column_name(column)}":%'],
            )
            held = [
                (n, json.loads(before).get(column_name(column))) for n, before in cursor.fetchall()
            ]
            for number, claim in _claims_to(rule, held):
                said[claim] = Saying(batch.rows[number], _owner(batch, number))
        return said

    def freed_before(self, batch: Batch, job_id: UUID) -> dict[bytes, Saying]:
        """The same of rows that were written before the import was interrupted."""
        if self._past is None:
            self._past = self._read_ledger(batch, job_id)
        return {
            claim: Saying(row, _owner(batch, number))
            for number, row in enumerate(batch.rows)
            for claim in self._past.get(row, ())
        }

    def _read_ledger(self, batch: Batch, job_id: UUID) -> dict[int, list[bytes]]:
        """Row -> claims to what it has overwritten."""
        past: dict[int, list[bytes]] = {}
        for rule in _about(batch, self._rules):
            if len(rule.columns) == 1:
                held = overwritten(job_id, self._target.model, column_name(rule.columns[0]))
                for row, claim in _claims_to(rule, held):
                    past.setdefault(row, []).append(claim)
        return past


def _claims_to(rule: UniqueRule, held: Sequence[tuple[int, Any]]) -> Iterator[tuple[int, bytes]]:
    """A claim to each value of the rule's only column, with what stands beside it."""
    values, _faults = fit(rule.columns[0], [value for _beside, value in held])
    for (beside, _value), value in zip(held, values, strict=True):
        if value is not None:
            yield beside, _claim(rule, (value,))


def _about(batch: Batch, rules: Iterable[UniqueRule]) -> list[UniqueRule]:
    """Those that a row of the batch may break."""
    return [r for r in rules if any(c.attname in batch.columns for c in r.columns)]


def _computed(cursor: CursorWrapper, rules: Iterable[UniqueRule]) -> Iterator[Claim]:
    for rule in rules:
        for number, values in staged_values(cursor, rule):
            if rule.is_null_a_value or None not in values:
                yield number, rule, _claim_of(rule, values)


def _claim_of(rule: UniqueRule, values: tuple[Any, ...]) -> bytes:
    """By the rule's name: others may be about the same columns."""
    alike = (v.normalize() if isinstance(v, Decimal) else v for v in values)
    return fingerprint("claim", rule.name, *alike)


def _claim(rule: UniqueRule, values: tuple[Any, ...]) -> bytes:
    return fingerprint("claim", [column.attname for column in rule.columns], values)


def _owner(batch: Batch, number: int) -> bytes:
    return batch.keys[number] or fingerprint("row", batch.rows[number], number)


def _by_row(
    batch: Batch, claims: list[Claim], refused: Set[int]
) -> Iterator[tuple[int, list[Claim]]]:
    """Good rows in the order of the file, each with its claims."""
    own: dict[int, list[Claim]] = {}
    for claim in claims:
        own.setdefault(batch.rows[claim[0]], []).append(claim)
    for row in sorted(own):
        if row not in refused:
            yield row, own[row]
