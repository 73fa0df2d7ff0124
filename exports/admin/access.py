"""What the pages ask before they show anything. The rules are those of `permissions`."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from exports.models import Export
from exports.permissions import may_look, visible_to


def find_export(request: HttpRequest, pk: UUID) -> Export:
    """The export, if it exists for this person. Raises PermissionDenied or Http404."""
    if not may_look(request.user):
        raise PermissionDenied
    export = visible_to(request.user).select_related("created_by").filter(pk=pk).first()
    if export is None:
        raise Http404(_("There is no such export."))
    return export
