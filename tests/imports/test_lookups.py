"""Texts become records of other models, in bulk."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from imports.batches import Batch
from imports.fields import Lookup
from imports.lookups import Lookups
from imports.problems import Problem
from imports.targets import Target
from imports.validation import Parsed
from tests.imports.applying import codes, importer_of, outcomes, parsed, take
from tests.library.importers import BookImporter
from tests.library.models import Author, Book

pytestmark = pytest.mark.django_db


def resolve(texts: list[Any], **options: Any) -> tuple[list[Any], dict[int, str]]:
    lookup = Lookup(name="author", model=Author, **{"by": ("name", "email"), **options})
    batch = Batch(rows=list(range(len(texts))), columns={"author_id": list(texts)})
    faults = {n: error.code for n, _name, error in lookups_of(lookup).resolve(batch)}
    return batch.columns["author_id"], faults


def lookups_of(lookup: Lookup) -> Lookups:
    return Lookups(Target(Book, fields=(lookup,)))


def test_names_are_found_as_they_stand_and_then_in_any_case() -> None:
    jane = Author.objects.create(name="Jane", email="j@example.org").pk
    other = Author.objects.create(name="JANE").pk
    jurgen = Author.objects.create(name="Jürgen").pk
    keys, faults = resolve(["Jane", "JANE", "J@EXAMPLE.ORG", "JÜRGEN", None])
    assert keys == [jane, other, jane, jurgen, None]
    assert faults == {}


def test_a_name_of_several_or_of_none_is_refused() -> None:
    Author.objects.create(name="Jane")
    Author.objects.create(name="Jane")
    _keys, faults = resolve(["Jane", "Mary"])
    assert faults == {0: "several_records", 1: "unknown_record"}


def test_the_first_column_that_says_it_counts() -> None:
    Author.objects.create(name="Somebody", email="mary")
    mary = Author.objects.create(name="mary").pk
    assert resolve(["mary"]) == ([mary], {})


def test_only_some_records_may_be_named() -> None:
    Author.objects.create(name="Jane")
    _keys, faults = resolve(["Jane"], rows=lambda: Author.objects.filter(email__gt=""))
    assert faults == {0: "unknown_record"}


def test_numbers_may_be_names() -> None:
    jane = Author.objects.create(name="Jane").pk
    keys, faults = resolve([str(jane), "no number"], by=("pk",))
    assert keys[0] == jane
    assert faults == {1: "unknown_record"}


def test_thousands_of_texts_take_two_queries() -> None:
    Author.objects.bulk_create(Author(name=f"name {n}") for n in range(3000))
    with CaptureQueriesContext(connection) as queries:
        keys, faults = resolve([f"{'NAME' if n % 2 else 'name'} {n}" for n in range(3000)])
    assert len(set(keys)) == 3000
    assert not faults
    assert len(queries) == 2


@pytest.mark.parametrize("size", [1, 100])
def test_what_is_missing_is_made_once_and_only_for_rows_that_go_in(size: int) -> None:
    rows = parsed(
        {"title": "a", "author": "Jane"},
        {"title": "b", "author": "JANE"},
        {"title": "x" * 500, "author": "Mary"},
        {"title": "c", "author": "Zoë"},
    )
    assert outcomes(take(BookImporter, rows, applies=False, size=size)).count("create") == 3
    assert not Author.objects.exists()
    assert outcomes(take(BookImporter, rows, size=size)) == ["create", "create", "fail", "create"]
    assert sorted(Author.objects.values_list("name", flat=True)) == ["Jane", "Zoë"]
    assert Book.objects.filter(author__name="Jane").count() == 2


@pytest.mark.parametrize("applies", [True, False])
@pytest.mark.parametrize("size", [1, 100])
def test_a_made_record_is_the_same_in_keys_of_later_rows(size: int, applies: bool) -> None:
    rows = parsed({"title": "a", "author": "Jane"}, {"title": "a", "author": "jane"})
    results = take(BookImporter, rows, size=size, applies=applies)
    assert codes(results) == {3: ["duplicate_in_file"]}


@pytest.mark.parametrize("applies", [True, False])
def test_a_name_that_is_too_long_to_be_made_is_refused(applies: bool) -> None:
    rows = parsed({"title": "a", "author": "x" * 101})
    assert codes(take(BookImporter, rows, applies=applies)) == {2: ["too_long"]}


def test_a_record_made_by_a_batch_that_is_refused_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The halves of a batch cannot use what went away with it."""
    monkeypatch.setattr("imports.preparation.fit", lambda _column, values: (values, {}))
    importer = importer_of(Book, keys=(("title",),), fields=BookImporter.fields)
    rows = parsed(
        {"title": "a", "author": "Jane"},
        {"title": "b", "author": "Jane", "shelf": None},  # the column takes no NULL
        {"title": "c", "author": "Jane"},
    )
    results = take(importer, rows)
    assert codes(results) == {3: ["refused_by_database"]}
    assert Author.objects.count() == 1
    assert Book.objects.filter(author__name="Jane").count() == 2


@pytest.mark.parametrize("applies", [True, False])
def test_a_row_that_stays_out_is_told_of_unknown_names_too(applies: bool) -> None:
    importer = importer_of(Book, fields=(Lookup(name="author", model=Author, by=("name",)),))
    bad = Parsed(2, [], [], [Problem(code="not_a_date", message="No.")])
    bad.readable = {"author": "Mary"}
    results = take(importer, [bad], applies=applies)
    assert codes(results) == {2: ["not_a_date", "unknown_record"]}
