"""What can be imported: declarations only. An importer says what, never how or when."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from uuid import UUID

from django.db import models
from django.utils.functional import Promise
from django.utils.text import capfirst

from imports.fields import Field, bind, fields_of_model
from imports.fields.columns import unique_columns
from imports.models import Mode
from imports.problems import Problem

Text = str | Promise
Values = dict[str, Any]  # field name -> parsed value; a field whose cell was empty is not in it
Columns = Mapping[str, Sequence[Any]]  # field name -> value of each row, or EMPTY


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What the rules make of many rows."""

    columns: Columns
    odd: Collection[int] = ()  # places of the rows that `check_row` is to see after all


@dataclass(frozen=True, kw_only=True)
class Run:
    """What an importer may know of the import that it serves. No model comes in here."""

    job_id: UUID
    user_id: int | None
    filename: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One switch of an importer that a person may turn: stamps at a period's start or end."""

    name: str
    label: Text
    choices: tuple[tuple[str, Text], ...]  # value and label; the first is the default
    help: Text = ""


@dataclass(slots=True)
class Row:
    """A row whose cells are parsed, on its way through an importer's own rules."""

    number: int
    values: Values
    problems: list[Problem]
    skipped: str = ""  # why the row is left out though nothing is wrong with it
    columns: Mapping[str, str] = field(default_factory=dict)  # field name -> header in the file
    raw: Mapping[str, str] = field(default_factory=dict)  # field name -> text in the file
    # What the importer remembers of earlier rows of the file. It stays in memory: keep it small.
    memory: dict[Any, Any] = field(default_factory=dict)

    def refuse(self, code: str, message: str, *, field: str = "") -> None:
        """The row stays out."""
        self._say(code, message, field, "error")

    def warn(self, code: str, message: str, *, field: str = "") -> None:
        """The row goes in, but somebody should look."""
        self._say(code, message, field, "warning")

    def _say(self, code: str, message: str, name: str, severity: str) -> None:
        self.problems.append(
            Problem(
                code=code,
                message=message,
                column=self.columns.get(name, name),
                value=self.raw.get(name, "")[:200],
                severity=severity,
            )
        )


class Importer:
    """A kind of records that can be imported. Subclass it, set `name` and `model`, register it.

    Everything else has a default: the fields are the model's editable ones, the keys its primary
    key and what is unique. All hooks are class methods and get plain values; none may query the
    database for a single row: relations are resolved in bulk by `Lookup` fields.
    """

    name: ClassVar[str]  # in addresses and the API: "readings-hh"
    model: ClassVar[type[models.Model]]
    label: ClassVar[Text] = ""  # default: the model's plural name
    help: ClassVar[Text] = ""  # one or two sentences on the upload page
    fields: ClassVar[tuple[Field, ...]] = ()
    keys: ClassVar[tuple[tuple[str, ...], ...]] = ()  # what tells records apart; first: default
    modes: ClassVar[tuple[str, ...]] = (Mode.UPSERT, Mode.CREATE, Mode.UPDATE)  # first: default
    choices: ClassVar[tuple[Choice, ...]] = ()
    touch: ClassVar[tuple[str, ...]] = ()  # model fields set to now when a record is written
    example: ClassVar[tuple[Mapping[str, str], ...]] = ()  # rows for the template: header -> text
    is_positional: ClassVar[bool] = False  # columns count by their place, not by their header
    # The second row of a file with the key of an earlier one: "refuse" it, or "overwrite".
    on_repeat: ClassVar[str] = "refuse"

    @classmethod
    def fields_for(cls, header: Sequence[str]) -> tuple[Field, ...]:
        """The fields that a file with this header may fill. Override it where files differ."""
        return fields_of(cls)

    @classmethod
    def refuse_header(
        cls,
        header: Sequence[str],
        mapping: Mapping[str, str | None],
    ) -> str:
        """Why a file with this header and mapping cannot be taken, in a sentence; "" if it can."""
        return ""

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        """Rules across fields: change `row.values`, refuse, warn, or set `row.skipped`."""

    @classmethod
    def expand(cls, row: Row, run: Run) -> Iterable[Values]:
        """The records that the row becomes, by field name; usually one.

        Each dict has the fields that are to be written; a field that is not in it keeps what the
        database has. Names beyond the importer's fields are columns of the model.
        """
        return (row.values,)

    @classmethod
    def check_columns(cls, columns: Columns, run: Run) -> Checked | None:
        """The same rules for many rows at once, for speed; `check_row` stays the measure.

        Each row becomes the record that the answer's columns say, unless it is odd. Rows with bad
        cells are among them, EMPTY there, and are judged by `check_row` in any case. None: it is to
        judge all of them.
        """
        return None

    @classmethod
    def start(cls, run: Run) -> Values:
        """Called once, in the transaction of the first chunk: what each new record gets besides.

        By column of the model (attname), JSON-able; it is kept with the job.
        """
        return {}

    @classmethod
    def finish(cls, run: Run, context: Values, counts: Mapping[str, int]) -> None:
        """Called in the transaction that ends the import. `counts`: action -> rows."""


def fields_of(importer: type[Importer]) -> tuple[Field, ...]:
    """The declared fields with what the model says of them, or one for each editable column."""
    if importer.fields:
        return tuple(bind(field, importer.model) for field in importer.fields)
    return fields_of_model(importer.model)


def label_of(importer: type[Importer]) -> str:
    return capfirst(str(importer.label or importer.model._meta.verbose_name_plural))


def keys_of(importer: type[Importer]) -> tuple[tuple[str, ...], ...]:
    """What may tell records apart: as declared, else what is unique in the model.

    Without any, each row is a new record.
    """
    if importer.keys:
        return importer.keys
    names = {field.name for field in fields_of(importer) if field.column is not None}
    return tuple(key for key in unique_columns(importer.model) if set(key) <= names)


def modes_of(importer: type[Importer]) -> tuple[str, ...]:
    """The modes that it can serve: without a key, records can only be added."""
    return importer.modes if keys_of(importer) else (Mode.CREATE,)
