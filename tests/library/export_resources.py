import time
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import django_filters
from django.db.models import Count, F
from django.db.models.functions import Upper

from exports.filters import (
    AnyOfFilter,
    ContainsFilter,
    DayFromFilter,
    DayToFilter,
    ExportFilterSet,
    RelatedFilter,
    TriStateFilter,
)
from exports.formats.base import Kind
from exports.registry import register
from exports.resources import Column, ExportResource
from tests.library.models import Author, Book, Note


class BookFilters(ExportFilterSet):
    title = ContainsFilter("title")
    shelf = AnyOfFilter(field_name="shelf", choices=Book.Shelf.choices, label="Shelf")
    author_id = RelatedFilter(field_name="author", queryset=Author.objects.all(), label="Author")
    in_print = TriStateFilter(field_name="in_print", label="In print")
    min_pages = django_filters.NumberFilter("pages", "gte", label="Pages from")
    max_pages = django_filters.NumberFilter("pages", "lte", label="Pages to")
    date_from = DayFromFilter("added_at", label="Added from")
    date_to = DayToFilter("added_at", label="Added to")

    ranges = (("min_pages", "max_pages"), ("date_from", "date_to"))
    aliases: ClassVar = {"author": "author_id", "minPages": "min_pages"}


@register
class BookResource(ExportResource):
    name = "books"
    model = Book
    columns = (
        Column(name="id", header="ID"),
        Column(name="title", header="Title"),
        Column(name="author", source="author__name"),
        Column(name="author_email", source="author__email", sensitive=True),
        Column(name="shelf"),
        Column(name="pages"),
        Column(name="price", kind=Kind.MONEY),
        Column(name="weight"),
        Column(name="in_print"),
        Column(name="published_on"),
        Column(name="opening_time"),
        Column(name="added_at"),
        Column(name="tags"),
        Column(name="blurb", default=False),
        Column(name="loud_title", expression=Upper("title"), default=False),
        Column(name="double_pages", expression=F("pages") * 2, kind=Kind.INTEGER, default=False),
        Column(name="title_length", source="title", convert=len, kind=Kind.INTEGER, default=False),
    )
    filterset = BookFilters
    sort_fields: ClassVar = {"id": "id", "title": "title", "pages": "pages"}
    default_sort = "id"
    search_fields = ("title", "author__name")
    companions = ("shelves",)
    changelist_filters: ClassVar = {"shelf__exact": "shelf"}


@register
class NoteResource(ExportResource):
    name = "notes"
    model = Note


@register
class ShelfResource(ExportResource):
    """Figures, which are rows of no table."""

    name = "shelves"
    model = Book
    is_computed = True
    columns = (Column(name="shelf"), Column(name="books", kind=Kind.INTEGER))
    filterset = BookFilters

    @classmethod
    def compute_rows(cls, filters: Mapping[str, Any]) -> Sequence[Mapping[str, object]]:
        books = Book.objects.all()
        if filters["min_pages"] is not None:
            books = books.filter(pages__gte=filters["min_pages"])
        return list(books.values("shelf").annotate(books=Count("pk")).order_by("shelf"))


def dawdle(title: str) -> str:
    """A column that takes its time, so that a test can catch the export at work."""
    time.sleep(0.001)
    return title


def explode(title: str) -> str:
    raise ArithmeticError(f"no way to compute {title}")


@register
class SlowBookResource(ExportResource):
    name = "slow-books"
    model = Book
    columns = (Column(name="id"), Column(name="title", convert=dawdle))


@register
class BrokenBookResource(ExportResource):
    name = "broken-books"
    model = Book
    columns = (Column(name="id"), Column(name="title", convert=explode))
