"""What the filters of every resource have in common."""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db import connections
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exports.filters.ranges import say_bound


class KeysField(forms.Field):
    """A comma list of primary keys, as a selection of rows is carried along."""

    widget = forms.HiddenInput

    def to_python(self, value: Any) -> list[str]:
        text = ",".join(map(str, value)) if isinstance(value, list | tuple) else str(value or "")
        return [item.strip() for item in text.split(",") if item.strip()]


class KeysFilter(django_filters.Filter):
    """Only the rows that somebody selected on a list."""

    takes_many = True
    field_class = KeysField

    def filter(self, qs: "QuerySet[Any]", value: list[str]) -> "QuerySet[Any]":
        if not value:
            return qs
        keys = [key for item in value if (key := _read_key(qs, item)) is not None]
        return qs.filter(pk__in=keys)


def _read_key(qs: "QuerySet[Any]", text: str) -> Any:
    """The primary key that the text stands for; None when there can be no such row."""
    field = qs.model._meta.pk
    try:
        key = field.to_python(text)
    except ValidationError:
        return None
    if isinstance(key, int):
        low, high = connections[qs.db].ops.integer_field_range(field.get_internal_type())
        return key if (low or key) <= key <= (high or key) else None
    return key


class ExportFilterSet(django_filters.FilterSet):
    """Base of a resource's filters: bounds are checked, old spellings are understood."""

    # Pairs of filters that are the two bounds of one range; the lower one may not pass the upper.
    ranges: ClassVar[tuple[tuple[str, str], ...]] = ()
    # Another spelling -> the filter it means.
    aliases: ClassVar[Mapping[str, str]] = {}

    keys = KeysFilter(label=_("Selected rows"))

    def get_form_class(self) -> type[forms.Form]:
        ranges = self.ranges
        base: type[forms.Form] = super().get_form_class()

        def clean(form: forms.Form) -> dict[str, Any]:
            check_ranges(form, ranges)
            return form.cleaned_data

        return type(base.__name__, (base,), {"clean": clean})


def check_ranges(form: forms.Form, ranges: Iterable[tuple[str, str]]) -> None:
    """Put an error at the upper bound of each range that is upside down."""
    for lower, upper in ranges:
        low, high = form.cleaned_data.get(lower), form.cleaned_data.get(upper)
        if low is not None and high is not None and low > high:
            form.add_error(
                upper,
                _("The end of the range, %(high)s, is before its beginning, %(low)s.")
                % {"high": say_bound(high, is_end=True), "low": say_bound(low, is_end=False)},
            )
