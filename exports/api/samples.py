"""What the OpenAPI document says of the calls about exports, besides what their code says."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse

from exports.api.representation import AcceptedOut
from exports.formats import FORMATS
from exports.formats.csv import CSV
from exportsite.api.schema import path_id

TAG = "Exports"
SHA256 = {"type": "string", "pattern": '^"[0-9a-f]{64}"$'}

CREATE = """\
All filters apply. `columns` keep their order; none means the usual ones. Sensitive columns need
`include_contact_info` and the permission `exports.export_sensitive`. With `dry_run` nothing is
made: the answer tells the number of rows, the first ten and the size. Five exports a minute."""
QUICK = """\
The filters are parameters; a repeated one is a list. At most 10,000 rows: narrow the filters or set
`limit`. The export is kept like any other; `X-Export-Id` names it."""

ID = path_id("export_id", "The export's `export_id`")
RESOURCE = OpenApiParameter("resource", OpenApiTypes.STR, OpenApiParameter.PATH)
RANGE = OpenApiParameter(
    "Range",
    {"type": "string", "pattern": r"^bytes=[0-9]{1,15}-[0-9]{0,15}$"},
    OpenApiParameter.HEADER,
    description="One range of bytes, to go on with a download: `bytes=1000-`.",
)
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match",
    {"type": "string", "pattern": r'^"[0-9a-f]{64}"$'},
    OpenApiParameter.HEADER,
    description="The `ETag` of the file that you have; then the answer is 304.",
)

CONTENT_TYPES = sorted(
    {kind.content_type.split(";")[0] for kind in FORMATS.values()}
    | {CSV.content_type_for({"gzip": True}).split(";")[0]}
)


def file(description: str) -> dict[tuple[int, str], Any]:
    """The file, in whatever format was asked for."""
    return {
        (200, content_type): OpenApiResponse(OpenApiTypes.BINARY, description)
        for content_type in CONTENT_TYPES
    }


MADE: dict[Any, Any] = {
    **file("The file, or with `dry_run` what it would be."),
    (200, "application/json"): OpenApiResponse(
        {"anyOf": [{"type": "object"}, {"type": "array"}]},
        "The file, or with `dry_run` what it would be.",
        examples=[
            OpenApiExample(
                "dry run",
                value={
                    "status": "dry_run",
                    "total_items": 1284,
                    "preview": [{"id": 1, "name": "Laptop"}],
                    "estimated_file_size": 61200,
                    "format": "csv",
                    "mode": "stream",
                },
            )
        ],
    ),
    202: OpenApiResponse(AcceptedOut, "A worker makes it; ask at `status_url`."),
}
DOWNLOADED: dict[Any, Any] = {
    **file("The file."),
    **{(206, kind): OpenApiResponse(OpenApiTypes.BINARY, "The range.") for kind in CONTENT_TYPES},
    304: OpenApiResponse(None, "You have it already."),
    416: OpenApiResponse(None, "The range begins beyond the end."),
}
STATS = OpenApiResponse(
    {
        "type": "object",
        "additionalProperties": {
            "type": "object",
            "properties": {
                "total": {"type": "integer"},
                "recent_30_days": {"type": ["integer", "null"]},
                "by_status": {"type": "object", "additionalProperties": {"type": "integer"}},
                "estimated_sizes": {
                    "type": "object",
                    "additionalProperties": {"type": "integer"},
                    "description": "Bytes, by format",
                },
            },
            "required": ["total", "recent_30_days", "estimated_sizes"],
            "additionalProperties": {"type": "integer"},
        },
    },
    "By resource.",
    examples=[
        OpenApiExample(
            "stats",
            value={
                "tickets": {
                    "total": 1284,
                    "recent_30_days": 97,
                    "by_status": {"Open": 410, "Resolved": 874},
                    "estimated_sizes": {"csv": 321000, "xlsx": 642000, "json": 385200},
                }
            },
        )
    ],
)
CREATE_EXAMPLES: dict[str, Any] = {
    "one resource": {
        "resource": "tickets",
        "format": "xlsx",
        "columns": ["id", "ticket_code", "subject"],
        "filters": {"is_open": True},
        "sort_by": "created_at",
        "sort_order": "desc",
    },
    "an archive": {
        "format": "zip",
        "parts": [
            {"resource": "tickets", "format": "csv"},
            {"resource": "assets", "format": "xlsx"},
        ],
    },
}
