"""Start-up checks of every declared importer, so that a wrong one is found before a person does."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.core.checks import CheckMessage, Error, Warning, register
from django.core.exceptions import FieldDoesNotExist
from django.db import models

from imports.fields import Choice, Field, Lookup
from imports.fields.base import Column
from imports.fields.columns import PROTECTED, TYPES, column_of
from imports.importers import Importer, fields_of, keys_of
from imports.likeness import normalized
from imports.models import Mode
from imports.registry import all_importers

# Columns -> types of fields whose values they hold, besides the one that fits by default.
ALSO_FIT: dict[str, tuple[str, ...]] = {
    "text": ("choice", "email", "url", "mac", "ip"),
    "email": ("text",),
    "url": ("text",),
    "uuid": (),
    "ip": ("text",),
    "boolean": (),
    "integer": ("choice",),
    "decimal": ("money", "integer"),
    "datetime": (),
    "date": (),
    "time": (),
    "duration": (),
    "json": ("list", "text", "integer", "boolean"),
}


@register()
def check_importers(**_given: Any) -> list[CheckMessage]:
    return [message for importer in all_importers() for message in check(importer)]


def check(importer: type[Importer]) -> Iterator[CheckMessage]:
    """Everything that is wrong with one declaration."""
    fields = fields_of(importer)
    yield from _check_names(importer, fields)
    yield from _check_keys(importer, fields)
    yield from _check_switches(importer)
    for field in fields:
        yield from _check_field(importer, field)
    yield from _check_whole(importer, fields)


def _check_names(importer: type[Importer], fields: tuple[Field, ...]) -> Iterator[CheckMessage]:
    counts = Counter(field.name for field in fields)
    for name in sorted(name for name, count in counts.items() if count > 1):
        yield _error(importer, f"has two fields named “{name}”.", "imports.E001")
    owners: dict[str, str] = {}
    for field in fields:
        for alias in {normalized(text) for text in (field.name, *field.aliases)}:
            owner = owners.setdefault(alias, field.name)
            if owner != field.name:
                yield _error(
                    importer, f"“{alias}” means both “{owner}” and “{field.name}”.", "imports.E002"
                )


def _check_keys(importer: type[Importer], fields: tuple[Field, ...]) -> Iterator[CheckMessage]:
    names = {field.name for field in fields}
    for key in importer.keys:
        if not key:
            yield _error(importer, "has a key of no fields.", "imports.E003")
        for name in key:
            if name not in names and column_of(importer.model, name) is None:
                yield _error(importer, f"key {key}: there is no field “{name}”.", "imports.E003")
    changes = "modes" in vars(importer) and set(importer.modes) & {Mode.UPSERT, Mode.UPDATE}
    if changes and not keys_of(importer):
        yield Warning(
            f"Importer {importer.__name__} has no key, so no row can change a record.",
            hint="Name `keys`, or let `modes` be create only.",
            obj=importer,
            id="imports.W001",
        )


def _check_switches(importer: type[Importer]) -> Iterator[CheckMessage]:
    for mode in importer.modes:
        if mode not in Mode.values:
            yield _error(importer, f"there is no mode “{mode}”.", "imports.E004")
    if importer.on_repeat not in ("refuse", "overwrite"):
        yield _error(importer, f"on_repeat “{importer.on_repeat}” is unknown.", "imports.E005")
    for name in importer.touch:
        if column_of(importer.model, name) is None:
            yield _error(importer, f"touch: there is no column “{name}”.", "imports.E006")


def _check_field(importer: type[Importer], field: Field) -> Iterator[CheckMessage]:
    if field.column is not None:
        yield from _check_column(importer, field, field.column)
    elif isinstance(field, Lookup) and (field.model is None or not field.by):
        yield _error(importer, f"“{field.name}” needs `model` and `by`.", "imports.E008")
    if isinstance(field, Lookup) and field.model is not None:
        for path in field.by:
            if not _is_path(field.model, path) and not _is_worked_out(field, path):
                text = f"“{field.name}”: {field.model.__name__} has no “{path}”."
                yield _error(importer, text, "imports.E009")
    if isinstance(field, Choice) and not field.options():
        yield _error(importer, f"“{field.name}” has no choices.", "imports.E010")
    if field.permission and field.permission.count(".") != 1:
        text = f"“{field.name}”: permission “{field.permission}” is not like app.codename."
        yield _error(importer, text, "imports.E011")


def _check_column(importer: type[Importer], field: Field, column: Column) -> Iterator[CheckMessage]:
    if not _holds(column, field):
        text = f"“{field.name}”: a {type(column).__name__} holds no {field.type}."
        yield _error(importer, text, "imports.E007")
    if isinstance(field, Choice) and column.choices:
        known = {value for value, _label in column.flatchoices}
        strange = [str(value) for value, _label in field.options() if value not in known]
        if strange:
            text = f"“{field.name}”: the model has no choice {', '.join(strange)}."
            yield _error(importer, text, "imports.E012")


def _holds(column: Column, field: Field) -> bool:
    if isinstance(column, models.ForeignKey):
        return isinstance(field, Lookup) or _holds(column.target_field, field)
    fit = next((kind for parent, kind in TYPES if isinstance(column, parent)), None)
    if fit is None or fit is Field:  # a kind of column that Django does not know
        return fit is None
    return isinstance(field, fit) or field.type in ALSO_FIT.get(fit.type, ())


def _is_path(model: type[models.Model], path: str) -> bool:
    """Whether the path leads over relations to a column."""
    for name in path.split("__"):
        if name == "pk":
            continue
        try:
            step = model._meta.get_field(name)
        except FieldDoesNotExist:
            return False
        model = step.related_model if isinstance(step.related_model, type) else model
    return True


def _is_worked_out(field: Lookup, path: str) -> bool:
    """Whether the rows of the lookup are annotated with it."""
    return field.rows is not None and path in field.rows().query.annotations


def _check_whole(importer: type[Importer], fields: tuple[Field, ...]) -> Iterator[CheckMessage]:
    if importer.is_positional:
        counts = Counter(field.position for field in fields)
        if None in counts or max(counts.values(), default=0) > 1:
            text = "is positional: each field needs a position of its own."
            yield _error(importer, text, "imports.E013")
    for field in fields:
        if field.name in PROTECTED and not field.permission:
            yield Warning(
                f"Importer {importer.__name__} lets any file fill “{field.name}”.",
                hint="Give the field a `permission`.",
                obj=importer,
                id="imports.W002",
            )


def _error(importer: type[Importer], text: str, code: str) -> Error:
    return Error(f"Importer {importer.__name__} {text}", obj=importer, id=code)
