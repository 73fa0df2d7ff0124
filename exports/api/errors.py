"""What the engine refuses, as what HTTP calls it."""

from typing import NoReturn

from rest_framework.exceptions import PermissionDenied, ValidationError

from exports.errors import InvalidRequest, NotAllowed, TooMany, WrongState
from exports.handover import NoFile
from exportsite.api.errors import Conflict, Gone, TooOften


def translate(error: Exception) -> Exception:
    """The API's error for an engine's; any other comes back as it is."""
    match error:
        case InvalidRequest():
            return ValidationError(error.errors)
        case NotAllowed():
            return PermissionDenied(str(error))
        case TooMany():
            return TooOften(str(error), wait=error.retry_after)
        case WrongState():
            return Conflict(str(error))
    return error


def refuse(why: NoFile) -> NoReturn:
    """Raise what says why there is no file."""
    raise {403: PermissionDenied, 409: Conflict, 410: Gone}[why.status](why.text)
