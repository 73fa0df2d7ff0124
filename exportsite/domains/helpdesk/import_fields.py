"""Fields that both imports of the helpdesk have."""

from typing import TYPE_CHECKING, Any

from django.contrib.auth import get_user_model
from django.db.models import Value
from django.db.models.functions import Concat, Trim
from django.utils.translation import gettext_lazy as _

from imports.fields import Field, Lookup, Text

if TYPE_CHECKING:
    from django.db.models import QuerySet

NAMES = ("name", "pk")  # exports have both


def people() -> "QuerySet[Any]":
    full = Trim(Concat("first_name", Value(" "), "last_name"))
    return get_user_model()._base_manager.annotate(full_name=full)


def person(name: str, *aliases: str, **more: Any) -> Field:
    return Lookup(
        name=name,
        aliases=aliases,
        by=("username", "email", "full_name", "pk"),
        rows=people,
        help=_("A user name, an e-mail address, or the first and the last name."),
        **more,
    )


def code(name: str, *aliases: str, **more: Any) -> Field:
    return Text(name=name, aliases=aliases, is_code=True, **more)
