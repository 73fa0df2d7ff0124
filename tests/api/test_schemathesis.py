"""Schemathesis asks every call of the document what the document allows, and what it forbids.

All of its checks: no answer above 499, none that is not documented, nothing valid refused and
nothing invalid accepted, no call without credentials. The seed is fixed and the examples are few.
"""

import io
import itertools
import json
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest
import schemathesis
from django.contrib.auth.models import Permission, User
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from schemathesis.config import SchemathesisConfig

from exports.states import Status
from exportsite.api import tokens
from exportsite.api.docs import document
from exportsite.wsgi import application
from imports.intake import receive_upload
from imports.models import ImportJob
from imports.requests import UploadRequest
from imports.states import Status as ImportStatus
from tests.imports.conftest import BOOK_RIGHTS, NOTE_RIGHTS

pytestmark = pytest.mark.django_db
FEW = hypothesis.settings(
    max_examples=8,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(hypothesis.HealthCheck),
)
# Rules between fields, such as "the end is not before the beginning", are no part of a schema.
ACCEPTED = ["2xx", "400", "401", "403", "404", "409", "410", "416", "429"]


def load(*, with_coverage: bool) -> Any:
    config = SchemathesisConfig(seed=20261121)
    schema = schemathesis.openapi.from_dict(json.loads(document("en")), config=config)
    schema.app = application
    schema.config.phases.coverage.enabled = with_coverage
    schema.config.checks.positive_data_acceptance.expected_statuses = ACCEPTED
    return schema


# The calls to export differ by their columns and filters only; one of them stands for all where
# each keyword of the schema is bent in turn.
OTHERS = r"/(?!books/)[\w-]+/export$"
calls = load(with_coverage=True).exclude(path_regex=OTHERS)
exports = load(with_coverage=False).include(path_regex=OTHERS)


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """The application is called in this thread; it must leave the test's connection open."""
    signals = (request_started, request_finished)
    for signal in signals:
        signal.disconnect(close_old_connections)
    yield
    for signal in signals:
        signal.connect(close_old_connections)


@pytest.fixture
def person(make_user: Any) -> User:
    """A normal user, who may export everything, and import books and notes."""
    rights = ("exports.add_export", "exports.view_export", *BOOK_RIGHTS, *NOTE_RIGHTS)
    user: User = make_user("norma", *rights)
    user.user_permissions.add(*Permission.objects.filter(codename__startswith="view_"))
    return user


@pytest.fixture
def quick(settings: Any) -> None:
    settings.EXPORT_QUICK_ROWS = 1000  # a stream would be made by another thread


@pytest.fixture
def headers(person: User) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.issue(person)[1]}"}


@pytest.fixture
def known(person: User, make_export: Any) -> dict[str, Iterator[str]]:
    """Now a job of every status or a name that there is, now ("") whatever comes."""
    exports = [str(make_export(status, created_by=person).pk) for status in Status.values]
    imports = [str(make_import(person, status).pk) for status in ImportStatus.values]
    return {
        "export_id": itertools.cycle([*exports, ""]),
        "import_id": itertools.cycle([*imports, ""]),
        "importer": itertools.cycle(["notes", "books", "tickets", ""]),
    }


def make_import(person: User, status: str) -> ImportJob:
    file = io.BytesIO(b"text,stars\nfirst,x\n")
    job = receive_upload(person, UploadRequest(filename="notes.csv", importer="notes"), file)
    ImportJob.objects.filter(pk=job.pk).update(status=status, failed_rows=1)
    job.problems.create(row=2, column="stars", value="x", code="not_a_number", message="It is not.")
    job.changes.create(row=2, action="update", key="first", changes={"stars": ["1", None]})
    job.failures.create(
        row=2, cells=["first", "x"], problems=[["stars", "It is not.", "x", "error"]]
    )
    return job


@calls.parametrize()
@FEW
def test_each_call_as_a_normal_user(
    case: Any, headers: dict[str, str], known: dict[str, Iterator[str]], quick: None
) -> None:
    is_negative = case.meta is not None and case.meta.generation.mode.is_negative
    places = [case.path_parameters, case.body if isinstance(case.body, dict) else {}]
    for place, name in itertools.product([] if is_negative else places, known):
        if name in place and (one := next(known[name])):
            place[name] = one
    case.call_and_validate(headers=headers)


@exports.parametrize()
@FEW
def test_each_resource_as_a_normal_user(case: Any, headers: dict[str, str], quick: None) -> None:
    case.call_and_validate(headers=headers)


@calls.parametrize()
@FEW
def test_each_call_as_nobody(case: Any) -> None:
    assert case.call_and_validate().status_code in (401, 404, 405)


@exports.parametrize()
@FEW
def test_each_resource_as_nobody(case: Any) -> None:
    assert case.call_and_validate().status_code in (401, 405)
