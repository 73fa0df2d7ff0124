"""What the OpenAPI document says of every call alike: who may, how often, what goes wrong."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    inline_serializer,
)
from rest_framework import serializers

from exportsite.api.idempotency import HEADER, LENGTH
from exportsite.api.pagination import Pagination

JSON = "application/json"
FORM = "multipart/form-data"
SECONDS = {"type": "string", "pattern": r"^\d+$"}


class Fault(serializers.Serializer[Any]):
    """One sentence about what is wrong."""

    detail = serializers.CharField()


FIELDS = {
    "type": "object",
    "description": "A message list per field, or one sentence in `detail`.",
    "properties": {"detail": {"type": "string"}},
    "additionalProperties": {"type": "array", "items": {"type": "string"}},
}
TEXTS: Mapping[int, tuple[str, str]] = {
    401: ("No credentials, or bad ones.", "Authentication credentials were not provided."),
    403: ("Not allowed.", "You do not have permission to perform this action."),
    404: ("There is no such thing, or it is another person's.", "There is no such thing."),
    409: ("Its state forbids it, or the key was used before.", "This is finished already."),
    410: ("The file was there and is gone.", "Your export has expired and its file was deleted."),
    413: ("The request is too large.", "A request may have at most 2621440 bytes."),
    415: ("The body is of another kind.", 'Unsupported media type "text/plain" in request.'),
    429: ("Too often.", "You have read too often within a minute. Try again in 20 s."),
}
ALWAYS = (400, 401, 403, 429)


def answers(*codes: int) -> dict[Any, Any]:
    """The faults that a call may answer with, besides those that every call may."""
    return {code: _fault(code) for code in sorted({*ALWAYS, *codes})}


def _fault(code: int) -> OpenApiResponse:
    if code == 400:
        example = OpenApiExample(
            "fault", value={"format": ["There is no format “doc”. Valid formats: csv, xlsx."]}
        )
        return OpenApiResponse(FIELDS, "The input has faults.", examples=[example])
    description, detail = TEXTS[code]
    example = OpenApiExample("fault", value={"detail": detail})
    return OpenApiResponse(Fault, description, examples=[example])


def described(
    summary: str,
    *,
    operation_id: str,
    tag: str,
    answer: Mapping[int, Any],
    faults: Sequence[int] = (),
    description: str = "",
    parameters: Sequence[Any] = (),
    body: Any = None,
    body_type: str = JSON,
    examples: Mapping[str, Any] | None = None,
) -> Callable[[Any], Any]:
    """Say of one call what its own is; the rest is the same for all.

    `examples` are bodies by their name.
    """
    if body is not None:
        faults = (*faults, 413, 415)
    return extend_schema(
        summary=summary,
        operation_id=operation_id,
        tags=[tag],
        description=description or summary,
        parameters=list(parameters),
        request={body_type: body} if body is not None else None,
        responses={**answers(*faults), **answer},
        examples=[
            OpenApiExample(name, value=value, request_only=True, media_type=body_type)
            for name, value in (examples or {}).items()
        ],
    )


def shown(kind: Any, description: str, value: Any) -> OpenApiResponse:
    """An answer with an example."""
    example = OpenApiExample("answer", value=value, response_only=True)
    return OpenApiResponse(kind, description, examples=[example])


def paged(name: str, item: type[serializers.Serializer[Any]]) -> Any:
    """One page of a list."""
    return inline_serializer(name, {"data": item(many=True), "pagination": Pagination()})


def path_id(name: str, what: str) -> OpenApiParameter:
    return OpenApiParameter(name, OpenApiTypes.UUID, OpenApiParameter.PATH, description=what)


IDEMPOTENCY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": LENGTH, "pattern": r"^[\x21-\x7e]+$"},
    OpenApiParameter.HEADER,
    description=(
        "A text of your own. The same key with the same request within 24 hours answers with the "
        "first job and makes nothing; with another request it is 409."
    ),
)


def add_headers(result: dict[str, Any], **_given: Any) -> dict[str, Any]:
    """Hook: headers that come with a status code, whatever the call."""
    headers = {
        "401": {"WWW-Authenticate": {"schema": {"type": "string"}, "required": True}},
        "429": {"Retry-After": {"schema": SECONDS, "required": True, "description": "Seconds"}},
    }
    for methods in result["paths"].values():
        for operation in methods.values():
            for code, known in headers.items():
                if code in operation["responses"]:
                    operation["responses"][code]["headers"] = known
    return result


def close_bodies(result: dict[str, Any], **_given: Any) -> dict[str, Any]:
    """Hook: request bodies have the fields that they have and no others."""
    for name, schema in result["components"]["schemas"].items():
        if name.endswith("Body"):
            schema["additionalProperties"] = False
    return result


def drop_slashes(endpoints: list[Any], **_given: Any) -> list[Any]:
    """Hook: addresses are documented without the slash that they may end with."""
    return [(path.rstrip("/"), *rest) for path, *rest in endpoints]
