"""What can be exported, and how much there is of it."""

import datetime as dt
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.utils import timezone

from exportsite.domains.leads.models import Lead, Location
from tests.api.conftest import Caller

pytestmark = pytest.mark.django_db


def test_a_resource_says_all_that_can_be_chosen(api: Caller, make_book: Any, settings: Any) -> None:
    make_book(author="George")
    found = api.get("resources/books").json()
    assert set(found) == {
        *("name", "label", "formats", "columns", "filters", "sort_fields", "default_sort"),
        *("limits", "links"),
    }
    assert (found["name"], found["label"]) == ("books", "Books")
    assert found["formats"] == ["csv", "xlsx", "json", "pdf", "zip"]
    assert found["columns"][0] == {
        "name": "id", "label": "ID", "type": "integer", "sensitive": False, "default": True,
    }  # fmt: skip
    email = next(one for one in found["columns"] if one["name"] == "author_email")
    assert (email["sensitive"], email["default"]) == (True, False)
    assert found["sort_fields"] == ["id", "title", "pages"]
    assert (found["default_sort"], found["links"]) == (
        "id", {"export": "http://testserver/api/v1/books/export"},
    )  # fmt: skip
    assert found["limits"] == {"quick": 10_000, "pdf": 10_000, "max": None}
    settings.EXPORT_MAX_RECORDS = 100_000
    assert api.get("resources/books").json()["limits"]["max"] == 100_000


def test_filters_say_their_type_and_choices(api: Caller, make_book: Any) -> None:
    book = make_book(author="George")
    filters = {one["name"]: one for one in api.get("resources/books").json()["filters"]}
    assert filters["shelf"] == {
        "name": "shelf", "type": "choice", "label": "Shelf", "multiple": True,
        "choices": [
            {"value": "novel", "label": "Novel"}, {"value": "poetry", "label": "Poetry"},
        ],
    }  # fmt: skip
    assert filters["author_id"]["type"] == "reference"
    assert filters["author_id"]["choices"] == [{"value": book.author_id, "label": "George"}]
    types = {name: (one["type"], one["multiple"]) for name, one in filters.items()}
    assert types["title"] == ("text", False)
    assert types["in_print"] == ("boolean", False)
    assert types["min_pages"] == ("number", False)
    assert types["date_from"] == ("date", False)
    assert types["keys"] == ("keys", True)


def test_only_what_one_may_export_is_listed(api: Caller, ana: User) -> None:
    names = [one["name"] for one in api.get("resources").json()]
    assert names == sorted(["books", "broken-books", "notes", "shelves", "slow-books"])
    ana.user_permissions.remove(*ana.user_permissions.filter(codename="view_book"))
    assert [one["name"] for one in api.get("resources").json()] == ["notes"]
    assert list(api.get("stats").json()) == ["notes"]


def test_every_resource_of_the_contract_is_there(root_api: Caller) -> None:
    names = {one["name"] for one in root_api.get("resources").json()}
    assert names >= {
        *("cars", "assets", "tickets", "ezpass", "pvb", "curb", "ledger-postings"),
        *("ledger-balances", "leads", "lead-analytics", "meters", "readings"),
    }
    assert set(root_api.get("stats").json()) == names


def test_statistics_of_leads(root_api: Caller) -> None:
    place = Location.objects.create(name="Austin", code="austin", url="https://x")
    now = timezone.now()
    for number, (email, phone, age, status) in enumerate(
        [
            ("a@x", "1", 0, "new"),
            ("b@x", "", 10, "new"),
            ("", "2", 29, "contacted"),
            (None, None, 31, "new"),
        ]
    ):
        Lead.objects.create(
            craigslist_id=str(number), url="https://x", title="t", location=place, email=email,
            phone=phone, scraped_at=now - timedelta(days=age), status=status,
        )  # fmt: skip
    assert root_api.get("stats").json()["leads"] == {
        "total": 4,
        "recent_30_days": 3,
        "with_email": 2,
        "with_phone": 2,
        "with_both": 1,
        "by_status": {"contacted": 1, "new": 3},
        "estimated_sizes": {"csv": 2000, "xlsx": 4000, "json": 3000},
    }


def test_statistics_of_a_resource_that_declares_nothing(api: Caller, make_book: Any) -> None:
    make_book(added_at=dt.datetime(2026, 1, 1, tzinfo=dt.UTC))
    found = api.get("stats").json()["books"]
    assert (found["total"], found["recent_30_days"]) == (1, None)
    assert all(size > 0 for size in found["estimated_sizes"].values())
    assert "by_status" not in found


def test_figures_about_leads_need_their_permission(
    api: Caller, ana: User, root_api: Caller
) -> None:
    for ask in (lambda: api.get("analytics/leads"), lambda: api.post("analytics/generate")):
        assert ask().status_code == 403
    ana.user_permissions.add(Permission.objects.get(codename="view_lead"))
    assert api.get("analytics/performance").status_code == 200
