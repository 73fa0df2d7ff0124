"""Fields that name a record of another model. Which one, the database half finds out in bulk."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, ClassVar, TypeAlias

from django.db import models

from imports.fields.base import Field, ParseSettings, TextReader
from imports.fields.texts import refuse_unreadable, too_long

ModelClass: TypeAlias = type[models.Model]

LONGEST_KEY = 500  # characters; what is longer names no record


@dataclass(frozen=True, kw_only=True)
class Lookup(Field):
    """A record of another model, named by what people call it.

    Its value is text. `by` names columns of that model that are tried in turn, paths over
    relations too ("user__email"); first as the text stands, then whatever its capitals.
    """

    type: ClassVar[str] = "lookup"
    sample: ClassVar[str] = ""

    model: ModelClass | None = None  # default: what the model's foreign key leads to
    by: tuple[str, ...] = ()  # default: what is unique there
    create: Callable[[str], dict[str, Any]] | None = None  # text -> columns of a record to be made
    shared: Callable[[], dict[str, Any]] | None = None  # columns of all that a chunk makes
    rows: Callable[[], models.QuerySet[Any]] | None = None  # those that may be named; default: all

    def text_reader(self, settings: ParseSettings) -> TextReader:
        def read(text: str) -> str:
            if not text.isprintable():
                refuse_unreadable(text)
            if len(text) > LONGEST_KEY:
                raise too_long(len(text), LONGEST_KEY)
            return text

        return read


def natural_keys(model: type[models.Model]) -> tuple[str, ...]:
    """The columns by which people name a record: unique texts, else "name", else the key."""
    columns = [column for column in model._meta.concrete_fields if not column.primary_key]
    texts = [column for column in columns if isinstance(column, models.CharField)]
    alone = {
        constraint.fields[0]
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and len(constraint.fields) == 1
        and constraint.condition is None
    }
    unique = tuple(column.name for column in texts if column.unique or column.name in alone)
    named = tuple(column.name for column in texts if column.name == "name")
    return unique or named or ("pk",)
