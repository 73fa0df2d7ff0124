"""What the configure page's template is told. Looks only; no rules."""

from typing import Any

from django.contrib.admin import AdminSite
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from exports.acceptance import usual_columns
from exports.admin.create_filters import Controls, label_of_filter
from exports.admin.create_parts import parts_context, place_of
from exports.admin.create_preview import preview_of
from exports.admin.create_sections import column_items, format_items, sort_items
from exports.default_filters import filterset_of
from exports.forms import COLUMNS, LIMIT, LOST, Errors, read_leniently, wants_background
from exports.permissions import User, may_export_sensitive
from exports.plans import ExportRequest, Plan, bind_filters
from exports.resources import (
    ExportResource,
    column_label,
    columns_of,
    default_columns,
    default_sort,
    label_of,
    noun_of,
    presets_of,
)
from exportsite.jobs.notices import address_of

ANCHORS = {  # where on the page a fault of the request is shown
    "columns": "columns",
    "format": "format",
    "limit": "id_limit",
    "sort_by": "id_sort",
    "options": "options",
    "also": "parts",
}


def form_context(
    site: AdminSite,
    user: User,
    resource: type[ExportResource],
    data: QueryDict,
    plan: Plan | None,
    errors: Errors,
) -> dict[str, Any]:
    """The whole form, filled in with what was asked for, right or wrong."""
    asked = read_leniently(resource, data)
    filterset = plan.filterset if plan else bind_filters(resource, _known_filters(resource, asked))
    controls = Controls(resource, filterset, site=site, user=user, errors=errors)
    is_named = asked.columns or COLUMNS in data
    chosen = asked.columns if is_named else usual_columns(user, resource, asked)
    columns = column_items(resource, user, chosen, asked.headers, errors)
    return {
        "title": _("New export: %s") % label_of(resource),
        "label": label_of(resource),
        "controls": controls.all(),
        "media": controls.media,
        "columns": columns,
        "presets": presets_of(resource),
        "chosen_count": sum(column.checked for column in columns),
        "has_sensitive": any(column.sensitive for column in columns),
        "may_contact": may_export_sensitive(user),
        "include_contact": asked.include_contact_info,
        "wants_mail": asked.email_notification,
        "mail_address": address_of(user),
        "wants_background": wants_background(data),
        "formats": format_items(resource, asked),
        "limit": data.get(LIMIT, ""),
        "lost": data.getlist(LOST),
        "today": timezone.localdate(),
        **_order(user, resource, asked),
        **answer_context(user, resource, data, plan, errors),
    }


def answer_context(
    user: User,
    resource: type[ExportResource],
    data: QueryDict,
    plan: Plan | None,
    errors: Errors,
) -> dict[str, Any]:
    """What follows each change: the parts, and the preview or what is wrong."""
    asked, in_background = read_leniently(resource, data), wants_background(data)
    return {
        "noun": noun_of(resource),
        "preview": preview_of(plan, user, asked, in_background=in_background) if plan else None,
        "errors": errors,
        "faults": faults_of(resource, errors),
        **parts_context(user, resource, asked, plan, errors),
    }


def faults_of(resource: type[ExportResource], errors: Errors) -> list[dict[str, str]]:
    """Every fault with what it is about and where on the page that is."""
    filters = filterset_of(resource).base_filters
    words = {
        "columns": _("Columns"),
        "format": _("Format"),
        "limit": _("Row limit"),
        "sort_by": _("Order"),
        "options": _("Options"),
        "also": _("Also in this file"),
        **{name: label_of_filter(name, one) for name, one in filters.items()},
    }
    return [
        {
            "field": place_of(name) or name,
            "label": words.get(name) or _about(resource, name),
            "anchor": f"field-{name}" if name in filters else _anchor(name),
            "text": text,
        }
        for name, texts in errors.items()
        for text in texts
    ]


def _about(resource: type[ExportResource], name: str) -> str:
    """What a fault is about that has no field of its own name."""
    if place_of(name):
        return _("Also in this file")
    columns = {f"headers.{column.name}": column for column in columns_of(resource)}
    return column_label(resource, columns[name]) if name in columns else ""


def _anchor(name: str) -> str:
    """Of a fault that is about no filter."""
    return place_of(name) or (name if name.startswith("headers.") else ANCHORS.get(name, ""))


def _known_filters(resource: type[ExportResource], asked: ExportRequest) -> dict[str, Any]:
    """By their own names; one that does not exist is among the faults only."""
    filterset = filterset_of(resource)
    named = {filterset.aliases.get(name, name): value for name, value in asked.filters.items()}
    return {name: value for name, value in named.items() if name in filterset.base_filters}


def _order(user: User, resource: type[ExportResource], asked: ExportRequest) -> dict[str, Any]:
    usual, usual_descending = default_sort(resource)
    descending = usual_descending if asked.sort_descending is None else asked.sort_descending
    return {
        "sorts": sort_items(user, resource, asked.sort_by),
        "descending": descending,
        "default_sort": ("-" if usual_descending else "") + usual,
        "default_columns": default_columns(resource),
        "contact_columns": default_columns(resource, with_sensitive=may_export_sensitive(user)),
        "declared_columns": [column.name for column in columns_of(resource)],
    }
