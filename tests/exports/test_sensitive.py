"""Sensitive columns and the ways around them: values, filters, orders and texts that would tell."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from exports import delivery, registry
from exports.answers import answer_at_once
from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.filters import CommaContainsFilter, ExportFilterSet, HasValueFilter
from exports.formats import FORMATS
from exports.plans import ExportRequest, make_plan
from exports.resources import Column, ExportResource
from exports.sensitive import closed_filters, is_sensitive_path, mask, open_sorts, sensitive_names
from tests.library.models import Author, Book

pytestmark = pytest.mark.django_db

SECRET = "zebra@example.org"


class AuthorBookFilters(ExportFilterSet):
    mail = CommaContainsFilter("author__email", label="Mail")
    has_mail = HasValueFilter("author__email", label="With mail")
    title = CommaContainsFilter("title", label="Title")


class AuthorBooks(ExportResource):
    name = "author-books"
    model = Book
    columns = (Column(name="id"), Column(name="email", source="author__email", sensitive=True))
    filterset = AuthorBookFilters
    sort_fields = {"id": "id", "email": "author__email"}
    default_sort = "id"


@pytest.fixture(autouse=True)
def _resource(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._resources, AuthorBooks.name, AuthorBooks)


@pytest.fixture
def bo(make_user: Any) -> User:
    """Somebody who may have sensitive columns too."""
    user: User = make_user(
        "bo", "exports.add_export", "exports.export_sensitive", "library.view_book"
    )
    return user


@pytest.fixture
def book(make_book: Any) -> Book:
    author = Author.objects.create(name="Zoe", email=SECRET)
    made: Book = make_book("Emma", author_id=author.pk)
    return made


def refuse(user: User, **fields: Any) -> str:
    with pytest.raises(InvalidRequest) as caught:
        make_plan(user, ExportRequest(**{"resource": "author-books", **fields}))
    return str(caught.value)


# -- Which fields -----------------------------------------------------------------------------
def test_the_columns_say_which_fields_of_which_models_are_sensitive() -> None:
    assert sensitive_names(Author) == ["email"]
    assert sensitive_names(Book) == []


@pytest.mark.parametrize(
    ("path", "is_it"),
    [
        ("author__email", True),
        ("author__email__startswith", True),
        ("-author__email", True),
        ("^author__email", True),
        ("author__name", False),
        ("author", False),
        ("nonsense__email", False),
    ],
)
def test_a_path_to_a_sensitive_field_is_known_by_any_lookup(path: str, is_it: bool) -> None:
    assert is_sensitive_path(Book, path) is is_it


# -- Filters and orders -----------------------------------------------------------------------
def test_who_may_not_have_them_can_neither_filter_nor_sort_by_them(ana: User, book: Book) -> None:
    assert closed_filters(ana, AuthorBooks) == {"mail"}
    assert list(open_sorts(ana, AuthorBooks)) == ["id"]
    for guess in (SECRET, "nobody"):
        said = refuse(ana, filters={"mail": guess})
        assert said == "It looks into sensitive columns, which you may not export."
    said = refuse(ana, sort_by="email")
    assert said == "There is no sorting by “email”. There is: id."


def test_whether_there_is_a_value_may_be_asked_by_everybody(ana: User, book: Book) -> None:
    plan = make_plan(ana, ExportRequest(resource="author-books", filters={"has_mail": "true"}))
    assert plan.count() == 1


def test_who_may_have_them_can_filter_and_sort_by_them(bo: User, book: Book) -> None:
    request = ExportRequest(
        resource="author-books", filters={"mail": SECRET}, sort_by="email", sort_descending=True
    )
    assert make_plan(bo, request).count() == 1


def test_the_form_offers_no_filter_or_order_that_would_tell(
    client: Client, ana: User, bo: User, book: Book
) -> None:
    page = "/admin/exports/export/new/author-books/"
    pages = {}
    for user in (ana, bo):
        client.force_login(user)
        pages[user] = client.get(page).content.decode()
    for sign in ('id="field-mail"', '<option value="email"'):
        assert sign not in pages[ana]
        assert sign in pages[bo]
    assert 'id="field-has_mail"' in pages[ana]


# -- Every format, the preview, the faults ----------------------------------------------------
@pytest.mark.parametrize("name", FORMATS)
def test_no_file_of_who_may_not_holds_a_sensitive_value(ana: User, book: Book, name: str) -> None:
    export = answer_at_once(
        ana, ExportRequest(resource="books", format=name, include_contact_info=True)
    )
    with delivery.folder().open(export.file_key) as stream:
        body = stream.read()
    assert "author_email" not in export.columns
    assert b"zebra" not in body
    story = json.dumps([export.filters, export.title, *export.logs.values_list("message")])
    assert "zebra" not in story


@pytest.mark.parametrize("name", FORMATS)
def test_naming_one_is_refused_in_every_format(ana: User, book: Book, name: str) -> None:
    fields = {"resource": "books", "format": name, "columns": ["id", "author_email"]}
    for asked in (True, False):
        said = refuse(ana, **fields, include_contact_info=asked)
        assert said == "You may not export these columns: author_email."


def test_neither_preview_nor_command_shows_one(client: Client, ana: User, book: Book) -> None:
    client.force_login(ana)
    for query in ("_contact=1", "_contact=1&_columns=author_email", "_sort=author_email"):
        for ending in ("", "preview/"):
            page = client.get(f"/admin/exports/export/new/books/{ending}?{query}")
            assert "zebra" not in page.content.decode()


# -- The switch -------------------------------------------------------------------------------
def test_asked_for_and_permitted_they_come_along_unnamed(ana: User, bo: User) -> None:
    def names(user: User, *, asked: bool) -> list[str]:
        request = ExportRequest(resource="books", include_contact_info=asked)
        return [column.name for column in make_plan(user, request).columns]

    assert "author_email" in names(bo, asked=True)
    assert "author_email" not in names(bo, asked=False)
    assert names(ana, asked=True) == names(ana, asked=False) == names(bo, asked=False)


def test_the_page_ticks_what_the_switch_brings_along(client: Client, bo: User) -> None:
    client.force_login(bo)
    page = client.get("/admin/exports/export/new/books/?_contact=1").content.decode()
    assert 'value="author_email" checked' in page
    assert "--include-contact-info -o books.csv" in page  # the columns are the usual ones
    assert "--column" not in page


# -- Masks ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("ana@example.com", "a•••@e•••.com"),
        ("x@localhost", "x•••@l•••"),
        ("(212) 555-1234", "•••-1234"),
        ("+1 212 555 1234 ext. 9", "•••-2349"),
        ("5123456", "•••"),
        ("Ana María", "A•••"),
        ("@@", "@•••"),
        (" ", ""),
        ("", ""),
        (None, ""),
        (5125551234, "•••-1234"),
    ],
)
def test_a_mask_shows_enough_to_know_a_value_again(value: object, shown: str) -> None:
    assert mask(value) == shown


def test_every_filter_that_looks_into_a_sensitive_field_is_closed(ana: User) -> None:
    """Of all resources: those that name a sensitive field and are not closed."""
    for resource in registry.all_resources():
        closed = closed_filters(ana, resource)
        for name, one in filterset_of(resource).base_filters.items():
            paths = getattr(one, "paths", (one.field_name,))
            tells = any(path and is_sensitive_path(resource.model, path) for path in paths)
            is_yes_or_no = isinstance(one, HasValueFilter)
            assert (name in closed) == (tells and not is_yes_or_no), f"{resource.name}.{name}"
