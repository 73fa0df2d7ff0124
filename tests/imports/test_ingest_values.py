"""What becomes of rows: values of every kind, and what a chunk costs."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from exportsite.domains.cars.models import CarListing
from exportsite.domains.helpdesk.models import Asset
from imports.importers import Importer
from imports.models import LedgerEntry
from imports.seen import Seen
from tests.imports.applying import (
    codes,
    importer_of,
    make_applier,
    make_run,
    outcomes,
    parsed,
    take,
)
from tests.library.importers import BookImporter
from tests.library.models import Author, Book, Note

pytestmark = pytest.mark.django_db

NOTES = importer_of(Note, keys=(("text",),))
ASSETS = importer_of(Asset, keys=(("asset_tag",), ("serial_number",)))


@pytest.fixture
def seen() -> Iterator[Seen]:
    with closing(Seen()) as seen:
        yield seen


# -- Values -----------------------------------------------------------------------------------
NASTY = [
    "", "\\", "\\N", "a\tb", "line\nbreak", "\r\n", "'quoted'", '"', "NULL", "%s %%",
    "ünï – 漢字 🚕", "\x1f", "{}", "a" * 5000,
]  # fmt: skip


def test_texts_arrive_as_they_are() -> None:
    rows = parsed(*({"title": f"t{n}", "blurb": text} for n, text in enumerate(NASTY)))
    rows += parsed({"title": "null", "blurb": None}, first=100)
    assert set(outcomes(take(BookImporter, rows, key=("title",)))) == {"create"}
    stored = dict(Book.objects.values_list("title", "blurb"))
    assert [stored[f"t{n}"] for n in range(len(NASTY))] == NASTY
    assert stored["null"] is None
    assert set(outcomes(take(BookImporter, rows, key=("title",)))) == {"unchanged"}


VALUES: dict[str, list[Any]] = {
    "pages": [0, -1, 2**31 - 1, -(2**31)],
    "price": [None, Decimal("0.00"), Decimal("-9.11"), Decimal("99999999.99"), Decimal("1E+3")],
    "weight": [None, 0.1 + 0.2, 1e300, -0.0],
    "in_print": [True, False],
    "published_on": [None, dt.date(1, 1, 1), dt.date(9999, 12, 31), dt.date(2024, 2, 29)],
    "opening_time": [None, dt.time(0, 0), dt.time(23, 59, 59, 999999)],
    "added_at": [
        None,
        dt.datetime(2025, 10, 26, 1, 30, tzinfo=dt.timezone(dt.timedelta(hours=-4))),
        dt.datetime(1970, 1, 1, 0, 0, 0, 1, tzinfo=dt.UTC),
        dt.datetime(1, 1, 1, tzinfo=dt.UTC),
        dt.datetime(999, 2, 3, 4, 5, 6, 12_000, tzinfo=dt.UTC),
        dt.datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=dt.UTC),
    ],
    "tags": [[], ["a", 'b"', "\\", "\n"], {"deep": [1, None, {"x": "ü"}]}, "text", 5],
}


@pytest.mark.parametrize(
    ("name", "value"), [(name, value) for name, values in VALUES.items() for value in values]
)
def test_values_of_every_kind_arrive_as_they_are(name: str, value: Any) -> None:
    rows = parsed({"title": "t", name: value}, {"title": "other"})
    assert outcomes(take(BookImporter, rows, key=("title",))) == ["create", "create"]
    assert getattr(Book.objects.get(title="t"), name) == value
    assert outcomes(take(BookImporter, rows, key=("title",))) == ["unchanged", "unchanged"]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("title", "x" * 201),
        ("pages", 2**31),
        ("price", Decimal("123456789")),
        ("price", Decimal("NaN")),
        ("pages", None),
    ],
)
@pytest.mark.parametrize("applies", [True, False])
def test_what_does_not_fit_stays_out(name: str, value: Any, applies: bool) -> None:
    rows = parsed({"title": "t", name: value}, {"title": "fine"})
    results = take(BookImporter, rows, applies=applies, key=("title",))
    assert outcomes(results) == ["fail", "create"]
    assert len(codes(results)[2]) == 1
    assert "refused_by_database" not in codes(results)[2]


# -- Costs ------------------------------------------------------------------------------------
@pytest.mark.parametrize("applies", [True, False])
def test_a_chunk_of_any_size_takes_as_many_statements(seen: Seen, applies: bool) -> None:
    counts = []
    for size in (6, 20, 400):  # the first one meets empty caches
        Book.objects.all().delete()
        Author.objects.all().delete()
        for n in range(0, size, 2):
            Book.objects.create(title=f"{size}-{n}", pages=1)
        rows = parsed(
            *(
                {"title": f"{size}-{n}", "author": f"new {n}" if n % 2 else None, "pages": n % 7}
                for n in range(size)
            )
        )
        applier = make_applier(BookImporter, seen, applies=applies, key=("title",))
        with CaptureQueriesContext(connection) as queries:
            applier.run(rows)
        counts.append(len(queries))
    assert counts[1] == counts[2] < 50


def test_an_importer_of_an_unknown_column_is_a_bug() -> None:
    from django.core.exceptions import FieldDoesNotExist

    with pytest.raises(FieldDoesNotExist):
        take(NOTES, parsed({"no_such_column": 1}))


def test_what_start_gives_is_not_asked_for_in_a_check() -> None:
    class Starting(Importer):
        name = "some"
        model = CarListing
        fields = BookImporter.fields[:1]
        keys = (("title",),)

        @classmethod
        def start(cls, run: Any) -> dict[str, Any]:
            return {"make": "m", "model": "m", "year": 2000, "price": "1.00", "mileage": 1}

    rows = parsed({"title": "a"})
    assert outcomes(take(Starting, rows, applies=False)) == ["create"]
    assert outcomes(take(Starting, rows, context=Starting.start(None))) == ["create"]
    assert codes(take(Starting, parsed({"title": "b"}))) == {2: ["required_for_new"] * 5}
    assert CarListing.objects.get().price == Decimal("1.00")


def test_later_records_are_numbered_behind_the_imported_ones() -> None:
    run = make_run()
    assert outcomes(take(NOTES, parsed({"text": "a"}, {"text": "b"}), run=run)) == ["create"] * 2
    keys = list(Note.objects.order_by("pk").values_list("pk", flat=True))
    entries = LedgerEntry.objects.filter(job_id=run.job_id).order_by("row")
    assert [entry.object_id for entry in entries] == [str(key) for key in keys]
    assert Note.objects.create(text="later").pk > keys[-1]


def test_numbers_given_by_the_file_are_not_given_out_again() -> None:
    rows = parsed({"id": Note.objects.create(text="x").pk + 1, "text": "a"})
    assert outcomes(take(importer_of(Note), rows, key=("id",))) == ["create"]
    assert Note.objects.create(text="later").pk > Note.objects.get(text="a").pk
