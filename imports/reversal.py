"""Taking back what an import has written, where nobody has changed it since.

The ledger gets an answer for each entry: "undo" for what was undone, "kept" for what somebody else
has changed, deleted or come to depend on. The `before` of an answer says which entry it is about.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from django.contrib.contenttypes.models import ContentType
from django.db import connection, models, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from imports.ledger import CREATED, UPDATED, Author, hash_of, hashed_columns
from imports.models import LedgerEntry
from imports.staging import dialect
from imports.staging.base import Dialect
from imports.targets import Target, column_name, quoted

UNDONE, KEPT = "undo", "kept"
UNDONE_AT_ONCE = 1_000  # entries


@dataclass(frozen=True, kw_only=True)
class Undone:
    """How many entries were taken back, and how many could not be."""

    undone: int = 0
    kept: int = 0


def undo(job_id: UUID) -> Undone:
    """Take back all that an import has written and nobody has changed since."""
    while True:
        with transaction.atomic():
            if not undo_some(job_id):
                break
    entries = LedgerEntry.objects.filter(job_id=job_id)
    return Undone(
        undone=entries.filter(action=UNDONE).count(), kept=entries.filter(action=KEPT).count()
    )


def undo_some(job_id: UUID, most: int = UNDONE_AT_ONCE) -> bool:
    """Take back the latest entries that are left; False once none is. One transaction is enough."""
    entries = list(_left(job_id)[:most])
    author = Author(job_id=job_id, now=timezone.now())
    with connection.cursor() as cursor:
        for run in _runs(entries):
            undone = _undo_run(cursor, run)
            LedgerEntry.objects.bulk_create([_answer(e, author, e.pk in undone) for e in run])
    return bool(entries)


def _left(job_id: UUID) -> "models.QuerySet[LedgerEntry]":
    """Entries of the last round of writing that no answer reaches, the latest first."""
    entries = LedgerEntry.objects.filter(job_id=job_id)
    writes = entries.filter(action__in=(CREATED, UPDATED)).order_by("-pk")
    answers = entries.filter(action__in=(UNDONE, KEPT)).order_by("-pk")
    newest = writes.values_list("pk", flat=True).first()
    if newest is None:
        return writes.none()
    if (earlier := answers.filter(pk__lt=newest).first()) is not None:
        writes = writes.filter(pk__gt=earlier.pk)  # an earlier round was taken back whole
    if (last := answers.filter(pk__gt=newest).first()) is not None:
        writes = writes.filter(pk__lt=(last.before or {})["entry"])
    return writes


def _runs(entries: Sequence[LedgerEntry]) -> Iterator[list[LedgerEntry]]:
    """In order, such that each run is of one kind and has no record twice."""
    for _kind, group in groupby(entries, key=lambda e: (e.content_type_id, e.action)):
        run: dict[str, LedgerEntry] = {}
        for entry in group:
            if entry.object_id in run:
                yield list(run.values())
                run = {}
            run[entry.object_id] = entry
        yield list(run.values())


def _undo_run(cursor: CursorWrapper, run: Sequence[LedgerEntry]) -> set[int]:
    """Which entries were taken back."""
    model = ContentType.objects.get_for_id(run[0].content_type_id).model_class()
    if model is None:
        return set()  # the app is gone
    target, words = Target(model, fields=()), dialect()
    if run[0].action == CREATED:
        undone = _as_written(cursor, words, target, run, unreferenced=True)
        _delete(cursor, words, target, undone)
    else:
        undone = _as_written(cursor, words, target, run)
        _restore(cursor, words, target, run, undone)
    return undone


def _as_written(
    cursor: CursorWrapper,
    words: Dialect,
    target: Target,
    run: Sequence[LedgerEntry],
    *,
    unreferenced: bool = False,
) -> set[int]:
    """The entries whose records still are as they say."""
    columns = hashed_columns(target)
    written = (
        {}
        if unreferenced
        else {column.attname: words.has_key("l.before", column_name(column)) for column in columns}
    )
    after = hash_of(words, columns, "t", written)
    free = "".join(f" AND {_has_no(related)}" for related in _related(target, wanted=unreferenced))
    cursor.execute(
        f"SELECT l.id FROM {_joined(words, target)} AND {words.among('l.id')} "
        f"WHERE {after} = l.after_hash{free}",
        [words.many(entry.pk for entry in run)],
    )
    return {number for (number,) in cursor.fetchall()}


def _joined(words: Dialect, target: Target) -> str:
    ledger = connection.ops.quote_name(LedgerEntry._meta.db_table)
    key = words.key_value(target, "l.object_id")
    return f"{ledger} l JOIN {target.table} t ON t.{target.pk_sql} = {key}"


def _related(target: Target, *, wanted: bool) -> list[Any]:
    """The foreign keys of other tables that lead here."""
    found: Any = target.model._meta.get_fields(include_hidden=True) if wanted else ()
    return [r.field for r in found if r.auto_created and not r.concrete and not r.many_to_many]


def _has_no(column: Any) -> str:
    table = connection.ops.quote_name(column.model._meta.db_table)
    key = quoted(column.target_field)
    return f"NOT EXISTS (SELECT 1 FROM {table} r WHERE r.{quoted(column)} = t.{key})"


def _delete(cursor: CursorWrapper, words: Dialect, target: Target, undone: set[int]) -> None:
    keys = f"SELECT {words.key_value(target, 'l.object_id')} FROM {LedgerEntry._meta.db_table} l"
    cursor.execute(
        f"DELETE FROM {target.table} WHERE {target.pk_sql} IN ({keys} WHERE {words.among('l.id')})",
        [words.many(undone)],
    )


def _restore(
    cursor: CursorWrapper,
    words: Dialect,
    target: Target,
    run: Sequence[LedgerEntry],
    undone: set[int],
) -> None:
    names = {name for entry in run for name in entry.before or ()}
    columns = [column for column in target.columns.values() if column_name(column) in names]
    if not columns:
        return
    sets = ", ".join(
        f"{quoted(c)} = CASE WHEN {words.has_key('l.before', column_name(c))} "
        f"THEN {words.from_json(c, 'l.before')} ELSE t.{quoted(c)} END"
        for c in columns
    )
    cursor.execute(
        f"UPDATE {target.table} AS t SET {sets} FROM {LedgerEntry._meta.db_table} l "
        f"WHERE t.{target.pk_sql} = {words.key_value(target, 'l.object_id')} "
        f"AND {words.among('l.id')}",
        [words.many(undone)],
    )


def _answer(entry: LedgerEntry, author: Author, is_undone: bool) -> LedgerEntry:
    return LedgerEntry(
        job_id=author.job_id,
        row=entry.row,
        content_type_id=entry.content_type_id,
        object_id=entry.object_id,
        action=UNDONE if is_undone else KEPT,
        before={"entry": entry.pk},
        after_hash="",
        written_at=author.now,
    )
