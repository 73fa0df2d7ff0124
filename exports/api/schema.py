"""What of the OpenAPI document the declared resources decide: one pair of calls each."""

import copy
from collections.abc import Mapping
from typing import Any

from exports.api import filters
from exports.default_filters import filterset_of
from exports.formats import ALIASES
from exports.plans import formats_of
from exports.registry import all_resources
from exports.resources import ExportResource, columns_of, default_columns, label_of, sorts_of
from exportsite.api.schema import JSON

HEADERS = {
    "X-Export-Id": {
        "schema": {"type": "string", "format": "uuid"},
        "description": "The export that was made; none for a dry run.",
    }
}
GENERIC = "/api/v1/{resource}/export"


def expand_resources(result: dict[str, Any], **_given: Any) -> dict[str, Any]:
    """Hook: the calls `{resource}/export`, written out with columns and filters of each."""
    generic = result["paths"].pop(GENERIC)
    body = result["components"]["schemas"]["ExportBody"]
    for resource in sorted(all_resources(), key=lambda one: one.name):
        path = GENERIC.replace("{resource}", resource.name)
        result["paths"][path] = _calls_of(resource, generic, body)
    return result


def _calls_of(
    resource: type[ExportResource], generic: Mapping[str, Any], body: Mapping[str, Any]
) -> dict[str, Any]:
    calls: dict[str, Any] = copy.deepcopy(dict(generic))
    for method, call in calls.items():
        call["operationId"] = f"{resource.name.replace('-', '_')}_{call['operationId']}"
        call["summary"] = (
            f"{label_of(resource)}: {call['summary'][:1].lower()}{call['summary'][1:]}"
        )
        call["parameters"] = [
            parameter for parameter in call.get("parameters", []) if parameter["name"] != "resource"
        ]
        if method == "get":
            call["parameters"] = _parameters(resource, call["parameters"])
        for code in ("200", "202"):
            if code in call["responses"]:
                call["responses"][code]["headers"] = copy.deepcopy(HEADERS)
        if method == "post":
            content = call["requestBody"]["content"][JSON]
            content["schema"] = _body(resource, body)
            content["examples"] = {"first": {"value": _example(resource)}}
    return calls


def _parameters(
    resource: type[ExportResource], declared: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """The quick form's own parameters with this resource's values, then its filters."""
    for parameter in declared:
        if parameter["name"] in (values := _values(resource)):
            schema = values[parameter["name"]]
            parameter["schema"] = schema
    return [
        *declared,
        *(
            {
                "in": "query",
                "name": one.name,
                "schema": one.type,
                "description": one.description,
                **({"explode": True} if one.explode else {}),
            }
            for one in filters.parameters(filterset_of(resource))
        ),
    ]


def _values(resource: type[ExportResource]) -> dict[str, Any]:
    """What the resource leaves to choose, as JSON Schema."""
    formats = [one.name for one in formats_of(resource)]
    aliases = [name for name, of in ALIASES.items() if of in formats]
    names = [column.name for column in columns_of(resource)]
    return {
        "format": {"type": "string", "enum": [*formats, *aliases], "default": "csv"},
        "columns": {
            "type": "array",
            "uniqueItems": True,
            "items": {"type": "string", "enum": names},
            "description": f"In this order. None: {', '.join(default_columns(resource))}.",
        },
        "sort_by": {
            "type": "string",
            "enum": ["", *sorts_of(resource)],
            "description": f"Empty: {resource.default_sort or 'the primary key'}.",
        },
    }


def _body(resource: type[ExportResource], body: Mapping[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = copy.deepcopy(dict(body))
    made["properties"] |= _values(resource)
    made["properties"]["sort_by"]["type"] = ["string", "null"]
    made["properties"]["sort_by"]["enum"].append(None)
    made["properties"]["filters"] = filters.body_schema(filterset_of(resource))
    made["additionalProperties"] = False
    return made


def _example(resource: type[ExportResource]) -> dict[str, Any]:
    return {
        "format": "csv",
        "columns": default_columns(resource)[:3],
        "filters": {},
        "limit": 10,
    }
