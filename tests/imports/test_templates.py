"""Empty files to fill in: the right header, notes, drop-downs, and no surprise on the way back."""

import csv
import io
from typing import Any, ClassVar

import pytest
from openpyxl import Workbook, load_workbook

from imports.fields import Choice, Integer, Lookup, Text, Uuid
from imports.importers import Importer
from imports.mapping import SURE, check_mapping, guess_mapping
from imports.templates import make_template
from tests.library.importers import BookImporter, NoteImporter
from tests.library.models import Author, Book, Note


class Placed(Importer):
    name = "placed"
    model = Note
    is_positional = True
    fields = (Text(name="text", position=0), Integer(name="stars", position=2))


class Coded(Importer):
    name = "coded"
    model = Book
    label = "Coded: [books]/2"
    help = "One line a book."
    fields = (
        Text(name="code", is_code=True, required=True, help="As on the back.", example="0012"),
        Choice(name="size", choices=tuple((f"s{n}", f"Size, no. {n}") for n in range(40))),
        Lookup(name="author", by=("name",), create=lambda text: {"name": text}),
        Uuid(name="uuid", aliases=("guid",)),
    )
    example: ClassVar = ({"code": "=1+1", "size": "Size, no. 3"},)


def read_csv(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))


def book(importer: type[Importer], **given: Any) -> Workbook:
    return load_workbook(io.BytesIO(make_template(importer, "xlsx", **given)))


def test_a_csv_template_is_the_header_of_the_example() -> None:
    data = make_template(BookImporter, "csv")
    assert data.startswith(b"\xef\xbb\xbf")
    assert read_csv(data) == [["Title", "Author", "Genre", "Price"]]


def test_the_example_comes_with_it_if_asked_for() -> None:
    assert read_csv(make_template(BookImporter, "csv", with_example=True))[1:] == [
        ["Emma", "Jane Austen", "Novel", "12.40"],
        ["Odes", "John Keats", "Poetry", "(3.00)"],
    ]


def test_without_an_example_every_field_has_a_column() -> None:
    assert read_csv(make_template(NoteImporter, "csv")) == [
        ["Text", "Is public", "Written at", "Stars", "Kind"]
    ]


def test_a_positional_template_keeps_the_places() -> None:
    assert read_csv(make_template(Placed, "csv")) == [["Text", "Column 2", "Stars"]]


@pytest.mark.parametrize("importer", [BookImporter, NoteImporter, Placed, Coded])
def test_the_header_of_a_template_is_understood(importer: type[Importer]) -> None:
    [header] = read_csv(make_template(importer, "csv"))
    guesses = guess_mapping(importer, header)
    assert {guess.confidence for guess in guesses.values()} == {SURE}
    mapping = {name: guess.field for name, guess in guesses.items()}
    assert check_mapping(importer, header, mapping) == []
    assert [cell.value for cell in book(importer).worksheets[0][1]] == header


def test_a_required_column_is_marked_and_each_has_a_note() -> None:
    sheet = book(Coded).worksheets[0]
    code, size, author = sheet["A1"], sheet["B1"], sheet["C1"]
    assert code.fill.fgColor.rgb != size.fill.fgColor.rgb
    assert code.comment.text == "Required.\nText.\nAs on the back.\nExample: 0012"
    assert "One of “Size, no. 0”" in size.comment.text
    assert author.value is None  # the example leaves it out


def test_ids_are_text_columns() -> None:
    sheet = book(Coded).worksheets[0]
    assert sheet.column_dimensions["A"].number_format == "@"
    assert sheet.freeze_panes == "A2"


def test_choices_are_a_drop_down_of_any_length() -> None:
    loaded = book(Coded)
    [rule] = loaded.worksheets[0].data_validations.dataValidation
    assert (rule.type, str(rule.sqref)) == ("list", "B2:B1048576")
    assert rule.formula1 == "'Choices'!$A$1:$A$40"
    lists = loaded["Choices"]
    assert lists.sheet_state == "hidden"
    assert [row[0].value for row in lists.rows][:2] == ["Size, no. 0", "Size, no. 1"]


def test_a_second_sheet_explains_each_column() -> None:
    sheet = book(NoteImporter)["Explanation"]
    rows = [[cell.value or "" for cell in row] for row in sheet.rows]
    assert rows[1] == ["Column", "Required", "What it takes", "Example", "Also called"]
    assert rows[2] == ["Text", "yes", "Text of up to 200 characters.", "text", ""]
    assert rows[6][2] == "One of “Aside”, “Brief”."
    assert book(Coded)["Explanation"]["A1"].value == "One line a book."


def test_nothing_in_a_workbook_is_a_formula() -> None:
    cell = book(Coded, with_example=True).worksheets[0]["A2"]
    assert (cell.value, cell.data_type, cell.number_format) == ("=1+1", "s", "@")
    assert book(Coded).worksheets[0].title == "Coded books2"


def test_a_template_holds_no_records(db: None) -> None:
    Author.objects.create(name="Jane Austen")
    Book.objects.create(title="Emma")
    for file_format in ("csv", "xlsx"):
        assert b"Emma" not in make_template(NoteImporter, file_format)
    assert book(NoteImporter).worksheets[0].max_row == 1


def test_another_format_is_refused() -> None:
    with pytest.raises(ValueError, match="There are: csv, xlsx"):
        make_template(NoteImporter, "ods")
