"""A dry run: what a request would give, and nothing made of it."""

import json
from io import BytesIO
from typing import Any
from uuid import UUID

from rest_framework import serializers

from exports.answers import decide_mode
from exports.estimates import MEASURED_ROWS, estimate_bytes
from exports.formats import Document
from exports.formats.json import JSON
from exports.limits import acceptable_rows
from exports.models import Mode
from exports.permissions import User
from exports.plans import Plan, make_plan
from exports.requests import ExportRequest
from exports.sources.orm import read_some
from exports.writing import Author, describe

NO_ID = UUID(int=0)  # as long as the export's own will be
SHOWN_ROWS = 10


class TrialOut(serializers.Serializer[Any]):
    """What the request would give."""

    status = serializers.ChoiceField(choices=("dry_run",))
    total_items = serializers.IntegerField()
    preview = serializers.ListField(child=serializers.DictField())
    estimated_file_size = serializers.IntegerField(help_text="Bytes")
    format = serializers.CharField()
    mode = serializers.ChoiceField(choices=Mode.choices)


def try_out(user: User, wanted: ExportRequest, *, in_background: bool | None) -> dict[str, Any]:
    """Everything is checked as for the export itself. Raises what `make_plan` raises."""
    plan = make_plan(user, wanted)
    rows = acceptable_rows(plan)
    return {
        "status": "dry_run",
        "total_items": rows,
        "preview": first_rows(plan, user),
        "estimated_file_size": sum(_size(part, user) for part in plan.parts or (plan,)),
        "format": plan.format.name,
        "mode": decide_mode(rows, in_background=in_background),
    }


def first_rows(plan: Plan, user: User) -> list[dict[str, Any]]:
    """The first rows as the JSON file would have them; of an archive those of its first part."""
    shown = plan.parts[0] if plan.parts else plan
    rows = read_some(shown, SHOWN_ROWS)
    stream = BytesIO()
    options = {option.name: option.default for option in JSON.options}
    writer = JSON.open(stream, _document(shown, user, len(rows)), options)
    writer.write(rows)
    writer.close()
    found: list[dict[str, Any]] = json.loads(stream.getvalue())["data"]
    return found


def _size(plan: Plan, user: User) -> int:
    sample = read_some(plan, MEASURED_ROWS)
    return estimate_bytes(plan, _document(plan, user, len(sample)), sample, plan.count())


def _document(plan: Plan, user: User, rows: int) -> Document:
    return describe(plan, Author(user=user, export_id=NO_ID), rows=rows)
