"""What can be imported, as a caller learns it."""

from typing import Any

from rest_framework import serializers

from imports.fields import Field
from imports.importers import Choice, Importer, fields_of, keys_of, label_of
from imports.mapping import mappable_fields
from imports.permissions import User, fields_for, modes_for


class MeaningOut(serializers.Serializer[Any]):
    value = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as declared


class FieldOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as declared
    type = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment]
    choices = MeaningOut(many=True, required=False)
    aliases = serializers.ListField(
        child=serializers.CharField(), help_text="Other headers that mean it"
    )


class OptionOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as declared
    choices = MeaningOut(many=True, help_text="The first is the default")


class ImporterOut(serializers.Serializer[Any]):
    """One kind of records that can be imported."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as declared
    help = serializers.CharField(allow_blank=True)
    fields_ = FieldOut(many=True)
    keys = serializers.ListField(
        child=serializers.CharField(), help_text="Field names with commas; the first is the default"
    )
    modes = serializers.ListField(
        child=serializers.CharField(), help_text="Those you may use; the first is the default"
    )
    options = OptionOut(many=True)
    example = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField(allow_blank=True)),
        help_text="Rows of a file: header and text",
    )

    def get_fields(self) -> dict[str, Any]:
        """`fields` is a word of the serializer's own, so it cannot be declared above."""
        declared = super().get_fields()
        return {name.removesuffix("_"): field for name, field in declared.items()}


def represent_importer(user: User, importer: type[Importer]) -> dict[str, Any]:
    """What this person may choose of it."""
    return {
        "name": importer.name,
        "label": label_of(importer),
        "help": str(importer.help),
        "fields": [_field(field) for field in fields_for(user, _fields(importer))],
        "keys": [",".join(key) for key in keys_of(importer)],
        "modes": list(modes_for(user, importer)),
        "options": [_option(choice) for choice in importer.choices],
        "example": [dict(row) for row in importer.example],
    }


def _fields(importer: type[Importer]) -> list[Field]:
    """The declared ones, and those that files like the example may fill besides."""
    header = tuple(dict.fromkeys(name for row in importer.example for name in row))
    known = {field.name: field for field in fields_of(importer)}
    return list({**known, **mappable_fields(importer, header)}.values())


def _field(field: Field) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": field.name,
        "label": str(field.label) or field.name,
        "type": field.type,
        "required": field.required,
        "aliases": list(field.aliases),
    }
    if options := field.options():
        found["choices"] = [{"value": str(v), "label": str(label)} for v, label in options]
    return found


def _option(choice: Choice) -> dict[str, Any]:
    return {
        "name": choice.name,
        "label": str(choice.label),
        "choices": [{"value": value, "label": str(label)} for value, label in choice.choices],
    }
