"""SQLite's words: prepared inserts, the last used key, JSON as text."""

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import chain, islice
from sqlite3 import Cursor
from typing import Any

from django.conf import settings
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from imports.batches import ABSENT
from imports.fields.base import Column
from imports.fields.columns import stored
from imports.staging.base import Statement
from imports.targets import Target, column_name, quoted

MOST_PARAMETERS = 990  # of one statement; an old SQLite takes 999


class Sqlite:
    same = "IS"
    differs = "IS NOT"

    def fill(
        self, cursor: CursorWrapper, table: str, columns: Sequence[str], values: Sequence[list[Any]]
    ) -> None:
        """Many rows a statement: each one lets go of the interpreter's lock and wants it back."""
        head = f"INSERT INTO {table} ({', '.join(columns)}) VALUES "
        marks = f"({', '.join('?' * len(columns))})"
        size = max(MOST_PARAMETERS // len(columns), 1)
        rows = zip(*values, strict=True)
        with connection.wrap_database_errors:
            while portion := list(islice(rows, size)):
                # Not through Django, which would turn each mark of each statement into a "?".
                Cursor.execute(
                    cursor.cursor,
                    head + ", ".join([marks] * len(portion)),
                    list(chain.from_iterable(portion)),
                )

    def render(self, column: Column, values: list[Any]) -> list[Any]:
        kinds = set(map(type, values)) - {type(None)}
        if type(ABSENT) in kinds:
            kinds.remove(type(ABSENT))
            values = [None if value is ABSENT else value for value in values]
        held = stored(column)
        if not kinds and not isinstance(column, models.JSONField):
            return values
        if kinds <= {str} and isinstance(held, models.CharField | models.TextField):
            return values
        if kinds <= {int, bool} and isinstance(held, models.IntegerField | models.BooleanField):
            return values
        if kinds <= {Decimal} and isinstance(held, models.DecimalField):
            return [None if value is None else format(value, "f") for value in values]
        if kinds == {dt.date} and type(held) is models.DateField:
            return [None if value is None else value.isoformat() for value in values]
        if kinds == {dt.datetime} and type(held) is models.DateTimeField:
            return _moments(held, values)
        return [
            None
            if value is None and not isinstance(column, models.JSONField)
            else column.get_db_prep_save(value, connection)
            for value in values
        ]

    def render_plain(self, values: list[Any]) -> list[Any]:
        return values

    def match(self, target: Target, condition: str, *, is_indexed: bool) -> str:
        return f"imports_staged s LEFT JOIN {target.table} t ON {condition}"

    def among(self, sql: str) -> str:
        return f"{sql} IN (SELECT value FROM json_each(%s))"

    def many(self, values: Iterable[Any]) -> str:
        return json.dumps(list(values), default=str)

    def pairs(self) -> str:
        return (
            "(SELECT o.value AS old, n.value AS new FROM json_each(%s) o, json_each(%s) n "
            "WHERE o.key = n.key) AS v"
        )

    def as_json(self, column: Column, sql: str) -> str:
        # json_quote keeps 15 digits of a float only.
        exact = f"printf('%%!.17g', {sql})"
        return f"CASE typeof({sql}) WHEN 'real' THEN {exact} ELSE json_quote({sql}) END"

    def from_json(self, column: Column, document: str) -> str:
        return f"""json_extract({document}, '$."{column_name(column)}"')"""

    def has_key(self, document: str, name: str) -> str:
        return f"""json_type({document}, '$."{name}"') IS NOT NULL"""

    def to_document(self, sql: str) -> str:
        return sql

    def canonical(self, sql: str) -> str:
        return f"quote({sql})"

    def held(self, column: Column, sql: str) -> str:
        return ""  # a value's type is its own, and the column's affinity may change it

    def key_text(self, sql: str) -> str:
        return f"CAST({sql} AS text)"

    def key_value(self, target: Target, sql: str) -> str:
        is_number = isinstance(stored(target.pk), models.IntegerField)
        return f"CAST({sql} AS {'integer' if is_number else 'text'})"

    def run(self, cursor: CursorWrapper, statements: Sequence[str]) -> None:
        for statement in statements:
            cursor.execute(statement)

    def run_all(self, cursor: CursorWrapper, statements: Sequence[Statement]) -> list[int]:
        counts = []
        for sql, parameters in statements:
            cursor.execute(sql, parameters)
            counts.append(cursor.rowcount)
        return counts

    def looks_up_quickly(self) -> list[str]:
        return []

    def plans_freely(self) -> list[str]:
        return []

    def new_key(self, cursor: CursorWrapper, target: Target) -> str:
        return ""

    def creations(
        self,
        cursor: CursorWrapper,
        target: Target,
        columns: Sequence[tuple[str, str]],
        parameters: Sequence[Any],
        *,
        is_keyed: bool,  # all are numbered in one go here
    ) -> list[Statement]:
        names = ", ".join(name for name, _sql in columns)
        values = ", ".join(sql for _name, sql in columns)
        given = f"m.{quoted(target.pk)}"
        last = self._last_key(cursor, target)
        # Nobody else writes while this transaction does, so the next keys are free.
        number = (
            f"UPDATE imports_merged AS m SET _new = coalesce({given}, n.new) FROM (SELECT _n, "
            "%s + row_number() OVER (ORDER BY _n) AS new FROM imports_merged WHERE _pk IS NULL) n "
            "WHERE n._n = m._n"
        )
        insert = (
            f"INSERT INTO {target.table} ({target.pk_sql}, {names}) SELECT m._new, {values} "
            "FROM imports_merged m WHERE m._new IS NOT NULL ORDER BY m._n"
        )
        return [(number, [last]), (insert, parameters)]

    def _last_key(self, cursor: CursorWrapper, target: Target) -> int:
        if not isinstance(target.pk, models.AutoField):
            return 0
        cursor.execute(
            f"SELECT max(coalesce((SELECT max({target.pk_sql}) FROM {target.table}), 0), "
            "coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0))",
            [target.model._meta.db_table],
        )
        (last,) = cursor.fetchone() or (0,)
        return int(last)

    def checks_references(self) -> list[str]:
        return []  # set-based checks have looked, and nobody else can write meanwhile


def _moments(column: Column, values: list[Any]) -> list[str | None]:
    """Moments as Django writes them: in UTC, mostly, and then without saying so."""
    is_utc = settings.USE_TZ and connection.timezone is dt.UTC
    texts: list[str | None] = []
    last, text = None, None
    for value in values:
        if value is not last:  # what is written with every record is one object
            last = value
            if value is None:
                text = None
            elif is_utc and value.tzinfo is dt.UTC:
                text = str(value)[:-6]
            else:
                text = column.get_db_prep_save(value, connection)
        texts.append(text)
    return texts
