"""What goes into the same file beside the chosen rows, as the create page shows it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from exports import saving, summaries
from exports.errors import InvalidRequest
from exports.formats import FORMATS
from exports.formats.xlsx import XLSX
from exports.formats.zip import ZIP
from exports.forms import PART, PART_FORMAT, Errors, others_of
from exports.permissions import User, resources_for
from exports.plans import ExportRequest, Plan, formats_of
from exports.query_strings import write_part
from exports.registry import UnknownResource, find_resource
from exports.relative import resolve
from exports.resources import ExportResource, label_of

HOLDERS = (XLSX.name, ZIP.name)  # formats that can hold several parts
TEMPLATES_AT_MOST = 200


@dataclass(frozen=True, kw_only=True)
class PartItem:
    """A further part of the file."""

    number: int
    value: str
    label: str
    facts: str  # "3 columns, open"; "" while something is wrong
    format: str
    formats: Sequence[tuple[str, str]]  # that it may have in an archive
    errors: Sequence[str]

    @property
    def name(self) -> str:
        return f"{PART}{self.number}"

    @property
    def format_name(self) -> str:
        return self.name + PART_FORMAT

    @property
    def place(self) -> str:
        """Where its faults are shown."""
        return f"also.{self.number - 1}"


@dataclass(frozen=True, kw_only=True)
class Offer:
    value: str
    label: str


def parts_context(
    user: User,
    resource: type[ExportResource],
    asked: ExportRequest,
    plan: Plan | None,
    errors: Errors,
) -> dict[str, Any]:
    """Everything that the list of parts is told."""
    items = list(_items(asked, plan, errors))
    return {
        "parts": items,
        "next_part": f"{PART}{len(items) + 1}",
        "part_resources": [_offer(one) for one in resources_for(user)],
        "part_templates": list(_templates(user)),
        "companions": [label_of(find_resource(name)) for name in resource.companions],
        "is_alone": bool(asked.parts),
        "holders": HOLDERS,
        "may_hold": asked.format in HOLDERS,
        "asked_format": asked.format,
    }


def place_of(name: str) -> str:
    """The part that a fault is about: "also.0.columns" and "parts.1.columns" are the same one."""
    kind, _dot, rest = name.partition(".")
    number = rest.partition(".")[0]
    if not number.isdecimal() or kind not in ("also", "parts"):
        return ""
    place = int(number) - (kind == "parts")  # the first of these is the rows themselves
    return f"also.{place}" if place >= 0 else ""


def _items(asked: ExportRequest, plan: Plan | None, errors: Errors) -> Iterator[PartItem]:
    others = others_of(asked)
    plans = plan.parts[-len(others) :] if plan and others else (None,) * len(others)
    faults = {name: texts for name, texts in errors.items() if place_of(name)}
    for number, part, planned in zip(count(1), others, plans, strict=False):
        place = f"also.{number - 1}"
        yield PartItem(
            number=number,
            value=write_part(part),
            label=_label(part),
            facts=_facts(planned) if planned else "",
            format=part.format,
            formats=_formats(part),
            errors=[t for name, texts in faults.items() if place_of(name) == place for t in texts],
        )


def _label(part: ExportRequest) -> str:
    try:
        return label_of(find_resource(part.resource))
    except UnknownResource:
        return part.resource


def _formats(part: ExportRequest) -> list[tuple[str, str]]:
    try:
        offered = formats_of(find_resource(part.resource))
    except UnknownResource:
        offered = []
    return [(one.name, one.label) for one in offered if one is not ZIP]


def _facts(plan: Plan) -> str:
    """ "3 columns, Open or Pending" """
    n = len(plan.columns)
    columns = ngettext("%d column", "%d columns", n) % n
    is_narrowed = bool(plan.filters) or plan.limit is not None
    return f"{columns}, {summaries.sentence(plan) if is_narrowed else _('all rows')}"


def _offer(resource: type[ExportResource]) -> Offer:
    return Offer(value=resource.name, label=label_of(resource))


def _templates(user: User) -> Iterator[Offer]:
    """Templates of one kind of rows each; dates that move are those of today."""
    names = [resource.name for resource in resources_for(user)]
    found = saving.visible_templates(user).filter(resource__in=names, parts=[], also=[])
    for template in found.order_by("name", "pk")[:TEMPLATES_AT_MOST]:
        try:
            asked = resolve(saving.request_of(template), timezone.localdate())
        except InvalidRequest:
            continue
        what = _label(asked)
        yield Offer(value=write_part(_as_part(asked)), label=f"{template.name} ({what})")


def _as_part(asked: ExportRequest) -> ExportRequest:
    """No archive within an archive."""
    if asked.format != ZIP.name:
        return replace(asked, email_notification=False)
    first = next(iter(FORMATS))
    return replace(asked, format=first, options={}, email_notification=False)
