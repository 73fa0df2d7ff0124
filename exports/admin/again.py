"""The way from an export to a new one with the same settings."""

from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from exports.admin.create import again_query
from exports.models import Export
from exports.permissions import User, may_export
from exports.registry import UnknownResource, find_resource


def again_url(user: User | AnonymousUser, export: Export) -> str:
    """The create page, filled in; "" when this person cannot ask for it."""
    try:
        resource = find_resource(main_of(export))
    except UnknownResource:
        return ""
    if not may_export(user, resource):
        return ""
    page = reverse("admin:exports_export_new_resource", args=[resource.name])
    return f"{page}?{again_query(export)}"


def main_of(export: Export) -> str:
    """The resource whose page asks for it: of a file that is described by its parts, the first."""
    return str(export.parts[0]["resource"]) if export.parts else export.resource
