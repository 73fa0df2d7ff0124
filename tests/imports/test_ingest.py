"""What becomes of rows: modes, keys, empty cells, repeats, rules of the database."""

import datetime as dt
from collections.abc import Iterator
from contextlib import closing
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction

from exportsite.domains.cars.models import CarListing
from exportsite.domains.energy.models import Company, Meter, MeterReading, Site
from exportsite.domains.helpdesk import lookups
from exportsite.domains.helpdesk.models import Asset
from imports.models import LedgerEntry, Mode
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
REPEATING_NOTES = importer_of(Note, keys=(("text",),), on_repeat="overwrite")
ASSETS = importer_of(Asset, keys=(("asset_tag",), ("serial_number",)))


@pytest.fixture
def seen() -> Iterator[Seen]:
    with closing(Seen()) as seen:
        yield seen


def table(model: type) -> list[dict[str, Any]]:
    return list(model._base_manager.order_by("pk").values())  # type: ignore[attr-defined]


# -- Modes and keys ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("mode", "expected", "refusals"),
    [
        (Mode.UPSERT, ["update", "unchanged", "create"], {}),
        (Mode.CREATE, ["fail", "fail", "create"], {2: ["duplicate"], 3: ["duplicate"]}),
        (Mode.UPDATE, ["update", "unchanged", "fail"], {4: ["not_found"]}),
    ],
)
@pytest.mark.parametrize("applies", [True, False])
def test_the_mode_decides(
    mode: str, expected: list[str], refusals: dict[int, list[str]], applies: bool
) -> None:
    Note.objects.create(text="old", stars=1)
    Note.objects.create(text="same", stars=2)
    before = table(Note)
    rows = parsed(
        {"text": "old", "stars": 5}, {"text": "same", "stars": 2}, {"text": "new", "stars": 3}
    )
    results = take(NOTES, rows, mode=mode, applies=applies)
    assert outcomes(results) == expected
    assert codes(results) == refusals
    if not applies:
        assert table(Note) == before
        assert not LedgerEntry.objects.exists()
    stars = dict(Note.objects.values_list("text", "stars"))
    assert stars["old"] == (5 if applies and mode != Mode.CREATE else 1)
    assert ("new" in stars) == (applies and mode != Mode.UPDATE)


def test_without_a_key_each_row_is_new() -> None:
    results = take(importer_of(Note), parsed({"text": "a"}, {"text": "a"}))
    assert outcomes(results) == ["create", "create"]
    assert Note.objects.filter(text="a").count() == 2


def test_a_key_of_several_records_is_ambiguous() -> None:
    Note.objects.create(text="twin")
    Note.objects.create(text="twin")
    results = take(NOTES, parsed({"text": "twin", "stars": 1}, {"text": "one"}))
    assert codes(results) == {2: ["ambiguous_key"]}
    assert outcomes(results) == ["fail", "create"]


def test_the_primary_key_may_be_the_key_and_an_empty_one_is_new() -> None:
    note = Note.objects.create(text="old")
    rows = parsed({"id": note.pk, "text": "changed"}, {"text": "new"}, {"id": 9_000, "text": "x"})
    results = take(importer_of(Note), rows, key=("id",))
    assert outcomes(results) == ["update", "create", "create"]
    assert Note.objects.get(pk=9_000).text == "x"
    assert Note.objects.get(pk=note.pk).text == "changed"


def test_an_update_needs_a_key() -> None:
    results = take(NOTES, parsed({"stars": 3}), mode=Mode.UPDATE)
    assert codes(results) == {2: ["no_key"]}


def test_a_part_of_the_key_may_be_empty() -> None:
    jane = Author.objects.create(name="Jane")
    Book.objects.create(title="Emma", author=jane, pages=1)
    Book.objects.create(title="Emma", author=None, pages=2)
    rows = parsed({"title": "Emma", "author": None, "pages": 7})
    assert outcomes(take(BookImporter, rows)) == ["update"]
    assert list(Book.objects.order_by("pk").values_list("pages", flat=True)) == [1, 7]


# -- New records ------------------------------------------------------------------------------
def test_new_records_get_defaults_and_old_ones_keep_what_no_cell_says() -> None:
    note = Note.objects.create(text="old", kind="b", stars=4)
    rows = parsed({"text": "old", "is_public": True}, {"text": "new", "stars": 2})
    assert outcomes(take(NOTES, rows)) == ["update", "create"]
    note.refresh_from_db()
    assert (note.kind, note.stars, note.is_public) == ("b", 4, True)
    new = Note.objects.get(text="new")
    assert (new.kind, new.stars, new.is_public, new.written_at) == ("a", 2, False, None)


@pytest.mark.parametrize("applies", [True, False])
def test_a_new_record_says_which_values_it_lacks(applies: bool) -> None:
    rows = parsed({"title": "Audi"}, {"title": "BMW", "make": "BMW", "price": Decimal(1)})
    results = take(importer_of(CarListing, keys=(("title",),)), rows, applies=applies)
    assert codes(results) == {2: ["required_for_new"] * 5, 3: ["required_for_new"] * 3}
    (first, _second) = results[0].failures
    assert [p.column for p in first[1]] == ["Make", "Model", "Year", "Price", "Mileage"]


def test_the_context_goes_into_new_records_and_the_time_into_all_written_ones() -> None:
    past = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)
    for title in ("a", "b"):
        CarListing.objects.create(title=title, make="m", model="m", year=2000, price=1, mileage=1,
                                  updated_at=past, created_at=past)  # fmt: skip
    importer = importer_of(CarListing, keys=(("title",),), touch=("updated_at",))
    car = {"make": "m", "model": "m", "year": 2000, "price": Decimal(1), "mileage": 1}
    rows = parsed({"title": "a", "price": Decimal(2)}, {"title": "b"}, {"title": "c", **car})
    results = take(importer, rows, context={"description": "from the file"})
    assert outcomes(results) == ["update", "unchanged", "create"]
    touched = dict(CarListing.objects.values_list("title", "updated_at"))
    assert touched["b"] == past
    assert touched["a"] == touched["c"] > past
    assert CarListing.objects.get(title="a").created_at == past
    assert CarListing.objects.get(title="c").description == "from the file"
    assert CarListing.objects.get(title="a").description is None


# -- Repeats ----------------------------------------------------------------------------------
@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("applies", [True, False])
def test_a_repeat_is_refused_wherever_the_chunks_end(size: int, applies: bool) -> None:
    rows = parsed({"text": "a"}, {"text": "b"}, {"text": "a", "stars": 2}, {"text": "a"})
    results = take(NOTES, rows, size=size, applies=applies)
    assert outcomes(results) == ["create", "create", "fail", "fail"]
    assert codes(results) == {4: ["duplicate_in_file"], 5: ["duplicate_in_file"]}
    problems = [p for r in results for _row, found in r.failures for p in found]
    assert all("Row 2" in problem.message for problem in problems)


@pytest.mark.parametrize("size", [1, 2, 100])
@pytest.mark.parametrize("applies", [True, False])
def test_a_later_row_may_overwrite(size: int, applies: bool) -> None:
    rows = parsed(
        {"text": "a", "stars": 1}, {"text": "a", "stars": 2}, {"text": "a", "stars": 2},
        {"text": "a", "stars": 1},
    )  # fmt: skip
    results = take(REPEATING_NOTES, rows, size=size, applies=applies)
    assert outcomes(results) == ["create", "update", "skip", "update"]
    warned = [(row, problem.code) for r in results for row, problem in r.warnings]
    assert warned == [(3, "repeated"), (4, "repeated"), (5, "repeated")]
    assert [n.stars for n in Note.objects.all()] == ([1] if applies else [])


def test_rows_before_an_interruption_count_as_repeats(seen: Seen) -> None:
    applier = make_applier(NOTES, seen)
    applier.remember(parsed({"text": "a"}))
    seen.rollback()
    results = [applier.run(parsed({"text": "a"}, {"text": "b"}, first=3))]
    assert outcomes(results) == ["fail", "create"]
    assert not Note.objects.filter(text="a").exists()


def test_a_chunk_that_was_rolled_back_can_be_run_again(seen: Seen) -> None:
    applier = make_applier(NOTES, seen)
    rows = parsed({"text": "a"})
    with transaction.atomic():
        assert outcomes([applier.run(rows)]) == ["create"]
        transaction.set_rollback(True)
    seen.rollback()
    assert not Note.objects.exists()
    assert not LedgerEntry.objects.exists()
    assert outcomes([applier.run(rows)]) == ["create"]


# -- Rows of several records ------------------------------------------------------------------
@pytest.fixture
def meter() -> Meter:
    company = Company.objects.create(name="Some company")
    site = Site.objects.create(name="Some site", company=company)
    return Meter.objects.create(site=site, mpan="1200001234566")


READINGS = importer_of(
    MeterReading, keys=(("meter", "reading_date", "period_number"),), on_repeat="overwrite"
)


def reading(meter: str, period: int, value: str = "1") -> dict[str, Any]:
    return {
        "meter": meter,
        "reading_date": dt.date(2025, 11, 7),
        "period_number": period,
        "reading_value": Decimal(value),
    }


@pytest.mark.parametrize("applies", [True, False])
def test_a_wide_row_goes_in_whole_or_not_at_all(meter: Meter, applies: bool) -> None:
    good = [reading(meter.mpan, period) for period in range(1, 49)]
    bad = [reading(meter.mpan, period) for period in (49, 50, 51)]  # a day has 50 at most
    results = take(READINGS, parsed(good, bad), applies=applies)
    assert outcomes(results) == ["create", "fail"]
    assert codes(results) == {3: ["breaks_rule"]}
    assert sum(result.values_written for result in results) == (48 if applies else 0)
    assert MeterReading.objects.count() == (48 if applies else 0)


def test_a_row_may_not_say_the_same_record_twice(meter: Meter) -> None:
    rows = parsed([reading(meter.mpan, 1), reading(meter.mpan, 1, "2")])
    assert codes(take(READINGS, rows)) == {2: ["duplicate_in_file"]}


def test_a_row_with_one_changed_record_is_an_update(meter: Meter) -> None:
    take(READINGS, parsed([reading(meter.mpan, 1), reading(meter.mpan, 2)]))
    changed = [reading(meter.mpan, 1), reading(meter.mpan, 2, "5"), reading(meter.mpan, 3)]
    results = take(READINGS, parsed(changed))
    assert outcomes(results) == ["update"]
    assert results[0].values_written == 2


def test_an_absent_part_of_the_key_is_its_default(meter: Meter) -> None:
    daily = {k: v for k, v in reading(meter.mpan, 0).items() if k != "period_number"}
    assert outcomes(take(READINGS, parsed(daily))) == ["create"]
    assert outcomes(take(READINGS, parsed(daily))) == ["unchanged"]


# -- What the database would refuse -----------------------------------------------------------
@pytest.fixture
def asset_row() -> dict[str, Any]:
    lookups.AssetModel.objects.create(
        name="ThinkPad",
        manufacturer=lookups.Manufacturer.objects.create(name="Lenovo"),
        asset_type=lookups.AssetType.objects.create(name="Laptop"),
    )
    lookups.Division.objects.create(name="Finance")
    lookups.Supplier.objects.create(name="Acme")
    lookups.AssetStatus.objects.get_or_create(pk=1, defaults={"name": "Ready to deploy"})
    return {"model": "ThinkPad", "division": "finance", "supplier": "Acme"}


@pytest.mark.parametrize("size", [1, 100])
@pytest.mark.parametrize("applies", [True, False])
def test_what_only_one_may_have_is_given_once(
    asset_row: dict[str, Any], size: int, applies: bool
) -> None:
    take(ASSETS, parsed({**asset_row, "asset_tag": "OLD", "serial_number": "S0"}))
    rows = parsed(
        {**asset_row, "asset_tag": "A1", "serial_number": "S1"},
        {**asset_row, "asset_tag": "A2", "serial_number": "s1 "},  # stored in capitals
        {**asset_row, "asset_tag": "A3", "serial_number": "S0"},
        {"asset_tag": "OLD", "serial_number": "S2"},
        {**asset_row, "asset_tag": "A4", "serial_number": "S0"},  # free only once all is done
        {**asset_row, "asset_tag": "A5", "serial_number": None},
        {**asset_row, "asset_tag": "A6"},
    )
    results = take(ASSETS, rows, size=size, applies=applies)
    assert outcomes(results) == ["create", "fail", "fail", "update", "fail", "create", "create"]
    assert codes(results) == {n: ["not_unique"] for n in (3, 4, 6)}


def test_what_was_freed_stays_taken_after_an_interruption(asset_row: dict[str, Any]) -> None:
    take(ASSETS, parsed({**asset_row, "asset_tag": "OLD", "serial_number": "S0"}))
    run = make_run()
    done = parsed({"asset_tag": "OLD", "serial_number": "S1"})
    left = parsed(
        {**asset_row, "asset_tag": "A1", "serial_number": "S0"},
        {**asset_row, "asset_tag": "A2", "serial_number": "S2"},
        first=3,
    )
    assert outcomes(take(ASSETS, done, run=run)) == ["update"]
    with closing(Seen()) as seen:
        applier = make_applier(ASSETS, seen, run=run)
        applier.remember(done)
        with transaction.atomic():
            result = applier.run(left)
    assert codes([result]) == {3: ["not_unique"]}
    assert "Row 2 of this file has this already." in result.failures[0][1][0].message


@pytest.mark.parametrize("applies", [True, False])
def test_rules_of_the_table_are_said_in_words(applies: bool) -> None:
    car = {"make": "m", "model": "m", "year": 2000, "price": Decimal(1), "mileage": 1}
    rows = parsed({"title": "a", **car}, {"title": "b", **car, "year": 1800, "mileage": -1})
    results = take(importer_of(CarListing, keys=(("title",),)), rows, applies=applies)
    assert outcomes(results) == ["create", "fail"]
    ((_row, problems),) = results[0].failures
    assert {p.code for p in problems} <= {"breaks_rule", "out_of_range", "does_not_fit", "too_low"}
    assert {p.column for p in problems} <= {"Year", "Mileage"}


def test_a_rule_is_asked_of_the_record_as_it_would_be(meter: Meter) -> None:
    Meter.objects.update(installation_date=dt.date(2024, 5, 1))
    importer = importer_of(Meter, keys=(("mpan",),))
    rows = parsed({"mpan": meter.mpan, "removal_date": dt.date(2024, 1, 1)})
    results = take(importer, rows)
    assert codes(results) == {2: ["breaks_rule"]}
    assert "removed after installation" in results[0].failures[0][1][0].message


@pytest.mark.parametrize("applies", [True, False])
def test_a_number_of_no_record_is_refused(applies: bool) -> None:
    rows = parsed({"title": "a", "author_id": 77})
    importer = importer_of(Book, keys=(("title",),), fields=BookImporter.fields[:1])
    assert codes(take(importer, rows, applies=applies)) == {2: ["unknown_record"]}


def test_what_the_database_refuses_unforeseen_stays_out_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As when somebody else writes at the same moment: nobody has seen it come."""
    monkeypatch.setattr("imports.constraints.check_rules", lambda _model: [])
    car = {"make": "m", "model": "m", "year": 2000, "price": Decimal(1), "mileage": 1}
    rows = parsed(*({"title": f"{n}", **car, "price": Decimal(-(n == 37))} for n in range(100)))
    results = take(importer_of(CarListing, keys=(("title",),)), rows)
    assert codes(results) == {39: ["refused_by_database"]}
    assert CarListing.objects.count() == LedgerEntry.objects.count() == 99
