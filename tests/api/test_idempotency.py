"""The same key makes one job, whatever happens in between."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from exports.models import Export
from exportsite.api import idempotency
from exportsite.api.models import IdempotencyKey
from exportsite.jobs.queue import run_next
from tests.api.conftest import Caller, content
from tests.api.threads import at_once

pytestmark = pytest.mark.django_db
BODY = {"resource": "books", "filters": {"shelf": "novel"}}


def test_the_same_key_answers_with_the_first_job(api: Caller) -> None:
    first = api.post("exports", BODY, Idempotency_Key="k1")
    second = api.post("exports/", {**BODY}, Idempotency_Key="k1")
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["export_id"] == second.json()["export_id"]
    assert Export.objects.count() == 1
    assert run_next()
    third = api.post("exports", BODY, Idempotency_Key="k1")
    assert (third.status_code, third.json()["status"]) == (202, "completed")


def test_the_order_of_names_does_not_matter(api: Caller) -> None:
    api.post("exports", {"resource": "books", "format": "csv"}, Idempotency_Key="k")
    again = api.post("exports", {"format": "csv", "resource": "books"}, Idempotency_Key="k")
    assert again.status_code == 202
    assert Export.objects.count() == 1


def test_another_body_or_address_is_a_conflict(api: Caller, settings: Any) -> None:
    settings.EXPORT_QUICK_ROWS = 1000
    api.post("exports", BODY, Idempotency_Key="k")
    assert api.post("exports", {**BODY, "format": "json"}, Idempotency_Key="k").status_code == 409
    assert api.post("books/export", {}, Idempotency_Key="k").status_code == 409
    assert Export.objects.count() == 1


def test_a_file_is_answered_again(api: Caller, make_book: Any, settings: Any) -> None:
    settings.EXPORT_QUICK_ROWS = 1000
    make_book()
    first = api.post("books/export", {}, Idempotency_Key="k")
    make_book()
    second = api.post("books/export", {}, Idempotency_Key="k")
    assert (first.status_code, second.status_code) == (200, 200)
    assert content(first) == content(second)
    assert first["X-Export-Id"] == second["X-Export-Id"]
    assert Export.objects.count() == 1


def test_keys_are_each_persons_own(api: Caller, bob_api: Caller) -> None:
    first = api.post("exports", BODY, Idempotency_Key="k").json()
    second = bob_api.post("exports", BODY, Idempotency_Key="k").json()
    assert first["export_id"] != second["export_id"]


def test_a_key_is_forgotten_after_a_day(api: Caller) -> None:
    first = api.post("exports", BODY, Idempotency_Key="k").json()
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=24))
    second = api.post("exports", {**BODY, "format": "json"}, Idempotency_Key="k")
    assert second.status_code == 202
    assert second.json()["export_id"] != first["export_id"]
    IdempotencyKey.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert idempotency.forget_old() == "1 old idempotency keys forgotten."


def test_a_refused_request_does_not_use_up_its_key(api: Caller) -> None:
    assert api.post("exports", {"resource": "x"}, Idempotency_Key="k").status_code == 400
    assert api.post("exports", BODY, Idempotency_Key="k").status_code == 202


def test_a_dry_run_has_no_key(api: Caller) -> None:
    body = {**BODY, "dry_run": True}
    assert api.post("exports", body, Idempotency_Key="k").status_code == 200
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["", "x" * 256, "ü", "a\tb"])
def test_a_key_that_is_none_is_refused(api: Caller, key: str) -> None:
    response = api.post("exports", BODY, Idempotency_Key=key)
    assert (response.status_code, list(response.json())) == (400, ["Idempotency-Key"])


def test_a_repetition_does_not_count_against_the_limit(api: Caller, settings: Any) -> None:
    settings.EXPORT_RATE_LIMIT = 1
    for _ in range(3):
        assert api.post("exports", BODY, Idempotency_Key="k").status_code == 202
    assert api.post("exports", BODY, Idempotency_Key="other").status_code == 429


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("limit", [0, 1])
def test_twenty_requests_at_once_make_one_job(api: Caller, settings: Any, limit: int) -> None:
    settings.EXPORT_RATE_LIMIT = limit

    def ask() -> tuple[int, str]:
        response = Caller(secret=api.secret).post("exports", BODY, Idempotency_Key="k")
        return response.status_code, response.json().get("export_id", "")

    answers = at_once(20, ask)
    assert len(answers) == 20
    assert set(answers) == {(202, str(Export.objects.get().pk))}


@pytest.mark.django_db(transaction=True)
def test_twenty_requests_at_once_for_a_file_make_one(
    api: Caller, make_book: Any, settings: Any
) -> None:
    settings.EXPORT_QUICK_ROWS = 1000
    make_book()

    def ask() -> tuple[int, str]:
        response = Caller(secret=api.secret).post("books/export", {}, Idempotency_Key="k")
        return response.status_code, response["X-Export-Id"]

    answers = at_once(20, ask)
    # Who comes while the first one's file is being made gets a receipt.
    assert {code for code, _export in answers} <= {200, 202}
    assert {export for _code, export in answers} == {str(Export.objects.get().pk)}
