"""Tokens: from the admin or the command, kept as hashes, good for what they were made for."""

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from exportsite.api import tokens
from exportsite.api.models import ApiToken
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db


def test_only_a_hash_is_kept(ana: User) -> None:
    token, secret = tokens.issue(ana)
    assert len(secret) == 43
    kept = ApiToken.objects.values().get()
    assert secret not in str(kept)
    assert (kept["prefix"], len(kept["digest"])) == (secret[:8], 64)
    assert tokens.find(secret) == token
    assert tokens.find(secret[:-1]) is None


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer ", "Bearer x", "Bearer \xff", "Basic YTpi", "Token x", "bearer x y"],
)
def test_without_a_good_token_there_is_nothing(nobody: Caller, header: str) -> None:
    response = nobody.get("exports", Authorization=header)
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert list(response.json()) == ["detail"]


def test_the_word_bearer_may_be_written_in_any_case(api: Caller, nobody: Caller) -> None:
    assert nobody.get("exports", Authorization=f"bearer {api.secret}").status_code == 200


def test_an_expired_or_revoked_token_is_none(ana: User, api: Caller) -> None:
    ApiToken.objects.update(expires_at=timezone.now() + timedelta(minutes=1))
    assert api.get("exports").status_code == 200
    ApiToken.objects.update(expires_at=timezone.now())
    assert api.get("exports").status_code == 401
    ApiToken.objects.update(expires_at=None)
    assert tokens.revoke(ApiToken.objects.get())
    assert not tokens.revoke(ApiToken.objects.get())
    assert api.get("exports").status_code == 401


def test_its_person_must_be_active_staff(ana: User, api: Caller) -> None:
    User.objects.update(is_staff=False)
    assert api.get("exports").status_code == 403
    User.objects.update(is_active=False)
    assert api.get("exports").status_code == 401


def test_a_token_is_good_for_its_scopes_only(ana: User, caller_for: Any) -> None:
    assert caller_for(ana, scopes=["exports"]).get("exports").status_code == 200
    response = caller_for(ana, scopes=["imports"]).get("exports")
    assert response.status_code == 403
    assert response.json()["detail"] == "This token is not good for exports."


def test_the_last_use_is_kept_to_the_minute(api: Caller, django_assert_num_queries: Any) -> None:
    api.get("exports")
    first = ApiToken.objects.get().last_used_at
    assert first is not None
    api.get("exports")
    assert ApiToken.objects.get().last_used_at == first
    ApiToken.objects.update(last_used_at=first - timedelta(seconds=61))
    api.get("exports")
    assert ApiToken.objects.get().last_used_at > first


def test_a_session_is_good_too_with_its_csrf_token(ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    caller = Caller(client=client)
    assert caller.get("exports").status_code == 200
    refused = caller.post("exports", {"resource": "books"})
    assert (refused.status_code, "CSRF" in refused.json()["detail"]) == (403, True)
    client.get("/api/v1/docs")  # sets the cookie
    token = client.cookies["csrftoken"].value
    accepted = caller.post("exports", {"resource": "books"}, X_CSRFToken=token)
    assert accepted.status_code == 202


# -- The command ------------------------------------------------------------------------------
def make(*arguments: str) -> str:
    output = io.StringIO()
    call_command("create_api_token", *arguments, stdout=output, stderr=io.StringIO())
    return output.getvalue().strip()


def test_the_command_prints_a_token(ana: User) -> None:
    secret = make("ana", "--scope", "exports", "--expires-days", "30", "--name", "nightly")
    token = tokens.find(secret)
    assert token is not None
    assert (token.user, token.name, token.scopes) == (ana, "nightly", ["exports"])
    assert token.expires_at is not None
    assert 29 <= (token.expires_at - timezone.now()).days <= 30
    assert tokens.find(make("ana")).scopes == ["exports", "imports"]  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nobody"], "nobody called nobody"),
        (["gone"], "deactivated"),
        (["guest"], "no staff member"),
        (["ana", "--expires-days", "0"], "--expires-days"),
    ],
)
def test_the_command_says_why_not(
    ana: User, make_user: Any, arguments: list[str], said: str
) -> None:
    make_user("gone", is_active=False)
    make_user("guest", is_staff=False)
    with pytest.raises(CommandError, match=said):
        make(*arguments)
    assert not ApiToken.objects.exists()


# -- The admin --------------------------------------------------------------------------------
LIST, ADD = "/admin/api/apitoken/", "/admin/api/apitoken/add/"


def form(user: User, **fields: Any) -> dict[str, Any]:
    return {
        "user": user.pk,
        "name": "nightly",
        "scopes": ["exports"],
        "expires_at_0": "",
        "expires_at_1": "",
        **fields,
    }


def shown(response: Any) -> str:
    found = re.search(r"<textarea[^>]*>([\w-]{43})</textarea>", response.content.decode())
    assert found
    return found[1]


@pytest.fixture
def admin(ana: User, client: Client) -> Client:
    ana.user_permissions.add(
        *Permission.objects.filter(codename__in=["add_apitoken", "view_apitoken"])
    )
    client.force_login(ana)
    return client


def test_the_admin_shows_a_new_token_once(ana: User, admin: Client) -> None:
    response = admin.post(ADD, form(ana))
    secret = shown(response)
    assert "no-store" in response["Cache-Control"]
    token = tokens.find(secret)
    assert token is not None
    assert (token.user, token.name, token.scopes) == (ana, "nightly", ["exports"])
    page = admin.get(LIST).content.decode()
    assert secret[:8] in page
    assert secret not in page
    assert secret not in admin.get(f"{LIST}{token.pk}/change/").content.decode()


def test_the_form_asks_only_what_is_to_be_said(admin: Client) -> None:
    page = admin.get(ADD).content.decode()
    assert "Good until" in page
    assert "Last used" not in page
    assert page.count('type="submit"') - page.count("Log out") == 1


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"scopes": []}, "This field is required"),
        ({"expires_at_0": "2020-01-01", "expires_at_1": "00:00"}, "in the past"),
    ],
)
def test_the_admin_says_why_not(
    ana: User, admin: Client, fields: dict[str, Any], said: str
) -> None:
    assert said in admin.post(ADD, form(ana, **fields)).content.decode()
    assert not ApiToken.objects.exists()


def test_nobody_makes_or_sees_a_token_of_another(ana: User, root: User, admin: Client) -> None:
    theirs, _secret = tokens.issue(root, name="of root")
    assert "valid choice" in admin.post(ADD, form(root)).content.decode()
    assert "of root" not in admin.get(LIST).content.decode()
    data = {"action": "revoke_chosen", "_selected_action": [theirs.pk]}
    admin.post(LIST, data)
    assert ApiToken.objects.get().is_good
    admin.force_login(root)
    assert tokens.find(shown(admin.post(ADD, form(ana)))).user == ana  # type: ignore[union-attr]


def test_tokens_are_revoked_on_the_list(ana: User, admin: Client) -> None:
    token, secret = tokens.issue(ana)
    data = {"action": "revoke_chosen", "_selected_action": [token.pk]}
    assert "1 token was revoked" in admin.post(LIST, data, follow=True).content.decode()
    assert tokens.find(secret) is None
    assert "revoked" in admin.get(f"{LIST}?q={secret[:8]}").content.decode()


def test_nobody_changes_or_deletes_a_token(root: User, client: Client) -> None:
    token, _secret = tokens.issue(root)
    client.force_login(root)
    assert client.post(f"{LIST}{token.pk}/change/", form(root)).status_code == 403
    assert client.post(f"{LIST}{token.pk}/delete/", {"post": "yes"}).status_code == 403
    assert ApiToken.objects.count() == 1


def test_without_permission_there_is_no_list(ana: User, client: Client) -> None:
    client.force_login(ana)
    assert client.get(LIST).status_code == 403
    assert client.get(ADD).status_code == 403
