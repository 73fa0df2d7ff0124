"""Rows become pages as they come.

Text is wrapped to two lines and then cut, so that a page is a page whatever a cell holds.
"""

from collections.abc import Callable, Sequence
from typing import BinaryIO

from exports.formats.base import Document, Row, Totals
from exports.formats.pdf import refuse_above_limit
from exports.formats.pdf_columns import CELL_LINES, lay_out
from exports.formats.pdf_page import Laid, Pages, room_in
from exports.formats.pdf_pen import TABLE_WIDTH
from exports.formats.pdf_text import PageTally
from exports.formats.stream import check_cells, check_document
from exports.formats.values import text_table

MEASURED_ROWS = 300

Fit = Callable[[object], list[str]]


class PdfWriter:
    """The first rows wait until the columns' widths are known; then only those of a page wait."""

    def __init__(self, stream: BinaryIO, document: Document) -> None:
        check_document(document)
        refuse_above_limit(document.total_rows)
        self._document = document
        self._tally = PageTally()
        self._pages = Pages(stream, document, self._tally)
        self._rows = 0
        self._measured: list[Row] = []
        self._fits: list[Fit] = []
        self._laid: list[Laid] = []  # the rows of the page that is being filled
        self._height = 0.0

    def write(self, rows: Sequence[Row]) -> None:
        check_cells(rows, self._document)
        self._rows += len(rows)
        refuse_above_limit(self._rows)
        if self._fits:
            self._add(rows)
            return
        self._measured.extend(rows)
        if len(self._measured) >= MEASURED_ROWS:
            self._start()

    def close(self) -> Totals:
        if not self._fits:
            self._start()
        if self._laid or not self._rows:
            self._end_page()
        self._pages.finish(self._notes())
        return Totals(
            rows=self._rows,
            removed_nuls=self._tally.removed_nuls,
            shortened_cells=self._tally.shortened_cells,
            replaced_characters=self._tally.replaced_characters,
        )

    def _start(self) -> None:
        pen = self._pages.pen
        measured = self._measured[:MEASURED_ROWS]
        layout = lay_out(self._document, measured, (pen.face, pen.bold), TABLE_WIDTH)
        self._pages.start(layout)
        columns = {column.number: column for group in layout.groups for column in group}
        self._fits = [
            self._fit(number, room_in(columns[number], layout.size)) for number in sorted(columns)
        ]
        self._drawn_rows = 0
        self._add(self._measured)
        self._measured = []

    def _fit(self, number: int, room: float) -> Fit:
        by = text_table(self._document.fields[number].kind, self._document)
        tally, face = self._tally, self._pages.pen.face

        def fit(value: object) -> list[str]:
            return tally.fit(tally.visible(by[type(value)](value)), room, face, CELL_LINES)

        return fit

    def _add(self, rows: Sequence[Row]) -> None:
        fits, height_of = self._fits, self._pages.height_of
        for row in rows:
            cells = [fit(value) for fit, value in zip(fits, row, strict=True)]
            height = height_of(cells)
            if self._height + height > self._pages.room:
                self._end_page()
            self._laid.append(Laid(cells=cells, height=height))
            self._height += height

    def _end_page(self) -> None:
        self._pages.add(self._drawn_rows + 1, self._laid)
        self._drawn_rows += len(self._laid)
        self._laid, self._height = [], 0.0

    def _notes(self) -> str:
        notes = [_count(self._rows, "row")]
        if cut := self._tally.shortened_cells:
            notes.append(f"{_count(cut, 'text')} shortened, marked “…”")
        if replaced := self._tally.replaced_characters:
            notes.append(f"{_count(replaced, 'character')} that cannot be printed, shown as “□”")
        return " · ".join(notes)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
