"""What many models of the taxi company are made of."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, TypeAlias

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

Label: TypeAlias = "str | _StrPromise"


def optional_text(label: Label, length: int = 255) -> "models.CharField[str | None, str | None]":
    return models.CharField(label, max_length=length, null=True, blank=True)


def money(label: Label, *, signed: bool = False, **more: object) -> "models.DecimalField[str, str]":
    """Dollars and cents; below zero only where `signed`."""
    validators = () if signed else (MinValueValidator(0),)
    return models.DecimalField(
        label,
        max_digits=10,
        decimal_places=2,
        validators=validators,
        **more,  # type: ignore[arg-type]
    )


def not_negative(prefix: str, names: Iterable[str]) -> tuple[models.CheckConstraint, ...]:
    return tuple(
        models.CheckConstraint(condition=Q(**{f"{name}__gte": 0}), name=f"{prefix}_{name}_sign")
        for name in names
    )


def one_of(
    prefix: str, name: str, choices: type[models.TextChoices], *, nullable: bool = False
) -> models.CheckConstraint:
    """The database, too, takes nothing but the choices."""
    known = Q(**{f"{name}__in": choices.values})
    condition = known | Q(**{f"{name}__isnull": True}) if nullable else known
    return models.CheckConstraint(condition=condition, name=f"{prefix}_{name}_known")


class Tracked(models.Model):
    """A row that says when it came, when it changed, by whom, and whether it is in use."""

    is_active = models.BooleanField(_("active"), default=True, db_default=True)
    # No index: it would cost every insert of a bulk table, for the rare deletion of a user.
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        db_index=False,
        related_name="+",
        verbose_name=_("created by"),
    )
    created_on = models.DateTimeField(_("created on"), default=timezone.now, editable=False)
    updated_on = models.DateTimeField(_("updated on"), default=timezone.now, editable=False)

    class Meta:
        abstract = True
