"""Columns, formats, options and order as the create page shows them. Looks only; no rules."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.text import capfirst

from exports.acceptance import usual_options
from exports.formats.base import Format, Option
from exports.formats.csv import CSV
from exports.forms import OPTION, Errors
from exports.permissions import User, may_export_sensitive
from exports.plans import ExportRequest, formats_of
from exports.resources import (
    Column,
    ExportResource,
    column_label,
    columns_of,
    default_columns,
    default_sort,
    find_field,
    sorts_of,
)
from exports.sensitive import open_sorts

GUARD = "formula_guard"  # shown as two profiles rather than as a switch


@dataclass(frozen=True, kw_only=True)
class ColumnItem:
    name: str
    label: str
    header: str  # in the file, where it reads otherwise than the label
    usual_heading: str  # in the file when nobody wants another
    heading: str  # that this person wants
    errors: Sequence[str]  # of the heading
    checked: bool
    default: bool
    sensitive: bool
    locked: bool  # not for this person


@dataclass(frozen=True, kw_only=True)
class OptionItem:
    name: str
    kind: str  # the template below exports/create/options/
    label: str
    help: str
    value: str
    usual: str  # what it is when nobody says anything
    choices: tuple[tuple[str, str], ...]

    @property
    def template(self) -> str:
        return f"exports/create/options/{self.kind}.html"

    @property
    def id(self) -> str:
        return f"id{self.name}"


@dataclass(frozen=True, kw_only=True)
class FormatItem:
    name: str
    label: str
    extension: str
    checked: bool
    options: tuple[OptionItem, ...]


@dataclass(frozen=True, kw_only=True)
class SortItem:
    name: str
    label: str
    selected: bool


def column_items(
    resource: type[ExportResource],
    user: User,
    chosen: Sequence[str],
    headings: Mapping[str, str],
    errors: Errors,
) -> list[ColumnItem]:
    """The chosen columns in their order, then the others as they are declared."""
    may = may_export_sensitive(user)
    usual = default_columns(resource, with_sensitive=may)
    columns = {column.name: column for column in columns_of(resource)}
    order = [name for name in dict.fromkeys(chosen) if name in columns]
    order += [name for name in columns if name not in order]
    return [
        ColumnItem(
            name=name,
            label=column_label(resource, columns[name]),
            header=_other_header(resource, columns[name]),
            usual_heading=columns[name].file_header,
            heading=headings.get(name, ""),
            errors=errors.get(f"headers.{name}", ()),
            checked=name in chosen,
            default=name in usual,
            sensitive=columns[name].sensitive,
            locked=columns[name].sensitive and not may,
        )
        for name in order
    ]


def format_items(resource: type[ExportResource], request: ExportRequest) -> list[FormatItem]:
    """Every format of the resource; the chosen one with the options that were asked for."""
    return [
        FormatItem(
            name=one.name,
            label=one.label,
            extension=one.extension,
            checked=one.name == request.format,
            options=option_items(
                one,
                usual=usual_options(resource, one),
                asked=request.options if one.name == request.format else {},
            ),
        )
        for one in formats_of(resource)
    ]


def option_items(
    one: Format, *, usual: Mapping[str, object], asked: Mapping[str, object]
) -> tuple[OptionItem, ...]:
    """The options with their values now, and those that the resource wants."""
    return tuple(
        OptionItem(
            name=OPTION + option.name,
            kind=_kind(one, option),
            label=option.label,
            help=option.help,
            value=_text(asked.get(option.name, usual.get(option.name, option.default))),
            usual=_text(usual.get(option.name, option.default)),
            choices=option.choices,
        )
        for option in one.options
    )


def sort_items(user: User, resource: type[ExportResource], chosen: str) -> list[SortItem]:
    """The fields to sort by; the primary key where the resource names no order of its own."""
    names = list(open_sorts(user, resource))
    if not default_sort(resource)[0]:
        names.insert(0, "")
    chosen = chosen or default_sort(resource)[0]
    return [
        SortItem(name=name, label=_sort_label(resource, name), selected=name == chosen)
        for name in names
    ]


def _other_header(resource: type[ExportResource], column: Column) -> str:
    label, header = column_label(resource, column), column.file_header
    return "" if label.lower() == header.replace("_", " ").lower() else header


def _sort_label(resource: type[ExportResource], name: str) -> str:
    columns = {column.name: column for column in columns_of(resource)}
    if name in columns:
        return column_label(resource, columns[name])
    path = sorts_of(resource)[name] if name else "pk"
    field = find_field(resource.model, path)
    return capfirst(str(field.verbose_name) if field else name.replace("_", " "))


def _kind(one: Format, option: Option) -> str:
    # Of one format only: a page's radio buttons of one name are one group.
    if option.name == GUARD and one is CSV:
        return "guard"
    if isinstance(option.default, bool):
        return "switch"
    return "choice" if option.choices else "text"


def _text(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
