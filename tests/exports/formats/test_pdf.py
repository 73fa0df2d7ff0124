"""PDF: what a person sees on the pages."""

import datetime as dt
import io
import re
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest

from exports.formats import FORMATS, Field, Kind, TooManyRows
from tests.exports.formats.conftest import Printed, printed

WORDS = "brake inspection overdue, customer waits for the invoice "


@pytest.fixture
def pages(make_document: Any, written: Any) -> Callable[..., list[list[Printed]]]:
    def draw(kinds: list[Kind], rows: list[Any], **changes: object) -> list[list[Printed]]:
        return printed(written("pdf", make_document(kinds, **changes), rows)[0])

    return draw


def lines(page: list[Printed]) -> list[str]:
    return [piece.text for piece in page]


def test_every_page_has_the_header_and_its_number(pages: Any) -> None:
    found = pages([Kind.INTEGER, Kind.TEXT], [(row, f"row {row}") for row in range(1, 200)])
    assert len(found) > 3
    for number, page in enumerate(found, 1):
        bold = [piece.text for piece in page if piece.is_bold]
        assert bold == ["Tickets", "Field 0", "Field 1"]
        assert f"Page {number} of {len(found)}" in lines(page)
        assert "199 rows" in lines(page)
    numbers = [int(text[4:]) for page in found for text in lines(page) if text.startswith("row ")]
    assert numbers == list(range(1, 200))


def test_the_first_page_tells_about_the_document(pages: Any) -> None:
    about = (("Asked by", "ada"), ("Status", "Open or Pending"), ("Nothing", ""))
    moment = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    first, second, *_ = pages([Kind.TEXT], [["a"]] * 60, about=about, as_of=moment)
    assert lines(first)[:8] == [
        "Tickets",
        "Rows 1–29",
        "As of",
        "2026-11-21 13:00:00 CET",
        "Asked by",
        "ada",
        "Status",
        "Open or Pending",
    ]
    assert lines(second)[:3] == ["Tickets", "Rows 30–60", "Field 0"]


def test_the_moment_is_in_the_properties_too(make_document: Any, written: Any) -> None:
    moment = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
    data, _ = written("pdf", make_document(title="Größe (Ж)", as_of=moment), [])
    found = pypdfium2.PdfDocument(data).get_metadata_dict()
    assert found["Title"] == "Größe (Ж)"
    assert found["CreationDate"] == "D:20261121120000+00'00'"


def test_numbers_end_where_their_header_ends(pages: Any) -> None:
    rows = [[1, "1"], [-20_000, "20"], [333_333, "333"]]
    page = pages([Kind.INTEGER, Kind.TEXT], rows)[0]
    header, *cells = [piece for piece in page if piece.text in ("Field 0", "1", "-20000", "333333")]
    ends = {round(piece.end) for piece in cells if piece.x < header.end}
    assert ends == {round(header.end)}
    assert len({piece.x for piece in page if piece.text in ("Field 1", "20", "333")}) == 1


def test_text_is_wrapped_to_two_lines_then_cut_and_counted(
    make_document: Any, written: Any, read: Any
) -> None:
    short, long = WORDS, WORDS * 20
    document = make_document([Kind.TEXT] * 4)
    data, totals = written("pdf", document, [[short, long, short, long]] * 3)
    assert totals.shortened_cells == 6
    row = read["pdf"](data)[1]
    assert row[0] == row[2] == short.strip()
    assert row[1].endswith("…")
    assert long.startswith(row[1][:-1])
    page = printed(data)[0]
    assert len({piece.y for piece in page if piece.text.startswith(("brake", "customer"))}) <= 6
    assert "3 rows · 6 texts shortened, marked “…”" in lines(page)


def test_nothing_reaches_over_its_column_or_the_page(pages: Any) -> None:
    rows = [["W" * 400, "i" * 900, "日本" * 200, 10**60, "x@y.example/" * 40]] * 20
    kinds = [Kind.TEXT, Kind.TEXT, Kind.TEXT, Kind.INTEGER, Kind.TEXT]
    page = pages(kinds, rows)[0]
    edges = sorted(piece.x for piece in page if piece.is_bold)[1:]
    for piece in page:
        assert piece.x >= 36
        assert piece.end <= 792 - 36 + 0.5
        beginning = max((edge for edge in edges if edge <= piece.x + 1), default=36)
        following = min((edge for edge in edges if edge > beginning + 1), default=756)
        if piece.text.startswith(("W", "i", "日", "x@")):
            assert piece.end <= following


@pytest.mark.parametrize(
    "text",
    [
        "Ελληνικά: Ω, ώ, ΐ",
        "Кириллица: Ж, ё, ї, Ђ",
        "Łódź, Žižkov, İstanbul, Ðà Nẵng",
        "日本語の文字、カタカナ",
        "简体中文 与 繁體中文",
        "한국어 문장",
        "€ £ ₹ ± ≤ → ✓ “quoted” – dash",
        "Հայերեն ქართული",
    ],
)
def test_scripts_are_printed_and_can_be_searched(
    text: str, make_document: Any, written: Any, read: Any
) -> None:
    data, totals = written("pdf", make_document(about=(("About", text),)), [[text]])
    assert totals.replaced_characters == 0
    assert read["pdf"](data) == [["Field 0"], [text]]
    fields = (Field(name="a", header=text),)
    data, _ = written("pdf", make_document(title=text, fields=fields), [])
    assert "".join(lines(printed(data)[0])).replace(" ", "").count(text.replace(" ", "")) == 2


@pytest.mark.parametrize("text", ["שלום עולם", "مرحبا بكم"])
def test_right_to_left_text_runs_to_the_left(text: str, pages: Any) -> None:
    page = pages([Kind.TEXT], [[f"{text} 12"]])[0]
    letters = [piece for piece in page if re.match("[\u0590-\u06ff]", piece.text)]
    assert "".join(piece.text for piece in letters) == text.replace(" ", "")
    places = [piece.x for piece in letters]
    assert places == sorted(places, reverse=True)


def test_what_has_no_glyph_is_a_box_and_counted(
    pages: Any, make_document: Any, written: Any
) -> None:
    rows = [["ok 👍🏽", "\ue000"], ["\x07", "□ is no replacement"], ["a\u200bb\ufe0f", "\u202ec"]]
    data, totals = written("pdf", make_document([Kind.TEXT] * 2), rows)
    assert totals.replaced_characters == 4
    assert {"ok □□", "□", "□ is no replacement", "ab", "c"} <= set(lines(printed(data)[0]))
    note = "3 rows · 4 characters that cannot be printed, shown as “□”"
    assert note in lines(printed(data)[0])


@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b> <a href='/x'>x</a> &amp;",
        "<img src='file:///etc/passwd'/>",
        "(a) \\) Tj ET Q \\( (((",
        "%PDF-1.4 %%EOF endstream endobj",
        "{{ 7*7 }} ${x} %s",
        "=1+1",
    ],
)
def test_text_is_never_markup(text: str, make_document: Any, written: Any, read: Any) -> None:
    fields = (Field(name="a", header=text),)
    document = make_document(fields=fields, title=text, about=((text, text),))
    data, _ = written("pdf", document, [[text]])
    assert read["pdf"](data)[-1] == [text]
    assert lines(printed(data)[0])[0] == text
    assert b"/Annot" not in data
    assert b"/JavaScript" not in data


def test_many_columns_get_smaller_letters(pages: Any) -> None:
    sizes = {}
    for columns in (3, 24):
        page = pages([Kind.TEXT] * columns, [["abcdef 123456"] * columns] * 5)[0]
        sizes[columns] = next(piece.size for piece in page if piece.text.startswith("abc"))
    assert sizes[24] < sizes[3]
    assert min(sizes.values()) >= 5.5


def test_columns_that_do_not_fit_go_on_beside(pages: Any) -> None:
    row = [f"value-number-{column}" for column in range(30)]
    found = pages([Kind.TEXT] * 30, [[f"{cell}-{number}" for cell in row] for number in range(60)])
    one_page_down = [page for page in found if "value-number-0-0" in lines(page)]
    assert len(one_page_down) > 1
    assert len(found) % len(one_page_down) == 0
    seen = [text for page in one_page_down for text in lines(page)]
    for column in range(30):
        assert f"value-number-{column}-0" in seen
        assert f"Field {column}" in seen
    assert all("value-number-0-0" in lines(page) for page in one_page_down)  # which row it is
    assert any("Columns 1–" in text and "of 30" in text for text in lines(found[0]))


def test_no_rows_are_said(pages: Any) -> None:
    (page,) = pages([Kind.TEXT], [])
    assert {"Field 0", "No rows.", "0 rows", "Page 1 of 1"} <= set(lines(page))


def test_a_long_list_of_filters_leaves_room_for_rows(pages: Any) -> None:
    about = tuple((f"Filter {number}", WORDS * 20) for number in range(40))
    first = pages([Kind.TEXT], [["a"]] * 60, about=about)[0]
    assert "a" in lines(first)


@pytest.mark.parametrize("told", [10_001, 0])
def test_more_rows_than_paper_is_for_are_refused(told: int, make_document: Any) -> None:
    assert FORMATS["pdf"].max_rows == 10_000
    document = make_document(total_rows=told)
    with pytest.raises(TooManyRows, match=r"at most 10,000 rows; these are 10,001"):
        FORMATS["pdf"].open(io.BytesIO(), document, {}).write([["a"]] * 10_001)
