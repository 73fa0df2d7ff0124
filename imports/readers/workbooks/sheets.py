"""The rows of a sheet, one after the other, however wrong the sheet's own words about them are.

Rows as Excel writes them are taken apart by regular expressions: hundreds at a time where they
share a form, else one by one. At the first row that they do not know, a parser goes on from there
to the end. Memory stays flat, and no cell is made that is not in the file.
"""

import re
from collections.abc import Generator, Iterator
from itertools import chain

from imports.readers.unreadable import Unreadable
from imports.readers.workbooks.parsed import ROW_CHARACTERS, parse_rows
from imports.readers.workbooks.rows import Item, Meaning, SheetRow
from imports.readers.workbooks.singles import Kinds, read_row
from imports.readers.workbooks.stretches import Stretches
from imports.readers.workbooks.texts import Odd
from imports.readers.workbooks.xml import DECLARATION

HEAD_BYTES = 1 << 20  # before the rows: columns, panes
ROW_END, DATA_END = b"</row>", b"</sheetData"

_HEAD = re.compile(DECLARATION + rb"<worksheet[\s>][^!]*?<sheetData>")


def read_rows(pieces: Iterator[bytes], meaning: Meaning, part: str) -> Iterator[Item]:
    """Every row that the sheet has, in order, some blank ones too. Raises Unreadable."""
    head = b""
    while b"<sheetData" not in head and len(head) < HEAD_BYTES and (piece := next(pieces, b"")):
        head += piece
    head += next(pieces, b"")  # the name may be cut
    if not (match := _HEAD.match(head)):
        yield from parse_rows(chain([head], pieces), meaning, part)
        return
    blocks = _Blocks(head, match.end(), pieces, part)
    kinds, last = Kinds(meaning), 0
    stretches = Stretches(meaning, kinds)
    for text in blocks:
        try:
            items, last = stretches.read(text, last)
            yield from items
        except (Odd, Unreadable):  # the rows before the one that it is about are given first
            rows = text.split("</row>")[:-1]
            left, last = yield from _read_singly(rows, last, meaning, kinds)
            if left:
                yield from parse_rows(blocks.from_here(left), meaning, part, before=last)
                return
    if blocks.rest.partition(DATA_END)[0].strip():
        yield from parse_rows(blocks.from_here([]), meaning, part, before=last)
    for _ in pieces:
        pass  # to its end, where the archive's checksum is


def _read_singly(
    rows: list[str], last: int, meaning: Meaning, kinds: Kinds
) -> Generator[SheetRow, None, tuple[list[str], int]]:
    """Up to the first odd row. Returns it with what comes after it, and the last row's number."""
    for place, text in enumerate(rows):
        try:
            row = read_row(text, last, meaning, kinds)
        except Odd:
            return rows[place:], last
        last = row.number
        yield row
    return [], last


class _Blocks:
    """Cuts the bytes between <sheetData> and </sheetData> behind the last whole row."""

    def __init__(self, head: bytes, start: int, pieces: Iterator[bytes], part: str) -> None:
        self._opening = head[:start]
        self.rest = head[start:]
        self._pieces = pieces
        self._part = part

    def __iter__(self) -> Iterator[str]:
        while True:
            end = self.rest.find(DATA_END)
            cut = self.rest.rfind(ROW_END, 0, end if end >= 0 else len(self.rest))
            if cut >= 0:
                end_of_rows = cut + len(ROW_END)
                block, self.rest = self.rest[:end_of_rows], self.rest[end_of_rows:]
                yield self._decode(block)
            if end >= 0:
                return
            if len(self.rest) > ROW_CHARACTERS:
                raise Unreadable("too_big_row", row=0)
            if not (piece := next(self._pieces, b"")):
                raise Unreadable("damaged_xml", part=self._part)
            self.rest += piece

    def from_here(self, rows: list[str]) -> Iterator[bytes]:
        left = "".join(f"{row}</row>" for row in rows)
        return chain([self._opening, left.encode(), self.rest], self._pieces)

    def _decode(self, block: bytes) -> str:
        try:
            return block.decode()
        except UnicodeDecodeError as error:
            raise Unreadable("damaged_xml", part=self._part) from error
