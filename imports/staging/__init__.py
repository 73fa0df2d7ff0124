"""Records of one chunk in a temporary table shaped like their target. The other halves of the SQL
are `upsert`, which writes, and `constraints`, which asks whether it may."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db import connection, models
from django.db.backends.utils import CursorWrapper

from imports.batches import ABSENT, Batch, has_gaps
from imports.fields.base import Column
from imports.staging.base import Dialect
from imports.staging.postgres import Postgres
from imports.staging.sqlite import Sqlite
from imports.targets import Fill, Target, quoted

DIALECTS: dict[str, type[Dialect]] = {"postgresql": Postgres, "sqlite": Sqlite}


def dialect() -> Dialect:
    """The words of the database that is connected."""
    try:
        return DIALECTS[connection.vendor]()
    except KeyError:
        raise ImproperlyConfigured("Imports need PostgreSQL or SQLite.") from None


@dataclass(frozen=True, kw_only=True)
class Staged:
    """A column of the temporary table."""

    column: Column
    flag: str  # what says, as SQL, whether a record gives it: a flag's column, or TRUE, or FALSE
    is_touched: bool = False  # it says when the record was written, which alone is no change

    @property
    def sql(self) -> str:
        return quoted(self.column)

    @property
    def is_written(self) -> bool:
        """Whether a record that exists may get it; its key never changes."""
        return self.flag != "FALSE" and not self.column.primary_key


@dataclass(frozen=True, kw_only=True)
class Layout:
    """Which columns are staged for one batch, and what fills the others of new records."""

    target: Target
    staged: tuple[Staged, ...]
    fills: dict[str, Fill]

    @property
    def written(self) -> tuple[Staged, ...]:
        """What an update writes, in the order of the model."""
        by_name = {s.column.attname: s for s in self.staged if s.is_written}
        return tuple(by_name[name] for name in self.target.columns if name in by_name)

    @property
    def flags(self) -> dict[str, str]:
        """Attname -> the column of `imports_merged` that says whether an update changes it."""
        changing = [s.column.attname for s in self.written if not s.is_touched]
        return {name: f"_changes{n}" for n, name in enumerate(changing)}


def stage(
    cursor: CursorWrapper,
    words: Dialect,
    target: Target,
    batch: Batch,
    *,
    fills: dict[str, Fill],
    asked: Sequence[Column],
) -> Layout:
    """Fill the table `imports_staged` with a batch. Columns `asked` for are in it in any case.

    The table `imports_merged`, where the records are laid over what the target has, is still empty.
    Raises DataError for what the column's type cannot hold.
    """
    staged = tuple(_staged(c, target, batch) for c in _columns(target, batch, fills, asked))
    layout = Layout(target=target, staged=staged, fills=fills)
    flags = [s for s in staged if s.flag not in ("TRUE", "FALSE")]
    words.run(cursor, [*_create_staged(layout, flags), *_create_merged(layout)])
    columns = ["_n", "_row", *(s.flag.removeprefix("s.") for s in flags), *(s.sql for s in staged)]
    values = [words.render_plain(list(range(len(batch)))), words.render_plain(batch.rows)]
    values += [
        words.render_plain([v is not ABSENT for v in batch.columns[s.column.attname]])
        for s in flags
    ]
    values += [_rendered(words, s.column, batch, fills) for s in staged]
    words.fill(cursor, "imports_staged", columns, values)
    return layout


def insert(model: type[models.Model], **values: list[Any]) -> None:
    """Many new rows of one of our own tables; its other columns fill themselves."""
    if not next(iter(values.values())):
        return
    words, columns = dialect(), {field.attname: field for field in model._meta.concrete_fields}
    table = connection.ops.quote_name(model._meta.db_table)
    names = [quoted(columns[name]) for name in values]
    rendered = [words.render(columns[name], each) for name, each in values.items()]
    with connection.cursor() as cursor:
        words.fill(cursor, table, names, rendered)


def drop(cursor: CursorWrapper, words: Dialect) -> None:
    words.run(cursor, ["DROP TABLE imports_staged", "DROP TABLE imports_merged"])


def _create_staged(layout: Layout, flags: Sequence[Staged]) -> list[str]:
    head = ["0 AS _n", "0 AS _row", *(f"1 = 0 AS {s.flag.removeprefix('s.')}" for s in flags)]
    return _create(layout, "imports_staged", head)


def _create_merged(layout: Layout) -> list[str]:
    pk = layout.target.pk_sql
    head = ["0 AS _n", "0 AS _row", "'' AS _before", f"t.{pk} AS _pk", f"t.{pk} AS _new"]
    return _create(
        layout, "imports_merged", head + [f"1 = 0 AS {f}" for f in layout.flags.values()]
    )


def _create(layout: Layout, name: str, head: Sequence[str]) -> list[str]:
    """Typed like the target, so that what is compared and checked is what would be stored."""
    columns = [*head, *(f"t.{staged.sql}" for staged in layout.staged)]
    return [
        f"DROP TABLE IF EXISTS {name}",
        f"CREATE TEMPORARY TABLE {name} AS SELECT {', '.join(columns)} "
        f"FROM {layout.target.table} t LIMIT 0",
    ]


def _columns(
    target: Target, batch: Batch, fills: dict[str, Fill], asked: Sequence[Column]
) -> list[Column]:
    """The given ones, those that each record is asked for, those that a rule looks at; the key."""
    called = [target.columns[n] for n, fill in fills.items() if fill.call or fill.is_staged]
    given = [target.columns[name] for name in batch.columns]
    return list(dict.fromkeys((target.pk, *given, *target.touched, *called, *asked)))


def _staged(column: Column, target: Target, batch: Batch) -> Staged:
    values = batch.columns.get(column.attname)
    if values is None and column in target.touched:
        return Staged(column=column, flag="TRUE", is_touched=True)
    if values is None:
        return Staged(column=column, flag="FALSE")
    if isinstance(column, models.BinaryField):
        raise ImproperlyConfigured(f"{column} holds bytes, which cannot be imported.")
    if batch.is_whole(column.attname):
        return Staged(column=column, flag="TRUE")
    return Staged(column=column, flag="s." + connection.ops.quote_name(f"_has_{column.column}"))


def _rendered(words: Dialect, column: Column, batch: Batch, fills: dict[str, Fill]) -> list[Any]:
    if (ready := batch.rendered.get(column.attname)) is not None:
        return ready
    fill = fills[column.attname]
    if column.attname not in batch.columns and fill.call is None:
        return words.render(column, [fill.value]) * len(batch)
    return words.render(column, _values(column, batch, fills))


def _values(column: Column, batch: Batch, fills: dict[str, Fill]) -> list[Any]:
    """What a new record holds: the given values, else what fills the column."""
    given = batch.columns.get(column.attname)
    fill = fills[column.attname]
    if given is None:
        make = fill.call
        return [make() for _ in range(len(batch))] if make else [fill.value] * len(batch)
    if not has_gaps(given):
        return given
    make = fill.call
    if make is None:
        return [fill.value if value is ABSENT else value for value in given]
    return [make() if value is ABSENT else value for value in given]
