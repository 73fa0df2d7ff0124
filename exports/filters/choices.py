"""Filters whose values come from a list: choices of a field, rows of another table."""

from collections.abc import Iterable
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters import fields as filter_fields

KEY_DIGITS = 9
NAMED_AT_MOST = 20  # valid choices that a message lists before it says how many more there are


def refuse_choice(value: object, valid: Iterable[str]) -> ValidationError:
    """The error for a value that is no choice; it names those that are."""
    names = list(valid)
    shown = ", ".join(names[:NAMED_AT_MOST])
    if len(names) > NAMED_AT_MOST:
        shown += str(_(" and %(count)d more") % {"count": len(names) - NAMED_AT_MOST})
    return ValidationError(
        _("“%(value)s” is not a valid choice. Valid are: %(names)s."),
        code="invalid_choice",
        params={"value": value, "names": shown or _("none")},
    )


class ChoicesField(forms.MultipleChoiceField):
    """Its message names the valid choices."""

    def pairs(self) -> list[tuple[str, str]]:
        """Value and label of each choice."""
        choices: Any = self.choices
        return [(str(key), str(label)) for key, label in choices if key != ""]

    def validate(self, value: list[str]) -> None:
        if self.required and not value:
            raise ValidationError(self.error_messages["required"], code="required")
        for item in value:
            if not self.valid_value(item):
                raise refuse_choice(item, (key for key, _label in self.pairs()))


class AnyOfFilter(django_filters.Filter):
    """The field is one of the chosen values."""

    takes_many = True
    field_class = ChoicesField

    def filter(self, qs: "QuerySet[Any]", value: list[str]) -> "QuerySet[Any]":
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class CommaChoicesField(ChoicesField):
    """Choices in any case, by value, name or label; each item may be a comma list of them."""

    def __init__(self, *args: Any, names: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._names = names or {}

    def to_python(self, value: Any) -> list[str]:
        items = [value] if isinstance(value, str) else list(value or [])
        texts = [text.strip() for item in items for text in str(item).split(",")]
        return [self._value_of(text) for text in texts if text]

    def _value_of(self, text: str) -> str:
        spelled = {label.casefold(): key for key, label in self.pairs()}
        spelled |= {key.casefold(): key for key, _label in self.pairs()}
        spelled |= {name.casefold(): str(key) for name, key in self._names.items()}
        if text.casefold() not in spelled:
            raise refuse_choice(text, self._names or (key for key, _label in self.pairs()))
        return spelled[text.casefold()]


class CommaChoicesFilter(AnyOfFilter):
    """As AnyOfFilter, but a comma list is understood too, in any case, by name or by value.

    `choices_class` is the field's TextChoices: IMPORTED and "Imported" mean the same.
    """

    field_class = CommaChoicesField

    def __init__(self, field_name: str, choices_class: Any, **kwargs: Any) -> None:
        names = dict(zip(choices_class.names, choices_class.values, strict=True))
        super().__init__(
            field_name=field_name, choices=choices_class.choices, names=names, **kwargs
        )


def is_key(text: str) -> bool:
    """Could this be the number of a row? Longer ones are in no database."""
    return text.isascii() and text.isdecimal() and len(text) <= KEY_DIGITS


class RelatedField(filter_fields.ModelMultipleChoiceField):
    """Related rows, each by its key or by its name."""

    def __init__(self, *args: Any, name_field: str, **kwargs: Any) -> None:
        self.name_field = name_field
        super().__init__(*args, **kwargs)

    def clean(self, value: Any) -> Any:
        if value and not isinstance(value, list | tuple):
            value = [value]
        texts = [str(getattr(item, "pk", item)).strip() for item in value or []]
        numbers = {int(text) for text in texts if is_key(text)}
        known = set(self.queryset.filter(pk__in=numbers).values_list("pk", flat=True))
        return super().clean(
            [int(t) if is_key(t) and int(t) in known else self._key_named(t) for t in texts]
        )

    def _key_named(self, text: str) -> Any:
        named = self.queryset.filter(**{f"{self.name_field}__iexact": text}).order_by("pk")
        keys = list(named.values_list("pk", flat=True))
        if not keys:
            known = self.queryset.order_by("pk").values_list("pk", self.name_field)
            raise refuse_choice(text, (f"{pk} {name}" for pk, name in known))
        if len(keys) > 1:
            raise ValidationError(
                _("Several are called “%(value)s”: choose by number, %(keys)s."),
                params={"value": text, "keys": ", ".join(map(str, keys))},
            )
        return keys[0]


class RelatedFilter(django_filters.ModelMultipleChoiceFilter):
    """The relation leads to one of the chosen rows, each given by its key or by its name."""

    takes_many = True
    field_class = RelatedField

    def __init__(self, *args: Any, name_field: str = "name", **kwargs: Any) -> None:
        super().__init__(*args, name_field=name_field, **kwargs)

    def filter(self, qs: "QuerySet[Any]", value: Any) -> "QuerySet[Any]":
        keys = [row.pk for row in value or []]
        return qs.filter(**{f"{self.field_name}__in": keys}) if keys else qs
