"""Who may do what with imports. Asked at the upload, again at the confirmation and at the run."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from imports.errors import NotAllowed
from imports.fields import Field
from imports.importers import Importer, label_of
from imports.models import ImportJob, Mode
from imports.registry import all_importers

User = Any  # a project may have a user model of its own; it has these methods

NEEDED = {Mode.CREATE: ("add",), Mode.UPDATE: ("change",), Mode.UPSERT: ("add", "change")}


def may_import_anything(user: User) -> bool:
    """May this person make imports at all?"""
    return bool(user.is_active and user.is_staff and user.has_perm("imports.add_importjob"))


def modes_for(user: User, importer: type[Importer]) -> tuple[str, ...]:
    """The modes in which this person may import these records; the first is the default."""
    if not may_import_anything(user):
        return ()
    return tuple(mode for mode in importer.modes if _may_write(user, importer, mode))


def may_import(user: User, importer: type[Importer], mode: str = "") -> bool:
    """May this person import these records, in this mode or, without one, in any?"""
    modes = modes_for(user, importer)
    return mode in modes if mode else bool(modes)


def importers_for(user: User) -> list[type[Importer]]:
    """The importers that this person may use, by name."""
    return sorted((i for i in all_importers() if may_import(user, i)), key=lambda i: i.name)


def may_fill(user: User, field: Field) -> bool:
    """May this person have an import write this field?"""
    return not field.permission or bool(user.has_perm(field.permission))


def fields_for(user: User, fields: Iterable[Field]) -> tuple[Field, ...]:
    return tuple(field for field in fields if may_fill(user, field))


def check_may_import(
    user: User, importer: type[Importer], mode: str = "", fields: Iterable[Field] = ()
) -> None:
    """Raises NotAllowed, which says what is missing."""
    if not may_import_anything(user):
        raise NotAllowed(_("You may not import anything. Ask for the permission to add imports."))
    what = label_of(importer)
    if not modes_for(user, importer):
        raise NotAllowed(
            _("You may not import “%(what)s”. Ask for the permission to add or change them.")
            % {"what": what}
        )
    if mode and not may_import(user, importer, mode):
        raise NotAllowed(
            _("“%(what)s”: you may not do “%(mode)s”. You may do: %(modes)s.")
            % {"what": what, "mode": _label(mode), "modes": modes_text(user, importer)}
        )
    for field in fields:
        if not may_fill(user, field):
            raise NotAllowed(
                _("You may not fill “%(field)s” of “%(what)s”. Leave its column out.")
                % {"field": field.label or field.name, "what": what}
            )


def modes_text(user: User, importer: type[Importer]) -> str:
    return ", ".join(f"“{_label(mode)}”" for mode in modes_for(user, importer))


def may_look(user: User) -> bool:
    """May this person open the pages of imports at all?"""
    return bool(
        user.is_active
        and user.is_staff
        and (user.has_perm("imports.add_importjob") or user.has_perm("imports.view_importjob"))
    )


def visible_to(user: User) -> "QuerySet[ImportJob]":
    """The imports that this person may see at all: the own ones, or all for a superuser.

    Every page, address and API call goes through this; what is not in it does not exist.
    """
    if not user.is_active or not user.is_staff:
        return ImportJob.objects.none()
    if user.is_superuser:
        return ImportJob.objects.all()
    return ImportJob.objects.filter(created_by=user)


def _may_write(user: User, importer: type[Importer], mode: str) -> bool:
    meta = importer.model._meta
    return all(
        user.has_perm(f"{meta.app_label}.{verb}_{meta.model_name}") for verb in NEEDED[Mode(mode)]
    )


def _label(mode: str) -> str:
    return str(Mode(mode).label)
