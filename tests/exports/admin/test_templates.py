"""The pages of templates: list, save from the create page and from an export, run, delete."""

import datetime as dt
import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exports import saving
from exports.models import Export, ExportTemplate
from exports.periods import PERIODS
from exports.plans import ExportRequest
from exports.resources import Column
from exports.states import Status
from tests.library.export_resources import BookResource

pytestmark = pytest.mark.django_db

Make = Callable[..., ExportTemplate]


def place(name: str, *args: Any) -> str:
    return reverse(f"admin:exports_exporttemplate_{name}", args=args)


@pytest.fixture
def make_template(ana: User) -> Make:
    def make(name: str = "Novels", *, owner: User = ana, **fields: Any) -> ExportTemplate:
        is_shared = fields.pop("is_shared", False)
        asked = ExportRequest(resource="books", **{"filters": {"shelf": ["novel"]}, **fields})
        return saving.save_template(owner, name, asked, is_shared=is_shared)

    return make


@pytest.fixture
def bob(make_user: Any) -> User:
    return make_user("bob", "exports.add_export", "library.view_book")


@pytest.fixture
def bob_pages(bob: User) -> Client:
    client = Client()
    client.force_login(bob)
    return client


# -- The list ---------------------------------------------------------------------------------
def test_the_list_shows_own_and_shared_templates_with_a_run_button(
    pages: Client, make_template: Make, bob: User, words: Any
) -> None:
    mine = make_template()
    make_template("Of Bob, private", owner=bob)
    shared = make_template("Of Bob, shared", owner=bob, is_shared=True)
    response = pages.get(place("changelist"))
    text = words(response)
    assert "Novels Books · 12 columns · CSV Novel Yours never" in text
    assert "Of Bob, shared" in text
    assert "private" not in text
    page = response.content.decode()
    for template in (mine, shared):
        assert f'formaction="{place("run", template.pk)}"' in page


def test_an_empty_list_says_how_a_template_is_made(pages: Client, words: Any) -> None:
    text = words(pages.get(place("changelist")))
    assert "No templates yet" in text
    assert "press “Save as template”" in text


def test_who_may_only_look_is_offered_nothing(make_user: Any, client: Client, words: Any) -> None:
    client.force_login(make_user("eve", "exports.view_export"))
    response = client.get(place("changelist"))
    assert "You may look, but not create" in words(response)
    assert "ex-main" not in response.content.decode()


def test_strangers_see_nothing(make_user: Any, client: Client) -> None:
    client.force_login(make_user("joe", "library.view_book"))
    assert client.get(place("changelist")).status_code == 403
    client.logout()
    assert "/login/" in client.get(place("changelist"))["Location"]


def test_the_list_asks_few_queries_however_long_it_is(
    pages: Client, make_template: Make, django_assert_max_num_queries: Any
) -> None:
    for number in range(20):
        make_template(f"Template {number}")
    with django_assert_max_num_queries(12):
        pages.get(place("changelist"))


def test_a_long_list_has_pages(pages: Client, make_template: Make, words: Any) -> None:
    for number in range(51):
        make_template(f"Template {number:02}")
    assert "Page 1 of 2" in words(pages.get(place("changelist")))
    assert "Template 50" in words(pages.get(place("changelist") + "?p=2"))


def test_adding_begins_with_what_to_export(pages: Client) -> None:
    assert pages.get(place("add"))["Location"] == reverse("admin:exports_export_new")


# -- Run --------------------------------------------------------------------------------------
def test_one_click_runs_it_as_the_person_who_clicks(
    bob_pages: Client, bob: User, make_template: Make
) -> None:
    template = make_template(is_shared=True)
    response = bob_pages.post(place("run", template.pk))
    export = Export.objects.get()
    assert response["Location"] == reverse("admin:exports_export_watch", args=[export.pk])
    assert (export.created_by, export.filters) == (bob, {"shelf": ["novel"]})
    assert export.columns == template.columns


def test_the_private_template_of_somebody_else_does_not_exist(
    bob_pages: Client, make_template: Make
) -> None:
    template = make_template()
    assert bob_pages.get(place("change", template.pk)).status_code == 404
    assert bob_pages.post(place("change", template.pk), {}).status_code == 404
    assert bob_pages.get(place("delete", template.pk)).status_code == 404
    assert bob_pages.post(place("run", template.pk)).status_code == 404
    assert not Export.objects.exists()


@pytest.mark.parametrize("name", ["run"])
def test_a_link_alone_changes_nothing(pages: Client, make_template: Make, name: str) -> None:
    assert pages.get(place(name, make_template().pk)).status_code == 405


def test_every_change_is_guarded_against_foreign_pages(ana: User, make_template: Make) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    template = make_template()
    for name in ("run", "delete", "change"):
        assert client.post(place(name, template.pk), {"save-name": "x"}).status_code == 403
    assert client.post(place("new", "books"), {"_save_as": "x"}).status_code == 403


def test_what_no_longer_fits_is_said_and_not_run(
    pages: Client, make_template: Make, words: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = make_template()
    monkeypatch.setattr(BookResource, "columns", (Column(name="id"),))
    text = words(pages.post(place("run", template.pk), follow=True))
    assert "“Novels” cannot run: There is no column “title”" in text
    assert "It cannot run as it is." in text
    assert not Export.objects.exists()


def test_too_many_clicks_are_told_to_wait(
    pages: Client, make_template: Make, words: Any, settings: Any
) -> None:
    settings.EXPORT_RATE_LIMIT = 1
    template = make_template()
    pages.post(place("run", template.pk))
    text = words(pages.post(place("run", template.pk), follow=True))
    assert "Try again in" in text


# -- Save: from the create page ---------------------------------------------------------------
def test_the_create_page_has_a_name_and_a_button_that_sends_the_same_form(pages: Client) -> None:
    page = pages.get(reverse("admin:exports_export_new_resource", args=["books"]))
    html = page.content.decode()
    assert f'formaction="{place("new", "books")}"' in html
    assert 'name="_save_as"' in html


def test_a_name_on_the_create_page_is_enough(pages: Client, words: Any) -> None:
    today = timezone.localdate()
    data = {
        "_save_as": "My books",
        "_format": "xlsx",
        "_columns": ["", "title", "pages"],
        "_options_for": "xlsx",
        "shelf": "novel",
        "date_from": today.replace(day=1).isoformat(),
        "date_to": PERIODS["@this_month"].days(today)[1].isoformat(),
        "_limit": "",
    }
    response = pages.post(place("new", "books"), data, follow=True)
    template = ExportTemplate.objects.get()
    assert response.redirect_chain[0][0] == place("change", template.pk)
    assert "The template is saved." in words(response)
    assert (template.name, template.format) == ("My books", "xlsx")
    assert template.columns == ["title", "pages"]
    # The quick range "This month" moves along.
    assert template.filters["date_from"] == template.filters["date_to"] == "@this_month"
    assert "added this month" in template.summary


def test_without_a_name_the_page_asks_for_one_and_for_what_moves(pages: Client, words: Any) -> None:
    data = {"_save_as": "", "_format": "csv", "shelf": "novel", "date_from": "2020-01-05"}
    response = pages.post(place("new", "books"), data)
    html = response.content.decode()
    assert response.status_code == 200
    assert '<input type="hidden" name="shelf" value="novel">' in html
    assert "Always from 5 Jan 2020" in html
    assert "In the last 7 days" in html
    assert not ExportTemplate.objects.exists()
    sent = {
        **data,
        "save-name": "Old ones",
        "save-is_shared": "on",
        "save-period_date_from": "@last_week",
    }
    pages.post(place("new", "books"), sent)
    template = ExportTemplate.objects.get()
    assert (template.name, template.is_shared) == ("Old ones", True)
    assert template.filters["date_from"] == "@last_week"


def test_a_name_that_is_taken_can_be_replaced_on_the_next_page(
    pages: Client, make_template: Make, words: Any
) -> None:
    template = make_template("Taken")
    data = {"_save_as": "Taken", "_format": "csv", "shelf": "poetry"}
    response = pages.post(place("new", "books"), data)
    assert "You have a template “Taken” already." in words(response)
    assert 'name="save-is_replacing"' in response.content.decode()
    sent = {"_format": "csv", "shelf": "poetry", "save-name": "Taken", "save-is_replacing": "on"}
    pages.post(place("new", "books"), sent)
    template.refresh_from_db()
    assert template.filters == {"shelf": ["poetry"]}
    assert ExportTemplate.objects.count() == 1


def test_an_unknown_period_is_refused(pages: Client, words: Any) -> None:
    sent = {"_format": "csv", "save-name": "x", "save-period_date_from": "@tomorrow"}
    assert "@tomorrow is not one of" in words(pages.post(place("new", "books"), sent))
    assert not ExportTemplate.objects.exists()


def test_a_wrong_form_goes_back_to_the_create_page_with_its_faults(
    pages: Client, words: Any
) -> None:
    data = {"_save_as": "My books", "_format": "csv", "min_pages": "many"}
    response = pages.post(place("new", "books"), data, follow=True)
    assert response.redirect_chain[0][0].startswith(
        reverse("admin:exports_export_new_resource", args=["books"])
    )
    assert "must be mended first" in words(response)
    assert 'value="My books"' in response.content.decode()
    assert not ExportTemplate.objects.exists()


def test_what_one_may_not_export_cannot_be_kept(pages: Client, client: Client) -> None:
    assert pages.post(place("new", "tickets"), {"_save_as": "x"}).status_code == 403
    assert pages.post(place("new", "papyri"), {"_save_as": "x"}).status_code == 404


# -- Save: from an export ---------------------------------------------------------------------
def test_a_finished_export_offers_to_be_kept(pages: Client, make_export: Any, url: Any) -> None:
    export = make_export(Status.COMPLETED)
    assert place("from", export.pk) in pages.get(url("watch", export)).content.decode()


def test_an_export_is_kept_with_the_dates_it_was_asked_with(
    pages: Client, make_export: Any, words: Any
) -> None:
    export = make_export(
        Status.COMPLETED,
        filters={"date_from": "2026-04-01", "date_to": "2026-04-30"},
        created_at=dt.datetime(2026, 5, 20, 12, tzinfo=dt.UTC),
        sort_by="id",
    )
    response = pages.get(place("from", export.pk))
    html = response.content.decode()
    assert '<option value="@last_month" selected>Last month</option>' in html
    assert "Always 1 Apr 2026 – 30 Apr 2026" in html
    assert not ExportTemplate.objects.exists()
    pages.post(place("from", export.pk), {"save-name": "April", "save-period_date_from": "keep"})
    template = ExportTemplate.objects.get()
    assert template.filters == {"date_from": "2026-04-01", "date_to": "2026-04-30"}
    assert template.columns == ["id", "title"]


def test_nobody_keeps_the_exports_of_others(bob_pages: Client, make_export: Any) -> None:
    assert bob_pages.get(place("from", make_export(Status.COMPLETED).pk)).status_code == 404


def test_an_export_that_no_longer_fits_cannot_be_kept(
    pages: Client, make_export: Any, words: Any
) -> None:
    export = make_export(Status.COMPLETED, columns=["isbn"], sort_by="id")
    text = words(pages.get(place("from", export.pk), follow=True))
    assert "This can no longer be exported so: There is no column “isbn”" in text


# -- One template -----------------------------------------------------------------------------
def test_its_page_leads_to_the_filled_in_create_page(
    pages: Client, make_template: Make, words: Any
) -> None:
    template = make_template(filters={"date_from": "@today", "shelf": ["novel"]})
    html = pages.get(place("change", template.pk)).content.decode()
    found = re.search(r'href="(/admin/exports/export/new/books/[^"]+)"', html)
    assert found is not None
    query = parse_qs(urlsplit(unescape(found[1])).query)
    assert query["date_from"] == [timezone.localdate().isoformat()]
    assert (query["shelf"], query["_save_as"]) == (["novel"], ["Novels"])
    text = words(pages.get(unescape(found[1])))
    assert "must be mended first" not in text


def test_the_owner_changes_name_dates_and_sharing(pages: Client, make_template: Make) -> None:
    template = make_template()
    sent = {
        "save-name": "Renamed",
        "save-is_shared": "on",
        "save-period_date_from": "@yesterday",
    }
    response = pages.post(place("change", template.pk), sent)
    assert response["Location"] == place("change", template.pk)
    template.refresh_from_db()
    assert (template.name, template.is_shared) == ("Renamed", True)
    assert template.filters == {
        "shelf": ["novel"],
        "date_from": "@yesterday",
        "date_to": "@yesterday",
    }


def test_a_wrong_name_is_said_at_its_field(pages: Client, make_template: Make, words: Any) -> None:
    make_template("Taken")
    template = make_template()
    sent = {"save-name": "Taken", "save-period_date_from": ""}
    response = pages.post(place("change", template.pk), sent)
    assert "You have a template “Taken” already." in words(response)
    assert 'aria-invalid="true"' in response.content.decode()
    template.refresh_from_db()
    assert template.name == "Novels"


def test_who_it_is_shared_with_runs_it_but_changes_nothing(
    bob_pages: Client, make_template: Make
) -> None:
    template = make_template(is_shared=True)
    html = bob_pages.get(place("change", template.pk)).content.decode()
    assert "Run now" in html
    assert "save-name" not in html
    assert bob_pages.post(place("change", template.pk), {"save-name": "x"}).status_code == 403
    assert bob_pages.get(place("delete", template.pk)).status_code == 403
    assert bob_pages.post(place("delete", template.pk)).status_code == 403


def test_a_superuser_changes_what_others_own(root_pages: Client, make_template: Make) -> None:
    template = make_template()
    root_pages.post(place("change", template.pk), {"save-name": "Ours"})
    template.refresh_from_db()
    assert (template.name, template.owner.get_username()) == ("Ours", "ana")


def test_deleting_asks_first_and_says_what_it_means(
    pages: Client, make_template: Make, words: Any
) -> None:
    template = make_template(is_shared=True)
    text = words(pages.get(place("delete", template.pk)))
    assert "The template “Novels” goes for good." in text
    assert "others can no longer run it either" in text
    assert ExportTemplate.objects.exists()
    pages.post(place("delete", template.pk))
    assert not ExportTemplate.objects.exists()


# -- Home -------------------------------------------------------------------------------------
def test_home_offers_templates_to_run(pages: Client, make_template: Make, words: Any) -> None:
    assert "Your templates" not in words(pages.get(reverse("admin:index")))
    template = make_template()
    response = pages.get(reverse("admin:index"))
    assert "Your templates All templates Run Novels Novels Novel" in words(response)
    assert f'formaction="{place("run", template.pk)}"' in response.content.decode()


def test_no_page_has_a_script_or_a_style_of_its_own(
    pages: Client, make_template: Make, make_export: Any
) -> None:
    template = make_template()
    export = make_export(Status.COMPLETED, sort_by="id")
    for url in (
        place("changelist"),
        place("change", template.pk),
        place("delete", template.pk),
        place("from", export.pk),
    ):
        html = pages.get(url).content.decode().partition('id="content-main"')[2]
        assert "<script" not in html
        assert "style=" not in html
        assert "onclick" not in html
