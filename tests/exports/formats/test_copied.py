"""Cells as COPY writes them become what Python's encoders make of the same texts."""

import json
from dataclasses import replace

import pytest

from exports.formats.base import Field
from exports.formats.copied import ESCAPES, protect, restore
from exports.formats.json_sql import Objects
from exports.formats.rendering import NotInSql, SqlColumn, SqlType
from exports.formats.xlsx_copied import ODD_ROWS, SheetRows, text_start
from exports.formats.xlsx_signs import FREE, NO_LOOK, NUMBER_END, TEXT_END, Around
from exports.formats.xlsx_text import text_cell
from tests.exports.sources.nasty import TEXTS

STYLE = 1
BLANK = text_cell("", STYLE).encode()
TEXT = Around(before=text_start(STYLE), after=b"</t></is></c>", blank=BLANK, text_style=STYLE)
NUMBER = Around(before=b"<c><v>", after=b"</v></c>", blank=b"<c/>")


def copied(text: str) -> bytes:
    """As CopyAttributeOutText in PostgreSQL's src/backend/commands/copyto.c says."""
    letters = {"\b": "b", "\f": "f", "\n": "n", "\r": "r", "\t": "t", "\v": "v"}
    chars = (f"\\{letters.get(c, c)}" if c in letters or c in "\\\x1f" else c for c in text)
    return "".join(chars).encode()


def lines_of(rows: list[list[bytes]]) -> bytes:
    return b"".join(b"\x1f".join(row) + b"\n" for row in rows)


@pytest.mark.parametrize("text", TEXTS)
def test_a_protected_cell_gives_its_text_back(text: str) -> None:
    cell = protect(copied(text))
    assert b"\x1f" not in cell
    assert restore(cell).decode() == text


def test_no_escape_is_made_of_others() -> None:
    assert list(ESCAPES)[-1] == b"\0", "a backslash that comes back would begin an escape"


def objects(types: list[SqlType], rows: list[list[bytes]]) -> list[dict[str, object]]:
    fields = [Field(name=f'n"{number}', header="") for number in range(len(types))]
    columns = [SqlColumn(name=f"c{number}", type=kind) for number, kind in enumerate(types)]
    made = Objects(fields, columns).expand(lines_of(rows), len(rows))
    assert made.startswith(b",\n    {")
    found: list[dict[str, object]] = json.loads(b"[" + made[1:] + b"]")
    return found


def test_every_text_is_the_same_in_json() -> None:
    rows = [[copied(text), b"7", copied(text)] for text in TEXTS]
    found = objects([SqlType.TEXT, SqlType.INTEGER, SqlType.TEXT], rows)
    assert found == [{'n"0': text, 'n"1': 7, 'n"2': text} for text in TEXTS]


def test_null_is_null_and_nothing_else_is_in_json() -> None:
    kinds = [SqlType.TEXT, SqlType.INTEGER, SqlType.TEXT]
    rows = [[b"\v", b"\v", b"\v"], [copied("\v"), b"0", b""], [copied("\\v"), b"1", copied("\\N")]]
    assert [list(one.values()) for one in objects(kinds, rows)] == [
        [None, None, None],
        ["\v", 0, ""],
        ["\\v", 1, "\\N"],
    ]


def test_json_stays_json_inside_of_json() -> None:
    nested = '{"a\\"b": ["\\\\", "\\u001f", "/", "\\n"]}'
    found = objects([SqlType.JSON, SqlType.JSON], [[copied(nested), b"\v"]])
    assert [list(one.values()) for one in found] == [[json.loads(nested), None]]


def sheet_lines(columns: list[Around], rows: list[list[bytes]]) -> bytes:
    """As the SQL of `Signs` makes them."""
    signs = SheetRows(columns).signs
    made = b""
    for row in rows:
        for around, cell in zip(columns, row, strict=True):
            if around.is_text:
                style = around.styles.get(cell.decode())
                look = signs.looks[style] if style else NO_LOOK
                made += b"\x1f" + (look if around.styles else b"") + cell + TEXT_END
            elif cell:
                made += signs.opens[around.before] + cell + NUMBER_END
            else:
                made += signs.blanks[around.blank]
        made += b"\n"
    return made


@pytest.mark.parametrize("around", TEXTS)
def test_every_text_is_the_same_in_a_sheet(around: str) -> None:
    """Alone in its batch, and with plain ones beside it, as one odd text changes the way."""
    rest = b"<c><v>1.5</v></c>" + text_cell("x<y", STYLE).encode() + b"<c/></row>"
    plain = ["plain & simple", "", "one\ntwo"]
    for texts in ([around], [around, *plain], [*plain * ODD_ROWS, around, *plain]):
        columns = [TEXT, NUMBER, TEXT, NUMBER]
        rows = [[copied(text), b"1.5", copied("x<y"), b""] for text in texts]
        made = SheetRows(columns).expand(sheet_lines(columns, rows), len(rows))
        assert made == b"".join(b"<row>" + text_cell(text, STYLE).encode() + rest for text in texts)


@pytest.mark.parametrize(
    "text", ["\x01", "a\x01\x06", "\x01\x061\x03", "\x06", "\x1fa\x01", "\x05", "\x04"]
)
def test_a_text_that_looks_like_signs_stays_a_text(text: str) -> None:
    columns = [NUMBER, TEXT, NUMBER, TEXT]
    rows = [[b"1", copied(text), b"", copied(text)]]
    made = SheetRows(columns).expand(sheet_lines(columns, rows), 1).decode()
    cell = text_cell(text, STYLE)
    assert made == f"<row><c><v>1</v></c>{cell}<c/>{cell}</row>"


def test_a_sheet_of_numbers_alone_has_rows_too() -> None:
    lines = sheet_lines([NUMBER, NUMBER], [[b"1", b""], [b"", b"2"]])
    one, two = b"<c><v>1</v></c>", b"<c><v>2</v></c>"
    made = SheetRows([NUMBER, NUMBER]).expand(lines, 2)
    assert made == b"<row>%b<c/></row><row><c/>%b</row>" % (one, two)


@pytest.mark.parametrize("other", ["plain", " odd", "\x04a & b"])
def test_a_highlighted_text_has_its_own_style_also_beside_an_odd_one(other: str) -> None:
    styled = replace(TEXT, styles={"a & b": 5})
    texts = ["a & b", other, ""]
    lines = sheet_lines([styled], [[copied(text)] for text in texts])
    made = SheetRows([styled]).expand(lines, 3)
    cells = [text_cell("a & b", 5), text_cell(other, STYLE), text_cell("", STYLE)]
    assert made.decode() == "".join(f"<row>{cell}</row>" for cell in cells)


def test_more_kinds_of_cells_than_signs_are_left_to_python() -> None:
    many = [replace(NUMBER, before=b"<c s='%d'><v>" % number) for number in range(len(FREE))]
    with pytest.raises(NotInSql):
        SheetRows(many)
