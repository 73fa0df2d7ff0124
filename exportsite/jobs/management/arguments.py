"""What commands that make jobs read from a command line."""

from collections.abc import Sequence
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import CommandError


def read_pairs(option: str, given: Sequence[str]) -> dict[str, list[str]]:
    """NAME=VALUE, each name with its values in order."""
    pairs: dict[str, list[str]] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise CommandError(f"{option} {text}: write it as NAME=VALUE.")
        pairs.setdefault(name, []).append(value)
    return pairs


def read_last(option: str, given: Sequence[str]) -> dict[str, str]:
    """A value each; the last one wins."""
    return {name: values[-1] for name, values in read_pairs(option, given).items()}


def find_user(name: str) -> Any:
    """The named person, or the first superuser: whoever has a shell here may act as one."""
    people = get_user_model()._default_manager
    if name:
        user = people.filter(**{get_user_model().USERNAME_FIELD: name}).first()
        if user is None:
            raise CommandError(f"There is no user {name}.")
        return user
    user = people.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if user is None:
        raise CommandError("There is no superuser yet. Name a user with --user.")
    return user
