"""What PostgreSQL renders is, byte for byte, what Python writes: nasty values, every resource."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from exports.formats import xlsx_workbook
from exports.formats.base import Total
from exports.formats.highlights import AMBER, RED
from exports.plans import ExportRequest
from exports.registry import all_resources, find_resource
from exports.resources import ExportResource, columns_of
from exportsite.domains.cars.seed import seed as seed_cars
from exportsite.domains.energy.seed import seed as seed_energy
from exportsite.domains.helpdesk.seed import seed as seed_helpdesk
from exportsite.domains.leads.seed import seed as seed_leads
from exportsite.domains.taxi.seed import seed as seed_taxi
from tests.exports.sources.nasty import nasty_books
from tests.library.models import Author, Book

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="PostgreSQL's way of writing"),
]

RENDERED = ("csv", "json", "xlsx")
ZONES = ("UTC", "Europe/Berlin", "America/St_Johns")
CSV_OPTIONS = [
    {"delimiter": delimiter, "quote": quote, "formula_guard": guard, **more}
    for delimiter, quote, guard in product(
        (",", ";", "tab", "|"), ("minimal", "spaced", "all"), (True, False)
    )
    for more in ({"bom": True, "line_end": "crlf"}, {"bom": False, "line_end": "lf"})
]
FEW = [
    ("csv", {"quote": "minimal"}),
    ("csv", {"quote": "all", "gzip": True}),
    ("json", {}),
    ("xlsx", {}),
]
TABLES = sorted(
    one.name for one in all_resources() if not one.is_computed and one.name != "broken-books"
)
OF_OTHER_TYPES = {"assets"}  # an address of a network is written by Python


SEEDS = (seed_cars, seed_helpdesk, seed_taxi, seed_leads, seed_energy)


@pytest.fixture
def nasty() -> None:
    Book.objects.bulk_create(nasty_books())
    with connection.cursor() as cursor:  # Django's field refuses it, the table does not
        cursor.execute("UPDATE library_book SET price = 'NaN' WHERE title = 'plain'")
    Book.objects.filter(pk__in=Book.objects.all()[:9]).update(
        author=Author.objects.create(name="=Ω\\.")
    )


@pytest.fixture
def seeded(nasty: None) -> None:
    for seed in SEEDS:
        seed(30)


def assert_same(write: Any, request: ExportRequest) -> bool:
    """Both files are the same; whether the database rendered one."""
    fast, portable = write(request, fast=True), write(request, fast=False)
    assert fast.totals == portable.totals
    assert fast.data == portable.data
    return fast.is_rendered


def plain_columns(resource: type[ExportResource]) -> tuple[str, ...]:
    """All but those that only Python can compute."""
    return tuple(column.name for column in columns_of(resource) if column.convert is None)


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("name", RENDERED)
def test_nasty_values_are_the_same_in_every_zone(
    name: str, zone: str, nasty: None, write: Any
) -> None:
    columns = plain_columns(find_resource("books"))
    request = ExportRequest(
        resource="books", format=name, columns=columns, include_contact_info=True
    )
    with timezone.override(zone):
        assert assert_same(write, request)


@pytest.mark.parametrize("name", RENDERED)
def test_iso_times_are_the_same_in_every_zone(
    name: str, nasty: None, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find_resource("books"), "datetime_format", "iso")
    for zone in ZONES:
        with timezone.override(zone):
            assert assert_same(
                write, ExportRequest(resource="books", format=name, columns=("id", "added_at"))
            )


@pytest.mark.parametrize("options", CSV_OPTIONS)
def test_every_option_of_csv_gives_the_same_lines(
    options: dict[str, object], nasty: None, write: Any
) -> None:
    columns = ("id", "title", "blurb", "shelf", "price", "weight", "in_print", "added_at", "tags")
    request = ExportRequest(resource="books", columns=columns, options=options)
    assert assert_same(write, request) is (options["quote"] != "spaced")


def test_a_column_by_itself_is_the_same(nasty: None, write: Any) -> None:
    """A line of one cell has rules of its own: an empty one, and the text that ends a COPY."""
    for column, options in product(("blurb", "price", "tags"), ({}, {"quote": "all"})):
        assert assert_same(
            write, ExportRequest(resource="books", columns=(column,), options=options)
        )


def test_totals_tallies_and_colours_are_the_same(
    nasty: None, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    books = find_resource("books")
    columns = [
        replace(one, highlights={"plain": RED, "&": AMBER}) if one.name == "title" else one
        for one in books.columns
    ]
    monkeypatch.setattr(books, "columns", tuple(columns))
    monkeypatch.setattr(books, "totals", {"pages": Total.SUM, "title": Total.COUNT})
    monkeypatch.setattr(books, "tallies", ("title", "shelf", "in_print", "published_on", "pages"))
    Book.objects.filter(title="plain", price__gt=0).delete()
    columns = ("title", "shelf", "pages", "in_print", "published_on", "price")
    assert assert_same(write, ExportRequest(resource="books", format="xlsx", columns=columns))


def test_sheets_break_at_the_same_row(
    nasty: None, write: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = xlsx_workbook.XlsxWriter.__init__
    monkeypatch.setattr(
        xlsx_workbook.XlsxWriter,
        "__init__",
        lambda self, stream, document, _most: real(self, stream, document, 20),
    )
    assert assert_same(
        write, ExportRequest(resource="books", format="xlsx", columns=("id", "blurb"))
    )


def test_several_sheets_with_colours_are_the_same(write: Any) -> None:
    seed_helpdesk(30)
    parts = tuple(
        ExportRequest(resource="tickets", columns=columns)
        for columns in (("id", "status_id"), ("ticket_code", "priority", "created_at"))
    )
    assert assert_same(write, ExportRequest(resource="tickets", format="xlsx", parts=parts))
    assert assert_same(write, ExportRequest(resource="tickets", format="zip", parts=parts))


@pytest.mark.parametrize("part", RENDERED)
def test_a_file_in_an_archive_is_the_same(part: str, nasty: None, write: Any) -> None:
    request = ExportRequest(
        resource="books",
        format="zip",
        columns=plain_columns(find_resource("books")),
        options={"part_format": part},
        include_contact_info=True,
    )
    assert assert_same(write, request)


@pytest.mark.parametrize("resource", TABLES)
def test_every_column_of_every_resource_is_the_same(
    resource: str, seeded: None, write: Any
) -> None:
    columns = plain_columns(find_resource(resource))
    for name, options in FEW:
        request = ExportRequest(
            resource=resource, format=name, options=options, include_contact_info=True
        )
        assert_same(write, request)
        is_rendered = assert_same(write, replace(request, columns=columns))
        assert is_rendered is (resource not in OF_OTHER_TYPES)
