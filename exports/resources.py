"""What can be exported: declarations only. A resource says what, never how or when."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

import django_filters
from django.db import models
from django.db.models import F
from django.db.models.expressions import Combinable, OrderBy
from django.utils.functional import Promise
from django.utils.text import capfirst

from exports.formats.base import Kind, Total
from exports.formats.highlights import Highlight

Text = str | Promise


@dataclass(frozen=True, kw_only=True)
class Column:
    """One column that may be exported.

    The value comes from `expression` if there is one, else from the ORM path `source` (a field,
    or a path over relations such as "model__manufacturer_id"; the default is `name`).
    """

    name: str  # in the API, in stored exports and as JSON key; never changes once published
    source: str = ""
    expression: Combinable | models.Aggregate | None = None
    header: str = ""  # in the file; default: the name
    label: Text = ""  # on pages; default: from the model's field, else from the name
    kind: Kind | None = None  # default: from the model's field
    convert: Callable[[Any], object] | None = None  # what only Python can compute from the value
    sensitive: bool = False  # only with the permission, and only when asked for
    highlights: Mapping[str, Highlight] = field(default_factory=dict)  # text -> colours in Excel
    default: bool = True  # in the file when nobody chooses columns; a sensitive one if asked for

    @property
    def path(self) -> str:
        return self.source or self.name

    @property
    def file_header(self) -> str:
        return self.header or self.name


KINDS: "dict[type[models.Field[Any, Any]], Kind]" = {
    models.BooleanField: Kind.BOOLEAN,
    models.DateTimeField: Kind.DATETIME,
    models.DateField: Kind.DATE,
    models.TimeField: Kind.TIME,
    models.DecimalField: Kind.DECIMAL,
    models.FloatField: Kind.FLOAT,
    models.IntegerField: Kind.INTEGER,
    models.AutoField: Kind.INTEGER,
    models.JSONField: Kind.JSON,
}


def kind_of_field(model_field: "models.Field[Any, Any]") -> Kind:
    """The kind of a model field's values; a foreign key counts as what it points to."""
    while isinstance(model_field, models.ForeignKey):
        model_field = model_field.target_field
    for field_class, kind in KINDS.items():
        if isinstance(model_field, field_class):
            return kind
    return Kind.TEXT


def find_field(model: type[models.Model], path: str) -> "models.Field[Any, Any] | None":
    """The model field at the end of an ORM path, or None when the path leads to none."""
    current: type[models.Model] | None = model
    found: models.Field[Any, Any] | None = None
    for part in path.split("__"):
        found = _field_named(current, part) if current is not None else None
        if found is None:
            return None
        current = found.related_model if found.is_relation else None
    return found


def _field_named(model: type[models.Model], name: str) -> "models.Field[Any, Any] | None":
    if name == "pk":
        return model._meta.pk
    return next((f for f in model._meta.concrete_fields if name in (f.name, f.attname)), None)


class ExportResource:
    """A kind of rows that can be exported. Subclass it, set `name` and `model`, register it.

    Everything else has a default: the columns are the model's fields, the filters fit their
    kinds, the order is the primary key.
    """

    name: ClassVar[str]  # in addresses and the API: "tickets"
    model: ClassVar[type[models.Model]]
    label: ClassVar[Text] = ""  # default: the model's plural name
    columns: ClassVar[tuple[Column, ...]] = ()
    filterset: ClassVar[type[django_filters.FilterSet] | None] = None
    sort_fields: ClassVar[Mapping[str, str]] = {}  # name for people -> ORM path; default: columns
    default_sort: ClassVar[str] = ""  # a sort field, with "-" in front for descending; default pk
    tie_break: ClassVar[tuple[str, ...]] = ("pk",)  # ORM paths that tell any two rows apart
    presets: ClassVar[Mapping[Text, tuple[str, ...]]] = {}  # choices of columns, by their label
    formats: ClassVar[tuple[str, ...]] = ()  # default: every format
    format_defaults: ClassVar[Mapping[str, Mapping[str, object]]] = {}  # format -> option -> value
    datetime_format: ClassVar[str] = "%Y-%m-%d %H:%M:%S"  # in text formats; or "iso"
    file_name: ClassVar[str] = ""  # strftime pattern with {uid}; default "<name>_%Y-%m-%d_%H%M%S"
    changelist_filters: ClassVar[Mapping[str, str]] = {}  # admin list parameter -> filter name
    search_fields: ClassVar[tuple[str, ...]] = ()  # ORM paths for the filter "search"
    totals: ClassVar[Mapping[str, Total]] = {}  # column -> what Excel's last row tells of it
    tallies: ClassVar[tuple[str, ...]] = ()  # columns whose values Excel counts in "About"
    companions: ClassVar[tuple[str, ...]] = ()  # resources that a ZIP of this one holds too
    dated_by: ClassVar[str] = ""  # ORM path that says how new a row is; default: "created_at"
    status_path: ClassVar[str] = ""  # ORM path that statistics count by; default: "status"
    counted: ClassVar[Mapping[str, models.Q]] = {}  # what statistics count besides, by its name
    bytes_per_row: ClassVar[Mapping[str, int]] = {}  # format -> estimate; default: by its columns
    is_computed: ClassVar[bool] = False  # rows come from compute_rows, not from the table

    @classmethod
    def get_queryset(cls) -> "models.QuerySet[Any]":
        """The rows before any filter. Override it to leave some out for everybody."""
        return cls.model._default_manager.all()

    @classmethod
    def compute_rows(
        cls,
        filters: Mapping[str, Any],
    ) -> "Sequence[Mapping[str, object]]":
        """A computed resource's few rows, each a value by column name.

        `filters` are the cleaned values of its FilterSet; `model` says who may export it.
        """
        raise TypeError(f"{cls.__name__} is computed but has no compute_rows")


def columns_of(resource: type[ExportResource]) -> tuple[Column, ...]:
    """The declared columns, or one for each field of the model."""
    if resource.columns:
        return resource.columns
    return tuple(Column(name=field.attname) for field in resource.model._meta.concrete_fields)


def column_named(resource: type[ExportResource], name: str) -> Column:
    return next(column for column in columns_of(resource) if column.name == name)


def default_columns(resource: type[ExportResource], *, with_sensitive: bool = False) -> list[str]:
    """The names of the columns that are in the file when nobody chooses.

    `with_sensitive`: the person has asked for sensitive columns and may have them.
    """
    columns = [c for c in columns_of(resource) if c.default]
    return [c.name for c in columns if with_sensitive or not c.sensitive]


def label_of(resource: type[ExportResource]) -> str:
    return capfirst(str(resource.label or resource.model._meta.verbose_name_plural))


def noun_of(resource: type[ExportResource]) -> str:
    """Its label for the middle of a sentence: "tickets", but "E-ZPass transactions"."""
    label = label_of(resource)
    first = label.partition(" ")[0]
    return label[:1].lower() + label[1:] if first[1:].islower() and first.isalpha() else label


def column_label(resource: type[ExportResource], column: Column) -> str:
    """What pages call the column."""
    if column.label:
        return str(column.label)
    model_field = None if column.expression else find_field(resource.model, column.path)
    text = str(model_field.verbose_name) if model_field else column.name.replace("_", " ")
    return capfirst(text)


def column_kind(resource: type[ExportResource], column: Column) -> Kind:
    if column.kind is not None:
        return column.kind
    model_field = None if column.expression else find_field(resource.model, column.path)
    return kind_of_field(model_field) if model_field else Kind.TEXT


def sorts_of(resource: type[ExportResource]) -> Mapping[str, str]:
    """Sort field -> ORM path; the columns that are fields, when none are declared."""
    if resource.sort_fields or resource.is_computed:
        return resource.sort_fields
    return {c.name: c.path for c in columns_of(resource) if not c.expression and not c.sensitive}


def default_sort(resource: type[ExportResource]) -> tuple[str, bool]:
    """The sort field's name, "" for the primary key, and whether it runs downwards."""
    return resource.default_sort.removeprefix("-"), resource.default_sort.startswith("-")


def presets_of(resource: type[ExportResource]) -> dict[str, tuple[str, ...]]:
    """Choices of columns that the resource offers ready-made: label -> names, in order."""
    return {str(label): names for label, names in resource.presets.items()}


def order_of(
    resource: type[ExportResource], sort_by: str, *, descending: bool
) -> tuple[str | OrderBy, ...]:
    """ORM ordering that ends with the tie-break, so that the order is stable.

    Empty values come last, upwards and downwards, on every database.
    """
    sign = "-" if descending else ""
    if not sort_by:
        return tuple(f"{sign}{path}" for path in resource.tie_break)
    path = sorts_of(resource)[sort_by]
    first = (
        _empty_last(path, descending=descending)
        if may_be_null(resource.model, path)
        else sign + path
    )
    if path in ("pk", "id"):
        return (first,)
    return (first, *(other for other in resource.tie_break if other != path))


def _empty_last(path: str, *, descending: bool) -> OrderBy:
    return F(path).desc(nulls_last=True) if descending else F(path).asc(nulls_last=True)


def may_be_null(model: type[models.Model], path: str) -> bool:
    """Whether some row may have no value there; so it is of a path that is no field."""
    parts = path.split("__")
    steps = ["__".join(parts[: end + 1]) for end in range(len(parts))]
    fields = [find_field(model, step) for step in steps]
    return any(field is None or field.null for field in fields)
