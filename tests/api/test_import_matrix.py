"""Every address of the imports' API, as every kind of person: the right code, nobody else's job."""

import re
import uuid
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from exportsite.api.models import ApiToken
from imports.models import ImportJob
from tests.api.conftest import Caller
from tests.api.test_matrix import allowed, is_of_imports, of_one, patterns
from tests.imports.conftest import BOOK_RIGHTS, NOTE_RIGHTS

pytestmark = pytest.mark.django_db

NOTES = "text,stars\nfirst,1\nsecond,x\n"
MAPPING = {"mapping": {"text": "text", "stars": "stars"}}

# Name of the address -> method -> body, and what each kind of person is answered. Whoever sees
# a job's address without the permission to import is told 403, whether the job is there or not.
Cell = tuple[Any, dict[str, int]]
EXPECTED: dict[str, dict[str, Cell]] = {
    "importers": {"get": (None, allowed(200))},
    "importer": {"get": (None, allowed(200))},
    "importer-template": {"get": (None, allowed(200))},
    "imports": {"get": (None, allowed(200)), "send": (None, allowed(202))},
    "import": {"get": (None, of_one(200))},
    "import-mapping": {"post": (MAPPING, of_one(202))},
    "import-confirm": {"post": (None, of_one(409))},
    "import-cancel": {"post": (None, of_one(202))},
    "import-retry": {"post": (None, of_one(409))},
    "import-problems": {"get": (None, of_one(200))},
    "import-changes": {"get": (None, of_one(200))},
    "import-report": {"get": (None, of_one(409))},
}
ADDRESSES = dict(pair for pair in patterns() if is_of_imports(pair[0]))
CELLS = [
    (name, method, person, code)
    for name, methods in EXPECTED.items()
    for method, (_body, codes) in methods.items()
    for person, code in codes.items()
]


def test_every_address_is_in_the_matrix() -> None:
    assert set(ADDRESSES) == set(EXPECTED)


def ask(caller: Caller, name: str, method: str, body: Any, pk: Any) -> Any:
    if method == "send":
        return caller.send("text\nmine\n")
    path = ADDRESSES[name].replace("^", "").removesuffix("/?$")
    path = re.sub(r"\(\?P<import_id>.*\)(?=/|$)", str(pk), path)
    path = re.sub(r"\(\?P<importer>[^)]*\)", "notes", path)
    return caller.post(path, body) if method == "post" else caller.get(path)


@pytest.fixture
def call_as(iris: User, root: User, make_user: Any, caller_for: Any) -> Any:
    """A caller of each kind. Iris owns the import."""
    may = (*BOOK_RIGHTS, *NOTE_RIGHTS)

    def expired() -> Caller:
        caller: Caller = caller_for(iris, name="old")
        ApiToken.objects.filter(name="old").update(expires_at=timezone.now() - timedelta(days=1))
        return caller

    def changed(name: str, **fields: bool) -> Caller:
        user = make_user(name, *may)
        caller: Caller = caller_for(user)
        User.objects.filter(pk=user.pk).update(**fields)
        return caller

    makers = {
        "anonymous": Caller,
        "without permission": lambda: caller_for(make_user("eve", *NOTE_RIGHTS)),
        "owner": lambda: caller_for(iris),
        "another": lambda: caller_for(make_user("bob", *may)),
        "superuser": lambda: caller_for(root),
        "deactivated": lambda: changed("gone", is_active=False),
        "expired token": expired,
        "no staff": lambda: changed("guest", is_staff=False),
    }
    return lambda person: makers[person]()


@pytest.fixture
def job(imports_api: Caller) -> ImportJob:
    pk = imports_api.send(NOTES, "of iris.csv").json()["batch_id"]
    return ImportJob.objects.get(pk=pk)


@pytest.mark.parametrize(("name", "method", "person", "code"), CELLS)
def test_each_person_gets_the_right_code(
    name: str, method: str, person: str, code: int, call_as: Any, job: ImportJob
) -> None:
    body, _codes = EXPECTED[name][method]
    response = ask(call_as(person), name, method, body, job.pk)
    assert response.status_code == code
    if code == 401:
        assert response["WWW-Authenticate"] == "Bearer"
    if code >= 400:
        told = response.content.decode().replace(str(job.pk), "")
        assert list(response.json()) == ["detail"]
        assert "iris" not in told
        job.refresh_from_db()
        assert (job.status, ImportJob.objects.count()) == ("checking", 1)
    elif person == "another":
        assert "of iris.csv" not in response.body.decode(errors="replace")


@pytest.mark.parametrize("name", [name for name, p in ADDRESSES.items() if "import_id" in p])
def test_what_is_anothers_looks_like_what_is_not_there(
    name: str, call_as: Any, job: ImportJob
) -> None:
    caller = call_as("another")
    for method, (body, _codes) in EXPECTED[name].items():
        answers = [ask(caller, name, method, body, pk) for pk in (job.pk, uuid.uuid4())]
        assert answers[0].status_code == answers[1].status_code == 404
        assert answers[0].content == answers[1].content
