"""Records that a new one refers to although its row does not name them."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.db.models.functions import Upper
from django.test.utils import CaptureQueriesContext

from imports import reversal
from imports.fields import Integer, Lookup, Text
from imports.importers import Importer
from tests.imports.applying import codes, importer_of, make_run, outcomes, parsed, take
from tests.library.models import Author, Book

pytestmark = pytest.mark.django_db


def make_author(text: str) -> dict[str, Any]:
    return {"name": text}


def books(create: Callable[[str], dict[str, Any]] | None = make_author, **more: Any) -> Any:
    """An importer of books that are by "Nobody" when they do not say by whom."""
    author = Lookup(name="author", by=("name",), create=create, default="Nobody")
    fields = (Text(name="title", required=True), author)
    return importer_of(Book, fields=fields, keys=(("title",),), **more)


def authors() -> dict[str, str | None]:
    return dict(Book.objects.order_by("title").values_list("title", "author__name"))


SOME: tuple[dict[str, Any], ...] = (
    {"title": "A"},
    {"title": "B", "author": "Jane"},
    {"title": "C"},
)
NONE: tuple[dict[str, Any], ...] = ({"title": "A"}, {"title": "B"})


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("rows", [SOME, NONE], ids=["some say it", "no row says it"])
def test_new_records_get_the_record_that_the_default_names(
    rows: tuple[dict[str, Any], ...], size: int
) -> None:
    assert outcomes(take(books(), parsed(*rows), size=size)) == ["create"] * len(rows)
    assert authors() == {row["title"]: row.get("author", "Nobody") for row in rows}
    assert Author.objects.filter(name="Nobody").count() == 1


def test_a_record_of_that_name_is_used_whatever_its_capitals() -> None:
    nobody = Author.objects.create(name="NOBODY")
    take(books(), parsed(*NONE))
    assert set(Book.objects.values_list("author", flat=True)) == {nobody.pk}


def test_a_check_makes_nothing() -> None:
    results = take(books(), parsed(*SOME), applies=False)
    assert outcomes(results) == ["create"] * 3
    assert not Author.objects.exists()


def test_records_that_exist_keep_what_they_have() -> None:
    Book.objects.create(title="A", author=Author.objects.create(name="Ann"))
    Book.objects.create(title="B", author=None)
    assert outcomes(take(books(), parsed(*NONE))) == ["unchanged", "unchanged"]
    assert authors() == {"A": "Ann", "B": None}
    assert not Author.objects.filter(name="Nobody").exists()


def test_it_is_made_only_for_rows_that_go_in() -> None:
    results = take(books(), parsed({"title": "x" * 300}, {"title": "B", "author": "Jane"}))
    assert outcomes(results) == ["fail", "create"]
    assert set(Author.objects.values_list("name", flat=True)) == {"Jane"}


def test_a_default_that_names_nobody_leaves_a_value_to_be_said() -> None:
    results = take(books(create=None), parsed(*SOME[:1], {"title": "B", "author": "Nobody else"}))
    assert codes(results) == {2: ["required_for_new"], 3: ["unknown_record"]}


def test_undoing_takes_the_made_record_back_too() -> None:
    run = make_run()
    take(books(), parsed(*SOME), run=run)
    while reversal.undo_some(run.job_id):
        pass
    assert not Book.objects.exists()
    assert not Author.objects.exists()


def test_it_costs_no_more_for_more_rows() -> None:
    def count(number: int) -> int:
        rows = parsed(*({"title": f"{number}-{n}"} for n in range(number)))
        with CaptureQueriesContext(connection) as queries:
            take(books(), rows)
        return len(queries)

    take(books(), parsed(*NONE))
    assert count(3) == count(300)


# -- Records that a row of the same chunk has made ---------------------------------------------
def test_a_repeat_finds_what_an_earlier_row_of_the_chunk_has_made() -> None:
    importer: type[Importer] = importer_of(
        Book,
        fields=(
            Text(name="title", required=True),
            Lookup(name="author", by=("name",), create=make_author),
            Integer(name="pages"),
        ),
        keys=(("title", "author"),),
        on_repeat="overwrite",
    )
    rows = parsed(
        *({"title": "A", "author": "New", "pages": pages} for pages in (1, 2, 3)),
    )
    assert outcomes(take(importer, rows, applies=False)) == ["create", "update", "update"]
    assert outcomes(take(importer, rows)) == ["create", "update", "update"]
    assert list(Book.objects.values_list("pages", "author__name")) == [(3, "New")]
    assert Author.objects.count() == 1


# -- Names that the database works out ---------------------------------------------------------
def test_records_may_be_named_by_what_their_queryset_works_out() -> None:
    jane = Author.objects.create(name="Jane", email="jane@example.org")
    loud = Lookup(
        name="author",
        by=("loud",),
        rows=lambda: Author.objects.annotate(loud=Upper(F("email"))),
    )
    importer = importer_of(Book, fields=(Text(name="title"), loud), keys=(("title",),))
    rows = parsed(
        {"title": "A", "author": "JANE@EXAMPLE.ORG"},
        {"title": "B", "author": "Jane@example.org"},
        {"title": "C", "author": "Jane"},
    )
    results = take(importer, rows)
    assert outcomes(results) == ["create", "create", "fail"]
    assert set(Book.objects.values_list("author", flat=True)) == {jane.pk}
