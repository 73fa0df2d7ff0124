"""What a caller is told when something is wrong: a status code and sentences, always JSON."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views import defaults
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.views import exception_handler


def answer_error(error: Exception, context: Mapping[str, Any]) -> Response | None:
    """DRF's handler, with one shape for all faults of the input. None: a bug, which Django shows.

    `{"field": ["message", …]}`, where "parts.0.format" is a field inside; or `{"detail": "…"}`.
    """
    response = exception_handler(error, dict(context))
    if response is not None and isinstance(error, ValidationError):
        response.data = shape(response.data)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Django's handler500, for a bug: programs get JSON, people the page."""
    if not request.path.startswith("/api/"):
        return defaults.server_error(request)
    text = _("Something unexpected went wrong. Your operator finds it in the server's log.")
    return JsonResponse({"detail": text}, status=500)


def shape(errors: Any) -> dict[str, Any]:
    shaped: dict[str, Any] = {}
    for field, text in _flatten(errors, ""):
        shaped.setdefault(field or "detail", []).append(text)
    if "detail" in shaped:
        shaped["detail"] = " ".join(shaped["detail"])
    return shaped


def _flatten(errors: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(errors, Mapping):
        for name, inner in errors.items():
            if isinstance(name, int) and not isinstance(
                inner, Mapping
            ):  # of a list of plain values
                yield from ((path, _entry(name, text)) for _path, text in _flatten(inner, path))
                continue
            is_whole = name in (api_settings.NON_FIELD_ERRORS_KEY, "detail")
            yield from _flatten(inner, path if is_whole else f"{path}.{name}".lstrip("."))
    elif isinstance(errors, list | tuple):
        for number, inner in enumerate(errors):
            is_nested = isinstance(inner, Mapping | list)
            yield from _flatten(inner, f"{path}.{number}" if is_nested else path)
    else:
        yield path, str(errors)


def _entry(number: int, text: str) -> str:
    return _("Entry %(number)d: %(text)s") % {"number": number + 1, "text": text}
