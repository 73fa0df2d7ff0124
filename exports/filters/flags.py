"""Filters that are answered with yes or no, or not at all."""

from collections.abc import Mapping
from typing import Any, ClassVar

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _


class TriStateSelect(forms.Select):
    """Any, yes or no; takes the usual spellings of a boolean."""

    WORDS: ClassVar[Mapping[str, bool]] = {
        "true": True, "1": True, "yes": True, "on": True,
        "false": False, "0": False, "no": False, "off": False,
    }  # fmt: skip

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, (("", _("any")), ("true", _("yes")), ("false", _("no"))))

    def format_value(self, value: Any) -> list[str]:
        return [{True: "true", False: "false"}.get(self._read(value), "")]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return self._read(data.get(name))

    def _read(self, value: Any) -> Any:
        if isinstance(value, bool):
            return value
        word = str(value or "").strip().lower()
        return self.WORDS.get(word, word or None)


class TriStateField(forms.Field):
    widget = TriStateSelect

    def to_python(self, value: Any) -> bool | None:
        if value is None or isinstance(value, bool):
            return value
        raise ValidationError(
            _("“%(value)s” is neither yes nor no. Use true or false, or leave it out."),
            code="invalid",
            params={"value": value},
        )


class TriStateFilter(django_filters.Filter):
    """Yes, no, or not asked: an absent value filters nothing."""

    field_class = TriStateField


class HasValueFilter(django_filters.Filter):
    """Whether a text field holds anything: NULL and the empty text both count as missing."""

    field_class = TriStateField

    def filter(self, qs: "QuerySet[Any]", value: bool | None) -> "QuerySet[Any]":
        if value is None:
            return qs
        missing = Q(**{f"{self.field_name}__isnull": True}) | Q(**{self.field_name: ""})
        return qs.exclude(missing) if value else qs.filter(missing)
