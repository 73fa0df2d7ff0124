"""How a page asks for a plain answer: files that travel with a progress bar are sent by script."""

from django.http import HttpRequest


def wants_json(request: HttpRequest) -> bool:
    return request.headers.get("Accept", "") == "application/json"
