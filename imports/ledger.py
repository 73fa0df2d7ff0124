"""The ledger: what imports have written, and the way back.

Entries are only ever added. `before` holds what an update overwrote, by column; it is NULL for new
records. `after_hash` is the beginning of the MD5 of what was written: the database's own text of
each column with a comma behind it, in the order of the model's columns. For an update these are the
columns in `before`, for a new record all but the primary key. The database can so tell for any
number of records at once whether they still are as an import has left them.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from imports.fields.base import Column
from imports.models import LedgerEntry
from imports.staging import Layout
from imports.staging.base import Dialect, Statement
from imports.targets import Target, quoted

CREATED, UPDATED = "create", "update"
HASH_DIGITS = 16


@dataclass(frozen=True, kw_only=True)
class Author:
    """On whose behalf something is written, and when."""

    job_id: UUID
    now: dt.datetime


def updates(words: Dialect, layout: Layout, author: Author) -> Statement:
    """What makes entries for the changed records of `imports_merged`."""
    columns = [s.column for s in layout.written]
    # What is touched only is always among the changes, and has no flag.
    flags = {name: f"m.{flag}" for name, flag in layout.flags.items()}
    return _entries(
        layout.target.model,
        author,
        action=UPDATED,
        values=(
            "m._row",
            words.key_text("m._pk"),
            words.to_document("m._before"),
            hash_of(words, columns, "m", flags),
        ),
        source="imports_merged m WHERE m._before IS NOT NULL ORDER BY m._n",
    )


def creates(words: Dialect, layout: Layout, author: Author) -> Statement:
    """The same for the records of `imports_merged` that have been inserted."""
    target, source = layout.target, "imports_merged m WHERE m._new IS NOT NULL"
    known = _hash_of_new(words, layout)
    if known is None:  # they are asked for what they hold
        known = hash_of(words, hashed_columns(target), "t"), []
        source = f"imports_merged m JOIN {target.table} t ON t.{target.pk_sql} = m._new"
    after_hash, parameters = known
    return _entries(
        target.model,
        author,
        action=CREATED,
        values=("m._row", words.key_text("m._new"), "NULL", after_hash),
        source=f"{source} ORDER BY m._n",
        parameters=parameters,
    )


def _hash_of_new(words: Dialect, layout: Layout) -> tuple[str, list[Any]] | None:
    """The hash of what is inserted from `imports_merged`, with its parameters.

    What all records have in common is put into text once. None where a default of the database's
    own, or the column, decides what is held.
    """
    staged = {s.column.attname for s in layout.staged}
    parts: list[str] = []
    parameters: list[Any] = []
    columns = hashed_columns(layout.target)
    for is_staged, some in groupby(columns, key=lambda column: column.attname in staged):
        if is_staged:
            parts += [_part(words, f"m.{quoted(column)}") for column in some]
            continue
        fills = [(column, layout.fills[column.attname]) for column in some]
        held = [words.held(column, fill.sql) for column, fill in fills]
        if not all(held):
            return None
        parts.append(f"(SELECT {' || '.join(_part(words, sql) for sql in held)})")
        parameters += [value for _column, fill in fills for value in fill.parameters]
    return _digest(parts), parameters


def record_made(
    cursor: CursorWrapper,
    words: Dialect,
    model: type[models.Model],
    rows: dict[Any, int],
    author: Author,
) -> None:
    """Entries for records that had to be made for others: key -> row of the file."""
    target = Target(model, fields=())
    columns = hashed_columns(target)
    sql, parameters = _entries(
        model,
        author,
        action=CREATED,
        values=("v.new", words.key_text("v.old"), "NULL", hash_of(words, columns, "t")),
        source=f"{words.pairs()} JOIN {target.table} t ON t.{target.pk_sql} = v.old",
        parameters=[words.many(rows), words.many(rows.values())],
    )
    cursor.execute(sql, parameters)


def hashed_columns(target: Target) -> list[Column]:
    return [column for column in target.columns.values() if not column.primary_key]


def _entries(
    model: type[models.Model],
    author: Author,
    *,
    action: str,
    values: tuple[str, str, str, str],
    source: str,
    parameters: Sequence[Any] = (),
) -> Statement:
    row, key, before, after_hash = values
    given = {
        "job_id": ("%s", author.job_id),
        "content_type": ("%s", ContentType.objects.get_for_model(model).pk),
        "action": ("%s", action),
        "written_at": ("%s", author.now),
        "row": (row, None),
        "object_id": (key, None),
        "before": (before, None),
        "after_hash": (after_hash, None),
    }
    fields = [LedgerEntry._meta.get_field(name) for name in given]
    names = ", ".join(quoted(field) for field in fields)  # type: ignore[arg-type]  # all are columns
    prepared = [
        field.get_db_prep_save(value, connection)  # type: ignore[union-attr]
        for field, (sql, value) in zip(fields, given.values(), strict=True)
        if sql == "%s"
    ]
    table = connection.ops.quote_name(LedgerEntry._meta.db_table)
    selected = ", ".join(sql for sql, _value in given.values())
    sql = f"INSERT INTO {table} ({names}) SELECT {selected} FROM {source}"
    return sql, [*prepared, *parameters]


def hash_of(
    words: Dialect, columns: Iterable[Column], table: str, conditions: Mapping[str, str] = {}
) -> str:
    """The hash of a record. Columns with a condition, by attname, count where it holds."""
    parts = []
    for column in columns:
        part = _part(words, f"{table}.{quoted(column)}")
        if column.attname in conditions:
            part = f"CASE WHEN {conditions[column.attname]} THEN {part} ELSE '' END"
        parts.append(part)
    return _digest(parts)


def _part(words: Dialect, sql: str) -> str:
    return f"{words.canonical(sql)} || ','"


def _digest(parts: Sequence[str]) -> str:
    return f"substr(md5({' || '.join(parts) or repr('')}), 1, {HASH_DIGITS})"
