"""Columns and fields: what is guessed, how surely, and what is wrong with a mapping."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.fields import Boolean, Choice, Field, Integer, Text
from imports.importers import Importer
from imports.likeness import normalized
from imports.mapping import (
    GUESS,
    SURE,
    Guess,
    check_mapping,
    column_names,
    guess_importer,
    guess_mapping,
    missing_fields,
    suggest_values,
)
from imports.models import Mode
from tests.library.importers import BookImporter, NoteImporter
from tests.library.models import Book, Note


class Placed(Importer):
    name = "placed"
    model = Note
    is_positional = True
    fields = (
        Text(name="text", position=0, required=True),
        Integer(name="stars", position=2, aliases=("score",)),
    )


class Picky(Importer):
    name = "picky"
    model = Book
    fields = (Text(name="title"), Integer(name="pages"))

    @classmethod
    def refuse_header(cls, header: Sequence[str], mapping: Mapping[str, str | None]) -> str:
        return "" if "title" in mapping.values() else "A column with the title is needed."


def guess(*header: str, importer: Any = BookImporter, samples: Any = ()) -> dict[str, Any]:
    found = guess_mapping(importer, header, samples)
    return {name: (guess.field, guess.confidence) for name, guess in found.items() if guess.field}


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Tag/Plate #", "tagplate"),
        (" HH01 ", "hh01"),
        ("KWH/hh (per half hour) ", "kwhhhperhalfhour"),
        ("Straße", "strasse"),
        ("\uff30\uff52\uff49\uff43\uff45", "price"),
        ("价格", "价格"),
        ("_-/", ""),
    ],
)
def test_names_are_compared_by_letters_and_digits(text: str, plain: str) -> None:
    assert normalized(text) == plain


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("title", "title"),
        ("TITLE ", "title"),
        ("Published on", "published_on"),
        ("Name of the Book", "title"),
        ("Written-by", "author"),
        ("GENRE", "shelf"),
    ],
)
def test_a_name_a_label_or_an_alias_is_sure(header: str, field: str) -> None:
    assert guess(header) == {header.strip(): (field, SURE)}


@pytest.mark.parametrize(
    ("header", "field"),
    [("Titel", "title"), ("Publised on", "published_on"), ("Price (GBP)", "price")],
)
def test_what_is_only_like_a_name_is_a_guess(header: str, field: str) -> None:
    assert guess(header) == {header: (field, GUESS)}


@pytest.mark.parametrize(
    "header", ["id", "password", "is_superuser", "user_id", "pk", "", "ISBN", "tit", "price 2"]
)
def test_what_is_like_nothing_is_not_mapped(header: str) -> None:
    assert guess(header) == {}


def test_a_guess_that_the_samples_speak_against_is_none() -> None:
    samples = [["in the spring"], ["12/05/2011"], ["soon"], [""]]
    assert guess("Publised on", samples=samples) == {}
    assert guess("Publised on", samples=samples[1:2]) == {"Publised on": ("published_on", GUESS)}


def test_a_sure_name_whose_samples_cannot_be_read_is_only_a_guess() -> None:
    assert guess("Pages", samples=[["many"], ["few"]]) == {"Pages": ("pages", GUESS)}
    assert guess("Pages", samples=[["many"], ["12"]]) == {"Pages": ("pages", SURE)}
    assert guess("Shelf", samples=[["Novle"]]) == {"Shelf": ("shelf", SURE)}


def test_a_field_is_given_away_once_to_the_likeliest_column() -> None:
    assert guess("Titel", "Book", "Title") == {"Title": ("title", SURE)}
    assert guess("Price", "Price (net)") == {"Price": ("price", SURE)}


def test_two_columns_of_one_name_are_for_a_person_to_tell_apart() -> None:
    assert guess("Price", "Title", "Price") == {"Price": ("price", GUESS), "Title": ("title", SURE)}


def test_columns_have_names_of_their_own() -> None:
    header = ("Price", "", "Price", " two\n lines", "")
    assert column_names(header) == (
        "Price",
        "Column 2",
        "Price (column 3)",
        "two lines",
        "Column 5",
    )


@given(st.lists(st.sampled_from(["", "a", "b", "Column 2", "a (column 3)", "A"]), max_size=8))
@settings(deadline=None)
def test_names_of_columns_never_clash(header: list[str]) -> None:
    names = column_names(header)
    assert len(set(names)) == len(header)


def test_columns_of_a_positional_file_count_by_their_place() -> None:
    assert guess("whatever", "stars", "", importer=Placed) == {
        "whatever": ("text", SURE),
        "Column 3": ("stars", SURE),
    }
    assert guess("a", "b", "c", importer=Placed, samples=[["x", "1", "y"]]) == {
        "a": ("text", SURE),
        "c": ("stars", GUESS),
    }


def test_required_fields_without_a_column_are_named() -> None:
    def labels(fields: list[Field]) -> list[str]:
        return [str(field.label) for field in fields]

    assert labels(missing_fields(BookImporter, {"Price": "price"})) == ["title"]
    assert labels(missing_fields(BookImporter, {"Title": "title"})) == []
    only_changes = {"mode": Mode.UPDATE, "key": ("author",)}
    assert labels(missing_fields(BookImporter, {"Price": "price"}, **only_changes)) == ["author"]


@pytest.mark.parametrize(
    ("header", "mapping", "words"),
    [
        (("T",), {"U": "title"}, ["The file has no column “U”. It has: “T”."]),
        (("T",), {"T": "titel"}, ["There is no field “titel”. There are: “title”, “author”"]),
        (("T",), {"T": "id"}, ["There is no field “id”."]),
        (
            ("T", "U"),
            {"T": "title", "U": "title"},
            ["“T”, “U” are mapped to the same field, “title”. Choose one."],
        ),
        (("T",), {"T": None}, ["No column is mapped to “title”.", "mapped to anything"]),
        (("T", "T"), {"T": "title", "T (column 2)": "price"}, []),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_valid_names(
    header: tuple[str, ...], mapping: dict[str, str | None], words: list[str]
) -> None:
    faults = check_mapping(BookImporter, header, mapping)
    assert len(faults) == len(words)
    for fault, word in zip(faults, words, strict=True):
        assert word in fault


def test_an_importer_may_refuse_a_header() -> None:
    assert check_mapping(Picky, ("a",), {"a": "pages"}) == ["A column with the title is needed."]
    assert check_mapping(Picky, ("a",), {"a": "title"}) == []


def test_the_importer_is_guessed_from_the_header() -> None:
    header = ("Title", "Author", "Price", "Pages", "unknown")
    best, *others = guess_importer(header, [NoteImporter, Picky, BookImporter])
    assert (best.importer, best.is_sure, best.missing) == (BookImporter, True, ())
    assert best.score == pytest.approx(0.8)
    assert [match.importer for match in others] == [Picky]


def test_an_importer_that_lacks_a_column_is_not_sure() -> None:
    [match] = guess_importer(("Author", "Price"), [BookImporter, NoteImporter])
    assert (match.importer, match.is_sure, match.missing) == (BookImporter, False, ("title",))
    assert guess_importer(("x", "y"), [BookImporter, NoteImporter]) == []


def test_two_importers_that_fit_alike_are_not_sure() -> None:
    matches = guess_importer(("Title", "Pages"), [BookImporter, Picky])
    assert [match.is_sure for match in matches] == [False, False]


def test_unknown_choices_get_the_nearest_valid_one() -> None:
    status = Choice(name="x", choices=(("r", "Resolved"), ("c", "Closed")))
    assert suggest_values(status, ["Closd", "closed", "???", "Closd"]) == {
        "Closd": "Closed",
        "???": "",
    }
    assert suggest_values(Boolean(name="x"), ["yess", "no"]) == {"yess": "yes"}
    assert suggest_values(Text(name="x"), ["anything"]) == {}


@given(st.lists(st.text(max_size=12), max_size=6), st.lists(st.text(max_size=8), max_size=6))
@settings(max_examples=100, deadline=None)
def test_any_header_gets_a_guess_for_each_column(header: list[str], sample: list[str]) -> None:
    for importer in (BookImporter, Placed):
        found = guess_mapping(importer, header, [sample])
        assert tuple(found) == column_names(header)
        fields = [guess.field for guess in found.values() if guess.field]
        assert len(fields) == len(set(fields))
        assert all(isinstance(guess, Guess) for guess in found.values())
