"""Texts that name records of other models, resolved for a whole chunk at once.

What is missing and may be made is a placeholder at first, in a check and in a run alike. Only a run
makes it, and only for rows that are written.
"""

import re
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import reduce
from operator import or_
from typing import Any, TypeAlias

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.db import connection, models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from imports.batches import Batch
from imports.fields import Lookup
from imports.fields.base import Column
from imports.fields.columns import stored
from imports.fields.texts import too_long
from imports.problems import BadValue
from imports.targets import Fill, Target, constant

Key: TypeAlias = Any  # the primary key of a record, or a placeholder
SEVERAL = object()  # more than one record is named like that

MOST_REMEMBERED = 50_000  # texts of one lookup; new records are remembered besides
MOST_ASKED = 10_000  # texts of one query


@dataclass(kw_only=True)
class _Memory:
    """What one lookup has found so far."""

    found: dict[str, Key] = field(default_factory=dict)  # text -> key, or SEVERAL
    new: dict[str, Key] = field(default_factory=dict)  # folded text -> placeholder
    asked: dict[Key, str] = field(default_factory=dict)  # placeholder -> the text behind it
    made: dict[Key, Key] = field(default_factory=dict)  # placeholder -> key, once it exists
    back: dict[Key, Key] = field(default_factory=dict)  # key -> placeholder


class Lookups:
    """All lookup fields of one import."""

    def __init__(self, target: Target) -> None:
        self._target = target
        self._memories = {name: _Memory() for name in target.lookups}
        self._pending: list[tuple[_Memory, Key]] = []  # made, but not committed

    # -- Texts into keys ----------------------------------------------------------------------
    def resolve(self, batch: Batch) -> Iterator[tuple[int, str, BadValue]]:
        """Replace the texts of a batch by keys. Gives what could not be: number, column, why."""
        for name, lookup in self._target.lookups.items():
            if name not in batch.columns:
                continue
            texts = batch.texts[name] = batch.columns[name]
            asked = dict.fromkeys(text for text in texts if text.__class__ is str)
            keys = self._keys(name, lookup, list(asked))
            batch.columns[name] = [keys[text] if text.__class__ is str else text for text in texts]
            bad = {text: key for text, key in keys.items() if isinstance(key, BadValue)}
            if bad:
                for number, text in enumerate(texts):
                    if text in bad:
                        yield number, name, bad[text]

    def fill(self, fills: dict[str, Fill]) -> dict[str, Fill]:
        """The same, with the records that defaults name. What no record is called is needed."""
        named = {
            name: lookup.default
            for name, lookup in self._target.lookups.items()
            if isinstance(lookup.default, str) and fills[name].is_needed
        }
        found = {}
        for name, text in named.items():
            key = self._keys(name, self._target.lookups[name], [text])[text]
            if not isinstance(key, BadValue):
                column = self._target.columns[name]
                found[name] = replace(constant(column, key), is_staged=True)
        return fills | found

    def identities(self, name: str, keys: list[Key]) -> list[Key]:
        """What stands for records in fingerprints: the same before and after they are made."""
        memory = self._memories.get(name)
        if memory is None or not memory.back:
            return keys
        return [memory.back.get(key, key) for key in keys]

    def _keys(self, name: str, lookup: Lookup, texts: list[str]) -> dict[str, Key]:
        memory = self._memories[name]
        if len(memory.found) > MOST_REMEMBERED:
            memory.found.clear()
        unknown = [t for t in texts if t not in memory.found and t.casefold() not in memory.new]
        for some in _portions(unknown):
            memory.found |= ask(lookup, set(some))
        keys = {}
        for text in texts:  # as the file has them: the first one names what is made
            key = memory.found.get(text)
            if key is None:
                key = self._new(name, lookup, text)
            keys[text] = _several(lookup) if key is SEVERAL else key
        return keys

    def _new(self, name: str, lookup: Lookup, text: str) -> Key | BadValue:
        """What stands for the record that is to be made for a text, or why none may be."""
        memory, folded = self._memories[name], text.casefold()
        if folded not in memory.new:
            if (fault := _unmakeable(lookup, text)) is not None:
                return fault
            column = self._target.columns[name]
            memory.new[folded] = placeholder = _placeholder(column, len(memory.new) + 1)
            memory.asked[placeholder] = text
        placeholder = memory.new[folded]
        return memory.made.get(placeholder, placeholder)

    # -- Making what is missing ---------------------------------------------------------------
    def make(self, name: str, used: Iterable[Key]) -> dict[Key, Key]:
        """Make the records behind placeholders that have none yet: placeholder -> key.

        Raises IntegrityError where somebody else has made one meanwhile.
        """
        lookup, memory = self._target.lookups[name], self._memories[name]
        asked = [key for key in dict.fromkeys(used) if key in memory.asked]
        wanted = [key for key in asked if key not in memory.made]  # an earlier wave made others
        if not wanted or lookup.create is None:
            return {}
        model = _model(lookup)
        shared = lookup.shared() if lookup.shared is not None else {}
        records = [model(**shared, **lookup.create(memory.asked[key])) for key in wanted]
        model._base_manager.bulk_create(records)
        made = {key: record.pk for key, record in zip(wanted, records, strict=True)}
        memory.made |= made
        memory.back |= {key: placeholder for placeholder, key in made.items()}
        self._pending += [(memory, placeholder) for placeholder in made]
        return made

    def made(self, name: str, used: Iterable[Key]) -> dict[Key, Key]:
        """Those of the placeholders that have a record: placeholder -> key."""
        known = self._memories[name].made
        return {key: known[key] for key in used if key in known}

    def settle(self, batch: Batch) -> None:
        """Put keys where placeholders stand whose records an earlier batch of the chunk made."""
        for name, memory in self._memories.items():
            if memory.made and name in batch.columns:
                batch.columns[name] = [memory.made.get(key, key) for key in batch.columns[name]]

    def commit(self) -> None:
        """What was made since the last commit is there to stay."""
        self._pending.clear()

    def mark(self) -> int:
        """A savepoint, for `rollback`."""
        return len(self._pending)

    def rollback(self, mark: int = 0) -> None:
        """What was made since the mark is not there any more."""
        for memory, placeholder in self._pending[mark:]:
            memory.back.pop(memory.made.pop(placeholder), None)
        del self._pending[mark:]


def _placeholder(column: Column, number: int) -> Key:
    """Of the type of the keys, and like none of them."""
    held = stored(column)
    if isinstance(held, models.IntegerField):
        return -number
    return uuid.uuid4() if isinstance(held, models.UUIDField) else f"-{number}"


def _portions(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(texts), MOST_ASKED):
        yield texts[start : start + MOST_ASKED]


# -- Asking the database ----------------------------------------------------------------------
def ask(lookup: Lookup, texts: set[str]) -> dict[str, Key]:
    """Two queries at most: as the texts stand, and then whatever their capitals."""
    rows = _named_exactly(lookup, texts)
    found = _pick(lookup, rows, texts, str)
    if left := texts - found.keys():
        rows = _named_in_any_case(lookup, left)
        found |= _pick(lookup, rows, left, str.casefold)
    return found


def _pick(
    lookup: Lookup,
    rows: Iterable[tuple[Any, ...]],
    texts: set[str],
    fold: Callable[[str], str],
) -> dict[str, Key]:
    """Text -> key, by the first of the lookup's columns that says it."""
    named: list[dict[str, Key]] = [{} for _path in lookup.by]
    for key, *names in rows:
        for known, name in zip(named, names, strict=True):
            if name is not None and known.setdefault(fold(str(name)), key) != key:
                known[fold(str(name))] = SEVERAL
    found = {}
    for text in texts:
        keys = [known[fold(text)] for known in named if fold(text) in known]
        if keys:
            found[text] = keys[0]
    return found


def _named_exactly(lookup: Lookup, texts: set[str]) -> Iterable[tuple[Any, ...]]:
    conditions = [
        Q(**{f"{path}__in": _readable(column, texts)}) for path, column in _columns(lookup)
    ]
    return _rows(lookup).filter(reduce(or_, conditions)).values_list("pk", *lookup.by)


def _named_in_any_case(lookup: Lookup, texts: set[str]) -> Iterable[tuple[Any, ...]]:
    rows, conditions = _rows(lookup), []
    lowered = sorted({text.lower() for text in texts})
    for number, (path, column) in enumerate(_columns(lookup)):
        if isinstance(column, models.CharField | models.TextField):
            rows = rows.alias(**{f"lowered_{number}": Lower(path)})
            conditions.append(Q(**{f"lowered_{number}__in": lowered}))
            # SQLite knows capital letters of ASCII only; its patterns are Python's.
            strange = [re.escape(text) for text in lowered if not text.isascii()]
            if strange and connection.vendor == "sqlite":
                conditions.append(Q(**{f"{path}__iregex": f"^({'|'.join(strange)})$"}))
    if not conditions:
        return ()
    return rows.filter(reduce(or_, conditions)).values_list("pk", *lookup.by)


def _rows(lookup: Lookup) -> models.QuerySet[Any]:
    rows = lookup.rows() if lookup.rows is not None else _model(lookup)._base_manager.all()
    return rows.order_by("pk")


def _columns(lookup: Lookup) -> Iterator[tuple[str, Column]]:
    """Each path of a lookup with the column at its end, or what its rows work out."""
    worked_out = _rows(lookup).query.annotations
    for path in lookup.by:
        if path in worked_out:
            yield path, worked_out[path].output_field
            continue
        model = _model(lookup)
        for name in path.split("__"):
            column: Any = model._meta.pk if name == "pk" else model._meta.get_field(name)
            model = column.related_model or model
        yield path, stored(column)


def _readable(column: Column, texts: set[str]) -> list[Any]:
    """The texts that may stand in a column, as it holds them."""
    values = []
    for text in sorted(texts):
        try:
            values.append(column.to_python(text))
        except ValidationError:
            continue
    return values


def _model(lookup: Lookup) -> type[models.Model]:
    if lookup.model is None:
        raise ImproperlyConfigured(f"The lookup {lookup.name} has no model.")
    return lookup.model


# -- What to say ------------------------------------------------------------------------------
def _unmakeable(lookup: Lookup, text: str) -> BadValue | None:
    model = _model(lookup)
    if lookup.create is None:
        message = _("No %(what)s is called that.") % {"what": model._meta.verbose_name}
        return BadValue("unknown_record", message)
    most = next((getattr(column, "max_length", None) for _path, column in _columns(lookup)), None)
    return too_long(len(text), most) if most is not None and len(text) > most else None


def _several(lookup: Lookup) -> BadValue:
    message = _("Several %(what)s are called that. Use a name that only one has.")
    what = _model(lookup)._meta.verbose_name_plural
    return BadValue("several_records", message % {"what": what})
