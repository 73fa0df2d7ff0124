"""Who may do what with exports. Asked at the request, again at the run and at the download."""

from typing import Any

from django.db.models import QuerySet

from exports.models import Export
from exports.registry import all_resources
from exports.resources import ExportResource

User = Any  # a project may have a user model of its own; it has these methods


def may_export_anything(user: User) -> bool:
    """May this person make exports at all?"""
    return bool(user.is_active and user.is_staff and user.has_perm("exports.add_export"))


def may_export(user: User, resource: type[ExportResource]) -> bool:
    """May this person export these rows?"""
    meta = resource.model._meta
    return may_export_anything(user) and bool(
        user.has_perm(f"{meta.app_label}.view_{meta.model_name}")
    )


def may_export_sensitive(user: User) -> bool:
    """May this person have contact data and the like in a file?"""
    return bool(user.has_perm("exports.export_sensitive"))


def resources_for(user: User) -> list[type[ExportResource]]:
    """The resources that this person may export, by name."""
    return sorted((r for r in all_resources() if may_export(user, r)), key=lambda r: r.name)


def visible_to(user: User) -> "QuerySet[Export]":
    """The exports that this person may see at all: the own ones, or all for a superuser.

    Every page, address and API call goes through this; what is not in it does not exist.
    """
    if not user.is_active or not user.is_staff:
        return Export.objects.none()
    if user.is_superuser:
        return Export.objects.all()
    return Export.objects.filter(created_by=user)
