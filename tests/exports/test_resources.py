import pytest
from django.db.models import F
from django.utils.translation import gettext_lazy

from exports.formats.base import Kind
from exports.resources import (
    Column,
    column_kind,
    column_label,
    columns_of,
    default_columns,
    find_field,
    label_of,
    may_be_null,
    noun_of,
    order_of,
    presets_of,
    sorts_of,
)
from tests.library.export_resources import BookResource, NoteResource
from tests.library.models import Book


def test_a_resource_without_columns_exports_every_field_of_its_model() -> None:
    assert [c.name for c in columns_of(NoteResource)] == [
        "id",
        "text",
        "is_public",
        "written_at",
        "stars",
        "kind",
    ]


def test_a_resource_without_label_is_called_by_its_model() -> None:
    assert label_of(NoteResource) == "Notes"


@pytest.mark.parametrize(
    ("label", "noun"),
    [
        ("Car listings", "car listings"),
        ("CURB trips", "CURB trips"),
        ("E-ZPass transactions", "E-ZPass transactions"),
        ("Meter readings, a day in a row", "meter readings, a day in a row"),
    ],
)
def test_a_label_in_a_sentence_keeps_the_capitals_of_names(
    label: str, noun: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NoteResource, "label", label)
    assert noun_of(NoteResource) == noun


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("id", Kind.INTEGER),
        ("title", Kind.TEXT),
        ("author", Kind.TEXT),
        ("pages", Kind.INTEGER),
        ("price", Kind.MONEY),
        ("weight", Kind.FLOAT),
        ("in_print", Kind.BOOLEAN),
        ("published_on", Kind.DATE),
        ("opening_time", Kind.TIME),
        ("added_at", Kind.DATETIME),
        ("tags", Kind.JSON),
        ("loud_title", Kind.TEXT),
        ("double_pages", Kind.INTEGER),
    ],
)
def test_a_columns_kind_comes_from_its_field_or_its_declaration(name: str, kind: Kind) -> None:
    column = next(c for c in columns_of(BookResource) if c.name == name)
    assert column_kind(BookResource, column) == kind


def test_a_foreign_key_column_has_the_kind_of_what_it_points_to() -> None:
    assert column_kind(BookResource, Column(name="author_id")) == Kind.INTEGER


def test_sensitive_and_optional_columns_are_no_default_columns() -> None:
    names = default_columns(BookResource)
    assert "title" in names
    assert "author_email" not in names
    assert "blurb" not in names


def test_a_columns_label_is_the_fields_verbose_name() -> None:
    assert column_label(BookResource, Column(name="published_on")) == "Published on"
    assert column_label(BookResource, Column(name="made_up", expression=None)) == "Made up"


def test_the_primary_key_breaks_ties() -> None:
    assert order_of(BookResource, "title", descending=True) == ("-title", "pk")
    assert order_of(BookResource, "id", descending=True) == ("-id",)
    assert order_of(BookResource, "", descending=False) == ("pk",)


def test_without_sort_fields_every_plain_column_sorts() -> None:
    assert set(sorts_of(NoteResource)) == {
        "id", "text", "is_public", "written_at", "stars", "kind",
    }  # fmt: skip


def test_empty_values_are_sorted_last_where_there_may_be_any() -> None:
    assert may_be_null(BookResource.model, "published_on")
    assert may_be_null(BookResource.model, "made_up_by_the_query")
    assert not may_be_null(BookResource.model, "title")

    class Sorted(BookResource):
        sort_fields = {"published": "published_on"}

    up, down = (order_of(Sorted, "published", descending=down) for down in (False, True))
    assert up == (F("published_on").asc(nulls_last=True), "pk")
    assert down == (F("published_on").desc(nulls_last=True), "pk")


def test_a_resource_may_break_ties_by_other_fields() -> None:
    class Keyed(BookResource):
        tie_break = ("author_id", "title")

    assert order_of(Keyed, "", descending=True) == ("-author_id", "-title")
    assert order_of(Keyed, "pages", descending=True) == ("-pages", "author_id", "title")
    assert order_of(Keyed, "title", descending=True) == ("-title", "author_id")


def test_presets_are_columns_by_a_label() -> None:
    class Ready(BookResource):
        presets = {gettext_lazy("Short"): ("title", "id")}

    assert presets_of(Ready) == {"Short": ("title", "id")}
    assert presets_of(BookResource) == {}


@pytest.mark.parametrize("path", ["author__nobody", "nothing", "title__more"])
def test_a_path_that_leads_nowhere_has_no_field(path: str) -> None:
    assert find_field(Book, path) is None


def test_pk_is_the_primary_key() -> None:
    field = find_field(Book, "author__pk")
    assert field is not None
    assert field.primary_key
