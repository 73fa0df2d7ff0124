"""What callers send to have an export made. Shapes only; what is acceptable says `plans`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exports.requests import ExportRequest
from exportsite.api.inputs import Body, OneOf, Query, Text, TrueOrFalse, WholeNumber, Yes

NAME_LENGTH = 64
MOST_COLUMNS = 200
MOST_PARTS = 20
ORDERS = ("asc", "desc")
Scalar = {"type": ["string", "number", "boolean", "null"]}


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"anyOf": [Scalar, {"type": "array", "items": Scalar}]},
        "description": "Filter name and its value, or a list of values.",
    }
)
class FiltersField(serializers.DictField):
    """Texts, numbers, truth and lists of them, by the filter's name."""

    def to_internal_value(self, data: Any) -> dict[str, Any]:
        read: dict[str, Any] = super().to_internal_value(data)
        for name, value in read.items():
            items = value if isinstance(value, list) else [value]
            if any(isinstance(item, dict | list) for item in items):
                text = _("A filter's value is a text, a number, true, false, or a list of these.")
                raise serializers.ValidationError({name: [text]})
        return read


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": ["string", "number", "boolean", "null"]},
        "description": "Of the format: `GET resources` does not list them, the guide does.",
    }
)
class OptionsField(serializers.DictField):
    """Options of the format, by their name."""


class PartBody(Body):
    """One file of an archive."""

    resource = Text(max_length=NAME_LENGTH)
    format = Text(max_length=NAME_LENGTH, default="csv")
    columns = serializers.ListField(
        child=Text(max_length=NAME_LENGTH), default=list, max_length=MOST_COLUMNS
    )
    filters = FiltersField(default=dict)


class ExportBody(Body):
    """An export of one resource, which the address names."""

    format = Text(max_length=NAME_LENGTH, default="csv")
    columns = serializers.ListField(
        child=Text(max_length=NAME_LENGTH), default=list, max_length=MOST_COLUMNS
    )
    filters = FiltersField(default=dict)
    sort_by = Text(max_length=NAME_LENGTH, default="", allow_blank=True, allow_null=True)
    sort_order = OneOf(choices=ORDERS, allow_null=True, default=None)
    limit = WholeNumber(min_value=1, max_value=10**15, allow_null=True, default=None)
    dry_run = TrueOrFalse(default=False)
    email_notification = TrueOrFalse(default=False)
    include_contact_info = TrueOrFalse(default=False)
    options = OptionsField(default=dict)

    def get_fields(self) -> dict[str, Any]:
        """`async` is a word of Python, so it cannot be declared above."""
        return {
            **super().get_fields(),
            "async": TrueOrFalse(allow_null=True, default=None, label="In the background"),
        }


class CreateBody(ExportBody):
    """An export in the background: of one resource, or an archive of several parts."""

    resource = Text(max_length=NAME_LENGTH, required=False)
    parts: Any = serializers.ListSerializer(child=PartBody(), default=list, max_length=MOST_PARTS)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs["parts"] and "resource" not in attrs:
            text = _("Name a resource, or the parts of an archive.")
            raise serializers.ValidationError({"resource": [text]})
        if attrs["parts"]:
            return {"format": "zip", **self._packed(attrs)}
        return attrs

    def _packed(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """An archive has what its parts have; nothing that was said beside them may get lost."""
        given = set(self.initial_data)
        if lost := sorted(given & {"columns", "filters", "sort_by", "sort_order", "limit"}):
            text = _("This belongs to a part when there are parts.")
            raise serializers.ValidationError({name: [text] for name in lost})
        packed = {**attrs, "resource": attrs.get("resource") or attrs["parts"][0]["resource"]}
        if "format" not in given:
            del packed["format"]
        return packed


class CleanupBody(Body):
    """Which files go."""

    days = WholeNumber(min_value=7, max_value=36_500, required=False)


class QuickQuery(Query):
    """The quick form, besides the resource's filters."""

    format = serializers.CharField(default="csv", max_length=NAME_LENGTH)
    columns = serializers.ListField(
        child=serializers.CharField(), default=list, max_length=MOST_COLUMNS
    )
    sort_by = serializers.CharField(default="", max_length=NAME_LENGTH)
    sort_order = OneOf(choices=ORDERS, required=False)
    limit = serializers.IntegerField(min_value=1, max_value=10**15, required=False)
    include_contact_info = Yes(default=False)


def request_of(resource: str, body: Mapping[str, Any]) -> ExportRequest:
    """The request that a body means, not yet checked."""
    parts = body.get("parts", ())
    sort_order = body.get("sort_order")
    return ExportRequest(
        resource=resource,
        format=body["format"],
        columns=tuple(body["columns"]),
        filters=body.get("filters", {}),
        sort_by=body.get("sort_by") or "",
        sort_descending=None if sort_order is None else sort_order == "desc",
        limit=body.get("limit"),
        options=body.get("options", {}),
        include_contact_info=body.get("include_contact_info", False),
        email_notification=body.get("email_notification", False),
        parts=tuple(
            ExportRequest(
                resource=part["resource"],
                format=part["format"],
                columns=tuple(part["columns"]),
                filters=part["filters"],
                include_contact_info=body.get("include_contact_info", False),
            )
            for part in parts
        ),
    )
