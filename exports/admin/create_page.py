"""What the configure page's template is told. Looks only; no rules."""

from typing import Any

from django.conf import settings
from django.contrib.admin import AdminSite
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from exports.admin.create_filters import Controls, label_of_filter
from exports.admin.create_preview import preview_of
from exports.admin.create_sections import column_items, format_items, sort_items
from exports.default_filters import filterset_of
from exports.forms import COLUMNS, LIMIT, LOST, Errors, read_leniently
from exports.permissions import User, may_export_sensitive
from exports.plans import ExportRequest, Plan, bind_filters
from exports.resources import ExportResource, columns_of, default_columns, default_sort, label_of

ANCHORS = {  # where on the page a fault of the request is shown
    "columns": "columns",
    "format": "format",
    "limit": "id_limit",
    "sort_by": "id_sort",
    "options": "options",
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
    chosen = asked.columns if asked.columns or COLUMNS in data else default_columns(resource)
    columns = column_items(resource, user, chosen)
    return {
        "title": _("New export: %s") % label_of(resource),
        "label": label_of(resource),
        "controls": controls.all(),
        "media": controls.media,
        "columns": columns,
        "chosen_count": sum(column.checked for column in columns),
        "has_sensitive": any(column.sensitive for column in columns),
        "may_contact": may_export_sensitive(user),
        "include_contact": asked.include_contact_info,
        "formats": format_items(resource, asked),
        "limit": data.get(LIMIT, ""),
        "lost": data.getlist(LOST),
        "today": timezone.localdate(),
        **_order(resource, asked),
        **answer_context(user, resource, plan, errors),
    }


def answer_context(
    user: User, resource: type[ExportResource], plan: Plan | None, errors: Errors
) -> dict[str, Any]:
    """What follows each change: the preview, or what is wrong."""
    fast_rows = settings.EXPORT_FAST_ROWS
    return {
        "noun": label_of(resource).lower(),
        "preview": preview_of(plan, user, fast_rows=fast_rows) if plan else None,
        "errors": errors,
        "faults": faults_of(resource, errors),
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
        **{name: label_of_filter(name, one) for name, one in filters.items()},
    }
    return [
        {
            "field": name,
            "label": words.get(name, ""),
            "anchor": f"field-{name}" if name in filters else ANCHORS.get(name, ""),
            "text": text,
        }
        for name, texts in errors.items()
        for text in texts
    ]


def _known_filters(resource: type[ExportResource], asked: ExportRequest) -> dict[str, Any]:
    """By their own names; one that does not exist is among the faults only."""
    filterset = filterset_of(resource)
    named = {filterset.aliases.get(name, name): value for name, value in asked.filters.items()}
    return {name: value for name, value in named.items() if name in filterset.base_filters}


def _order(resource: type[ExportResource], asked: ExportRequest) -> dict[str, Any]:
    usual, usual_descending = default_sort(resource)
    descending = usual_descending if asked.sort_descending is None else asked.sort_descending
    return {
        "sorts": sort_items(resource, asked.sort_by),
        "descending": descending,
        "default_sort": ("-" if usual_descending else "") + usual,
        "default_columns": default_columns(resource),
        "declared_columns": [column.name for column in columns_of(resource)],
    }
