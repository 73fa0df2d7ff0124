"""Filters that look into texts. Case does not matter; "%" and "_" mean themselves."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

SEARCH_LENGTH = 200  # each word costs a condition per field
LISTED_AT_MOST = 200  # texts in a comma list, each a condition per field too


class ContainsFilter(django_filters.CharFilter):
    """The text is somewhere in the field."""

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name=field_name, lookup_expr="icontains", **kwargs)


class SearchFilter(django_filters.CharFilter):
    """Every word is somewhere in one of the resource's search fields."""

    def __init__(self, *paths: str, **kwargs: Any) -> None:
        self.paths = paths
        super().__init__(max_length=SEARCH_LENGTH, **kwargs)

    def filter(self, qs: "QuerySet[Any]", value: str) -> "QuerySet[Any]":
        for word in (value or "").split():
            qs = qs.filter(contains_any([word], self.paths))
        return qs


def contains_any(texts: Iterable[str], paths: Iterable[str]) -> Q:
    """Any of the texts is somewhere in any of the fields."""
    found = Q()
    for path in paths:
        for text in texts:
            found |= Q(**{f"{path}__icontains": text})
    return found


class ListTextInput(forms.TextInput):
    """One line for a comma list; several values of the same name are one list too."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return data.getlist(name) if hasattr(data, "getlist") else data.get(name)

    def format_value(self, value: Any) -> str | None:
        return ", ".join(map(str, value)) if isinstance(value, list | tuple) else value


class CommaListField(forms.Field):
    """Texts between commas. Blanks around them are dropped, and so are empty ones."""

    widget = ListTextInput

    def to_python(self, value: Any) -> list[str]:
        items = [value] if isinstance(value, str) else list(value or [])
        texts = [text.strip() for item in items for text in str(item).split(",")]
        texts = [text for text in texts if text]
        if len(texts) > LISTED_AT_MOST:
            raise ValidationError(
                _("The list has %(count)d texts; at most %(most)d can be looked for at once."),
                params={"count": len(texts), "most": LISTED_AT_MOST},
            )
        return texts


class CommaContainsFilter(django_filters.Filter):
    """Any text of a comma list is somewhere in one of the fields."""

    takes_many = True
    field_class = CommaListField

    def __init__(self, *paths: str, **kwargs: Any) -> None:
        self.paths = paths
        super().__init__(field_name=paths[0], **kwargs)

    def filter(self, qs: "QuerySet[Any]", value: list[str]) -> "QuerySet[Any]":
        return qs.filter(contains_any(value, self.paths)) if value else qs


class CommaNumbersField(CommaListField):
    def to_python(self, value: Any) -> list[str]:
        texts = super().to_python(value)
        for text in texts:
            if not text.isdecimal() or not text.isascii():
                raise ValidationError(
                    _("“%(value)s” is not a whole number. Write numbers with commas between."),
                    code="invalid",
                    params={"value": text},
                )
        return texts


class CommaNumbersFilter(django_filters.Filter):
    """The field is one of the whole numbers of a comma list.

    Numbers stay as they are written: where they are kept as text, "007" is not "7".
    """

    takes_many = True
    field_class = CommaNumbersField

    def filter(self, qs: "QuerySet[Any]", value: list[str]) -> "QuerySet[Any]":
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class KeywordsFilter(CommaContainsFilter):
    """A row matches when any keyword is in any of the fields."""


class ExcludeKeywordsFilter(CommaContainsFilter):
    """A row is dropped when any keyword is in any of the fields; NULL contains nothing."""

    def filter(self, qs: "QuerySet[Any]", value: list[str]) -> "QuerySet[Any]":
        # Django's exclude() asks for "IS NOT NULL" too, so a NULL field does not drop a row.
        return qs.exclude(contains_any(value, self.paths)) if value else qs
