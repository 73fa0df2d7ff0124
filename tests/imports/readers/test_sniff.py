"""A look at the beginning says how to read a file, and says when it only guesses."""

from collections.abc import Callable
from random import Random
from typing import Any

import pytest

from imports.problems import FileRefused
from imports.readers.base import Guess

Look = Callable[..., Guess]
ROWS = "Name{0}Town{0}Price\nAnn{0}Rome{0}9.50\nBob{0}Ulm{0}3.20\n"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(look_at: Look, delimiter: str) -> None:
    guess = look_at(ROWS.format(delimiter).encode())
    assert guess.layout.delimiter == delimiter
    assert guess.header == ("Name", "Town", "Price")
    assert guess.samples == (("Ann", "Rome", "9.50"), ("Bob", "Ulm", "3.20"))


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [
        ("id;net;gross\n1;1,50;2,50\n2;3,50;4,50\n3;5,50;6,50\n", ";"),
        ("id;text\n1;a, b, c, d\n2;e\n3;f, g\n", ";"),
        ('id|text\n1|"a|b|c|d, e"\n2|"x, y|z"\n', "|"),
        ('"last, first","town, land"\n"Li, Wu","Ulm, D"\n', ","),
        ("a,b\n1|1|1,2|2|2\n3|3,4\n", ","),
        ("stamp\tvalue\n2024-01-01, 10:00\t1\n2024-01-02, 11:00\t2\n", "\t"),
        ("name\nAnn\nBob\n", ","),
        ("id,name,\n1,Ann,\n2,Bob,\n", ","),
    ],
)
def test_it_is_the_one_that_gives_consistent_rows(look_at: Look, text: str, delimiter: str) -> None:
    assert look_at(text.encode()).layout.delimiter == delimiter


def test_excel_s_own_first_line_names_the_delimiter(look_at: Look) -> None:
    guess = look_at(b"sep=;\r\na;b\r\n1,2;3,4\r\n")
    assert guess.layout.delimiter == ";"
    assert guess.layout.header_row == 2
    assert guess.notes


@pytest.mark.parametrize(
    ("data", "encoding", "is_sure"),
    [
        ("é,b\n1,2\n".encode(), "utf-8", True),
        (b"a,b\n1,2\n", "utf-8", True),
        ("é,b\n1,2\n".encode("utf-8-sig"), "utf-8", True),
        ("é,b\n1,2\n".encode("utf-16"), "utf-16", True),
        ("é,b\n1,2\n".encode("utf-16-le"), "utf-16", True),
        ("é,b\n1,2\n".encode("utf-16-be"), "utf-16", True),
        ("é,b\n1,€2\n".encode("cp1252"), "cp1252", False),
        ("é,b\n1,\x81\n".encode("latin-1"), "latin-1", False),
    ],
)
def test_the_encoding_is_found(look_at: Look, data: bytes, encoding: str, is_sure: bool) -> None:
    guess = look_at(data)
    assert (guess.layout.encoding, guess.is_encoding_sure) == (encoding, is_sure)
    assert guess.header[-1] == "b"
    assert bool(guess.notes) is not is_sure


def test_a_character_cut_by_the_look_s_end_is_no_doubt(look_at: Look) -> None:
    data = b"a,b\n" + "é,x\n".encode() * 60_000
    for shift in range(3):
        assert look_at(b"x" * shift + data).is_encoding_sure


@pytest.mark.parametrize(
    ("text", "row", "header"),
    [
        ("Name,Town\nAnn,Rome\n", 1, ("Name", "Town")),
        ("\n\nName,Town\nAnn,Rome\n", 3, ("Name", "Town")),
        ("Report of May\n\nName,Town,Price\nAnn,Rome,3\nBob,Ulm,4\n", 3, ("Name", "Town", "Price")),
        ("Account:,123\nFrom:,2024-01-01\n,,\nId,Name,Price\n1,A,2\n2,B,3\n", 4, None),
        ("Name,2019,2020\nAnn,3,4\nBob,5,6\n", 1, ("Name", "2019", "2020")),
        (" Name , Town ,,\nAnn,Rome,,\n", 1, ("Name", "Town")),
    ],
)
def test_the_header_is_found_below_titles(look_at: Look, text: str, row: int, header: Any) -> None:
    guess = look_at(text.encode())
    assert guess.layout.header_row == row
    assert guess.header == (header or ("Id", "Name", "Price"))


def test_known_names_find_the_header(look_at: Look) -> None:
    text = "Fleet,Report,May\nall,vehicles,owned\nTag Id,PLATE,Amount\nx,y,z\n"
    assert look_at(text.encode()).layout.header_row == 1
    assert look_at(text.encode(), known={"tagid", "plate"}).layout.header_row == 3


def test_what_is_said_is_kept(look_at: Look) -> None:
    guess = look_at(b"a;b,c\n1;2,3\n4;5,6\n", delimiter=",", header_row=2, encoding="latin-1")
    assert guess.layout.delimiter == ","
    assert guess.header == ("1;2", "3")
    assert guess.layout.encoding == "latin-1"
    assert guess.is_encoding_sure


def test_only_the_beginning_is_read(look_at: Look) -> None:
    assert look_at(b"a,b\n" + b"1,2\n" * 100_000 + b"\xff\xff").header == ("a", "b")


@pytest.mark.parametrize("data", [b"", b"\xef\xbb\xbf", b"\r\n \r\n", b"\xff\xfe"])
def test_an_empty_file_is_refused(look_at: Look, data: bytes) -> None:
    with pytest.raises(FileRefused, match="empty"):
        look_at(data)


def test_a_row_of_delimiters_only_is_no_file(look_at: Look) -> None:
    with pytest.raises(FileRefused, match="no rows"):
        look_at(b",,,\n,,,\n")


def test_a_workbook_tells_its_sheets(look_at: Look, make_book: Any, save: Any) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "Empty"  # type: ignore[union-attr]
    hidden = book.create_sheet("Secret")
    hidden.append(["x", "y"])
    hidden.sheet_state = "hidden"
    sheet = book.create_sheet("Cars")
    for row in (["Our cars"], [], ["Name", "Price"], ["Audi", 12.5], ["Fiat", 9]):
        sheet.append(row)
    guess = look_at(save(book), "a.xlsx")
    assert guess.kind == "xlsx"
    assert guess.sheets == ("Empty", "Cars")
    assert (guess.layout.sheet, guess.layout.header_row) == ("Cars", 3)
    assert guess.header == ("Name", "Price")
    assert guess.samples == (("Audi", "12.5"), ("Fiat", "9"))
    assert any("Secret" in note for note in guess.notes)
    assert look_at(save(book), "a.xlsx", sheet="Secret").header == ("x", "y")


def test_what_is_no_text_at_all_is_refused(look_at: Look) -> None:
    with pytest.raises(FileRefused, match="neither text nor a workbook"):
        look_at(Random(5).randbytes(4_000))


def test_a_slip_of_a_control_character_is_no_reason_to_refuse_a_text(look_at: Look) -> None:
    guess = look_at("Name;Town\nAnn;K\x01öln\nBob;Münster\nCem;Düren am Rhein\n".encode("cp1252"))
    assert guess.layout.encoding == "cp1252"
