"""Rows of a plan that PostgreSQL renders and COPY streams: one statement, one message a row."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections, transaction

from exports.formats.base import Row
from exports.formats.copied import DELIMITER
from exports.formats.rendering import (
    NotInSql,
    RenderedWriter,
    Rendering,
    SqlColumn,
    literal,
)
from exports.plans import Plan
from exports.sources.care import Care, care_of
from exports.sources.messages import read_messages
from exports.sources.orm import select_of
from exports.sources.postgres_types import columns_of_query, read_values, values_sql

# Compiling takes longer than it saves here; the rest is what the rendering relies on.
SESSION = """
SET LOCAL jit = off;
SET LOCAL datestyle = 'ISO, YMD';
SET LOCAL extra_float_digits = 1;
SET LOCAL standard_conforming_strings = on
"""
# So many rows, and the pieces made of them, stay in the processor's cache: with 1,000 a million
# rows of JSON take almost twice the time.
BATCH_ROWS = 250


@dataclass(frozen=True, kw_only=True)
class Run:
    """Rows in the file's order that arrived in the same way: rendered, or as their values."""

    rows: int
    rendered: bytes = b""
    values: Sequence[Row] = ()


@dataclass(frozen=True, kw_only=True)
class Copy:
    """A statement, and how its messages are read."""

    sql: str  # with its parameters in it
    columns: Sequence[SqlColumn]
    has_care: bool
    care: Care
    using: str

    @contextmanager
    def runs(self) -> Iterator[Iterator[Run]]:
        """The rows, for as long as the block lasts; leaving it early cancels the statement."""
        # A savepoint, as a cancelled statement spoils the transaction that it is in.
        with transaction.atomic(self.using), connections[self.using].cursor() as cursor:
            cursor.execute(SESSION)
            with cursor.copy(self.sql) as copy:
                yield self._read(copy)

    def _read(self, copy: Any) -> Iterator[Run]:
        for batch in read_messages(copy, BATCH_ROWS):
            lines = b"".join(batch)
            plain = self.care.plain(lines, len(batch)) if self.has_care else lines
            if plain is None:
                yield from self._sort_out([bytes(message) for message in batch])
            else:
                yield Run(rendered=plain, rows=len(batch))

    def _sort_out(self, batch: Sequence[bytes]) -> Iterator[Run]:
        plain = [(line, self.care.line(line)) for line in batch]
        for needs_care, pairs in groupby(plain, lambda pair: pair[1] is None):
            if needs_care:
                found = [self.care.values_in(line) for line, _ in pairs]
                values = [read_values(one, self.columns) for one in found]
                yield Run(values=values, rows=len(values))
            else:
                some = [line for _, line in pairs if line]
                yield Run(rendered=b"".join(some), rows=len(some))


def make_copy(plan: Plan, writer: object) -> Copy | None:
    """How PostgreSQL gives the plan's rows to this writer; None if only Python can."""
    if not isinstance(writer, RenderedWriter) or plan.resource.is_computed:
        return None
    values = plan.rows.values_list(*select_of(plan))
    connection = connections[values.db]
    if connection.vendor != "postgresql" or any(column.convert for column in plan.columns):
        return None
    try:
        compiler = values.query.get_compiler(values.db)
        query, parameters = compiler.as_sql()
        columns = columns_of_query(connection, compiler, query, parameters)
        rendering = writer.render(columns)
    except (EmptyResultSet, NotInSql):
        return None
    return Copy(
        # Whole, as Django's cursor for debugging takes no parameters for copy().
        sql=connection.ops.compose_sql(  # type: ignore[attr-defined]  # PostgreSQL's alone
            _copy_sql(query, columns, rendering), parameters
        ),
        columns=columns,
        has_care=bool(rendering.care),
        care=care_of(rendering),
        using=values.db,
    )


def _copy_sql(query: str, columns: Sequence[SqlColumn], rendering: Rendering) -> str:
    names = ", ".join(column.name for column in columns)
    cells = [f"{cell} AS f{number}" for number, cell in enumerate(rendering.select)]
    if rendering.care:
        condition = " OR ".join(f"({condition})" for condition in rendering.care)
        care = f"{care_of(rendering).cell(condition, values_sql(columns))} AS care"
        cells.insert(0 if rendering.head is not None else len(cells), care)
    elif rendering.head is not None:
        cells.insert(0, f"{rendering.head or literal('')} AS head")
    source = f"SELECT {', '.join(cells)} FROM ({query}) AS row_({names})"  # noqa: S608
    return f"COPY ({source}) TO STDOUT ({_options(columns, rendering)})"


def _options(columns: Sequence[SqlColumn], rendering: Rendering) -> str:
    if not rendering.delimiter:
        null = literal(rendering.null)
        return f"FORMAT text, DELIMITER E'\\x{DELIMITER.hex()}', NULL {null}"
    names = [f"f{number}" for number in range(len(rendering.select))]
    quoted = names if rendering.quotes_all else names[len(columns) :]
    quoted += ["care"] if rendering.care else []
    comma = literal(rendering.delimiter)
    return f"FORMAT csv, DELIMITER {comma}, FORCE_QUOTE ({', '.join(quoted)})"
