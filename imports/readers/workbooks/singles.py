"""One row of a sheet, taken apart by regular expressions. What they do not know is Odd."""

import re

from imports.readers.workbooks.cells import TEXT
from imports.readers.workbooks.parsed import empty_kind
from imports.readers.workbooks.rows import Meaning, SheetRow, check_number, lay_out
from imports.readers.workbooks.texts import ILL_FORMED, Odd, mend

KINDS = 10_000  # different attributes of cells; a file with more is not from Excel

# Letters, attributes, formula, value, text in place.
CELL = re.compile(
    r'<c(?: r="([A-Z]+)\d+")?([^<>]*?)(?:/>|>(<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?'
    r"(?:<v[^<>]*>([^<]*)</v>|<v/>|<is><t[^<>]*>([^<]*)</t></is>)?</c>)"
)
_ROW = re.compile(r'\s*<row r="(\d+)"[^<>]*(?<!/)>')
_ANY_ROW = re.compile(r"((?:\s*<row(?:\s[^<>]*)?/>)*)\s*<row((?:\s[^<>]*)?)(?<!/)>")
_ROW_NUMBER = re.compile(r'\sr="(\d+)"')
_VALUE = re.compile(r'<c r="([A-Z]+)[^"<>]*"([^<>]*)><v>([^<]*)</v></c>')
_ATTRIBUTES = re.compile(r'(?:\s+[\w:]+="[^"<>&]*")*\s*')
_ATTRIBUTE = re.compile(r'\s([\w:]+)="([^"]*)"')


class Kinds(dict[str, str]):
    """A cell's attributes, as they are spelled, to its kind."""

    def __init__(self, meaning: Meaning) -> None:
        super().__init__()
        self._meaning = meaning

    def __missing__(self, text: str) -> str:
        attributes = dict(_ATTRIBUTE.findall(text))
        if not _ATTRIBUTES.fullmatch(text) or "r" in attributes or len(self) > KINDS:
            raise Odd
        try:
            kind = self._meaning.kind(attributes.get("t", ""), attributes.get("s", ""))
        except ValueError as error:
            raise Odd from error
        self[text] = kind
        return kind


def read_row(text: str, last: int, meaning: Meaning, kinds: Kinds) -> SheetRow:
    """`text` goes up to </row>, `last` is the number of the row before it."""
    if "<!" in text or "<?" in text or ILL_FORMED.search(text):
        raise Odd
    number, body = _number(text, last)
    count = body.count("<c")
    cells = _VALUE.findall(body)
    if count and len(cells) == count:
        columns, attributes, found = zip(*cells, strict=True)
        names, values = "".join(map(kinds.__getitem__, attributes)), list(found)
    else:
        cells = CELL.findall(body)
        if len(cells) != count:
            raise Odd
        columns = tuple(cell[0] for cell in cells)
        names = "".join(_kind(cell, kinds) for cell in cells)
        values = [value or inline for *_, value, inline in cells]
    if "&" in body or "_x" in body or "\r" in body:
        values = [
            mend(value) if kind == TEXT else value
            for kind, value in zip(names, values, strict=True)
        ]
    try:
        meaning.resolve(names, values)
    except ValueError as error:
        raise Odd from error
    return lay_out(number, columns, names, values)


def _number(text: str, last: int) -> tuple[int, str]:
    """The row's number, and its cells."""
    if match := _ROW.match(text):
        return check_number(int(match[1]), last), text[match.end() :]
    if not (match := _ANY_ROW.match(text)):
        raise Odd
    if found := _ROW_NUMBER.search(match[2]):
        return check_number(int(found[1]), last), text[match.end() :]
    if match[1]:
        raise Odd
    return check_number(last + 1, last), text[match.end() :]


def _kind(cell: tuple[str, ...], kinds: Kinds) -> str:
    _, attributes, formula, value, inline = cell
    kind = kinds[attributes]
    if inline and kind != TEXT:
        raise Odd
    if kind == TEXT or value:
        return kind
    return empty_kind(has_formula=bool(formula))
