"""What the engine refuses, as what HTTP calls it."""

from django.core.exceptions import TooManyFieldsSent, TooManyFilesSent
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, PermissionDenied, ValidationError

from exportsite.api import errors as http
from imports.errors import InvalidRequest, NotAllowed, TooLarge, WrongState


def translate(error: Exception) -> Exception:
    """The API's error for an engine's; any other comes back as it is."""
    match error:
        case TooLarge():
            return http.TooLarge(str(error))
        case InvalidRequest():
            return ValidationError(error.errors)
        case NotAllowed():
            return PermissionDenied(str(error))
        case WrongState():
            return http.Conflict(str(error))
        case TooManyFieldsSent() | TooManyFilesSent():
            return ParseError(_("The form has too many fields."))
    return error
