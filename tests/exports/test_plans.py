from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser, User

from exports.errors import InvalidRequest, NotAllowed
from exports.plans import ExportRequest, make_plan

pytestmark = pytest.mark.django_db


def faults(user: Any, **fields: Any) -> dict[str, list[str]]:
    with pytest.raises(InvalidRequest) as caught:
        make_plan(user, ExportRequest(**{"resource": "books", **fields}))
    return caught.value.errors


def test_no_columns_means_the_default_ones(ana: User) -> None:
    plan = make_plan(ana, ExportRequest(resource="books"))
    assert [c.name for c in plan.columns][:3] == ["id", "title", "author"]
    assert not any(c.sensitive for c in plan.columns)


def test_columns_keep_their_order(ana: User) -> None:
    plan = make_plan(ana, ExportRequest(resource="books", columns=["pages", "id"]))
    assert [c.name for c in plan.columns] == ["pages", "id"]


@pytest.mark.parametrize(
    ("fields", "where", "what"),
    [
        ({"resource": "boks"}, "resource", "There is no resource “boks”"),
        ({"format": "docx"}, "format", "csv"),
        ({"columns": ["id", "nope"]}, "columns", "There is no column “nope”. There are: id, title"),
        ({"columns": ["id", "id"]}, "columns", "Chosen more than once: id."),
        ({"filters": {"nope": 1}}, "nope", "There is no filter “nope”. There are: "),
        ({"filters": {"_connector": "OR"}}, "_connector", "There is no filter"),
        ({"filters": {"author__email__startswith": "a"}}, "author__email__startswith", "no filter"),
        ({"filters": {"shelf": "drama"}}, "shelf", "Valid are: novel, poetry"),
        ({"filters": {"min_pages": "x"}}, "min_pages", "Enter a number"),
        ({"filters": {"author": 1, "author_id": 1}}, "author_id", "twice"),
        ({"filters": {"title": "a\0b"}}, "title", "no database holds"),
        ({"filters": {"title": "\ud800"}}, "title", "no database holds"),
        ({"filters": {"author": "\0"}}, "author", "no database holds"),
        ({"filters": {"in_print": ["true", "false"]}}, "in_print", "takes one value, not 2"),
        ({"filters": {"min_pages": [1, 2]}}, "min_pages", "takes one value"),
        ({"filters": {"date_to": "9999-12-31"}}, "date_to", "not between 2 and 9998"),
        ({"filters": {"date_from": "0001-01-01"}}, "date_from", "not between 2 and 9998"),
        ({"filters": {"search": "word " * 100}}, "search", "at most 200 characters"),
        ({"sort_by": "blurb"}, "sort_by", "There is: id, title, pages."),
        ({"limit": 0}, "limit", "at least 1"),
        ({"options": {"colour": "red"}}, "options", "colour"),
        ({"options": {"delimiter": "xx"}}, "options", "delimiter"),
    ],
)
def test_what_is_wrong_is_said_where_it_is(
    ana: User, make_book: Any, fields: dict[str, Any], where: str, what: str
) -> None:
    book = make_book(author="Eliot")
    if where == "author_id":
        fields = {"filters": {"author": book.author_id, "author_id": book.author_id}}
    assert what in " ".join(faults(ana, **fields)[where])


def test_every_fault_is_said_at_once(ana: User) -> None:
    found = faults(ana, format="docx", columns=["x"], filters={"y": 1}, sort_by="z", limit=-1)
    assert set(found) == {"format", "columns", "y", "sort_by", "limit"}


def test_empty_filters_are_dropped_and_values_become_texts(ana: User) -> None:
    plan = make_plan(
        ana,
        ExportRequest(
            resource="books",
            filters={"title": " ", "shelf": ["", "novel"], "in_print": False, "minPages": 0,
                     "max_pages": None},
        ),
    )  # fmt: skip
    assert plan.filters == {"shelf": ["novel"], "in_print": "false", "min_pages": "0"}


def test_the_limit_is_applied_after_sorting(ana: User, make_book: Any) -> None:
    for pages in (5, 1, 3):
        make_book(str(pages), pages=pages)
    plan = make_plan(
        ana, ExportRequest(resource="books", sort_by="pages", sort_descending=True, limit=2)
    )
    assert [book.pages for book in plan.rows] == [5, 3]
    assert plan.count() == 2


def test_sensitive_columns_need_to_be_asked_for_and_permitted(ana: User, make_user: Any) -> None:
    assert "may not" in faults(ana, columns=["author_email"])["columns"][0]
    asked = faults(ana, columns=["author_email"], include_contact_info=True)
    assert "may not" in asked["columns"][0]
    trusted = make_user(
        "eve", "exports.add_export", "library.view_book", "exports.export_sensitive"
    )
    assert "expressly" in faults(trusted, columns=["author_email"])["columns"][0]
    request = ExportRequest(resource="books", columns=["author_email"], include_contact_info=True)
    assert [c.name for c in make_plan(trusted, request).columns] == ["author_email"]


@pytest.mark.parametrize(
    "permissions", [[], ["exports.add_export"], ["library.view_book"]], ids=str
)
def test_without_the_permissions_nothing_is_planned(make_user: Any, permissions: Any) -> None:
    with pytest.raises(NotAllowed, match="You may not export books"):
        make_plan(make_user("bob", *permissions), ExportRequest(resource="books"))


@pytest.mark.parametrize("field", ["is_active", "is_staff"])
def test_only_active_staff_may_export(ana: User, field: str) -> None:
    setattr(ana, field, False)
    ana.save()
    with pytest.raises(NotAllowed):
        make_plan(User.objects.get(pk=ana.pk), ExportRequest(resource="books"))


def test_nobody_is_not_allowed() -> None:
    with pytest.raises(NotAllowed):
        make_plan(AnonymousUser(), ExportRequest(resource="books"))
