import os
import signal
from typing import ClassVar

from imports.fields import Boolean, Date, DateTime, Integer, List, Lookup, Money, Number, Text, Time
from imports.fields import Choice as ChoiceField
from imports.importers import Importer, Row, Run
from imports.models import Mode
from imports.registry import register
from tests.library.models import Author, Book, Note


@register
class NoteImporter(Importer):
    """What an importer of any model looks like."""

    name = "notes"
    model = Note
    keys = (("text",),)


@register
class BookImporter(Importer):
    """A field of every kind, a lookup that makes what is missing, and a rule across fields."""

    name = "books"
    model = Book
    help = "Books by title and author. Authors that are not known are added."
    fields = (
        Text(name="title", required=True, aliases=("book", "name of the book")),
        Lookup(
            name="author",
            by=("name", "email"),
            create=lambda text: {"name": text},
            aliases=("written by",),
        ),
        ChoiceField(name="shelf", aliases=("genre",)),
        Integer(name="pages", low=0),
        Money(name="price"),
        Number(name="weight"),
        Boolean(name="in_print"),
        Date(name="published_on", day_first=True, aliases=("published",)),
        Time(name="opening_time"),
        DateTime(name="added_at", day_first=True),
        List(name="tags"),
        Text(name="blurb"),
    )
    keys = (("title", "author"), ("title",))
    modes = (Mode.UPSERT, Mode.CREATE, Mode.UPDATE)
    example: ClassVar = (
        {"Title": "Emma", "Author": "Jane Austen", "Genre": "Novel", "Price": "12.40"},
        {"Title": "Odes", "Author": "John Keats", "Genre": "Poetry", "Price": "(3.00)"},
    )

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        if row.values.get("pages") == 0 and row.values.get("in_print"):
            row.warn("no_pages", "A book in print has pages.", field="pages")
        if str(row.values.get("title", "")).startswith("#"):
            row.skipped = "a comment"


@register
class DeadlyImporter(Importer):
    """One that kills whoever reads a row with the name "poison"."""

    name = "deadly-authors"
    model = Author
    fields = (Text(name="name", aliases=("who kills",)),)
    keys = (("name",),)

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        if row.values.get("name") == "poison":
            os.kill(os.getpid(), signal.SIGKILL)
