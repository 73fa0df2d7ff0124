"""What a choosing control of the create page offers: fixed values, or related rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import django_filters
from django import forms
from django.contrib.admin import AdminSite
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Model, Q

from exports.permissions import User
from exports.resources import ExportResource, find_field

LISTED_AT_MOST = 500  # related rows, where no autocomplete can be had
AUTOCOMPLETE_FROM = 26  # related rows
BIGGEST_KEY = 2**63 - 1  # that a database takes


@dataclass(frozen=True, kw_only=True)
class Choice:
    value: str
    label: str
    checked: bool = False
    unknown: bool = False  # asked for, but there is no such choice


def choices_of(field: forms.ChoiceField, values: Sequence[str]) -> tuple[tuple[Choice, ...], int]:
    """The field's choices without the empty one, then what was asked for and is none of them."""
    listed = [(str(key), str(label)) for key, label in _flat(field.choices) if str(key)]
    return _marked(listed, values), 0


def related_choices(
    field: Any, values: Sequence[str], *, chosen_only: bool = False
) -> tuple[tuple[Choice, ...], int]:
    """Related rows as choices, and how many more there are than are listed."""
    chosen = list(field.queryset.filter(_asked_for(field, values))) if values else []
    keys = {str(row.pk) for row in chosen}
    names = {str(getattr(row, getattr(field, "name_field", "pk"))).lower() for row in chosen}
    rows = chosen if chosen_only else list(field.queryset[:LISTED_AT_MOST])
    rows += [row for row in chosen if row not in rows]
    listed = [(str(row.pk), str(field.label_from_instance(row))) for row in rows]
    lost = [v for v in values if v not in keys and v.strip().lower() not in names]
    full = not chosen_only and len(rows) >= LISTED_AT_MOST
    return _marked(listed, [*keys, *lost]), field.queryset.count() - len(rows) if full else 0


def autocomplete(
    resource: type[ExportResource],
    filter_: django_filters.Filter,
    field: Any,
    site: AdminSite,
    user: User,
) -> AutocompleteSelect | AutocompleteSelectMultiple | None:
    """The admin's own autocomplete over many related rows, where this person may use it."""
    source = find_field(resource.model, filter_.field_name)
    related: type[Model] = field.queryset.model
    if source is None or source.related_model is not related:
        return None
    try:
        admin = site.get_model_admin(related)
    except NotRegistered:
        return None
    may_view = user.has_perm(f"{related._meta.app_label}.view_{related._meta.model_name}")
    if not admin.search_fields or not may_view:
        return None
    if len(field.queryset.values_list("pk")[:AUTOCOMPLETE_FROM]) < AUTOCOMPLETE_FROM:
        return None
    many = getattr(field.widget, "allow_multiple_selected", False)
    return (AutocompleteSelectMultiple if many else AutocompleteSelect)(source, site)


def _asked_for(field: Any, values: Sequence[str]) -> Q:
    """Rows by key or, where the filter allows it, by name."""
    wanted = Q(pk__in=[key for value in values if (key := _as_key(field, value)) is not None])
    if name_field := getattr(field, "name_field", ""):
        for value in values:
            wanted |= Q(**{f"{name_field}__iexact": value.strip()})
    return wanted


def _as_key(field: Any, value: str) -> Any:
    try:
        key = field.queryset.model._meta.pk.to_python(value)
    except ValidationError:
        return None
    return None if isinstance(key, int) and abs(key) > BIGGEST_KEY else key


def _marked(listed: Sequence[tuple[str, str]], values: Sequence[str]) -> tuple[Choice, ...]:
    known = {key for key, _label in listed}
    return (
        *(Choice(value=key, label=label, checked=key in values) for key, label in listed),
        *(
            Choice(value=value, label=value, checked=True, unknown=True)
            for value in dict.fromkeys(values)
            if value not in known
        ),
    )


def _flat(choices: Any) -> list[tuple[Any, Any]]:
    flat: list[tuple[Any, Any]] = []
    for key, label in choices:
        flat.extend(label if isinstance(label, list | tuple) else [(key, label)])
    return flat
