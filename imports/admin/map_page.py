"""What the mapping page shows: columns with their fields, texts to translate, what is missing.

The same for the page and for a draft that is not kept yet.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from imports import summaries
from imports.acceptance import importer_named, make_plan, overlay, request_of
from imports.admin import presentation
from imports.admin.upload_form import Offer, choices, key_offers, mode_offers, option_offers
from imports.errors import InvalidRequest, NotAllowed
from imports.fields import Field
from imports.fields.hints import hint
from imports.importers import Importer
from imports.mapping import (
    SURE,
    column_names,
    mappable_fields,
    missing_fields,
    refused,
    suggest_values,
)
from imports.models import Blank, Event, ImportJob, Mode
from imports.permissions import User, fields_for, importers_for
from imports.readers.encodings import ENCODINGS
from imports.requests import MappingRequest

SAMPLES = 3
MOST_OPTIONS = 300  # of a choice whose texts can be translated
MOST_UNKNOWN = 40  # texts of one column to translate
UNKNOWN = ("unknown_choice", "not_yes_or_no")  # codes of problems that a translation mends
DELIMITERS = (
    (",", gettext_lazy("comma ,")),
    (";", gettext_lazy("semicolon ;")),
    ("\t", gettext_lazy("tab")),
    ("|", gettext_lazy("bar |")),
)


@dataclass(frozen=True, kw_only=True)
class ColumnRow:
    """One column of the file."""

    number: int
    name: str
    samples: Sequence[str]
    field: str  # "" when it is left out
    confidence: str  # "sure", "guess", or "" when a person has chosen
    hint: str
    fault: str


@dataclass(frozen=True, kw_only=True)
class Translation:
    """A text of the file that is none of the field's values."""

    place: str  # field and number, for the names of its controls
    found: str
    offers: Sequence[Offer]
    is_free: bool = False  # a person may write the text


@dataclass(frozen=True, kw_only=True)
class Translated:
    column: str
    label: str
    rows: Sequence[Translation]


def describe(user: User, job: ImportJob, wanted: MappingRequest | None = None) -> dict[str, Any]:
    """With a draft: what is said in it, and what speaks against it."""
    context: dict[str, Any] = {
        "job": job,
        "title": presentation.title_of(job),
        "badge": presentation.badge_of(job),
        "same_file": summaries.same_file(job),
        "said": _said_of_file(job),
        **_layout(user, job),
    }
    request = request_of(job) if wanted is None else overlay(job, wanted)
    if not job.importer:
        return context | _unknown(job, request, _("Say first what kind of records these are."))
    try:
        importer = importer_named(job.importer)
    except InvalidRequest as error:
        return context | _unknown(job, request, str(error))
    return context | _meaning(user, job, importer, request)


def _said_of_file(job: ImportJob) -> str:
    """What was found odd when the file was read last."""
    story = job.logs.filter(event__in=(Event.UPLOADED, Event.MAPPED))
    return str(story.order_by("-created_at", "-pk").values_list("message", flat=True).first() or "")


def _unknown(job: ImportJob, request: MappingRequest, reason: str) -> dict[str, Any]:
    """The columns alone, as long as nobody knows what they are to fill."""
    columns = [_column(job, n, name, request, {}) for n, name in _numbered(job)]
    return {"columns": columns, "reasons": [reason]}


def _layout(user: User, job: ImportJob) -> dict[str, Any]:
    importers = [(one.name, presentation.importer_label(one.name)) for one in importers_for(user)]
    if job.importer not in dict(importers):
        importers.insert(0, (job.importer, presentation.importer_label(job.importer)))
    return {
        "importers": choices(sorted(importers, key=lambda item: item[1].lower()), job.importer),
        "encodings": choices(ENCODINGS, job.encoding) if job.encoding else [],
        "delimiters": choices(DELIMITERS, job.delimiter) if job.delimiter else [],
        "sheets": choices([(name, name) for name in job.sheets], job.sheet),
    }


def _meaning(
    user: User, job: ImportJob, importer: type[Importer], request: MappingRequest
) -> dict[str, Any]:
    every = mappable_fields(importer, tuple(job.header))
    allowed = {field.name: field for field in fields_for(user, every.values())}
    columns = [_column(job, n, name, request, every) for n, name in _numbered(job)]
    key = [name for name in (request.key or "").split(",") if name in every]
    mode = request.mode or Mode.UPSERT
    missing = missing_fields(importer, _mapped(job, request), mode=mode, key=key)
    return {
        "importer": importer,
        "columns": columns,
        "used": sum(bool(column.field) for column in columns),
        "fields": sorted(allowed.values(), key=lambda f: (not f.required, _label(f).lower())),
        "missing": [(_label(field), hint(field)) for field in missing],
        "reasons": _reasons(user, job, importer, request),
        "translations": _translations(job, columns, every, request.values or {}),
        "modes": mode_offers(user, importer, mode),
        "keys": key_offers(importer, request.key or ""),
        "blanks": choices(Blank.choices, request.blank or Blank.IGNORE),
        "options": option_offers(importer, request.options or {}),
    }


def _numbered(job: ImportJob) -> list[tuple[int, str]]:
    return list(enumerate(column_names(job.header)))


def _mapped(job: ImportJob, request: MappingRequest) -> dict[str, str | None]:
    return {name: request.mapping.get(name) or None for _n, name in _numbered(job)}


def _label(field: Field) -> str:
    text = str(field.label) or field.name
    return text[:1].upper() + text[1:]


def _reasons(
    user: User, job: ImportJob, importer: type[Importer], request: MappingRequest
) -> list[str]:
    """Why the check cannot begin yet."""
    try:
        make_plan(user, importer, job.header, request)
    except InvalidRequest as error:
        return [text for texts in error.errors.values() for text in texts]
    except NotAllowed as error:
        return [str(error)]
    return []


def _column(
    job: ImportJob,
    number: int,
    name: str,
    request: MappingRequest,
    fields: Mapping[str, Field],
) -> ColumnRow:
    texts = [row[number] if number < len(row) else "" for row in job.samples]
    chosen = request.mapping.get(name) or ""
    field = fields.get(chosen)
    guess = job.guesses.get(name, {})
    is_guessed = bool(chosen) and guess.get("field") == chosen
    return ColumnRow(
        number=number,
        name=name,
        samples=texts[:SAMPLES],
        field=chosen,
        confidence=str(guess.get("confidence", SURE)) if is_guessed else "",
        hint=hint(field) if field else "",
        fault=_namesakes(job.header, number) or (_fault(field, texts) if field else ""),
    )


def _namesakes(header: Sequence[str], number: int) -> str:
    """That other columns are called the same, so that a person looks which one is meant."""
    name = header[number]
    if not name or header.count(name) == 1:
        return ""
    return _("%(count)d columns are called “%(name)s”.") % {
        "count": header.count(name),
        "name": name[:60],
    }


def _fault(field: Field, texts: Sequence[str]) -> str:
    """What the field says of the first sample that it cannot read."""
    bad = refused(field, [text for text in texts if text.strip()])
    return next((f"“{text[:60]}”: {error.message}" for text, error in bad.items()), "")


def _translations(
    job: ImportJob,
    columns: Sequence[ColumnRow],
    fields: Mapping[str, Field],
    values: Mapping[str, Mapping[str, str]],
) -> list[Translated]:
    """For each mapped column with known values: the texts that are none of them."""
    found = _unknown_texts(job)
    translated = []
    for column in columns:
        field = fields.get(column.field)
        options = field.options() if field else ()
        if field is None or not options or len(options) > MOST_OPTIONS:
            continue
        said = dict(values.get(field.name, {}))
        texts = [row[column.number] for row in job.samples if column.number < len(row)]
        texts += found.get(column.name, [])
        suggested = suggest_values(field, [text for text in texts if text.strip()])
        unknown = {**suggested, **said}
        labels = [(str(label), str(label)) for _value, label in options]
        rows = [
            _translation(f"{field.name}_{n}", text, labels, meant)
            for n, (text, meant) in enumerate(list(unknown.items())[:MOST_UNKNOWN])
        ]
        rows.append(_translation(f"{field.name}_{len(rows)}", "", labels, "", is_free=True))
        translated.append(Translated(column=column.name, label=_label(field), rows=rows))
    return translated


def _translation(
    place: str, found: str, labels: list[tuple[str, str]], meant: str, *, is_free: bool = False
) -> Translation:
    return Translation(place=place, found=found, offers=choices(labels, meant), is_free=is_free)


def _unknown_texts(job: ImportJob) -> dict[str, list[str]]:
    """Column -> the texts that a check has refused."""
    problems = job.problems.filter(code__in=UNKNOWN).order_by("row")
    texts: dict[str, list[str]] = {}
    for column, value in problems.values_list("column", "value"):
        if value not in texts.setdefault(column, []):
            texts[column].append(value)
    return texts
