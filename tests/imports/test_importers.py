"""Declarations: what a model says of its fields, the registry, and what is found wrong at start."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models

from exportsite.domains.helpdesk.lookups import Manufacturer
from imports.checks import check, check_importers
from imports.fields import (
    Boolean,
    Choice,
    Date,
    Field,
    Integer,
    Lookup,
    Money,
    Number,
    Text,
    Uuid,
    bind,
    fields_of_model,
)
from imports.importers import Importer, fields_of, keys_of, label_of, modes_of
from imports.models import Mode
from imports.registry import UnknownImporter, all_importers, find_importer, register, unregister
from tests.imports.reading import read, refusal
from tests.library.importers import BookImporter, NoteImporter
from tests.library.models import Author, Book, Note


class UpperField(models.CharField):
    def to_python(self, value: Any) -> Any:
        return super().to_python(value).upper()


def this_year() -> int:
    return 2025


class Machine(models.Model):
    """A column of every kind whose limits a file can break. It has no table."""

    code = UpperField(max_length=5, unique=True)
    small = models.SmallIntegerField(default=0)
    count = models.PositiveIntegerField(default=0)
    big = models.BigIntegerField(default=0)
    year = models.IntegerField(validators=[MinValueValidator(1900), MaxValueValidator(this_year)])
    bought = models.DateField(null=True, validators=[MinValueValidator(dt.date(1950, 1, 1))])
    price = models.DecimalField(max_digits=5, decimal_places=2, validators=[MinValueValidator(0)])
    plate = models.CharField(max_length=9, blank=True, validators=[RegexValidator("^[A-Z0-9]+$")])
    shade = models.CharField(max_length=5, choices=[("r", "Red"), ("b", "Blue")], null=True)  # noqa: DJ001
    # Of a kind that no import here takes back: undoing looks for what depends on a record.
    owner = models.ForeignKey(Manufacturer, models.DO_NOTHING, related_name="+")
    serial = models.UUIDField(null=True)
    span = models.DurationField(null=True)
    address = models.GenericIPAddressField(null=True)
    link = models.URLField(blank=True)
    password = models.CharField(max_length=9, default="")
    photo = models.FileField(default="")
    made_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    hidden = models.IntegerField(editable=False, default=1)

    class Meta:
        app_label = "library"
        managed = False
        constraints = (models.UniqueConstraint(fields=["year", "small"], name="machine_once"),)

    def __str__(self) -> str:
        return self.code


def machine_field(name: str) -> Field:
    return next(field for field in fields_of_model(Machine) if field.name == name)


def test_a_model_has_a_field_for_each_column_that_a_text_can_fill() -> None:
    types = {field.name: field.type for field in fields_of_model(Machine)}
    assert types == {
        "code": "text",
        "small": "integer",
        "count": "integer",
        "big": "integer",
        "year": "integer",
        "bought": "date",
        "price": "decimal",
        "plate": "text",
        "shade": "choice",
        "owner": "lookup",
        "serial": "uuid",
        "span": "duration",
        "address": "ip",
        "link": "url",
    }


def test_what_a_new_record_needs_is_required() -> None:
    assert [field.name for field in fields_of_model(Machine) if field.required] == [
        "code",
        "year",
        "price",
        "owner",
    ]


@pytest.mark.parametrize(
    ("name", "cell", "value"),
    [
        ("code", "ab1", "AB1"),
        ("small", "32767", 32767),
        ("count", "2147483647", 2147483647),
        ("big", "-9223372036854775808", -(2**63)),
        ("year", "2025", 2025),
        ("bought", "1950-01-01", dt.date(1950, 1, 1)),
        ("price", "999.99", Decimal("999.99")),
        ("shade", "red", "r"),
        ("plate", "Y1", "Y1"),
    ],
)
def test_what_the_column_holds_is_taken(name: str, cell: str, value: object) -> None:
    assert read(machine_field(name), cell) == value


@pytest.mark.parametrize(
    ("name", "cell", "code"),
    [
        ("code", "abcdef", "too_long"),
        ("small", "32768", "out_of_range"),
        ("count", "-1", "out_of_range"),
        ("count", "2147483648", "out_of_range"),
        ("big", "9223372036854775808", "out_of_range"),
        ("year", "1899", "out_of_range"),
        ("year", "2026", "out_of_range"),
        ("bought", "1949-12-31", "min_value"),
        ("price", "1000", "out_of_range"),
        ("price", "1.001", "too_many_decimals"),
        ("price", "-0.01", "out_of_range"),
        ("plate", "y-1", "invalid"),
        ("shade", "green", "unknown_choice"),
        ("link", "https://example.com/" + "a" * 200, "too_long"),
    ],
)
def test_what_the_column_refuses_is_a_problem_of_the_cell(name: str, cell: str, code: str) -> None:
    assert refusal(machine_field(name), cell).code == code


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        (Text(name="shade"), "g", "unknown_choice"),
        (Text(name="code", max_length=2), "abc", "too_long"),
        (Text(name="code"), "1.23457E+12", "digits_lost"),
        (Integer(name="price"), "1000", "out_of_range"),
        (Money(name="price"), "$1,000.00", "out_of_range"),
    ],
)
def test_a_declared_field_keeps_to_the_column_of_its_name(
    field: Field, cell: str, code: str
) -> None:
    assert refusal(bind(field, Machine), cell).code == code


def test_a_declaration_goes_before_the_model() -> None:
    title = bind(Text(name="title", label="What", help="As printed"), Book)
    assert (title.label, title.help) == ("What", "As printed")
    price = bind(Number(name="price"), Book)
    assert isinstance(price, Number)
    assert (price.label, price.digits, price.places) == ("price", 10, 2)
    assert bind(price, Book) is price
    assert bind(Text(name="odd_name"), Book).label == "odd name"


def test_what_may_be_empty_is_the_columns_matter() -> None:
    facts = {
        name: (bound.can_be_empty, bound.empty_value)
        for name in ("code", "plate", "shade", "year")
        if (bound := machine_field(name))
    }
    assert facts == {
        "code": (False, ""),
        "plate": (True, ""),
        "shade": (True, None),
        "year": (False, ""),
    }
    assert bind(Text(name="unbound"), Machine).can_be_empty


def test_a_foreign_key_is_looked_up_by_what_people_call_a_record() -> None:
    owner = machine_field("owner")
    assert isinstance(owner, Lookup)
    assert (owner.model, owner.by) == (Manufacturer, ("name",))
    note = bind(Lookup(name="note", model=Note, by=("text",)), Machine)
    assert isinstance(note, Lookup)
    assert note.by == ("text",)


def test_keys_are_what_is_unique_unless_declared() -> None:
    class Machines(Importer):
        name = "machines"
        model = Machine

    assert keys_of(Machines) == (("code",), ("year", "small"))
    assert keys_of(BookImporter) == (("title", "author"), ("title",))
    assert modes_of(BookImporter) == (Mode.UPSERT, Mode.CREATE, Mode.UPDATE)


def test_without_a_key_records_can_only_be_added() -> None:
    class Books(Importer):
        name = "books"
        model = Book

    assert keys_of(Books) == ()
    assert modes_of(Books) == (Mode.CREATE,)
    assert label_of(Books) == "Books"


def test_ten_lines_make_an_importer() -> None:
    assert find_importer("notes") is NoteImporter
    assert [field.name for field in fields_of(NoteImporter)] == [
        "text",
        "is_public",
        "written_at",
        "stars",
        "kind",
    ]


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownImporter, match=r"no importer “shoes”.*books"):
        find_importer("shoes")


def test_two_importers_of_one_name_are_refused() -> None:
    class Other(Importer):
        name = "notes"
        model = Note

    assert register(NoteImporter) is NoteImporter
    with pytest.raises(ValueError, match="Two importers are named “notes”"):
        register(Other)
    assert find_importer("notes") is NoteImporter


def test_what_is_registered_can_go() -> None:
    class Passing(Importer):
        name = "passing"
        model = Note

    register(Passing)
    assert Passing in all_importers()
    unregister("passing")
    assert Passing not in all_importers()


def test_every_registered_importer_is_right() -> None:
    assert check_importers() == []


@pytest.mark.parametrize(
    ("code", "declared"),
    [
        ("E001", {"fields": (Text(name="title"), Text(name="title"))}),
        ("E002", {"fields": (Text(name="title"), Text(name="blurb", aliases=("Title ",)))}),
        ("E003", {"keys": (("nothing",),)}),
        ("E003", {"keys": ((),)}),
        ("E004", {"modes": ("replace",)}),
        ("E005", {"on_repeat": "ignore"}),
        ("E006", {"touch": ("nothing",)}),
        ("E007", {"fields": (Text(name="pages"),)}),
        ("E007", {"fields": (Date(name="added_at"),)}),
        ("E007", {"fields": (Lookup(name="title", model=Author, by=("name",)),)}),
        ("E007", {"fields": (Boolean(name="author"),)}),
        ("E008", {"fields": (Lookup(name="unbound"),)}),
        ("E009", {"fields": (Lookup(name="author", by=("nickname",)),)}),
        ("E009", {"fields": (Lookup(name="author", by=("books__nothing",)),)}),
        ("E010", {"fields": (Choice(name="unbound"),)}),
        ("E011", {"fields": (Text(name="title", permission="see_title"),)}),
        ("E012", {"fields": (Choice(name="shelf", choices=(("war", "War"),)),)}),
        ("E013", {"fields": (Text(name="title"),), "is_positional": True}),
        (
            "E013",
            {
                "fields": (Text(name="title", position=0), Text(name="blurb", position=0)),
                "is_positional": True,
            },
        ),
        ("W001", {"modes": (Mode.UPSERT,)}),
        ("W002", {"fields": (Text(name="password"),)}),
    ],
)
def test_a_wrong_declaration_is_found_at_start(code: str, declared: dict[str, Any]) -> None:
    wrong = type("Wrong", (Importer,), {"name": "wrong", "model": Book, **declared})
    assert {message.id for message in check(wrong)} == {f"imports.{code}"}


def test_fields_that_fit_by_custom_are_right() -> None:
    class Right(Importer):
        name = "right"
        model = Machine
        fields = (
            Choice(name="small", choices=((1, "One"),)),
            Integer(name="price"),
            Money(name="price_in_cents"),
            Uuid(name="serial"),
            Lookup(name="owner", by=("name", "assetmodel__name", "pk")),
            Text(name="password", permission="auth.change_user"),
        )
        keys = (("code",),)

    assert list(check(Right)) == []
