"""How often a person may read."""

from typing import Any

from django.utils.translation import gettext as _
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from exportsite.api import reads
from exportsite.api.errors import TooOften


class ReadThrottle(BaseThrottle):
    """So many reads a minute and person; what makes jobs has a limit of its own."""

    def allow_request(self, request: Request, view: Any) -> bool:
        if request.method in ("GET", "HEAD"):
            count_read(request)
        return True


def count_read(request: Request) -> None:
    """Raise TooOften when the person has used up this minute's reads."""
    if wait := reads.take_turn(request.user):
        text = _("You have read too often within a minute. Try again in %d s.") % wait
        raise TooOften(text, wait=wait)
