"""Tokens: made, found again by what a caller sends, used, revoked."""

import datetime as dt
import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from exportsite.api.models import ApiToken, Scope

BYTES = 32  # 256 bits
PREFIX = 8  # characters by which people tell their tokens apart
USE_NOTED_EVERY = timedelta(minutes=1)


class TokenRefused(Exception):
    """Nobody may have this token; the text says why."""


def issue(
    user: Any,
    *,
    name: str = "",
    scopes: Sequence[str] = tuple(Scope.values),
    expires_at: dt.datetime | None = None,
) -> tuple[ApiToken, str]:
    """Make a token. Its secret is in the answer and nowhere else. Raises TokenRefused."""
    if reason := why_not(user, scopes=scopes, expires_at=expires_at):
        raise TokenRefused(reason)
    secret = secrets.token_urlsafe(BYTES)
    token = ApiToken.objects.create(
        user=user,
        name=name,
        prefix=secret[:PREFIX],
        digest=digest_of(secret),
        scopes=sorted(set(scopes)),
        expires_at=expires_at,
    )
    return token, secret


def why_not(user: Any, *, scopes: Sequence[str], expires_at: dt.datetime | None) -> str:
    """Why nobody may make this token, in a sentence; "" when they may."""
    name: str = user.get_username()
    if not user.is_active:
        return _("%s is deactivated and cannot have a token.") % name
    if not user.is_staff:
        return _("%s is no staff member and cannot have a token.") % name
    if not scopes or not set(scopes) <= set(Scope.values):
        return _("A token is good for one or more of: %s.") % ", ".join(Scope.values)
    if expires_at is not None and expires_at <= timezone.now():
        return _("The end of the token's time is in the past.")
    return ""


def find(secret: str) -> ApiToken | None:
    """The token of this secret, if it is good and its owner is active."""
    token = ApiToken.objects.select_related("user").filter(digest=digest_of(secret)).first()
    if token is None or not token.is_good or not token.user.is_active:
        return None
    return token


def digest_of(secret: str) -> str:
    """The secret has 256 random bits, so a fast hash without salt is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def note_use(token: ApiToken) -> None:
    """Keep the time of the last use, to the minute: a busy caller does not write all the time."""
    now = timezone.now()
    if token.last_used_at is not None and token.last_used_at > now - USE_NOTED_EVERY:
        return
    is_stale = Q(last_used_at=None) | Q(last_used_at__lte=now - USE_NOTED_EVERY)
    ApiToken.objects.filter(is_stale, pk=token.pk).update(last_used_at=now)


def revoke(token: ApiToken) -> bool:
    """End a token for good. False when somebody has done so before."""
    still = ApiToken.objects.filter(pk=token.pk, revoked_at=None)
    return bool(still.update(revoked_at=timezone.now()))
