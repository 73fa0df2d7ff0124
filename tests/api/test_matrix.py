"""Every address of the API, as every kind of person: the right code, and nobody else's job.

The addresses are read off the URL configuration, so that a new one must be added here.
"""

import re
import uuid
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from exports.models import Export
from exports.states import Status
from exportsite.api.models import ApiToken
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db

PEOPLE = (
    *("anonymous", "without permission", "owner", "another", "superuser"),
    *("deactivated", "expired token", "no staff"),
)
REFUSED = {"anonymous": 401, "deactivated": 401, "expired token": 401, "no staff": 403}
ANYBODY = dict.fromkeys(PEOPLE, 200)


def allowed(code: int, **others: int) -> dict[str, int]:
    """Everybody with the permission may; `others` are exceptions."""
    usual = {"owner": code, "another": code, "superuser": code, "without permission": 403}
    return {**REFUSED, **usual, **{name.replace("_", " "): n for name, n in others.items()}}


def of_one(code: int) -> dict[str, int]:
    """Only whoever owns it, and superusers."""
    return allowed(code, another=404)


# Name of the address -> method -> body, and what each kind of person is answered.
Cell = tuple[Any, dict[str, int]]
EXPECTED: dict[str, dict[str, Cell]] = {
    "resources": {"get": (None, allowed(200))},
    "resource": {"get": (None, allowed(200))},
    "resource-export": {"get": (None, allowed(200)), "post": ({}, allowed(200))},
    "stats": {"get": (None, allowed(200))},
    "exports": {"get": (None, allowed(200)), "post": ({"resource": "books"}, allowed(202))},
    "exports-cleanup": {"post": ({}, allowed(200, owner=403, another=403))},
    "export": {"get": (None, of_one(200)), "delete": (None, of_one(204))},
    "export-download": {"get": (None, of_one(200))},
    "export-logs": {"get": (None, of_one(200))},
    "export-retry": {"post": ({}, of_one(409))},
    "export-cancel": {"post": ({}, of_one(409))},
    "analytics-leads": {"get": (None, allowed(200))},
    "analytics-performance": {"get": (None, allowed(200))},
    "analytics-generate": {"post": ({}, allowed(200))},
    "schema": {"get": (None, ANYBODY)},
    "docs": {"get": (None, ANYBODY)},
    "not-there": {"get": (None, allowed(404, without_permission=404))},
}


def patterns(within: Any = None, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Name and regular expression of every address below /api/v1/."""
    for one in (within or get_resolver()).url_patterns:
        whole = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from patterns(one, whole) if "api/v1/".startswith(whole[:7]) else ()
        elif isinstance(one, URLPattern) and whole.startswith("api/v1/"):
            yield str(one.name), whole.removeprefix("api/v1/")


def address(pattern: str, export: Any) -> str:
    path = pattern.replace("^", "").removesuffix("/?$")
    path = re.sub(r"\(\?P<export_id>.*\)(?=/|$)", str(export), path)
    return re.sub(r"\(\?P<resource>[^)]*\)", "books", path) or "nothing"


def is_of_imports(name: str) -> bool:
    """The calls about imports have a matrix of their own."""
    return name.startswith("import")


ADDRESSES = dict(pair for pair in patterns() if not is_of_imports(pair[0]))
CELLS = [
    (name, method, person, code)
    for name, methods in EXPECTED.items()
    for method, (_body, codes) in methods.items()
    for person, code in codes.items()
]


def test_every_address_is_in_the_matrix() -> None:
    assert set(ADDRESSES) == set(EXPECTED)


@pytest.fixture
def call_as(ana: User, root: User, make_user: Any, caller_for: Any) -> Any:
    """A caller of each kind. Ana owns the export."""
    ana.user_permissions.add(Permission.objects.get(codename="view_lead"))
    may = ("exports.add_export", "library.view_book", "leads.view_lead")

    def expired() -> Caller:
        caller: Caller = caller_for(ana, name="old")
        ApiToken.objects.filter(name="old").update(expires_at=timezone.now() - timedelta(days=1))
        return caller

    def changed(name: str, **fields: bool) -> Caller:
        user = make_user(name, *may)
        caller: Caller = caller_for(user)
        User.objects.filter(pk=user.pk).update(**fields)
        return caller

    makers = {
        "anonymous": Caller,
        "without permission": lambda: caller_for(make_user("eve", "library.view_book")),
        "owner": lambda: caller_for(ana),
        "another": lambda: caller_for(make_user("bob", *may)),
        "superuser": lambda: caller_for(root),
        "deactivated": lambda: changed("gone", is_active=False),
        "expired token": expired,
        "no staff": lambda: changed("guest", is_staff=False),
    }
    return lambda person: makers[person]()


@pytest.mark.parametrize(("name", "method", "person", "code"), CELLS)
def test_each_person_gets_the_right_code(
    name: str, method: str, person: str, code: int, call_as: Any, make_export: Any, settings: Any
) -> None:
    settings.EXPORT_QUICK_ROWS = 1000
    export = make_export(Status.COMPLETED)
    path = address(ADDRESSES[name], export.pk)
    body, _codes = EXPECTED[name][method]
    caller = call_as(person)
    ask = getattr(caller, method)
    response = ask(path, body) if method == "post" else ask(path)
    assert response.status_code == code
    if code == 401:
        assert response["WWW-Authenticate"] == "Bearer"
    if code >= 400:
        told = response.content.decode().replace(str(export.pk), "")
        assert list(response.json()) == ["detail"]
        assert "ana" not in told
        assert "books.csv" not in told
        export.refresh_from_db()
        assert (export.status, Export.objects.count()) == (Status.COMPLETED, 1)


@pytest.mark.parametrize("name", [name for name, p in ADDRESSES.items() if "export_id" in p])
def test_what_is_anothers_looks_like_what_is_not_there(
    name: str, call_as: Any, make_export: Any
) -> None:
    theirs, missing = make_export(Status.COMPLETED).pk, uuid.uuid4()
    caller = call_as("another")
    for method, (body, _codes) in EXPECTED[name].items():
        answers = []
        for pk in (theirs, missing):
            path = address(ADDRESSES[name], pk)
            ask = getattr(caller, method)
            answers.append(ask(path, body) if method == "post" else ask(path))
        assert answers[0].status_code == answers[1].status_code == 404
        assert answers[0].content == answers[1].content
