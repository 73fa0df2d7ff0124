"""Who calls, and what the credentials allow before any engine is asked."""

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework import authentication, permissions
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.request import Request

from exportsite.api import tokens
from exportsite.api.models import ApiToken

SCHEME = "Bearer"


class TokenAuthentication(authentication.BaseAuthentication):
    """`Authorization: Bearer <token>`"""

    def authenticate(self, request: Request) -> tuple[Any, ApiToken] | None:
        scheme, _blank, secret = authentication.get_authorization_header(request).partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        token = tokens.find(secret.strip().decode("ascii", errors="replace"))
        if token is None:
            raise AuthenticationFailed(_("This token is unknown, expired or revoked."))
        tokens.note_use(token)
        return token.user, token

    def authenticate_header(self, request: Request) -> str:
        return SCHEME


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = TokenAuthentication
    name = "token"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "A token made in the admin or by `manage.py create_api_token`.",
        }


class IsStaff(permissions.BasePermission):
    """The API is for those who may open the admin."""

    def has_permission(self, request: Request, view: Any) -> bool:
        user = request.user
        return bool(user and user.is_authenticated and user.is_active and user.is_staff)


def asking(rule: Callable[[Any], bool]) -> type[permissions.BasePermission]:
    """A permission that an engine's own rule gives."""

    class Asking(permissions.BasePermission):
        def has_permission(self, request: Request, view: Any) -> bool:
            return rule(request.user)

    return Asking


class HasScope(permissions.BasePermission):
    """A token is only good for what it was made for; a session for everything."""

    def has_permission(self, request: Request, view: Any) -> bool:
        if isinstance(request.auth, ApiToken) and view.scope not in request.auth.scopes:
            raise PermissionDenied(_("This token is not good for %s.") % view.scope)
        return True
