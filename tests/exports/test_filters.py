import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.http import QueryDict
from django.utils import timezone

from exports.default_filters import filterset_of
from exports.filters import (
    CommaChoicesFilter,
    CommaContainsFilter,
    CommaNumbersFilter,
    ExcludeKeywordsFilter,
    ExportFilterSet,
    FromFilter,
    HasValueFilter,
    KeywordsFilter,
    MomentFromFilter,
    MomentToFilter,
    ToFilter,
)
from exports.filters.ranges import say_bound
from exports.plans import bind_filters
from tests.library.export_resources import BookResource, NoteResource
from tests.library.models import Author, Book, Note

pytestmark = pytest.mark.django_db


def titles(**filters: Any) -> list[str]:
    bound = bind_filters(BookResource, filters)
    assert bound.form.is_valid(), bound.form.errors
    return sorted(bound.qs.values_list("title", flat=True))


def errors(**filters: Any) -> dict[str, list[str]]:
    return dict(bind_filters(BookResource, filters).form.errors)


def test_without_filters_every_row_is_there(make_book: Any) -> None:
    make_book("A")
    make_book("B")
    assert titles() == ["A", "B"]


def test_contains_ignores_case_and_takes_wildcards_literally(make_book: Any) -> None:
    make_book("100% Wool")
    make_book("100 Wools")
    make_book("snake_case")
    make_book("snakeXcase")
    assert titles(title="wool") == ["100 Wools", "100% Wool"]
    assert titles(title="100%") == ["100% Wool"]
    assert titles(title="e_c") == ["snake_case"]


def test_any_of_takes_one_or_several_values(make_book: Any) -> None:
    make_book("N", shelf="novel")
    make_book("P", shelf="poetry")
    assert titles(shelf="novel") == ["N"]
    assert titles(shelf=["novel", "poetry"]) == ["N", "P"]


def test_an_unknown_choice_is_an_error_that_names_the_valid_ones() -> None:
    assert errors(shelf=["drama"])["shelf"] == [
        "“drama” is not a valid choice. Valid are: novel, poetry."
    ]


def test_a_relation_is_given_by_key_or_by_name(make_book: Any) -> None:
    book = make_book("M", author="Eliot")
    make_book("U", author="Joyce")
    assert titles(author_id=str(book.author_id)) == ["M"]
    assert titles(author_id="eliot") == ["M"]
    assert titles(author_id=["eliot", "joyce"]) == ["M", "U"]


def test_an_unknown_relation_is_an_error_that_names_the_valid_ones(make_book: Any) -> None:
    book = make_book("M", author="Eliot")
    assert errors(author_id="999")["author_id"] == [
        f"“999” is not a valid choice. Valid are: {book.author_id} Eliot."
    ]


def test_an_absent_boolean_filters_nothing_and_false_is_not_absent(make_book: Any) -> None:
    make_book("in", in_print=True)
    make_book("out", in_print=False)
    assert titles() == ["in", "out"]
    assert titles(in_print="true") == ["in"]
    assert titles(in_print="false") == ["out"]
    assert titles(in_print="0") == ["out"]


def test_a_boolean_that_is_neither_is_an_error() -> None:
    assert "neither yes nor no" in errors(in_print="maybe")["in_print"][0]


def test_zero_is_a_bound(make_book: Any) -> None:
    make_book("none", pages=0)
    make_book("some", pages=1)
    make_book("minus", pages=-1)
    assert titles(max_pages="0") == ["minus", "none"]
    assert titles(min_pages="0") == ["none", "some"]


def test_an_end_date_covers_its_whole_day(make_book: Any) -> None:
    make_book("last", added_at=dt.datetime(2026, 5, 31, 23, 59, 59, 999999, tzinfo=dt.UTC))
    make_book("next", added_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    make_book("never", added_at=None)
    assert titles(date_to="2026-05-31") == ["last"]
    assert titles(date_from="2026-06-01") == ["next"]
    assert titles(date_from="2026-05-31", date_to="2026-05-31") == ["last"]


def test_a_range_upside_down_is_an_error_at_its_end() -> None:
    assert "is before its beginning" in errors(min_pages="9", max_pages="1")["max_pages"][0]
    assert "date_to" in errors(date_from="2026-06-02", date_to="2026-06-01")


def test_search_wants_every_word_somewhere(make_book: Any) -> None:
    make_book("Middlemarch", author="George Eliot")
    make_book("March")
    assert titles(search="march") == ["March", "Middlemarch"]
    assert titles(search="eliot march") == ["Middlemarch"]


def test_keys_keep_the_selected_rows(make_book: Any) -> None:
    one, _two, three = make_book("1"), make_book("2"), make_book("3")
    assert titles(keys=f"{one.pk}, {three.pk},") == ["1", "3"]
    assert titles(keys="not-a-key") == []
    assert titles(keys=str(10**30)) == []


def test_a_resource_without_filters_gets_some_that_fit_its_fields() -> None:
    names = set(filterset_of(NoteResource).base_filters)
    assert names == {
        "keys", "text", "is_public", "written_at_from", "written_at_to",
        "stars_from", "stars_to", "kind",
    }  # fmt: skip


def test_made_up_filters_work(db: None) -> None:
    Note.objects.create(text="red", stars=1, kind="a")
    Note.objects.create(text="blue", stars=5, kind="b", is_public=True)

    def texts(**filters: str) -> list[str]:
        return list(bind_filters(NoteResource, filters).qs.values_list("text", flat=True))

    assert texts(stars_from="2") == ["blue"]
    assert texts(stars_to="1") == ["red"]
    assert texts(kind="b") == ["blue"]
    assert texts(is_public="no") == ["red"]
    assert texts(text="RE") == ["red"]
    assert Book.objects.count() == 0


def picked(one: Any, **data: Any) -> list[str]:
    """The titles that a single filter named `it` lets through."""
    filterset = type("OneFilter", (ExportFilterSet,), {"it": one})
    query = QueryDict(mutable=True)
    for name, value in data.items():
        query.setlist(name, value if isinstance(value, list) else [value])
    bound = filterset(query, queryset=Book.objects.all())
    assert bound.form.is_valid(), bound.form.errors
    return sorted(bound.qs.values_list("title", flat=True))


def fault(one: Any, value: str) -> str:
    filterset = type("OneFilter", (ExportFilterSet,), {"it": one})
    return str(filterset({"it": value}, queryset=Book.objects.all()).form.errors["it"][0])


def test_a_comma_list_finds_any_of_its_texts_in_any_of_the_fields(make_book: Any) -> None:
    make_book("Emma", author="Austen")
    make_book("Ulysses", author="Joyce")
    make_book("50% off")
    one = CommaContainsFilter("title", "author__name")
    assert picked(one, it=" emm , , JOYCE ") == ["Emma", "Ulysses"]
    assert picked(one, it=["emm", "joy"]) == ["Emma", "Ulysses"]
    assert picked(one, it="%") == ["50% off"]
    assert picked(one, it=" , ") == ["50% off", "Emma", "Ulysses"]
    assert picked(one) == ["50% off", "Emma", "Ulysses"]


def test_a_comma_list_of_choices_takes_names_values_and_labels(make_book: Any) -> None:
    make_book("N", shelf="novel")
    make_book("P", shelf="poetry")
    one = CommaChoicesFilter("shelf", Book.Shelf)
    assert picked(one, it="NOVEL") == ["N"]
    assert picked(one, it="novel, Poetry") == ["N", "P"]
    assert picked(one, it=["novel", "POETRY"]) == ["N", "P"]


def test_an_unknown_choice_in_a_comma_list_never_drops_the_filter() -> None:
    said = fault(CommaChoicesFilter("shelf", Book.Shelf), "novel,drama")
    assert said == "“drama” is not a valid choice. Valid are: NOVEL, POETRY."


def test_a_comma_list_of_numbers_is_exact(make_book: Any) -> None:
    make_book("one", pages=1)
    make_book("ten", pages=10)
    assert picked(CommaNumbersFilter("pages"), it="1,2") == ["one"]
    assert "“x” is not a whole number" in fault(CommaNumbersFilter("pages"), "1,x")


def test_numbers_in_a_text_keep_their_zeros(make_book: Any) -> None:
    make_book("007")
    make_book("7")
    assert picked(CommaNumbersFilter("title"), it="007, 12") == ["007"]
    assert picked(CommaNumbersFilter("title"), it="7") == ["7"]
    assert picked(CommaNumbersFilter("title"), it="9" * 5_000) == []


def test_excluding_a_keyword_keeps_rows_without_text(make_book: Any) -> None:
    make_book("A", blurb=None)
    make_book("B", blurb="full of SPAM here")
    make_book("C", blurb="")
    make_book("Spam", blurb=None)
    assert picked(ExcludeKeywordsFilter("title", "blurb"), it="spam") == ["A", "C"]
    assert picked(KeywordsFilter("title", "blurb"), it="spam") == ["B", "Spam"]


def test_an_empty_text_counts_as_missing(make_book: Any) -> None:
    make_book("null", blurb=None)
    make_book("empty", blurb="")
    make_book("some", blurb="x")
    assert picked(HasValueFilter("blurb"), it="true") == ["some"]
    assert picked(HasValueFilter("blurb"), it="false") == ["empty", "null"]
    assert picked(HasValueFilter("blurb")) == ["empty", "null", "some"]


def test_number_bounds_include_themselves_and_zero(make_book: Any) -> None:
    make_book("free", price="0.00")
    make_book("dear", price="9.99")
    make_book("unknown", price=None)
    assert picked(ToFilter("price"), it="0") == ["free"]
    assert picked(FromFilter("price"), it="9.99") == ["dear"]


def test_a_moment_bound_may_be_a_date_or_a_time_of_it(make_book: Any) -> None:
    make_book("late", added_at=dt.datetime(2026, 5, 31, 23, 59, 59, 999999, tzinfo=dt.UTC))
    make_book("noon", added_at=dt.datetime(2026, 5, 31, 12, tzinfo=dt.UTC))
    make_book("next", added_at=dt.datetime(2026, 6, 1, tzinfo=dt.UTC))
    assert picked(MomentToFilter("added_at"), it="2026-05-31") == ["late", "noon"]
    assert picked(MomentToFilter("added_at"), it="2026-05-31T12:00") == ["noon"]
    assert picked(MomentFromFilter("added_at"), it="2026-05-31 12:00:01") == ["late", "next"]
    assert picked(MomentFromFilter("added_at"), it="2026-06-01") == ["next"]


def test_an_ambiguous_name_is_not_guessed(make_book: Any) -> None:
    one, two = (Author.objects.create(name=name) for name in ("Eliot", "ELIOT"))
    said = errors(author_id="eliot")["author_id"][0]
    assert said == f"Several are called “eliot”: choose by number, {one.pk}, {two.pk}."


def test_a_comma_list_has_an_end() -> None:
    assert "at most 200" in fault(CommaContainsFilter("title"), ",".join("x" * 201))


def test_a_whole_number_takes_no_fraction() -> None:
    bound = bind_filters(NoteResource, {"stars_from": "1.5"})
    assert "decimal" in bound.form.errors["stars_from"][0]


@pytest.mark.parametrize(
    ("bound", "is_end", "said"),
    [
        (dt.datetime(2026, 1, 31, 23, tzinfo=dt.UTC), False, "2026-02-01"),
        (dt.datetime(2026, 1, 31, 22, 59, 59, 999_999, tzinfo=dt.UTC), True, "2026-01-31"),
        (dt.datetime(2026, 1, 31, 23, tzinfo=dt.UTC), True, "2026-02-01 00:00:00 CET"),
        (dt.datetime(2026, 7, 1, 8, 30, tzinfo=dt.UTC), False, "2026-07-01 10:30:00 CEST"),
        (dt.date(2026, 1, 31), True, "2026-01-31"),
        (Decimal("1.50"), False, "1.50"),
    ],
)
def test_a_bound_is_said_as_a_day_when_it_is_one(bound: object, is_end: bool, said: str) -> None:
    with timezone.override("Europe/Berlin"):
        assert say_bound(bound, is_end=is_end) == said
