"""What a row would change, cell by cell, for people who look at a check."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import models
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from imports.batches import ABSENT, Batch
from imports.fields import text_of
from imports.fields.base import Column
from imports.models import Action
from imports.refusals import Teller
from imports.staging.base import Dialect
from imports.targets import Target, column_name
from imports.upsert import Match

Change = tuple[int, str, str, dict[str, list[str | None]]]  # row, action, key, field -> [old, new]

KEPT = (Action.CREATE, Action.UPDATE, Action.UNCHANGED)
LONGEST_SHOWN = 500  # characters of a value


class Sampler:
    """Takes the first rows of each action of an import."""

    def __init__(self, target: Target, teller: Teller, most: int) -> None:
        self._target = target
        self._teller = teller
        self._most = most
        self._taken: Counter[str] = Counter()

    def take(
        self,
        cursor: CursorWrapper,
        words: Dialect,
        batch: Batch,
        actions: dict[int, str],
        matches: dict[int, Match],
    ) -> list[Change]:
        """Of the records with these actions, by number, while there is room."""
        numbers = self._choose(batch, actions)
        changed = [n for n in numbers if actions[n] == Action.UPDATE and n in matches]
        names = self._changed_columns(cursor, words, changed)
        old = self._held({matches[n].pk for n in changed})
        return [
            (
                batch.rows[n],
                str(actions[n]),
                self._teller.key(batch, n),
                self._changes(batch, n, names.get(n), old.get(matches[n].pk) if n in names else {})
                if actions[n] != Action.UNCHANGED
                else {},
            )
            for n in numbers
        ]

    def _choose(self, batch: Batch, actions: dict[int, str]) -> list[int]:
        """One record of a row."""
        chosen: dict[int, int] = {}
        for number, action in actions.items():
            row = batch.rows[number]
            if action in KEPT and row not in chosen and self._taken[action] < self._most:
                self._taken[action] += 1
                chosen[row] = number
        return list(chosen.values())

    def _changed_columns(
        self, cursor: CursorWrapper, words: Dialect, numbers: Sequence[int]
    ) -> dict[int, set[str]]:
        if not numbers:
            return {}
        cursor.execute(
            f"SELECT _n, _before FROM imports_merged WHERE {words.among('_n')}",
            [words.many(numbers)],
        )
        return {n: set(json.loads(before or "{}")) for n, before in cursor.fetchall()}

    def _held(self, keys: set[Any]) -> dict[Any, dict[str, Any]]:
        """What the database has, with the names of related records."""
        if not keys:
            return {}
        paths = {name: self._path(column) for name, column in self._target.columns.items()}
        rows = self._target.model._base_manager.filter(pk__in=keys)
        found = rows.values("pk", *dict.fromkeys(paths.values()))
        return {row["pk"]: {name: row[path] for name, path in paths.items()} for row in found}

    def _path(self, column: Column) -> str:
        lookup = self._target.lookups.get(column.attname)
        return f"{column.name}__{lookup.by[0]}" if lookup is not None else column.attname

    def _changes(
        self, batch: Batch, number: int, names: set[str] | None, old: dict[str, Any] | None
    ) -> dict[str, list[str | None]]:
        """Of an update the changed columns; of a new record all that its row says."""
        changes = {}
        for name, values in batch.columns.items():
            column = self._target.columns[name]
            is_shown = (
                column_name(column) in names if names is not None else values[number] is not None
            )
            if is_shown and values[number] is not ABSENT:
                new = batch.texts.get(name, values)[number]
                before = shown(column, (old or {}).get(name))
                changes[column.name] = [before, shown(column, new)]
        return changes


def shown(column: Column, value: Any) -> str | None:
    """A value as people read it: labels of choices, times where they are."""
    if value is None:
        return None
    if column.choices:
        value = dict(column.flatchoices).get(value, value)
    if isinstance(column, models.DateTimeField) and timezone.is_aware(value):
        value = timezone.localtime(value).replace(tzinfo=None)
    if isinstance(value, dict | list):
        value = json.dumps(value, ensure_ascii=False, default=str)
    return text_of(value)[:LONGEST_SHOWN]
