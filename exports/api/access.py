"""What the calls about exports ask before they answer. The rules are those of `permissions`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from exports.api.errors import translate
from exports.errors import NotAllowed
from exports.models import Export
from exports.permissions import (
    may_export,
    may_export_anything,
    may_look,
    resources_for,
    visible_to,
)
from exports.registry import UnknownResource, find_resource
from exports.resources import ExportResource, noun_of
from exportsite.api.security import HasScope, IsStaff, asking
from exportsite.api.views import ApiView

MayLook = asking(may_look)
MayExport = asking(may_export_anything)
IsOperator = asking(lambda user: bool(user.is_superuser))


class ExportsView(ApiView):
    """A call about exports: the engine's refusals become HTTP's."""

    permission_classes: Sequence[Any] = (IsStaff, HasScope, MayLook)

    def handle_exception(self, exc: Exception) -> Any:
        return super().handle_exception(translate(exc))


def find_export(request: Request, pk: UUID) -> Export:
    """The export, if it exists for this person. Raises NotFound."""
    found = visible_to(request.user).select_related("created_by").filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such export."))
    return found


def resource_named(request: Request, name: str) -> type[ExportResource]:
    """The resource in an address. Raises NotFound or NotAllowed."""
    try:
        resource = find_resource(name)
    except UnknownResource:
        names = ", ".join(one.name for one in resources_for(request.user)) or _("none")
        text = _("There is no resource “%(name)s”. There are: %(names)s.")
        raise NotFound(text % {"name": name, "names": names}) from None
    if not may_export(request.user, resource):
        raise NotAllowed(_("You may not export %s.") % noun_of(resource))
    return resource
