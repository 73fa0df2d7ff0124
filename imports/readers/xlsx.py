"""XLSX: the rows of one sheet, read by a child process (sandbox.py)."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from pathlib import Path

from django.utils.translation import gettext as _

from imports.problems import Problem
from imports.readers.base import Cell, Layout, RawRow, RawRows, in_blocks
from imports.readers.columns import column_decoders
from imports.readers.headers import header_of, is_blank, no_header
from imports.readers.sandbox import Sandbox
from imports.readers.sentences import refuse
from imports.readers.unreadable import Unreadable
from imports.readers.values import Decode, decoders
from imports.readers.workbooks.cells import ERROR, UNSOLVED, column_letters
from imports.readers.workbooks.rows import Item, SheetRow, Stretch, singles


class XlsxReader:
    """Rows from the header on. Texts, numbers, dates as Excel has them; blank rows left out."""

    def __init__(self, path: Path, layout: Layout, close: Callable[[], None] | None = None) -> None:
        self._also_close = close
        self._header_row = layout.header_row
        self._sandbox: Sandbox | None = None
        try:
            self._sandbox = Sandbox(path, sheet=layout.sheet)
            self._rows = RowDecoder(is_1904=self._sandbox.book.is_1904)
            self._source: Iterator[Item] = self._sandbox.items()
            self.header = self._find_header(layout.header_row)
        except Unreadable as refusal:
            self.close()
            raise refuse(refusal) from refusal
        except BaseException:
            self.close()
            raise

    def expected_rows(self) -> int:
        said = self._sandbox.book.last_row if self._sandbox else 0
        return max(0, said - self._header_row)

    def rows(self) -> Iterator[RawRow]:
        try:
            yield from self._rows.decode_all(self._source, self.header)
        except Unreadable as refusal:
            raise refuse(refusal) from refusal

    def blocks(self, size: int) -> Iterator[RawRows]:
        return in_blocks(self.rows(), size)

    def close(self) -> None:
        if self._sandbox:
            self._sandbox.close()
        if self._also_close:
            self._also_close()

    def _find_header(self, number: int) -> tuple[str, ...]:
        for item in self._source:
            rows = singles(item)
            for row in rows:
                if row.number == number:
                    self._source = chain(rows, self._source)
                    return header_of(self._rows.decode(row, ()).cells)
                if row.number > number:
                    raise no_header(number)
        raise no_header(number)


class RowDecoder:
    """Rows as the child sends them into rows as the readers give them."""

    def __init__(self, *, is_1904: bool) -> None:
        self._decoders = decoders(is_1904=is_1904)
        self._known: dict[str, list[Decode]] = {}
        self._column_decoders = column_decoders(self._decoders)

    def decode_all(self, items: Iterable[Item], header: Sequence[str]) -> Iterator[RawRow]:
        for item in items:
            if isinstance(item, SheetRow):
                yield self.decode(item, header)
            else:
                yield from self._decode_stretch(item, header)

    def _decode_stretch(self, stretch: Stretch, header: Sequence[str]) -> Iterator[RawRow]:
        try:
            columns = self._columns(stretch, len(header))
        except (KeyError, ValueError, OverflowError):  # of some row; which one is found singly
            return (self.decode(row, header) for row in stretch.rows())
        rows = map(list, zip(*columns, strict=True))
        if len(columns) > len(header):
            return (
                RawRow(number, fitted(cells, len(header)))
                for number, cells in zip(stretch.numbers, rows, strict=True)
            )
        return map(RawRow, stretch.numbers, rows)

    def _columns(self, stretch: Stretch, width: int) -> list[list[Cell]]:
        """At least so many; those that are not in the stretch hold nothing."""
        blank: list[Cell] = [None] * len(stretch.numbers)
        columns = [blank] * max(width, 1 + max(stretch.places))
        for place, kind, texts in zip(stretch.places, stretch.kinds, stretch.columns, strict=True):
            column = self._column_decoders[kind](texts)
            if columns[place] is not blank:  # each row has at most one of the two
                both = zip(columns[place], column, strict=True)
                column = [a if b is None else b for a, b in both]
            columns[place] = column
        return columns

    def decode(self, row: SheetRow, header: Sequence[str]) -> RawRow:
        """Padded to the header's width; a cell that cannot be read is a fault of the row."""
        try:
            by = self._known[row.kinds]
        except KeyError:
            by = self._learn(row.kinds)
        if not by:
            return self._faulty(row, header)
        try:
            cells = [decode(text) for decode, text in zip(by, row.texts, strict=True)]
        except (ValueError, OverflowError):
            return self._faulty(row, header)
        return RawRow(row.number, fitted(cells, len(header)))

    def _learn(self, kinds: str) -> list[Decode]:
        """The decoders of a row's cells; none when it has cells that are never good."""
        by = [self._decoders[kind] for kind in kinds if kind in self._decoders]
        known = by if len(by) == len(kinds) else []
        if len(self._known) < 10_000:  # one for each pattern of blanks, seldom more than a few
            self._known[kinds] = known
        return known

    def _faulty(self, row: SheetRow, header: Sequence[str]) -> RawRow:
        cells: list[Cell] = []
        fault: Problem | None = None
        for place, (kind, text) in enumerate(zip(row.kinds, row.texts, strict=True)):
            try:
                cells.append(self._decoders[kind](text))
            except (KeyError, ValueError, OverflowError):
                cells.append(text or None)
                name = f"{column_letters(place)}{row.number}"
                column = header[place] if place < len(header) else ""
                fault = fault or describe(kind, text, name, column)
        return RawRow(row.number, fitted(cells, len(header)), fault)


def describe(kind: str, text: str, cell: str, column: str) -> Problem:
    facts = {"cell": cell, "error": text[:40]}
    if kind == ERROR:
        code, sentence = "error_cell", _("Cell %(cell)s shows the error %(error)s. Mend it.")
    elif kind == UNSOLVED:
        code, sentence = (
            "formula_without_result",
            _(
                "Cell %(cell)s holds a formula whose result is not in the file. Open the workbook "
                "in Excel, save it and upload that."
            ),
        )
    else:
        code, sentence = "unreadable_cell", _("Cell %(cell)s cannot be read. Type it again.")
    return Problem(code=code, message=sentence % facts, column=column, value=text[:200])


def fitted(cells: list[Cell], width: int) -> list[Cell]:
    """As wide as the header; wider only as far as there is something in the cells."""
    while len(cells) > width and is_blank(cells[-1]):
        cells.pop()
    return cells + [None] * (width - len(cells)) if len(cells) < width else cells
