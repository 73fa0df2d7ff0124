"""What was written is in the ledger, and can be taken back where nobody has changed it."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from exportsite.domains.cars.models import CarListing
from imports import ledger, reversal, staging
from imports.models import LedgerEntry
from imports.reversal import Undone
from imports.targets import Target
from tests.imports.applying import importer_of, make_run, parsed, take
from tests.library.importers import BookImporter
from tests.library.models import Author, Book, Note

pytestmark = pytest.mark.django_db

NOTES = importer_of(Note, keys=(("text",),), on_repeat="overwrite")


def apply(importer: Any, *records: dict[str, Any], **options: Any) -> Any:
    """The id of the job."""
    run = make_run()
    take(importer, parsed(*records), run=run, **options)
    return run.job_id


def test_each_written_record_has_an_entry_and_no_other() -> None:
    Note.objects.create(text="old", stars=1, kind="b")
    Note.objects.create(text="same", stars=2)
    job = apply(NOTES, {"text": "old", "stars": 5}, {"text": "same", "stars": 2}, {"text": "new"})
    updated, created = LedgerEntry.objects.filter(job_id=job).order_by("row")
    assert (updated.action, updated.row) == ("update", 2)
    assert updated.before == {"stars": 1}
    assert updated.object_id == str(Note.objects.get(text="old").pk)
    assert (created.action, created.row, created.before) == ("create", 4, None)
    assert created.object_id == str(Note.objects.get(text="new").pk)
    assert created.content_type == ContentType.objects.get_for_model(Note)
    assert len(created.after_hash) == len(updated.after_hash) == 16
    assert created.written_at == updated.written_at


def test_equal_records_have_equal_hashes_and_others_have_not() -> None:
    job = apply(importer_of(Note), {"text": "a"}, {"text": "a"}, {"text": "b"})
    first, second, third = LedgerEntry.objects.filter(job_id=job).order_by("row")
    assert first.after_hash == second.after_hash != third.after_hash


def test_records_that_were_made_for_others_have_entries_too() -> None:
    job = apply(BookImporter, {"title": "Emma", "author": "Jane"})
    entries = LedgerEntry.objects.filter(job_id=job).order_by("pk")
    assert [e.content_type.model for e in entries] == ["author", "book"]
    assert reversal.undo(job) == Undone(undone=2)
    assert not Author.objects.exists()


BEFORE: dict[str, Any] = {
    "pages": 3,
    "price": Decimal("12.40"),
    "weight": 0.1 + 0.2,
    "in_print": False,
    "published_on": None,
    "tags": {"a": [1, "ü"]},
    "blurb": "",
    "shelf": "poetry",
}
AFTER: dict[str, Any] = {
    "pages": 4,
    "price": None,
    "weight": 1.5,
    "in_print": True,
    "tags": [],
    "blurb": None,
    "shelf": "novel",
}


def test_values_of_every_kind_come_back_as_they_were() -> None:
    book = Book.objects.create(title="Emma", **BEFORE)
    job = apply(BookImporter, {"title": "Emma", **AFTER}, key=("title",))
    book.refresh_from_db()
    assert {name: getattr(book, name) for name in AFTER} == AFTER
    assert reversal.undo(job) == Undone(undone=1)
    book.refresh_from_db()
    assert {name: getattr(book, name) for name in BEFORE} == BEFORE


@pytest.mark.parametrize("said", [BEFORE, AFTER, {}])
def test_the_hash_of_a_new_record_is_that_of_what_is_stored(said: dict[str, Any]) -> None:
    """Whether its row says it, or a default, or the import for all of its records."""
    editor = Author.objects.create(name="Jane")
    importer = importer_of(Book, fields=BookImporter.fields)
    job = apply(importer, {"title": "Emma", **said}, context={"author_id": editor.pk})
    book, target, words = Book.objects.get(), Target(Book, fields=()), staging.dialect()
    assert book.author == editor
    digest = ledger.hash_of(words, ledger.hashed_columns(target), "t")
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {digest} FROM {target.table} t")
        stored = [after_hash for (after_hash,) in cursor.fetchall()]
    assert stored == [LedgerEntry.objects.get(job_id=job).after_hash]


def test_what_somebody_has_changed_since_is_kept() -> None:
    Note.objects.create(text="old", stars=1)
    job = apply(NOTES, {"text": "old", "stars": 5}, {"text": "new"}, {"text": "newer"})
    Note.objects.filter(text="old").update(stars=9)
    Note.objects.filter(text="new").update(kind="b")
    assert reversal.undo(job) == Undone(undone=1, kept=2)
    assert dict(Note.objects.values_list("text", "stars")) == {"old": 9, "new": 0}


def test_a_change_of_another_column_does_not_keep_an_update() -> None:
    Note.objects.create(text="old", stars=1)
    job = apply(NOTES, {"text": "old", "stars": 5})
    Note.objects.update(kind="b")
    assert reversal.undo(job) == Undone(undone=1)
    assert Note.objects.get().stars == 1
    assert Note.objects.get().kind == "b"


def test_what_others_depend_on_is_kept() -> None:
    job = apply(importer_of(Author, keys=(("name",),)), {"name": "Jane"}, {"name": "Mary"})
    Book.objects.create(title="Emma", author=Author.objects.get(name="Jane"))
    assert reversal.undo(job) == Undone(undone=1, kept=1)
    assert Book.objects.get().author == Author.objects.get()


def test_several_changes_of_one_record_are_taken_back_in_turn() -> None:
    Note.objects.create(text="old", stars=1)
    notes = [{"text": "old", "stars": n} for n in (5, 6, 7)]
    job = apply(NOTES, *notes, {"text": "new", "stars": 1}, {"text": "new", "stars": 2})
    assert LedgerEntry.objects.filter(job_id=job).count() == 5
    assert reversal.undo(job) == Undone(undone=5)
    assert list(Note.objects.values_list("text", "stars")) == [("old", 1)]


def test_taking_back_goes_on_where_it_was_interrupted() -> None:
    job = apply(NOTES, *({"text": f"{n}"} for n in range(10)))
    assert reversal.undo_some(job, most=4)
    assert Note.objects.count() == 6
    Note.objects.create(text="9")  # as new as if the import had never been
    while reversal.undo_some(job, most=4):
        pass
    assert [note.text for note in Note.objects.all()] == ["9"]
    assert LedgerEntry.objects.filter(job_id=job, action="kept").count() == 0


def test_an_import_can_be_taken_back_run_again_and_taken_back() -> None:
    run = make_run()
    for _ in range(2):
        take(NOTES, parsed({"text": "a"}, {"text": "b"}), run=run)
        while reversal.undo_some(run.job_id):
            pass
        assert not Note.objects.exists()
    answers = LedgerEntry.objects.filter(job_id=run.job_id, action="undo")
    assert answers.count() == 4


def test_touched_times_are_taken_back_as_well() -> None:
    car = {"make": "m", "model": "m", "year": 2000, "price": Decimal(1), "mileage": 1}
    importer = importer_of(
        CarListing, keys=(("title",),), touch=("updated_at",), on_repeat="overwrite"
    )
    job = apply(importer, {"title": "a", **car}, {"title": "a", "mileage": 2})
    assert LedgerEntry.objects.filter(job_id=job, action="update").count() == 1
    assert reversal.undo(job) == Undone(undone=2)
    assert not CarListing.objects.exists()


def test_only_entries_of_that_import_are_taken_back() -> None:
    apply(NOTES, {"text": "first"})
    job = apply(NOTES, {"text": "second"})
    assert reversal.undo(job) == Undone(undone=1)
    assert Note.objects.get().text == "first"
