"""What the OpenAPI document says of the calls about imports, besides what their code says."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse

from exportsite.api.schema import path_id
from imports.report import TYPES

TAG = "Imports"

UPLOAD = """\
The file is kept and checked in the background; nothing is written before it is confirmed, with the
call `confirm` or at once with `confirm=true`. When it is not clear what the columns mean, the
import waits as `uploaded` for the call `mapping`. A file that was imported before waits as `ready`
for a person even with `confirm=true`. `dry_run=true` only checks."""
MAPPING = """\
The import is checked again. Columns that are not named are not imported; `values` says what texts
of the file mean that are none of a field's choices."""
REPORT = """\
The rows that failed, in the uploaded columns, after `Row` and `Problem`: mend them there and upload
that file again."""

ID = path_id("import_id", "The import's `batch_id`")
IMPORTER = OpenApiParameter("importer", OpenApiTypes.STR, OpenApiParameter.PATH)

UPLOAD_EXAMPLES: dict[str, Any] = {
    "a check": {"file": "tickets.csv", "importer": "tickets"},
    "apply by itself": {
        "file": "meters.csv",
        "importer": "readings-hh",
        "options": '{"stamps": "end"}',
        "on_error": "abort",
        "confirm": "true",
    },
    "own columns": {
        "file": "tickets.xlsx",
        "importer": "tickets",
        "sheet": "Open",
        "mapping": '{"No.": "ticket_code", "State": "status", "Remark": null}',
        "values": '{"status": {"Closd": "Resolved"}}',
        "key": "ticket_code",
        "mode": "update",
    },
}
MAPPING_EXAMPLES: dict[str, Any] = {
    "columns and values": {
        "mapping": {"No.": "ticket_code", "State": "status", "Remark": None},
        "values": {"status": {"Closd": "Resolved"}},
    }
}


def files(description: str) -> dict[Any, Any]:
    """A file as CSV or as a workbook."""
    return {
        (200, kind.split(";")[0]): OpenApiResponse(OpenApiTypes.BINARY, description)
        for kind in TYPES.values()
    }


ONE_IMPORT: dict[str, Any] = {
    "batch_id": "550e8400-e29b-41d4-a716-446655440000",
    "importer": "readings-daily",
    "filename": "november.csv",
    "file_size": 412_907,
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "status": "ready",
    "dry_run": False,
    "confirm": False,
    "mode": "upsert",
    "key": "meter,reading_date,period_number",
    "on_error": "skip",
    "blank": "ignore",
    "options": {},
    "notes": "",
    "encoding": "utf-8",
    "delimiter": ",",
    "sheet": "",
    "header": ["MPAN", "Date", "Reading"],
    "mapping": {"MPAN": "meter", "Date": "reading_date", "Reading": "reading_value"},
    "values": {},
    "total_rows": 10_000,
    "processed_rows": 10_000,
    "created_rows": 9_900,
    "updated_rows": 50,
    "unchanged_rows": 19,
    "skipped_rows": 0,
    "failed_rows": 31,
    "values_written": 0,
    "progress_percent": 100.0,
    "user_name": "ana",
    "user_email": "ana@example.org",
    "uploaded_at": "2026-11-21T08:00:00Z",
    "queued_at": None,
    "started_at": "2026-11-21T08:00:01Z",
    "completed_at": None,
    "duration_ms": None,
    "attempts": 0,
    "error": None,
    "message": "It would be: 9,900 new, 50 changed, 19 unchanged, 31 failed. Confirm to import it.",
    "worker_alive": True,
    "problem_codes": {"not_a_date": 31},
    **{
        f"{name}_url": f"https://your.host/api/v1/imports/550e8400-e29b-41d4-a716-446655440000{end}"
        for name, end in (
            ("status", ""),
            ("problems", "/problems"),
            ("changes", "/changes"),
            ("report", "/report"),
        )
    },
}
ONE_IMPORTER: dict[str, Any] = {
    "name": "readings-daily",
    "label": "Daily readings",
    "help": "One total a day and meter.",
    "fields": [
        {
            "name": "reading_date",
            "label": "reading date",
            "type": "date",
            "required": True,
            "aliases": ["date", "readdate"],
        }
    ],
    "keys": ["meter,reading_date,period_number"],
    "modes": ["upsert", "create"],
    "options": [],
    "example": [{"MPAN": "1200001234566", "Date": "2026-11-01", "Reading": "45.6"}],
}
ONE_PROBLEM: dict[str, Any] = {
    "row": 46,
    "column": "Date",
    "value": "31/02/2025",
    "code": "not_a_date",
    "message": "“31/02/2025” is not a date.",
    "severity": "error",
}
ONE_CHANGE: dict[str, Any] = {
    "row": 7,
    "action": "update",
    "key": "1200001234566, 2026-11-01, 0",
    "changes": {"reading_value": ["45.600", "45.700"]},
}


def page(item: dict[str, Any]) -> dict[str, Any]:
    """A list with one item."""
    numbers = {"page": 1, "page_size": 20, "total_items": 1, "total_pages": 1}
    return {"data": [item], "pagination": {**numbers, "next": None, "previous": None}}
