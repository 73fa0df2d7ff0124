"""The table that an import writes to: its columns, its key, and what a new record gets."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.core.exceptions import FieldDoesNotExist, ImproperlyConfigured
from django.db import connection, models
from django.db.models.fields import NOT_PROVIDED
from django.utils import timezone

from imports.fields import Field as Declared
from imports.fields import Lookup
from imports.fields.base import Column

# Calling these again gives what one call per chunk gives.
_ONCE_A_CHUNK = (list, dict, timezone.now)


@dataclass(frozen=True, kw_only=True)
class Fill:
    """What a column of a new record holds when its row does not say it: a piece of SQL."""

    sql: str
    parameters: tuple[Any, ...] = ()
    value: Any = None  # the same for Python, where it has one
    call: Callable[[], Any] | None = None  # asked for each record, like uuid4
    is_staged: bool = False  # its value may be a placeholder, which is replaced in a staged column

    @property
    def is_needed(self) -> bool:
        return self.sql == ""


NEEDED = Fill(sql="")  # nothing fills it: the row must say it
NULL = Fill(sql="NULL")


class Target:
    """A model as the database half sees it. Columns are known by their attname."""

    def __init__(
        self,
        model: type[models.Model],
        *,
        fields: Sequence[Declared],
        key: Sequence[str] = (),
        touch: Sequence[str] = (),
        context: Mapping[str, Any] | None = None,
        is_context_known: bool = True,
    ) -> None:
        """Without a known context, as in a check, columns that no field fills are not asked for."""
        if model._meta.parents:
            raise ImproperlyConfigured(f"{model.__name__} is spread over several tables.")
        self.model = model
        self.table = connection.ops.quote_name(model._meta.db_table)
        self.declared = {field.name: field for field in fields}
        self.columns: dict[str, Column] = {
            column.attname: column for column in model._meta.concrete_fields if not column.generated
        }
        self.key = tuple(self.column(name) for name in key)
        self.context = dict(context or {})
        self._is_context_known = is_context_known
        self.touched = tuple(self.column(name) for name in touch) + tuple(
            column for column in self.columns.values() if getattr(column, "auto_now", False)
        )

    @property
    def pk(self) -> Column:
        return self.model._meta.pk

    @property
    def pk_sql(self) -> str:
        return quoted(self.pk)

    def column(self, name: str) -> Column:
        """By name or attname. Raises FieldDoesNotExist."""
        if name == "pk":
            return self.pk
        column = self.model._meta.get_field(name)
        if getattr(column, "attname", None) not in self.columns:
            raise FieldDoesNotExist(f"{self.model.__name__}.{name} is not a column of its table.")
        return column  # type: ignore[return-value]  # what has an attname is a column

    def column_or_none(self, name: str) -> Column | None:
        """None for a field of the importer's own, which no column holds."""
        try:
            return self.column(name)
        except FieldDoesNotExist:
            if name in self.declared:
                return None
            raise

    @cached_property
    def lookups(self) -> dict[str, Lookup]:
        """Attname -> the field that finds its record."""
        found = {}
        for name, field in self.declared.items():
            column = self.column_or_none(name)
            if column is not None and isinstance(field, Lookup):
                found[column.attname] = field
        return found

    @cached_property
    def _declared_of(self) -> dict[str, Declared]:
        pairs = ((self.column_or_none(name), field) for name, field in self.declared.items())
        return {column.attname: field for column, field in pairs if column is not None}

    def fills(self, now: Any) -> dict[str, Fill]:
        """Attname -> what a new record gets, for a chunk written at `now`."""
        return {name: self._fill(column, now) for name, column in self.columns.items()}

    def _fill(self, column: Column, now: Any) -> Fill:
        if column.attname in self.context:
            return constant(column, column.to_python(self.context[column.attname]))
        if column in self.touched or getattr(column, "auto_now_add", False):
            return constant(column, column.to_python(now))
        declared = self._declared_of.get(column.attname)
        if declared is not None and declared.default is not None:
            is_name = isinstance(declared, Lookup) and isinstance(declared.default, str)
            return NEEDED if is_name else filled_by(column, declared.default)  # lookups resolve it
        if declared is not None and declared.required:
            return NEEDED
        if column.default is not NOT_PROVIDED:
            return filled_by(column, column.default)
        if column.db_default is not NOT_PROVIDED:
            sql, parameters = connection.schema_editor().db_default_sql(column)
            return Fill(sql=sql, parameters=tuple(parameters))
        if not self._may_be_empty(column):
            return NEEDED if declared is not None or self._is_context_known else NULL
        return constant(column, "") if not column.null and not is_counted(column) else NULL

    def _may_be_empty(self, column: Column) -> bool:
        is_free = column.null or is_counted(column)
        return is_free or (column.blank and column.empty_strings_allowed)


def is_counted(column: Column) -> bool:
    """Whether the database numbers it."""
    return isinstance(column, models.AutoField)


def filled_by(column: Column, default: Any) -> Fill:
    if not callable(default):
        return constant(column, default)
    if default in _ONCE_A_CHUNK or (value := default()) == default():
        return constant(column, default())
    return Fill(sql="NULL", value=value, call=default)


def constant(column: Column, value: Any) -> Fill:
    if isinstance(value, models.Model):
        value = value.pk
    prepared = column.get_db_prep_save(value, connection)
    return Fill(sql="%s", parameters=(prepared,), value=value)


def quoted(column: Column) -> str:
    return connection.ops.quote_name(column_name(column))


def column_name(column: Column) -> str:
    return str(column.column)
