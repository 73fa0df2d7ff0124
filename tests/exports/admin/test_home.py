from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from exports.states import Status

pytestmark = pytest.mark.django_db


@pytest.fixture
def home() -> str:
    return reverse("admin:index")


def panel(response: Any) -> str:
    tree = lxml.html.fromstring(response.content.decode())
    found = tree.xpath('//section[@class="ex-home"]')
    return " ".join(found[0].text_content().split()) if found else ""


def test_home_shows_what_runs_what_is_ready_and_what_failed(
    pages: Client, make_export: Any, home: str
) -> None:
    for status in Status.values:
        make_export(status, title=f"Books: {status}", error_message="No space.")
    text = panel(pages.get(home))
    running, ready, failed = (
        text.index(f"Books: {name}") for name in ("processing", "completed", "failed")
    )
    assert text.index("Running now") < running < text.index("Ready to download")
    assert text.index("Ready to download") < ready < text.index("Needs attention") < failed
    assert "62.4 %" in text
    assert "No space." in text
    assert "Books: cancelled" not in text


def test_home_is_about_ones_own_exports(
    ana: User, root_pages: Client, make_export: Any, home: str
) -> None:
    make_export(Status.COMPLETED, title="Books: of Ana")
    assert "of Ana" not in panel(root_pages.get(home))


def test_old_failures_are_history(pages: Client, make_export: Any, home: str) -> None:
    make_export(Status.FAILED, title="Books: old", completed_at=timezone.now() - timedelta(days=8))
    assert "Books: old" not in panel(pages.get(home))


def test_home_says_when_nobody_works_but_only_when_something_waits(
    pages: Client, root_pages: Client, root: User, make_export: Any, make_worker: Any, home: str
) -> None:
    assert "No background worker" not in panel(pages.get(home))
    make_export()
    assert "No background worker is running" in panel(pages.get(home))
    assert "manage.py" not in panel(pages.get(home))
    make_export(created_by=root)
    assert "python manage.py worker" in panel(root_pages.get(home))
    make_worker()
    assert "No background worker" not in panel(pages.get(home))


def test_home_starts_an_export(pages: Client, home: str, url: Any) -> None:
    page = pages.get(home).content.decode()
    assert f'href="{url("new")}"' in page
    assert "Nothing is running" in page


def test_home_offers_nothing_to_whom_may_nothing(make_user: Any, client: Client, home: str) -> None:
    client.force_login(make_user("joe", "library.view_book"))
    page = client.get(home)
    assert page.status_code == 200
    assert panel(page) == ""


def test_home_asks_few_queries_however_much_there_is(
    pages: Client,
    make_export: Any,
    home: str,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for status in Status.values * 3:
        make_export(status)
    with django_assert_max_num_queries(12):
        pages.get(home)


def test_the_site_has_its_own_mark(client: Client, home: str) -> None:
    page = client.get(home, follow=True).content.decode()
    assert "Data door" in page
    assert 'class="site-mark"' in page
