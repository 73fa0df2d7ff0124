"""The OpenAPI document, and the page on which a person reads it and tries it out."""

import json
from functools import lru_cache

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator


@require_safe
def schema(_request: HttpRequest) -> HttpResponse:
    """What the code says of itself: no data, so anybody may read it."""
    return HttpResponse(document(get_language() or ""), content_type="application/json")


@lru_cache(maxsize=8)
def document(_language: str) -> bytes:
    """The OpenAPI document. Made once, since it takes a second and changes with the code only."""
    made = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]
    return json.dumps(made, ensure_ascii=False, default=str).encode()


@require_safe
@ensure_csrf_cookie  # so that calls can be tried with the session
def page(request: HttpRequest) -> HttpResponse:
    return render(request, "api/docs.html")
