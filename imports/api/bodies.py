"""What callers send. Shapes only; what is acceptable says `acceptance`."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exportsite.api.inputs import Body, OneOf, Query, Text, Yes
from exportsite.api.pagination import PageQuery
from imports.api.forms import JsonText, Upload
from imports.models import Action, Blank, Mode, OnError
from imports.problems import Severity
from imports.readers.base import Layout
from imports.readers.delimiters import DELIMITERS
from imports.readers.encodings import ENCODINGS
from imports.registry import UnknownImporter, find_importer
from imports.report import TYPES
from imports.requests import MappingRequest, UploadRequest
from imports.states import Status
from imports.templates import FORMATS

NAME_LENGTH = 64
SHEET_LENGTH = 31  # of Excel
KEY_LENGTH = 200
NOTES_LENGTH = 10_000
TEXT_LENGTH = 1_000
MOST_ROWS = 2**31 - 1

TEXTS = {"type": "object", "additionalProperties": {"type": "string"}}


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": {"type": ["string", "null"]},
        "description": "Column of the file and its field; null, or not named: not imported.",
    }
)
class MappingField(serializers.DictField):
    child = Text(allow_null=True, max_length=TEXT_LENGTH)


@extend_schema_field(
    {
        "type": "object",
        "additionalProperties": TEXTS,
        "description": "Field, and what its texts in the file mean.",
    }
)
class ValuesField(serializers.DictField):
    child = serializers.DictField(child=Text(allow_blank=True, max_length=TEXT_LENGTH))


class OptionsField(serializers.DictField):
    child = Text(max_length=NAME_LENGTH)


class AnyOf(serializers.ListField):
    """A parameter that may be repeated; what is wrong with one is wrong with the parameter."""

    def run_child_validation(self, data: list[Any]) -> list[Any]:
        try:
            found: list[Any] = super().run_child_validation(data)
        except serializers.ValidationError as error:
            faults: dict[int, list[str]] = error.detail  # type: ignore[assignment]
            texts = [text for some in faults.values() for text in some]
            raise serializers.ValidationError(texts) from None
        return found


class UploadBody(Body):
    """A file, what it holds, and how its rows are to be taken."""

    file = Upload(help_text="CSV, TSV, TXT or XLSX; each also as .gz, or as .zip of one file")
    importer = serializers.CharField(max_length=NAME_LENGTH, help_text="See `GET importers`")
    sheet = Text(required=False, max_length=SHEET_LENGTH, help_text="Of a workbook; the first")
    mapping = JsonText(
        of=MappingField(), required=False, help_text='{"File header": "field" or null}; guessed'
    )
    values = JsonText(
        of=ValuesField(), required=False, help_text='{"field": {"in the file": "meant"}}'
    )
    key = serializers.CharField(
        required=False,
        max_length=KEY_LENGTH,
        help_text="What tells records apart: one of the importer's `keys`; the first that fits",
    )
    mode = OneOf(Mode.choices, required=False, help_text="The importer's first that you may use")
    on_error = OneOf(
        OnError.choices, required=False, help_text="`skip` the bad rows, or `abort`: all or nothing"
    )
    blank = OneOf(Blank.choices, required=False, help_text="What an empty cell does: `ignore`")
    options = JsonText(
        of=OptionsField(), required=False, help_text='Of the importer: {"name": "value"}'
    )
    encoding = OneOf(ENCODINGS, required=False, help_text="Found out")
    delimiter = OneOf(DELIMITERS, required=False, help_text="Found out")
    header_row = serializers.IntegerField(
        required=False, min_value=1, max_value=MOST_ROWS, help_text="Found out; the first is 1"
    )
    dry_run = Yes(default=False, help_text="Check only; nothing is ever written")
    confirm = Yes(default=False, help_text="Apply by itself once checked")
    notes = serializers.CharField(required=False, max_length=NOTES_LENGTH)


class MappingBody(Body):
    """What the columns mean."""

    mapping = MappingField()
    values = ValuesField(required=False)


class ListQuery(PageQuery):
    """Which imports."""

    status = AnyOf(
        child=OneOf(Status.choices, allow_blank=True), required=False, help_text="Any of them"
    )
    importer = AnyOf(
        child=serializers.CharField(max_length=NAME_LENGTH, allow_blank=True),
        required=False,
        help_text="Any of them",
    )
    search = serializers.CharField(
        required=False,
        allow_blank=True,
        max_length=200,
        help_text="Words of the file's name, the notes, the importer or the person",
    )
    limit = serializers.IntegerField(
        required=False, min_value=1, max_value=100, help_text="Another name of `page_size`"
    )

    def validate_importer(self, names: list[str]) -> list[str]:
        try:
            return [name for name in names if name and find_importer(name)]
        except UnknownImporter as error:
            raise serializers.ValidationError(str(error)) from None

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "limit" not in attrs:
            return attrs
        if "page_size" in self.initial_data:
            text = _("`limit` is another name of `page_size`. Give one of them.")
            raise serializers.ValidationError({"limit": [text]})
        return {**attrs, "page_size": attrs["limit"]}


class ProblemQuery(PageQuery):
    severity = OneOf(Severity.choices, required=False, allow_blank=True)


class ChangeQuery(PageQuery):
    action = OneOf(Action.choices, required=False, allow_blank=True)


class TemplateQuery(Query):
    format = OneOf(FORMATS, default=FORMATS[0])


class ReportQuery(Query):
    format = OneOf(tuple(TYPES), default=next(iter(TYPES)))


def upload_request(body: Mapping[str, Any]) -> UploadRequest:
    """The request that a form means, not yet checked."""
    layout = Layout(
        encoding=body.get("encoding", ""),
        delimiter=body.get("delimiter", ""),
        sheet=body.get("sheet", ""),
        header_row=body.get("header_row", 0),
    )
    said = ("mapping", "values", "key", "mode", "on_error", "blank", "options", "notes")
    return UploadRequest(
        filename=body["file"].name,
        importer=body["importer"],
        layout=layout,
        dry_run=body["dry_run"],
        confirm=body["confirm"],
        **{name: body[name] for name in said if name in body},
    )


def mapping_request(body: Mapping[str, Any]) -> MappingRequest:
    return MappingRequest(mapping=body["mapping"], values=body.get("values"))
