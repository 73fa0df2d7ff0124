"""What is written of stored values is, byte for byte, what is written of Django's values."""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from django.contrib.auth.models import User
from django.db import connection, models
from django.db.models import Avg, Count, F, Max
from django.db.models.functions import TruncDate, TruncMonth, TruncTime
from django.utils import timezone

from exports import writing
from exports.formats import Totals, columns, xlsx_data, xlsx_workbook
from exports.formats.base import Kind, Total
from exports.formats.highlights import RED
from exports.formats.stored import Columns
from exports.plans import ExportRequest, make_plan
from exports.registry import find_resource
from exports.resources import Column, columns_of
from exports.sources import sqlite
from exportsite.jobs.progress import Ticker
from tests.exports.sources.nasty import MOMENTS, nasty_books
from tests.exports.sources.test_both_ways import CSV_OPTIONS, SEEDS, TABLES
from tests.library.models import Author, Book

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's way of reading"),
]

NOW = dt.datetime(2026, 5, 4, 12, 30, tzinfo=dt.UTC)
FORMATS = ("csv", "json", "xlsx")
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns", "Asia/Kathmandu", "Asia/Kolkata")
Same = Callable[..., None]


@pytest.fixture
def same(monkeypatch: pytest.MonkeyPatch) -> Same:
    """same(request) writes both ways and compares; `is_stored=False` expects no short way."""
    root = User.objects.create_superuser("root")
    zone = timezone.get_current_timezone
    clock = SimpleNamespace(localtime=lambda: NOW, get_current_timezone=lambda: zone())
    monkeypatch.setattr(writing, "timezone", clock)

    def write(request: ExportRequest, *, fast: bool) -> tuple[bytes, Totals, int]:
        ways: list[Iterator[Columns]] = []

        def make_stored(*arguments: Any) -> Iterator[Columns] | None:
            way = sqlite.make_stored(*arguments) if fast else None
            ways.extend([way] if way else [])
            return way

        monkeypatch.setattr(writing, "make_stored", make_stored)
        stream = io.BytesIO()
        author = writing.Author(user=root, export_id=UUID(int=7))
        totals = writing.write_plan(make_plan(root, request), author, stream, Ticker())
        return stream.getvalue(), totals, len(ways)

    def compare(request: ExportRequest, *, is_stored: bool = True) -> None:
        fast, plain = write(request, fast=True), write(request, fast=False)
        assert fast[1] == plain[1]
        assert fast[0] == plain[0]
        assert bool(fast[2]) is is_stored

    return compare


@pytest.fixture(params=["few", "many"])
def variety(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """With "many", every column is taken for one of many values from its first batch on."""
    if request.param == "many":
        monkeypatch.setattr(columns, "REMEMBERED", 0)
        monkeypatch.setattr(sqlite, "BATCH_ROWS", 7)
    return str(request.param)


@pytest.fixture
def nasty() -> None:
    Book.objects.bulk_create(nasty_books())
    Book.objects.bulk_create(
        Book(title=f"t{n}", pages=n, weight=n / 7, price=f"{n}.{n % 100:02d}", blurb=f"b {n}")
        for n in range(700)
    )
    Book.objects.bulk_create(
        Book(title=moment, added_at=dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC))
        for moment in MOMENTS
    )
    Book.objects.filter(pk__in=Book.objects.all()[:9]).update(
        author=Author.objects.create(name="=Ω\\.")
    )


@pytest.fixture
def seeded(nasty: None) -> None:
    for seed in SEEDS:
        seed(30)


def books(name: str, *chosen: str, **more: Any) -> ExportRequest:
    every = tuple(column.name for column in find_resource("books").columns)
    return ExportRequest(
        resource="books",
        format=name,
        columns=chosen or every,
        include_contact_info=True,
        **more,
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", FORMATS)
def test_nasty_values_are_the_same_in_every_zone(
    name: str, zone: str, nasty: None, variety: str, same: Same
) -> None:
    with timezone.override(zone):
        same(books(name))


@pytest.mark.parametrize("pattern", ["iso", "%d.%m.%Y %H:%M", "%H:%M:%S on %Y-%m-%d", "%M:%S"])
@pytest.mark.parametrize("name", FORMATS)
def test_every_pattern_of_times_is_the_same(
    name: str, pattern: str, nasty: None, same: Same, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_resource("books"), "datetime_format", pattern)
    for zone in ZONES:
        with timezone.override(zone):
            same(books(name, "id", "added_at"))


@pytest.mark.parametrize("options", CSV_OPTIONS)
def test_every_option_of_csv_gives_the_same_lines(
    options: dict[str, object], nasty: None, same: Same, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "REMEMBERED", 0)
    chosen = ("id", "title", "blurb", "shelf", "price", "weight", "in_print", "added_at", "tags")
    same(books("csv", *chosen, options=options))


@pytest.mark.parametrize("name", FORMATS)
def test_a_column_by_itself_is_the_same(name: str, nasty: None, variety: str, same: Same) -> None:
    for column in ("blurb", "price", "tags", "title_length"):
        same(books(name, column))


MOMENT_COLUMNS = (
    Column(name="day", expression=TruncDate("added_at"), kind=Kind.DATE),
    Column(name="clock", expression=TruncTime("added_at"), kind=Kind.TIME),
    Column(
        name="day_there",
        expression=TruncDate("added_at", tzinfo=dt.timezone(dt.timedelta(hours=3))),
        kind=Kind.DATE,
    ),
    Column(name="month", expression=TruncMonth("added_at"), kind=Kind.DATETIME),
    Column(name="again", source="added_at"),
    Column(name="half", expression=F("price") / 3, kind=Kind.DECIMAL),
)


def every_minute_of(*days: str) -> Iterator[Book]:
    """Of days around the change of a clock, also one that went back across midnight."""
    for day in days:
        begin = dt.datetime.fromisoformat(day).replace(tzinfo=dt.UTC)
        for minute in range(0, 24 * 60, 3):
            moment = begin + dt.timedelta(minutes=minute, seconds=minute % 60)
            yield Book(title=str(moment), added_at=moment, price="-0.01")


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", FORMATS)
def test_parts_of_moments_are_the_same_where_clocks_change(
    name: str, zone: str, same: Same, variety: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_resource("books"), "columns", MOMENT_COLUMNS)
    Book.objects.bulk_create(every_minute_of("2005-10-30", "2024-03-31", "1986-01-01"))
    chosen = [column.name for column in MOMENT_COLUMNS]
    with timezone.override(zone):
        same(ExportRequest(resource="books", format=name, columns=chosen))


@pytest.mark.parametrize("name", FORMATS)
def test_texts_that_django_would_not_store_are_the_same(
    name: str, variety: str, same: Same, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_resource("books"), "columns", MOMENT_COLUMNS[:2] + MOMENT_COLUMNS[4:5])
    texts = (
        "2024-02-29 12:00:01.5", "2024-02-29 12:00:01.000000", "2024-02-29 12:00:01+02:00",
        "2024-02-29 12:00:01", "2024-02-29 13:59:59.999999",
    )  # fmt: skip
    for text in texts:
        book = Book.objects.create(title=text)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE library_book SET added_at = %s WHERE id = %s", [text, book.pk])
    same(ExportRequest(resource="books", format=name, columns=("day", "clock", "again")))


NUMBERS = "0, -0.0, 0.0, 1, 1.0, -1.5, 2.675, 12345678.5, 1234567.891"


@pytest.mark.parametrize("name", FORMATS)
def test_numbers_of_other_types_than_declared_are_the_same(
    name: str, variety: str, same: Same, nasty: None
) -> None:
    for number in NUMBERS.split(", "):
        book = Book.objects.create(title=number)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE library_book SET price = {number}, weight = {number},"
                f" pages = {number} WHERE id = %s",
                [book.pk],
            )
    same(books(name, "price", "weight", "pages", "double_pages"))


@pytest.mark.parametrize("name", FORMATS)
def test_aggregates_and_distinct_rows_are_the_same(
    name: str, nasty: None, same: Same, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = find_resource("books")
    grouped = (
        Column(name="shelf"),
        Column(name="last", expression=Max("added_at"), kind=Kind.DATETIME),
        Column(name="mean", expression=Avg("price"), kind=Kind.DECIMAL),
        Column(name="rows", expression=Count("pk"), kind=Kind.INTEGER),
        Column(name="added_at"),
    )
    monkeypatch.setattr(resource, "columns", grouped)
    same(ExportRequest(resource="books", format=name, columns=[one.name for one in grouped]))
    monkeypatch.setattr(resource, "columns", (Column(name="shelf"), Column(name="added_at")))
    rows = Book.objects.distinct()
    monkeypatch.setattr(resource, "get_queryset", lambda: rows)
    same(ExportRequest(resource="books", format=name, columns=("shelf", "added_at")))


def test_totals_tallies_and_colours_are_the_same(
    nasty: None, variety: str, same: Same, monkeypatch: pytest.MonkeyPatch
) -> None:
    resource = find_resource("books")
    coloured = [
        replace(one, highlights={"plain": RED, "t650": RED}) if one.name == "title" else one
        for one in resource.columns
    ]
    monkeypatch.setattr(resource, "columns", tuple(coloured))
    same(books("xlsx", "title", "price", "in_print"))
    monkeypatch.setattr(resource, "totals", {"pages": Total.SUM, "title": Total.COUNT})
    monkeypatch.setattr(resource, "tallies", ("title", "in_print", "published_on"))
    same(books("xlsx", "title", "pages", "in_print", "published_on"))


def test_sheets_break_at_the_same_row(
    nasty: None, same: Same, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = xlsx_workbook.XlsxWriter.__init__
    monkeypatch.setattr(
        xlsx_workbook.XlsxWriter,
        "__init__",
        lambda self, stream, document, _: real(self, stream, document, 20),
    )
    same(books("xlsx", "id", "blurb"))


def test_long_texts_and_nuls_late_in_a_file_are_the_same(
    nasty: None, variety: str, same: Same
) -> None:
    Book.objects.bulk_create(
        Book(title=f"n{n}", blurb="y" * 40_000 if n % 300 == 250 else "a\0b" if n % 9 else None)
        for n in range(900)
    )
    for name in FORMATS:
        same(books(name, "id", "blurb"))


@pytest.mark.parametrize("name", ["csv", "xlsx"])
def test_parts_of_an_archive_are_the_same(name: str, seeded: None, same: Same) -> None:
    parts = (
        ExportRequest(resource="books", format=name),
        ExportRequest(resource="ezpass", format=name),
    )
    same(ExportRequest(resource="books", format="zip", parts=parts))


@pytest.mark.parametrize("part", FORMATS)
def test_a_file_in_an_archive_is_the_same(part: str, nasty: None, same: Same) -> None:
    same(books("zip", options={"part_format": part}))


@pytest.mark.parametrize("resource", TABLES)
def test_every_column_of_every_resource_is_the_same(
    resource: str, seeded: None, same: Same, monkeypatch: pytest.MonkeyPatch
) -> None:
    every = tuple(column.name for column in columns_of(find_resource(resource)))
    monkeypatch.setattr(sqlite, "BATCH_ROWS", 7)
    monkeypatch.setattr(xlsx_data, "MEASURED_ROWS", 5)
    for remembered, name in product((4000, 0), FORMATS):
        monkeypatch.setattr(columns, "REMEMBERED", remembered)
        request = ExportRequest(resource=resource, format=name, include_contact_info=True)
        same(replace(request, columns=every))


def test_pdf_and_figures_are_read_first(nasty: None, same: Same) -> None:
    same(books("pdf", "id", "title"), is_stored=False)
    same(ExportRequest(resource="shelves"), is_stored=False)


def test_a_filter_without_any_row_gives_an_empty_file(nasty: None, same: Same) -> None:
    nothing = models.Q(pk__in=[])
    assert not Book.objects.filter(nothing).exists()
    same(books("csv", "id", filters={"keys": "no key"}), is_stored=False)
