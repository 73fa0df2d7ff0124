"""How much there is of what a person may export."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Count
from django.utils import timezone

from exports.formats import FORMATS
from exports.permissions import User, resources_for
from exports.plans import make_plan
from exports.requests import ExportRequest
from exports.resources import ExportResource, default_columns, find_field

RECENT = timedelta(days=30)
ESTIMATED = ("csv", "xlsx", "json")


def all_stats(user: User) -> dict[str, dict[str, Any]]:
    """Figures of each resource that the person may export, by its name."""
    return {resource.name: stats_of(user, resource) for resource in resources_for(user)}


def stats_of(user: User, resource: type[ExportResource]) -> dict[str, Any]:
    if resource.is_computed:
        total = make_plan(user, ExportRequest(resource=resource.name, format="json")).count()
        return {"total": total, "recent_30_days": None, "estimated_sizes": _sizes(resource, total)}
    counts = _counts(resource)
    found = {**counts, "estimated_sizes": _sizes(resource, counts["total"])}
    if by_status := _by_status(resource):
        found["by_status"] = by_status
    return found


def _counts(resource: type[ExportResource]) -> dict[str, Any]:
    """By count(), which is right for rows that are groups of others too."""
    rows = resource.get_queryset().order_by()
    dated_by = _dated_by(resource)
    recent = rows.filter(**{f"{dated_by}__gte": timezone.now() - RECENT}) if dated_by else None
    return {
        "total": rows.count(),
        "recent_30_days": None if recent is None else recent.count(),
        **{name: rows.filter(which).count() for name, which in resource.counted.items()},
    }


def _dated_by(resource: type[ExportResource]) -> str:
    if resource.dated_by:
        return resource.dated_by
    return "created_at" if find_field(resource.model, "created_at") else ""


def _by_status(resource: type[ExportResource]) -> Mapping[str, int]:
    path = resource.status_path or ("status" if find_field(resource.model, "status") else "")
    if not path:
        return {}
    rows = resource.get_queryset().order_by().values_list(path).annotate(Count("pk"))
    return {str(name): count for name, count in rows.order_by(path)}


def _sizes(resource: type[ExportResource], rows: int) -> dict[str, int]:
    columns = len(default_columns(resource))
    return {
        name: rows * resource.bytes_per_row.get(name, columns * FORMATS[name].bytes_per_cell)
        for name in ESTIMATED
    }
