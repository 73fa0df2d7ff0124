"""Staged records against the target: which exist, what they change, and the writing of them.

A constant number of statements, however many records there are.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db.backends.utils import CursorWrapper

from imports.batches import Batch, has_gaps
from imports.fields.base import Column
from imports.staging import Layout, Staged
from imports.staging.base import Dialect, Statement
from imports.targets import Target, column_name, quoted


class Match(NamedTuple):
    """A record that exists."""

    pk: Any
    is_changed: bool
    is_alone: bool = True  # False: several have the key


def merge(
    cursor: CursorWrapper, words: Dialect, layout: Layout, batch: Batch, *, numbers: bool = False
) -> None:
    """Find each staged record in the target by its key, and lay it over what it finds.

    The table `imports_merged` then has a row for each pair: `_pk` is NULL for what is new,
    `_before` for what changes nothing. `numbers`: new records may take their keys already.
    """
    target = layout.target
    key = words.new_key(cursor, target) if numbers else ""
    held = f"t.{target.pk_sql}"
    values = {
        "_n": "s._n",
        "_row": "s._row",
        "_pk": held,
        **({"_new": f"CASE WHEN {held} IS NULL THEN {key} END"} if key else {}),
        "_before": f"CASE WHEN {held} IS NOT NULL THEN {_before(words, layout)} END",
        **_differences(words, layout),
        **{staged.sql: _merged(staged, target) for staged in layout.staged},
    }
    # By the index they come in order anyway.
    order = "" if is_indexed(target) else " ORDER BY s._n"
    cursor.execute(
        f"INSERT INTO imports_merged ({', '.join(values)}) SELECT {', '.join(values.values())} "
        f"FROM {_matching(words, target, batch)}{order}",
        [],
    )


def _differences(words: Dialect, layout: Layout) -> dict[str, str]:
    """Flag -> whether the record that exists has something else there."""
    return {
        layout.flags[s.column.attname]: _differs(words, s)
        for s in layout.written
        if not s.is_touched
    }


def _differs(words: Dialect, staged: Staged) -> str:
    return f"{staged.flag} AND t.{staged.sql} {words.differs} s.{staged.sql}"


def _before(words: Dialect, layout: Layout) -> str:
    """What would be overwritten, as text of JSON by column; NULL if nothing would."""
    changes, touches = ["''"], [""]
    for s in layout.written:
        pair = f"',\"{column_name(s.column)}\":' || {words.as_json(s.column, f't.{s.sql}')}"
        if s.is_touched:
            touches.append(pair)
        else:
            changes.append(f"CASE WHEN {_differs(words, s)} THEN {pair} ELSE '' END")
    first = f"nullif('{{' || substr({' || '.join(changes)}, 2), '{{')"
    return f"{first}{' || '.join(touches)} || '}}'"


def _merged(staged: Staged, target: Target) -> str:
    if staged.flag == "TRUE" or staged.column.primary_key:
        return f"s.{staged.sql}"
    held = f"CASE WHEN t.{target.pk_sql} IS NULL THEN s.{staged.sql} ELSE t.{staged.sql} END"
    if staged.flag == "FALSE":
        return held
    return f"CASE WHEN {staged.flag} THEN s.{staged.sql} ELSE {held} END"


def _matching(words: Dialect, target: Target, batch: Batch) -> str:
    if not target.key:
        return f"imports_staged s LEFT JOIN {target.table} t ON 1 = 0"
    conditions = []
    for column in target.key:
        # Alone, NULL is no key. An index helps "=" only.
        can_be_null = len(target.key) > 1 and _has_nulls(batch.columns.get(column.attname, [None]))
        equals = words.same if can_be_null else "="
        conditions.append(f"t.{quoted(column)} {equals} s.{quoted(column)}")
    return words.match(target, " AND ".join(conditions), is_indexed=is_indexed(target))


def _has_nulls(values: Sequence[Any]) -> bool:
    return None in values or has_gaps(values)


def is_indexed(target: Target) -> bool:
    """Whether an index leads to few records of a key."""
    meta, key = target.model._meta, {column.name for column in target.key}
    if any(column.unique for column in target.key):
        return True
    if len(key) == 1 and getattr(target.key[0], "db_index", False):
        return True
    unique = [constraint.fields for constraint in meta.total_unique_constraints]
    if any(set(names) <= key for names in (*unique, *meta.unique_together)):
        return True
    return any({name.lstrip("-") for name in index.fields} == key for index in meta.indexes)


def matches(cursor: CursorWrapper) -> dict[int, Match]:
    """Number of a record -> what it found; new ones are not in it."""
    cursor.execute("SELECT _n, _pk, _before IS NOT NULL FROM imports_merged WHERE _pk IS NOT NULL")
    rows = cursor.fetchall()
    found = {number: Match(pk, bool(is_changed)) for number, pk, is_changed in rows}
    if len(found) < len(rows):
        times = Counter(number for number, _pk, _is_changed in rows)
        found = {n: match._replace(is_alone=times[n] == 1) for n, match in found.items()}
    return found


def leave_out(cursor: CursorWrapper, words: Dialect, numbers: Iterable[int]) -> None:
    """Take records out of `imports_merged`, so that they are not written."""
    cursor.execute(f"DELETE FROM imports_merged WHERE {words.among('_n')}", [words.many(numbers)])


def replace_values(
    cursor: CursorWrapper, words: Dialect, column: Column, replaced: dict[Any, Any]
) -> None:
    """Placeholders in `imports_merged` become the keys of records that now exist."""
    name = quoted(column)
    cursor.execute(
        f"UPDATE imports_merged SET {name} = v.new FROM {words.pairs()} "
        f"WHERE imports_merged.{name} = v.old",
        [words.many(replaced), words.many(replaced.values())],
    )


def update(layout: Layout) -> Statement:
    """What writes the changed records of a layout with columns that are written."""
    target = layout.target
    sets = ", ".join(f"{s.sql} = m.{s.sql}" for s in layout.written)
    sql = (
        f"UPDATE {target.table} AS t SET {sets} FROM imports_merged m "
        f"WHERE t.{target.pk_sql} = m._pk AND m._before IS NOT NULL"
    )
    return sql, ()


def creations(cursor: CursorWrapper, words: Dialect, layout: Layout) -> list[Statement]:
    """What inserts the new records. Then their keys are in `_new` of `imports_merged`."""
    target = layout.target
    staged = {s.column.attname: s for s in layout.staged}
    columns: list[tuple[str, str]] = []
    parameters: list[Any] = []
    for name, column in target.columns.items():
        if column.primary_key:
            continue
        if name in staged:
            columns.append((quoted(column), f"m.{quoted(column)}"))
        else:
            fill = layout.fills[name]
            columns.append((quoted(column), fill.sql))
            parameters += fill.parameters
    is_keyed = target.pk.attname in staged and staged[target.pk.attname].flag != "FALSE"
    return words.creations(cursor, target, columns, parameters, is_keyed=is_keyed)
