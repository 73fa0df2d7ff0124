"""`Idempotency-Key`: a request that is sent twice makes one job, whatever happens in between.

The key's row is written in the transaction in which the job is born, so there is never one
without the other, and the database's unique constraint decides between requests at the same time.
"""

import hashlib
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

from exportsite.api.errors import Conflict
from exportsite.api.models import IdempotencyKey
from exportsite.jobs import chores

HEADER = "Idempotency-Key"
LENGTH = 255
KEY = re.compile(rf"[\x21-\x7e]{{1,{LENGTH}}}")
KEPT = timedelta(hours=24)

Answer = TypeVar("Answer")
Keep = Callable[[Any], None]  # told of the new job, inside of the transaction that makes it


class KeyTaken(Exception):
    """Another request with this key has just made its job."""


@dataclass(frozen=True, kw_only=True)
class Wish:
    """A request that may be the repetition of another one."""

    user: Any
    key: str
    fingerprint: str


def read_wish(request: Request, asked: Any) -> Wish | None:
    """The wish, or None without a key. `asked` is what was asked for, as JSON could have it."""
    key = request.headers.get(HEADER)
    if key is None:
        return None
    if not KEY.fullmatch(key):
        text = _("The key is 1 to %d printable ASCII characters without blanks.") % LENGTH
        raise ValidationError({HEADER: [text]})
    place = [request.method, request.path.rstrip("/"), asked]
    told = json.dumps(place, sort_keys=True, default=str)
    return Wish(user=request.user, key=key, fingerprint=hashlib.sha256(told.encode()).hexdigest())


def once(
    wish: Wish | None, create: Callable[[Keep], Answer], again: Callable[[UUID], Answer]
) -> Answer:
    """What `create` answers, or, when the wish has its job already, what `again` makes of that.

    `create` must call what it is given in the transaction of the job's birth. Raises Conflict
    when the key was used for something else.
    """
    if wish is None:
        return create(_forget)
    if (job := _first_job(wish)) is not None:
        return again(job)
    try:
        return create(partial(_keep, wish))
    except Exception:
        # Perhaps the same request was faster, and its job is why this one was refused.
        if (job := _first_job(wish)) is None:
            raise
        return again(job)


def _forget(_job: Any) -> None:
    """There is no key to keep."""


def _keep(wish: Wish, job: Any) -> None:
    rows = IdempotencyKey.objects.filter(user=wish.user, key=wish.key)
    rows.filter(created_at__lte=timezone.now() - KEPT).delete()
    try:
        with transaction.atomic():
            IdempotencyKey.objects.create(
                user=wish.user, key=wish.key, fingerprint=wish.fingerprint, job_id=job.pk
            )
    except IntegrityError:
        raise KeyTaken from None


def _first_job(wish: Wish) -> UUID | None:
    kept = IdempotencyKey.objects.filter(
        user=wish.user, key=wish.key, created_at__gt=timezone.now() - KEPT
    ).first()
    if kept is None:
        return None
    if kept.fingerprint != wish.fingerprint:
        raise Conflict(_("This key was used for another request. Use a new one."))
    return kept.job_id


def forget_old() -> str:
    count, _models = IdempotencyKey.objects.filter(created_at__lte=timezone.now() - KEPT).delete()
    return f"{count} old idempotency keys forgotten."


def register() -> None:
    chores.register(chores.Routine(name="api.keys", every=timedelta(hours=1), run=forget_old))
