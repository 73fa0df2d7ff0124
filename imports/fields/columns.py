"""Fields and columns of a model: which field fits, and what a column says of it."""

from dataclasses import replace

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.backends.base.operations import BaseDatabaseOperations

from imports.fields.base import Column, Field
from imports.fields.choices import Boolean, Choice, flat
from imports.fields.dates import Date
from imports.fields.moments import DateTime
from imports.fields.nested import Json, List
from imports.fields.numbers import Integer, Number
from imports.fields.relations import Lookup, natural_keys
from imports.fields.texts import Email, FormedText, Ip, Text, Url, Uuid
from imports.fields.times import Duration, Time

# In order: the first class that a column is of decides.
TYPES: tuple[tuple[type[Column], type[Field]], ...] = (
    (models.ForeignKey, Lookup),
    (models.EmailField, Email),
    (models.URLField, Url),
    (models.UUIDField, Uuid),
    (models.GenericIPAddressField, Ip),
    (models.FileField, Field),
    (models.FilePathField, Field),
    (models.CharField, Text),
    (models.TextField, Text),
    (models.BooleanField, Boolean),
    (models.IntegerField, Integer),
    (models.DecimalField, Number),
    (models.FloatField, Number),
    (models.DateTimeField, DateTime),
    (models.DateField, Date),
    (models.TimeField, Time),
    (models.DurationField, Duration),
    (models.JSONField, Json),
)
# Never filled from a file unless an importer declares them.
PROTECTED = {"password", "secret", "token", "api_token", "secret_key", "private_key"}
PROTECTED |= {"is_superuser", "is_staff", "last_login", "user_permissions", "groups"}

# What both databases hold; SQLite alone would take more.
INTEGER_RANGES = BaseDatabaseOperations.integer_field_ranges


def fields_of_model(model: type[models.Model]) -> tuple[Field, ...]:
    """One field for each editable column of a model that a text can say. Secrets are left out."""
    found = (default_field(column) for column in model._meta.concrete_fields)
    return tuple(bind(field, model) for field in found if field is not None)


def default_field(column: Column) -> Field | None:
    """The field that fits a column, or None if no text fills it."""
    is_automatic = isinstance(column, models.AutoField) or getattr(column, "auto_now", False)
    if not column.editable or is_automatic or column.name in PROTECTED:
        return None
    if isinstance(column, models.GeneratedField) or getattr(column, "auto_now_add", False):
        return None
    kind = next((kind for parent, kind in TYPES if isinstance(column, parent)), Field)
    if column.choices and kind is not Lookup:
        kind = Choice
    if kind is Json and column.default is list:
        kind = List
    return None if kind is Field else bind(kind(name=column.name), column.model, is_default=True)


def bind(field: Field, model: type[models.Model], *, is_default: bool = False) -> Field:
    """The field with all that the model's column of its name says; itself if there is none."""
    if field.column is not None:
        return field
    column = column_of(model, field.name)
    if column is None:
        return replace(field, label=field.label or field.name.replace("_", " "))
    bound = replace(
        field,
        column=column,
        label=field.label or column.verbose_name,
        help=field.help or column.help_text,
    )
    if is_default:
        bound = replace(bound, required=bound.is_needed)
    return _shaped(bound, column)


def column_of(model: type[models.Model], name: str) -> Column | None:
    try:
        column = model._meta.get_field(name)
    except FieldDoesNotExist:
        return None
    return column if isinstance(column, models.Field) and column.concrete else None


def unique_columns(model: type[models.Model]) -> tuple[tuple[str, ...], ...]:
    """What tells records apart: the primary key, unique columns, then unique sets of columns."""
    alone = [column for column in model._meta.concrete_fields if column.unique]
    alone.sort(key=lambda column: not column.primary_key)
    sets = [tuple(names) for names in model._meta.unique_together]
    sets += [
        tuple(constraint.fields)
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
        and constraint.fields
        and constraint.condition is None
    ]
    return (*((column.name,) for column in alone), *sets)


def _shaped(field: Field, column: Column) -> Field:
    """What the column's own shape says and the declaration does not."""
    target = stored(column)
    if isinstance(field, Lookup):
        model = field.model or column.related_model
        if not isinstance(model, type):  # no foreign key; a check says so
            return field
        return replace(field, model=model, by=field.by or natural_keys(model))
    if isinstance(field, Choice):
        return replace(field, choices=field.choices or flat(tuple(column.flatchoices)))
    if isinstance(field, Text | FormedText):
        most = _least(field.max_length, getattr(target, "max_length", None))
        field = replace(field, max_length=most)
        if isinstance(field, Text):
            return replace(field, is_code=field.is_code or bool(column.unique))
        return field
    if isinstance(field, Number):
        if isinstance(target, models.FloatField):
            return replace(field, is_float=True)
        if isinstance(target, models.DecimalField):
            return replace(field, digits=target.max_digits, places=target.decimal_places)
    return field


def stored(column: Column) -> Column:
    """What is stored: for a foreign key, what it refers to."""
    while isinstance(column, models.ForeignKey):
        column = column.target_field
    return column


def _least(one: int | None, other: int | None) -> int | None:
    known = [number for number in (one, other) if number is not None]
    return min(known, default=None)
