"""Who may do what with exports. Asked at the request, again at the run and at the download."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from exports.models import Export
from exports.registry import UnknownResource, all_resources, find_resource
from exports.resources import ExportResource, columns_of, default_columns, noun_of

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
    refusals = (_refuse_part(user, part) for part in _contents(export))
    return next((text for text in refusals if text), "")


@dataclass(frozen=True, kw_only=True)
class Content:
    """Rows of one kind in a file."""

    resource: str
    columns: Sequence[str]
    include_contact_info: bool


def _contents(export: Export) -> Iterator[Content]:
    names = ("resource", "columns", "include_contact_info")
    yield Content(**{name: getattr(export, name) for name in names})
    for part in (*export.parts, *export.also):
        yield Content(**{name: part[name] for name in names})


def _refuse_part(user: User, part: Content) -> str:
    try:
        resource = find_resource(part.resource)
    except UnknownResource:
        return "" if user.is_superuser else _("This kind of export is no longer offered.")
    if not may_export(user, resource):
        what = noun_of(resource)
        return _("You may no longer export %(what)s, so you cannot have this file.") % {
            "what": what
        }
    if _has_sensitive(resource, part) and not may_export_sensitive(user):
        return _("The file has contact data or other sensitive columns, which you may not export.")
    return ""


def _has_sensitive(resource: type[ExportResource], part: Content) -> bool:
    """Without names these are the usual columns, with sensitive ones if they were asked for."""
    names = part.columns or default_columns(resource, with_sensitive=part.include_contact_info)
    return any(column.sensitive for column in columns_of(resource) if column.name in names)


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
