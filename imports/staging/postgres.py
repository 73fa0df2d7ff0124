"""PostgreSQL's words: COPY in, sequences, jsonb."""

import datetime as dt
import json
import uuid
from collections.abc import Iterable, Sequence
from decimal import Decimal
from itertools import islice
from typing import Any

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from imports.batches import ABSENT
from imports.fields.base import Column
from imports.fields.columns import stored
from imports.staging.base import Statement
from imports.targets import Target, column_name, quoted

LINES = 500  # of a piece
NULL = r"\N"
# What COPY reads as something else; the backslash first.
ESCAPES = (("\\", r"\\"), ("\t", r"\t"), ("\n", r"\n"), ("\r", r"\r"))
# Python's own text of these is what PostgreSQL reads, whatever the column.
PLAIN = frozenset((int, bool, Decimal, dt.date, dt.time, uuid.UUID, float))


class Postgres:
    same = "IS NOT DISTINCT FROM"
    differs = "IS DISTINCT FROM"

    def __init__(self) -> None:
        self._sequences: dict[str, str | None] = {}  # by table

    def fill(
        self, cursor: CursorWrapper, table: str, columns: Sequence[str], values: Sequence[list[Any]]
    ) -> None:
        lines = map("\t".join, zip(*values, strict=True))
        with (
            connection.wrap_database_errors,
            cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN") as copy,
        ):
            while piece := list(islice(lines, LINES)):  # it reads one while the next is joined
                copy.write("\n".join((*piece, "")))

    def render(self, column: Column, values: list[Any]) -> list[str]:
        kinds = set(map(type, values)) - {type(None), type(ABSENT)}
        held = stored(column)
        is_moment = kinds == {dt.datetime} and isinstance(held, models.DateTimeField)
        if kinds <= {str} and isinstance(held, models.CharField | models.TextField):
            return escaped(values)
        if is_moment and all(v.tzinfo is dt.UTC for v in values if v.__class__ is dt.datetime):
            return moments_in_utc(values)
        if isinstance(held, models.JSONField):
            if values and held.encoder is None and {list, dict}.issuperset(map(type, values)):
                return escaped(list(map(json.dumps, values)))
        elif kinds <= PLAIN or is_moment:
            if len(kinds) == 1 and kinds.issuperset(map(type, values)):
                return list(map(str, values))
            return [NULL if v is None or v is ABSENT else str(v) for v in values]
        return escaped([self._dumped(column, value) for value in values])

    def render_plain(self, values: list[Any]) -> list[str]:
        return list(map(str, values))

    def _dumped(self, column: Column, value: Any) -> str | None:
        """Any other type, the way that Django and psycopg send it."""
        from psycopg.adapt import PyFormat, Transformer

        if value is None and not isinstance(column, models.JSONField):
            return None
        prepared = None if value is ABSENT else column.get_db_prep_save(value, connection)
        if prepared is None:
            return None
        dumped = Transformer.from_context(connection.connection).get_dumper(
            prepared, PyFormat.TEXT
        ).dump(prepared)  # fmt: skip
        return None if dumped is None else bytes(dumped).decode()

    def match(self, target: Target, condition: str, *, is_indexed: bool) -> str:
        # The limit makes PostgreSQL go by the index for each record; two show that it is ambiguous.
        if is_indexed:
            source = f"LATERAL (SELECT * FROM {target.table} t WHERE {condition} LIMIT 2)"
            return f"imports_staged s LEFT JOIN {source} t ON TRUE"
        return f"imports_staged s LEFT JOIN {target.table} t ON {condition}"

    def among(self, sql: str) -> str:
        return f"{sql} = ANY(%s)"

    def many(self, values: Iterable[Any]) -> list[Any]:
        return list(values)

    def pairs(self) -> str:
        return "unnest(%s, %s) AS v (old, new)"

    def as_json(self, column: Column, sql: str) -> str:
        return f"coalesce(to_json({sql})::text, 'null')"

    def from_json(self, column: Column, document: str) -> str:
        kind = stored(column).db_type(connection)
        if isinstance(column, models.JSONField):
            return f"({document} -> '{column_name(column)}')"
        return f"({document} ->> '{column_name(column)}')::{kind}"

    def has_key(self, document: str, name: str) -> str:
        return f"jsonb_exists({document}, '{name}')"  # the operator "?" means a parameter to some

    def to_document(self, sql: str) -> str:
        return f"({sql})::jsonb"

    def canonical(self, sql: str) -> str:
        return f"quote_nullable({sql})"

    def held(self, column: Column, sql: str) -> str:
        kind = stored(column).db_type(connection)
        return f"CAST({sql} AS {kind})" if kind and sql in ("%s", "NULL") else ""

    def key_text(self, sql: str) -> str:
        return f"{sql}::text"

    def key_value(self, target: Target, sql: str) -> str:
        return f"{sql}::{target.pk.cast_db_type(connection)}"

    def run(self, cursor: CursorWrapper, statements: Sequence[str]) -> None:
        cursor.execute("; ".join(statements))

    def run_all(self, cursor: CursorWrapper, statements: Sequence[Statement]) -> list[int]:
        parameters = [value for _sql, values in statements for value in values]
        cursor.execute("; ".join(sql for sql, _values in statements), parameters)
        counts = [cursor.rowcount]
        while cursor.nextset():
            counts.append(cursor.rowcount)
        return counts

    def looks_up_quickly(self) -> list[str]:
        # A chunk against a big table: without this it reads the whole table again and again.
        return ["SET LOCAL enable_hashjoin = off", "SET LOCAL enable_mergejoin = off"]

    def plans_freely(self) -> list[str]:
        return ["SET LOCAL enable_hashjoin = DEFAULT", "SET LOCAL enable_mergejoin = DEFAULT"]

    def new_key(self, cursor: CursorWrapper, target: Target) -> str:
        given, sequence = f"s.{quoted(target.pk)}", self._sequence(cursor, target)
        return f"coalesce({given}, nextval('{sequence}'))" if sequence else given

    def creations(
        self,
        cursor: CursorWrapper,
        target: Target,
        columns: Sequence[tuple[str, str]],
        parameters: Sequence[Any],
        *,
        is_keyed: bool,
    ) -> list[Statement]:
        names = ", ".join(name for name, _sql in columns)
        values = ", ".join(sql for _name, sql in columns)
        insert = (
            f"INSERT INTO {target.table} ({target.pk_sql}, {names}) SELECT m._new, {values} "
            "FROM imports_merged m WHERE m._new IS NOT NULL ORDER BY m._n"
        )
        sequence = self._sequence(cursor, target) if is_keyed else None
        if not sequence:
            return [(insert, parameters)]
        advance = (  # it shall not give out what the file has given
            f"SELECT setval('{sequence}', last) FROM (SELECT max(m.{quoted(target.pk)}) AS "
            "last FROM imports_merged m WHERE m._new IS NOT NULL) given, "
            f"{sequence} WHERE last > last_value"
        )
        return [(insert, parameters), (advance, ())]

    def checks_references(self) -> list[str]:
        return ["SET CONSTRAINTS ALL IMMEDIATE", "SET CONSTRAINTS ALL DEFERRED"]

    def _sequence(self, cursor: CursorWrapper, target: Target) -> str | None:
        """What numbers the target's records."""
        if target.table not in self._sequences:
            asked = [target.table, target.pk.column]
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", asked)
            (self._sequences[target.table],) = cursor.fetchone() or (None,)
        return self._sequences[target.table]


def moments_in_utc(values: list[Any]) -> list[str]:
    """A fifth of the time of `str`, which asks each for its zone."""
    days: dict[int, str] = {}
    texts = []
    for value in values:
        if value.__class__ is not dt.datetime:
            texts.append(NULL)
            continue
        number = value.toordinal()
        if (day := days.get(number)) is None:
            day = days[number] = value.date().isoformat()
        clock = f"{value.hour}:{value.minute}:{value.second}"
        if part := value.microsecond:
            clock = f"{clock}.{part:06}"
        texts.append(f"{day} {clock}+00")
    return texts


def escaped(values: list[Any]) -> list[str]:
    texts = [value for value in values if value.__class__ is str]
    found = "".join(texts)
    escapes = [(sign, escape) for sign, escape in ESCAPES if sign in found]
    if not escapes:
        if len(texts) == len(values):
            return texts
        return [value if value.__class__ is str else NULL for value in values]
    return [_escape(value, escapes) if value.__class__ is str else NULL for value in values]


def _escape(text: str, escapes: Sequence[tuple[str, str]]) -> str:
    for sign, escape in escapes:
        text = text.replace(sign, escape)
    return text
