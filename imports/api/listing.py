"""Which imports a list shows, newest first."""

from collections.abc import Mapping
from functools import reduce
from operator import or_
from typing import Any

from django.db.models import Q, QuerySet

from imports.api.access import RELATED
from imports.models import ImportJob
from imports.permissions import User, visible_to

SEARCHED = ("filename", "notes", "importer", "created_by__username")
UNSHOWN = ("samples", "guesses", "context", "error_details")  # they may be long


def narrow(user: User, query: Mapping[str, Any]) -> "QuerySet[ImportJob]":
    """The imports that this person may see, narrowed by status, importer and words."""
    rows = visible_to(user).select_related(*RELATED).defer(*UNSHOWN)
    for name in ("status", "importer"):
        if wanted := [text for text in query.get(name, ()) if text]:
            rows = rows.filter(**{f"{name}__in": wanted})
    for word in query.get("search", "").split():
        rows = rows.filter(reduce(or_, (Q(**{f"{path}__icontains": word}) for path in SEARCHED)))
    return rows
