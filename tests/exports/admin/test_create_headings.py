"""Other headings, a mail, and the background: what the create page asks beside rows and columns."""

import re
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from exports.admin.create import again_query
from exports.models import Export, Mode
from exports.saved import ExportTemplate
from exports.saving import run_template
from exports.states import Status

pytestmark = pytest.mark.django_db

BOOKS = "/admin/exports/export/new/books/"
ASKED = {"_columns": ["", "title", "id"], "_heading_title": "Name of the book", "_heading_id": ""}


@pytest.fixture
def browser(client: Client, ana: User) -> Client:
    User.objects.filter(pk=ana.pk).update(email="ana@example.org")
    client.force_login(ana)
    return client


def page(client: Client, query: str = "") -> str:
    return unescape(client.get(f"{BOOKS}?{query}").content.decode())


def text_of(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


# -- Headings ---------------------------------------------------------------------------------
def test_a_heading_that_was_typed_is_the_files(browser: Client, make_book: Any) -> None:
    make_book("Emma")
    browser.post(BOOKS, ASKED)
    assert Export.objects.get().headers == {"title": "Name of the book"}


def test_the_preview_shows_the_new_heading(browser: Client, make_book: Any) -> None:
    make_book("Emma")
    html = page(browser, "_columns=title&_columns=id&_heading_title=Name")
    heads = html.partition("create-rows")[2].partition("</thead>")[0]
    assert re.findall(r'<th scope="col"[^>]*>(.*?)</th>', heads) == ["Name", "ID"]


def test_only_a_column_with_another_heading_has_its_field_open(browser: Client) -> None:
    html = page(browser, "_heading_title=Name")
    fields = re.findall(r'<details class="create-heading"( open)? id="headers\.(\w+)"', html)
    assert [name for is_open, name in fields if is_open] == ["title"]
    assert {"id", "blurb", "pages"} <= {name for _open, name in fields}
    assert re.search(r'name="_heading_title" value="Name" placeholder="Title"', html)


@pytest.mark.parametrize("text", ["x" * 101, "a\tb"])
def test_a_bad_heading_is_said_at_its_column(browser: Client, text: str) -> None:
    html = browser.get(BOOKS, {"_heading_title": text}).content.decode()
    fault = "The heading of Title must be one line of 1 to 100 characters."
    at_field = re.search(r'data-errors="headers\.title">(.*?)</ul>', html)
    assert at_field
    assert fault in at_field[1]
    assert '<a href="#headers.title">Title</a>' in html
    assert not browser.post(BOOKS, {"_heading_title": text}).headers.get("Location")
    assert not Export.objects.exists()


def test_a_heading_of_a_column_that_is_none_is_a_fault(browser: Client) -> None:
    shown = text_of(page(browser, "_heading_colour=Red"))
    assert "There is no column “colour” that could get another heading." in shown


def test_headings_of_columns_that_are_not_chosen_do_no_harm(browser: Client) -> None:
    browser.post(BOOKS, {**ASKED, "_columns": ["", "id"]})
    assert Export.objects.get().headers == {}


def test_json_says_that_it_has_no_headings(browser: Client) -> None:
    note = "JSON names its values as the columns are called"
    assert note in page(browser, "_format=json&_heading_title=Name")
    assert note in page(browser, "_format=zip&_option_part_format=json&_heading_title=Name")
    assert note not in page(browser, "_format=csv&_heading_title=Name")
    assert note not in page(browser, "_format=json")


def test_the_command_has_headings_and_mail(browser: Client) -> None:
    html = page(browser, "_heading_title=My+book&_email=1")
    command = re.search(r"data-command>(.*?)</code>", html)
    assert command
    assert "--header 'title=My book' --email -o books.csv" in command[1]


# -- Mail -------------------------------------------------------------------------------------
def test_who_ticks_the_mail_gets_one(browser: Client) -> None:
    assert "ana@example.org" in page(browser)
    browser.post(BOOKS, {})
    browser.post(BOOKS, {"_email": "1"})
    wishes = Export.objects.order_by("created_at").values_list("email_notification", flat=True)
    assert list(wishes) == [False, True]


def test_who_has_no_address_reads_why_there_is_no_mail(client: Client, ana: User) -> None:
    client.force_login(ana)
    html = page(client, "_email=1")
    assert re.search(r'name="_email" value="1" disabled', html)
    assert "Your account has no e-mail address." in html


def test_asking_again_keeps_headings_and_mail(browser: Client) -> None:
    browser.post(BOOKS, {**ASKED, "_email": "1"})
    first = Export.objects.get()
    browser.post(BOOKS, again_query(first), "application/x-www-form-urlencoded")
    second = Export.objects.exclude(pk=first.pk).get()
    assert (second.headers, second.email_notification) == (first.headers, True)


def test_a_template_keeps_headings_and_mail(browser: Client, ana: User) -> None:
    save = f"/admin/exports/exporttemplate/new/{'books'}/"
    answer = browser.post(save, {**ASKED, "_email": "1", "_save_as": "Mine"})
    assert answer.status_code == 302
    template = ExportTemplate.objects.get()
    export = run_template(ana, template)
    assert (export.headers, export.email_notification) == ({"title": "Name of the book"}, True)
    assert not run_template(ana, template, wants_mail=False).email_notification


# -- Background -------------------------------------------------------------------------------
def test_a_small_export_is_left_to_a_worker_when_that_is_wished(
    browser: Client, make_book: Any, settings: Any
) -> None:
    settings.EXPORT_QUICK_ROWS = 1000
    make_book()
    assert "Made at once." in page(browser)
    assert "Made in the background" in page(browser, "_background=1")
    browser.post(BOOKS, {"_background": "1"})
    export = Export.objects.get()
    assert (export.status, export.mode) == (Status.PENDING, Mode.BACKGROUND)


def test_the_wish_is_still_there_when_a_form_has_a_fault(browser: Client) -> None:
    html = browser.post(BOOKS, {"_background": "1", "_email": "1", "_limit": "x"}).content.decode()
    assert re.search(r'name="_background" value="1" checked', html)
    assert re.search(r'name="_email" value="1" checked', html)
