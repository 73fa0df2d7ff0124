import re
from collections.abc import Callable
from html import unescape
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from exports.admin.create import again_query
from exports.admin.create_choices import related_choices
from exports.default_filters import filterset_of
from exports.models import Export
from exports.permissions import resources_for
from exports.pipeline import request_of
from exports.plans import bind_filters
from exports.registry import all_resources, find_resource
from tests.exports.conftest import BookFactory, UserFactory

CHOOSE = "/admin/exports/export/new/"
BOOKS = f"{CHOOSE}books/"


@pytest.fixture
def browser(client: Client, ana: User) -> Client:
    client.force_login(ana)
    return client


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def text_of(html: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


# -- Choose -----------------------------------------------------------------------------------
def test_what_may_be_exported_is_offered_with_its_rows_and_formats(
    browser: Client, make_book: BookFactory
) -> None:
    make_book()
    shown = text_of(page(browser, CHOOSE))
    assert "Books 1 row CSV Excel JSON" in shown
    assert "Notes 0 rows" in shown
    assert "Tickets 0 rows" not in shown


def test_a_single_resource_needs_no_choice(client: Client, make_user: UserFactory) -> None:
    client.force_login(make_user("bo", "exports.add_export", "library.view_note"))
    answer = client.get(CHOOSE)
    assert answer.headers["Location"] == f"{CHOOSE}notes/"


def test_who_may_export_nothing_reads_whom_to_ask(client: Client, make_user: UserFactory) -> None:
    client.force_login(make_user("bo"))
    assert "You may not export anything yet." in text_of(page(client, CHOOSE))


@pytest.mark.parametrize("address", [CHOOSE, BOOKS, f"{BOOKS}preview/"])
def test_a_stranger_has_to_log_in(client: Client, db: None, address: str) -> None:
    assert "/login/" in client.get(address).headers["Location"]


@pytest.mark.parametrize("ending", ["", "preview/"])
def test_without_permission_the_page_is_forbidden(
    client: Client, make_user: UserFactory, ending: str
) -> None:
    client.force_login(make_user("bo", "exports.add_export", "library.view_note"))
    assert client.get(BOOKS + ending).status_code == 403


@pytest.mark.parametrize("ending", ["", "preview/"])
def test_an_unknown_resource_is_not_found(browser: Client, ending: str) -> None:
    assert browser.get(f"{CHOOSE}unicorns/{ending}").status_code == 404


@pytest.mark.parametrize("address", [CHOOSE, f"{BOOKS}preview/"])
def test_what_only_shows_takes_no_posts(browser: Client, address: str) -> None:
    assert browser.post(address).status_code == 405


# -- Configure --------------------------------------------------------------------------------
def test_the_form_is_filled_in_from_the_address(browser: Client, make_book: BookFactory) -> None:
    make_book("Emma")
    html = page(
        browser,
        f"{BOOKS}?title=emm&shelf=novel&in_print=true&min_pages=5&date_from=2026-01-31"
        "&_format=xlsx&_columns=title&_columns=id&_sort=-pages&_limit=50",
    )
    assert 'name="title" id="id_title" value="emm"' in html
    assert re.search(r'name="shelf" value="novel"[^>]* checked', html)
    assert re.search(r'name="in_print" value="true"[^>]* checked', html)
    assert 'type="date" name="date_from" id="id_date_from" value="2026-01-31"' in html
    assert re.search(r'name="_format" value="xlsx"[^>]* checked', html)
    assert '<option value="pages" selected>' in html
    assert re.search(r'name="_order" value="desc" checked', html)
    assert 'value="50"' in html
    assert "1 row" in text_of(html)


def test_chosen_columns_come_first_and_in_their_order(browser: Client) -> None:
    html = page(browser, f"{BOOKS}?_columns=title&_columns=id")
    names = re.findall(r'name="_columns" value="(\w+)"( checked)?', html)
    assert names[:3] == [("title", " checked"), ("id", " checked"), ("author", "")]


def test_one_of_each_group_of_radio_buttons_is_chosen(browser: Client) -> None:
    html = page(browser, BOOKS)
    groups: dict[str, int] = {}
    for button in re.findall(r'<input type="radio"[^>]*>', html):
        name = re.search(r'name="([^"]*)"', button)
        assert name
        groups[name[1]] = groups.get(name[1], 0) + (" checked" in button)
    assert "_option_formula_guard" in groups
    assert set(groups.values()) == {1}


def test_every_input_has_a_label(browser: Client) -> None:
    html = page(browser, BOOKS)
    for field in re.findall(r"<(?:input|select)\b[^>]*>", html.partition("export-form")[2]):
        if 'type="hidden"' in field or 'type="checkbox"' in field or 'type="radio"' in field:
            continue
        identity = re.search(r'id="([^"]+)"', field)
        assert "aria-label" in field or (identity and f'for="{identity[1]}"' in html), field


@pytest.mark.parametrize("name", sorted(resource.name for resource in all_resources()))
def test_the_form_shows_every_filter_of_every_resource(admin_client: Client, name: str) -> None:
    html = page(admin_client, f"{CHOOSE}{name}/")
    for filter_name in filterset_of(find_resource(name)).base_filters:
        assert f'id="field-{filter_name}"' in html


def test_nothing_stands_inline_that_the_content_policy_forbids(browser: Client) -> None:
    for address in (CHOOSE, f"{BOOKS}?shelf=attic", f"{BOOKS}preview/?shelf=attic"):
        html = page(browser, address)
        assert not re.search(r"<script(?![^>]*\bsrc=)", html)
        assert "<style" not in html
        assert not re.search(r"\s(style|on\w+)=", html)


def test_what_a_list_could_not_hand_over_is_said(browser: Client) -> None:
    shown = text_of(page(browser, f"{BOOKS}?_lost=By+colour&_lost=By+size"))
    assert "The list’s filter “By colour” could not be carried over." in shown
    assert "The list’s filter “By size” could not be carried over." in shown


def test_a_selection_is_shown_and_can_be_taken_back(
    browser: Client, make_book: BookFactory
) -> None:
    books = [make_book(str(number)) for number in range(3)]
    html = page(browser, f"{BOOKS}?keys={books[0].pk},{books[2].pk}")
    assert "Only the 2 rows that were selected on the list" in text_of(html)
    assert re.search(rf'name="keys" value="{books[0].pk},{books[2].pk}" checked', html)
    assert "2 books" in text_of(html)


def test_markup_in_data_and_address_is_text(browser: Client, make_book: BookFactory) -> None:
    evil = "<script>alert(1)</script>"
    make_book(evil)
    html = page(browser, f"{BOOKS}?title={evil}&shelf={evil}&_lost={evil}&{evil}=1&_limit={evil}")
    html += page(browser, f"{BOOKS}preview/?title={evil}")
    assert evil not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html


def test_a_many_rowed_relation_is_listed_where_the_admin_has_no_autocomplete(
    browser: Client, make_book: BookFactory
) -> None:
    for number in range(30):
        make_book(author=f"Author {number}")
    assert len(re.findall(r'type="checkbox" name="author_id"', page(browser, BOOKS))) == 30


def test_a_relation_may_be_named_instead_of_numbered(
    browser: Client, make_book: BookFactory
) -> None:
    book = make_book(author="Austen")
    html = page(browser, f"{BOOKS}?author_id=austen")
    assert re.search(rf'name="author_id" value="{book.author.pk}"[^>]* checked', html)


def test_an_impossible_key_does_not_break_the_list_of_choices(
    db: None, make_book: BookFactory
) -> None:
    make_book(author="Austen")
    field = bind_filters(find_resource("books"), {}).form.fields["author_id"]
    choices, _more = related_choices(field, ["9" * 30, "x", "austen"])
    assert [(choice.label, choice.checked, choice.unknown) for choice in choices] == [
        ("Austen", True, False),
        ("9" * 30, True, True),
        ("x", True, True),
    ]


# -- Faults -----------------------------------------------------------------------------------
FAULTS = {
    "shelf=attic": ("shelf", "“attic” is not a valid choice."),
    "min_pages=9&max_pages=1": ("max_pages", "The end of the range, 1, is before its beginning"),
    "date_from=soon": ("date_from", "Enter a valid date."),
    "author_id=77": ("author_id", "“77” is not a valid choice."),
    "in_print=perhaps": ("in_print", "“perhaps” is neither yes nor no."),
    "_columns=": ("columns", "Choose at least one column."),
    "_columns=colour": ("columns", "There is no column “colour”."),
    "_limit=0": ("limit", "The limit is a number of rows, at least 1."),
    "_limit=many": ("limit", "“many” is no number of rows."),
    "_format=docx": ("format", 'There is no format "docx".'),
    "_sort=colour": ("sort_by", "There is no sorting by “colour”."),
    "_format=csv&_option_quote=x": ("options", "cannot be 'x'"),
}


@pytest.mark.parametrize(("query", "fault"), FAULTS.items())
def test_a_fault_stands_at_its_field(browser: Client, query: str, fault: tuple[str, str]) -> None:
    html = page(browser, f"{BOOKS}?{query}")
    at_field = re.search(rf'data-errors="{fault[0]}">(.*?)</ul>', html)
    assert at_field
    assert fault[1] in unescape(at_field[1])
    assert fault[1] in text_of(html.partition("create-faults")[2].partition("</ul>")[0])


def test_an_unknown_filter_is_said(browser: Client) -> None:
    assert "There is no filter “colour”." in text_of(page(browser, f"{BOOKS}?colour=red"))


def test_nothing_is_lost_when_a_form_has_a_fault(browser: Client) -> None:
    sent = {
        "title": "emma",
        "shelf": ["poetry", "attic"],
        "min_pages": "9",
        "max_pages": "1",
        "date_from": "soon",
        "_format": "xlsx",
        "_columns": ["", "title", "id"],
        "_sort": "pages",
        "_order": "desc",
        "_limit": "many",
    }
    html = browser.post(BOOKS, sent).content.decode()
    assert not Export.objects.exists()
    for value in ("emma", "9", "1", "soon", "many"):
        assert f'value="{value}"' in html
    for name in ("poetry", "attic"):
        assert re.search(rf'name="shelf" value="{name}"[^>]* checked', html)
    assert re.findall(r'name="_columns" value="(\w+)" checked', html) == ["title", "id"]
    assert re.search(r'name="_format" value="xlsx"[^>]* checked', html)
    assert re.search(r'name="_order" value="desc" checked', html)
    assert 'aria-invalid="true"' in html


def test_a_form_without_columns_comes_back_without_columns(browser: Client) -> None:
    html = page(browser, f"{BOOKS}?_columns=")
    assert not re.search(r'name="_columns" value="\w+" checked', html)


# -- Sensitive columns ------------------------------------------------------------------------
def test_sensitive_columns_are_locked_without_the_permission(browser: Client) -> None:
    html = page(browser, BOOKS)
    assert 'value="author_email" disabled' in html
    assert "You may not export sensitive columns." in text_of(html)
    answer = browser.post(BOOKS, {"_columns": ["id", "author_email"], "_contact": "1"})
    assert "You may not export these columns: author_email." in text_of(answer.content.decode())
    assert not Export.objects.exists()


def test_sensitive_columns_must_be_asked_for_expressly(
    client: Client, make_user: UserFactory
) -> None:
    client.force_login(
        make_user("bo", "exports.add_export", "exports.export_sensitive", "library.view_book")
    )
    sent = {"_columns": ["id", "author_email"]}
    shown = text_of(client.post(BOOKS, sent).content.decode())
    assert "Sensitive columns must be asked for expressly: author_email." in shown
    client.post(BOOKS, {**sent, "_contact": "1"})
    assert Export.objects.get().columns == ["id", "author_email"]


# -- Create -----------------------------------------------------------------------------------
def test_creating_asks_for_the_export_and_goes_to_its_page(
    browser: Client, ana: User, make_book: BookFactory
) -> None:
    make_book("Emma")
    answer = browser.post(
        BOOKS,
        {
            "title": "emm",
            "_format": "csv",
            "_options_for": "csv",
            "_option_bom": ["false"],
            "_columns": ["", "title", "id"],
            "_sort": "pages",
            "_order": "desc",
            "_limit": "5",
        },
    )
    export = Export.objects.get()
    assert answer.headers["Location"] == reverse("admin:exports_export_watch", args=[export.pk])
    assert (export.created_by, export.total_rows) == (ana, 1)
    assert (export.filters, export.columns) == ({"title": "emm"}, ["title", "id"])
    assert (export.sort_by, export.sort_descending, export.row_limit) == ("pages", True, 5)
    assert export.options["bom"] is False


def test_the_bare_form_asks_for_the_usual_file(browser: Client) -> None:
    browser.post(BOOKS, {})
    export = Export.objects.get()
    assert (export.format, export.filters, export.row_limit) == ("csv", {}, None)
    assert "blurb" not in export.columns


def test_without_permission_nothing_is_created(client: Client, make_user: UserFactory) -> None:
    client.force_login(make_user("bo", "exports.add_export", "library.view_note"))
    assert client.post(BOOKS, {}).status_code == 403
    assert not Export.objects.exists()


def test_creating_needs_the_token_of_the_form(ana: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    assert client.post(BOOKS, {}).status_code == 403
    button = re.search(r'name="csrfmiddlewaretoken" value="(\w+)" data-create', page(client, BOOKS))
    assert button
    answer = client.post(BOOKS, {"csrfmiddlewaretoken": button[1]})
    assert answer.status_code == 302


def test_without_scripts_a_button_shows_the_preview(
    browser: Client, make_book: BookFactory
) -> None:
    make_book("Emma")
    html = page(browser, BOOKS)
    assert f'method="get" action="{BOOKS}"' in html
    assert re.search(r'<button type="submit" class="[^"]*" data-show-preview>', html)
    assert re.search(r'<button type="submit"[^>]* formmethod="post"', html)
    assert html.index("data-show-preview") < html.index("data-create")  # what Enter presses
    whole = f"{BOOKS}?title=emm&shelf=&_format=json&_options_for=csv&_option_bom=true&_columns="
    assert "Emma" in page(browser, f"{whole}&_columns=title&_sort=id&_order=asc&_limit=")


# -- Again ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "fields",
    [
        {},
        {"filters": {"shelf": ["novel"], "title": "a+b & c"}, "limit": 3, "sort_by": "pages"},
        {"format": "json", "columns": ["title", "id"], "sort_descending": True},
        {"options": {"bom": False, "delimiter": "tab"}},
    ],
)
def test_asking_again_asks_for_the_same(
    ask: Callable[..., Export], browser: Client, fields: dict[str, Any]
) -> None:
    first = ask(**fields)
    answer = browser.post(f"{BOOKS}", again_query(first), "application/x-www-form-urlencoded")
    assert answer.status_code == 302
    second = Export.objects.exclude(pk=first.pk).get()
    assert request_of(second) == request_of(first)


def test_the_form_of_an_export_asked_again_is_without_fault(
    ask: Callable[..., Export], browser: Client
) -> None:
    html = page(browser, f"{BOOKS}?{again_query(ask(filters={'shelf': ['novel']}))}")
    assert "create-faults" not in html


def test_only_what_may_be_exported_is_offered(browser: Client, ana: User) -> None:
    names = {resource.name for resource in resources_for(ana)}
    html = page(browser, CHOOSE)
    assert set(re.findall(rf'href="{CHOOSE}([\w-]+)/"', html)) == names
