"""What can be exported, as a caller learns it."""

from typing import Any

from django.conf import settings
from django.urls import reverse
from rest_framework import serializers
from rest_framework.request import Request

from exports.api.filters import describe
from exports.formats import FORMATS
from exports.plans import formats_of
from exports.resources import (
    ExportResource,
    column_kind,
    column_label,
    columns_of,
    label_of,
)
from exports.sensitive import closed_filters, open_sorts


class ColumnOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as declared
    type = serializers.CharField()
    sensitive = serializers.BooleanField()
    default = serializers.BooleanField()


class ChoiceOut(serializers.Serializer[Any]):
    value = serializers.JSONField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as declared


class FilterOut(serializers.Serializer[Any]):
    name = serializers.CharField()
    type = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as declared
    multiple = serializers.BooleanField()
    choices = ChoiceOut(many=True, required=False)


class LimitsOut(serializers.Serializer[Any]):
    quick = serializers.IntegerField(help_text="Rows of the quick form")
    pdf = serializers.IntegerField(allow_null=True)
    max = serializers.IntegerField(allow_null=True, help_text="Rows of any export")


class LinksOut(serializers.Serializer[Any]):
    export = serializers.URLField()


class ResourceOut(serializers.Serializer[Any]):
    """One kind of rows that can be exported."""

    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # a field, as declared
    formats = serializers.ListField(child=serializers.CharField())
    columns = ColumnOut(many=True)
    filters = FilterOut(many=True)
    sort_fields = serializers.ListField(child=serializers.CharField())
    default_sort = serializers.CharField(allow_blank=True)
    limits = LimitsOut()
    links = LinksOut()


def represent_resource(request: Request, resource: type[ExportResource]) -> dict[str, Any]:
    """What this person may choose of it."""
    closed = closed_filters(request.user, resource)
    filters = [one for one in describe(resource) if one["name"] not in closed]
    link = reverse("resource-export", args=[resource.name])
    return {
        "name": resource.name,
        "label": label_of(resource),
        "formats": [one.name for one in formats_of(resource)],
        "columns": _columns(resource),
        "filters": filters,
        "sort_fields": list(open_sorts(request.user, resource)),
        "default_sort": resource.default_sort,
        "limits": {
            "quick": settings.EXPORT_STREAM_ROWS,
            "pdf": FORMATS["pdf"].max_rows,
            "max": settings.EXPORT_MAX_RECORDS or None,
        },
        "links": {"export": request.build_absolute_uri(link)},
    }


def _columns(resource: type[ExportResource]) -> list[dict[str, Any]]:
    """All of them; which ones this person may not have is said by `sensitive`."""
    return [
        {
            "name": column.name,
            "label": column_label(resource, column),
            "type": str(column_kind(resource, column)),
            "sensitive": column.sensitive,
            "default": column.default and not column.sensitive,
        }
        for column in columns_of(resource)
    ]
