"""Addresses with and without a slash at the end, and never a redirect from one to the other."""

import re
from collections.abc import Callable
from typing import Any

from django.urls import URLPattern, re_path

UUID = r"[0-9A-Fa-f]{8}-?(?:[0-9A-Fa-f]{4}-?){3}[0-9A-Fa-f]{12}"
PARTS = {"uuid": UUID, "slug": r"[-\w]+"}


def route(address: str, view: Callable[..., Any], name: str) -> URLPattern:
    """As Django's `path`, with `<uuid:name>` and `<slug:name>`: "exports/<uuid:pk>/logs"."""
    pattern = re.sub(r"<(\w+):(\w+)>", lambda found: f"(?P<{found[2]}>{PARTS[found[1]]})", address)
    return re_path(rf"^{pattern}/?$", view, name=name)
