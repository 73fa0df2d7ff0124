"""What the calls about imports ask before they answer. The rules are those of `permissions`."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _
from rest_framework.exceptions import NotFound
from rest_framework.request import Request

from exportsite.api.models import Scope
from exportsite.api.security import HasScope, IsStaff, asking
from exportsite.api.views import ApiView
from imports.api.errors import translate
from imports.importers import Importer
from imports.models import ImportJob
from imports.permissions import (
    check_may_import,
    importers_for,
    may_import_anything,
    may_look,
    visible_to,
)
from imports.registry import UnknownImporter, find_importer

# What an answer tells of others; without it each import of a list would ask for them.
RELATED = ("created_by", "same_as__created_by")


MayLook = asking(may_look)
MayImport = asking(may_import_anything)


class ImportsView(ApiView):
    """A call about imports: the engine's refusals become HTTP's."""

    permission_classes: Sequence[Any] = (IsStaff, HasScope, MayLook)
    scope = Scope.IMPORTS

    def handle_exception(self, exc: Exception) -> Any:
        return super().handle_exception(translate(exc))


def find_import(request: Request, pk: UUID) -> ImportJob:
    """The import, if it exists for this person. Raises NotFound."""
    found = visible_to(request.user).select_related(*RELATED).filter(pk=pk).first()
    if found is None:
        raise NotFound(_("There is no such import."))
    return found


def importer_in_address(request: Request, name: str) -> type[Importer]:
    """The importer in an address. Raises NotFound or NotAllowed."""
    try:
        importer = find_importer(name)
    except UnknownImporter:
        names = ", ".join(one.name for one in importers_for(request.user)) or _("none")
        text = _("There is no importer “%(name)s”. There are: %(names)s.")
        raise NotFound(text % {"name": name, "names": names}) from None
    check_may_import(request.user, importer)
    return importer
