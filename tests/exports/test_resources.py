import pytest

from exports.formats.base import Kind
from exports.resources import (
    Column,
    column_kind,
    column_label,
    columns_of,
    default_columns,
    find_field,
    label_of,
    order_of,
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


@pytest.mark.parametrize("path", ["author__nobody", "nothing", "title__more"])
def test_a_path_that_leads_nowhere_has_no_field(path: str) -> None:
    assert find_field(Book, path) is None


def test_pk_is_the_primary_key() -> None:
    field = find_field(Book, "author__pk")
    assert field is not None
    assert field.primary_key
