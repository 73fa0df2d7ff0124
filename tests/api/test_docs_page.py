"""The page of the documentation, in a real browser, without anything from elsewhere."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User

from exportsite.api.docs import document
from tests.api.conftest import Caller


def test_the_document_is_openapi_3_1_without_data() -> None:
    made = json.loads(document("en"))
    assert made["openapi"].startswith("3.1")
    for path, methods in made["paths"].items():
        assert path.startswith("/api/v1/")
        assert not path.endswith("/")
        for method, call in methods.items():
            assert call["summary"], (path, method)
            assert {"400", "401", "403", "429"} <= set(call["responses"]), (path, method)
            for code, answer in call["responses"].items():
                has_body = "content" in answer
                assert has_body == (code not in ("204", "304", "416")), (path, method, code)
            for body in call.get("requestBody", {}).get("content", {}).values():
                assert body["examples"], (path, method)


@pytest.mark.django_db
def test_anybody_may_read_the_document(nobody: Caller) -> None:
    for path in ("schema", "schema/"):
        response = nobody.get(path)
        assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert nobody.post("schema").status_code == 405


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_calls_are_shown_and_can_be_tried(run_server: Any, page: Any) -> None:
    User.objects.create_superuser("root", password="secret")
    server = run_server()
    elsewhere: list[str] = []
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith(("data:", server.url)) else elsewhere.append(request.url)
        ),
    )
    page.goto(f"{server.url}admin/login/?next=/api/v1/docs")
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    call = page.locator("#operations-Exports-exports_list")
    call.locator("button").first.click()
    call.get_by_role("button", name="Try it out").click()
    call.get_by_role("button", name="Execute").click()
    call.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
    assert '"pagination"' in call.locator(".live-responses-table").inner_text()
    assert not elsewhere
