"""Who may do what with exports. Asked at the request, again at the run and at the download."""

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exports.models import Export
from exports.registry import UnknownResource, all_resources, find_resource
from exports.resources import ExportResource, columns_of, label_of

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


def may_look(user: User) -> bool:
    """May this person open the pages of exports at all?"""
    return bool(
        user.is_active
        and user.is_staff
        and (user.has_perm("exports.add_export") or user.has_perm("exports.view_export"))
    )


def refuse_download(user: User, export: Export) -> str:
    """Why this person may not have the file now, in a sentence; "" when they may."""
    try:
        resource = find_resource(export.resource)
    except UnknownResource:
        return "" if user.is_superuser else _("This kind of export is no longer offered.")
    if not may_export(user, resource):
        what = label_of(resource).lower()
        return _("You may no longer export %(what)s, so you cannot have this file.") % {
            "what": what
        }
    if _has_sensitive(resource, export) and not may_export_sensitive(user):
        return _("The file has contact data or other sensitive columns, which you may not export.")
    return ""


def _has_sensitive(resource: type[ExportResource], export: Export) -> bool:
    sensitive = {column.name for column in columns_of(resource) if column.sensitive}
    return not sensitive.isdisjoint(export.columns)


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
