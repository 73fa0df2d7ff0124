"""What the pages ask before they show anything. The rules are those of `permissions`."""

from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from imports.models import ImportJob
from imports.permissions import may_look, visible_to


def find_import(request: HttpRequest, pk: UUID) -> ImportJob:
    """The import, if it exists for this person. Raises PermissionDenied or Http404."""
    if not may_look(request.user):
        raise PermissionDenied
    related = ("created_by", "confirmed_by", "same_as__created_by")
    job = visible_to(request.user).select_related(*related).filter(pk=pk).first()
    if job is None:
        raise Http404(_("There is no such import."))
    return job
