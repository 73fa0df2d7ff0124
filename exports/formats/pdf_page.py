"""Pages of a table: head, header of the columns, rows, foot. One after the other, none kept.

What is known at the end only (the number of pages, how many cells were cut) is a form that every
page refers to.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import BinaryIO

from exports.formats.base import Document
from exports.formats.pdf_columns import HEADER_LINES, PADDING, Column, Layout
from exports.formats.pdf_fonts import Typeface
from exports.formats.pdf_head import RUNNING_HEIGHT, Head
from exports.formats.pdf_pen import (
    BLACK,
    BOTTOM,
    FOOT,
    GREY,
    HEIGHT,
    MARGIN,
    NOTE_SIZE,
    SHADE,
    WIDTH,
    Pen,
)
from exports.formats.pdf_text import PageTally

LEADING = 1.2  # of the font size
ROW_PADDING = 0.55  # of the font size, above and below together
ASCENT = 0.85  # of the font size; from the top of a line to its base line
PAGES_ROOM = 18.0  # points for the number of pages, up to 9,999

Cell = Sequence[str]  # lines


@dataclass(frozen=True, kw_only=True)
class Laid:
    """A row whose cells fit their columns."""

    cells: Sequence[Cell]
    height: float


class Pages:
    def __init__(self, stream: BinaryIO, document: Document, tally: PageTally) -> None:
        self._document = document
        self._tally = tally
        self.pen = Pen(stream, tally.visible(document.title), document.as_of)
        self._head = Head(self.pen, document, tally)
        self._pages = 0

    def start(self, layout: Layout) -> None:
        self._layout = layout
        self._header = self._fit_header()
        self._header_height = self.height_of(self._header)

    @property
    def room(self) -> float:
        """Points for the rows of the next page."""
        return self._top - self._header_height - BOTTOM

    def height_of(self, cells: Sequence[Cell]) -> float:
        lines = max(map(len, cells))
        return self._layout.size * (lines * LEADING + ROW_PADDING)

    def add(self, first_row: int, rows: Sequence[Laid]) -> None:
        """The next rows, on as many pages across as the columns need."""
        top = self._top
        for group in self._layout.groups:
            where = self._where(first_row, len(rows), group)
            if self._pages:
                self._head.draw_running(where)
            else:
                self._head.draw(where)
            self._pages += 1
            self._draw_table(group, top, rows)
            self._draw_foot()
            self.pen.end_page()

    def finish(self, notes: str) -> None:
        self.pen.define("notes", notes)
        self.pen.define("pages", f"{self._pages}")
        self.pen.save()

    @property
    def _top(self) -> float:
        return HEIGHT - MARGIN - (RUNNING_HEIGHT if self._pages else self._head.height)

    def _fit_header(self) -> list[Cell]:
        size, fit, visible = self._layout.size, self._tally.fit, self._tally.visible
        rooms = {one.number: room_in(one, size) for group in self._layout.groups for one in group}
        return [
            fit(visible(field.header), rooms[number], self.pen.bold, HEADER_LINES)
            for number, field in enumerate(self._document.fields)
        ]

    def _where(self, first_row: int, rows: int, group: Sequence[Column]) -> str:
        parts = [f"Rows {first_row:,}–{first_row + rows - 1:,}"] if rows else []
        if len(self._layout.groups) > 1:
            first = 1 if group is self._layout.groups[0] else group[1].number + 1
            columns = f"{first}–{group[-1].number + 1}"
            parts.append(f"Columns {columns} of {len(self._document.fields)}")
        return ", ".join(parts)

    def _draw_table(self, group: Sequence[Column], top: float, rows: Sequence[Laid]) -> None:
        width = group[-1].left + group[-1].width
        y = top - self._header_height
        self.pen.fill(MARGIN, y, width, self._header_height, SHADE)
        self.pen.ink(BLACK)
        self._draw_rows(self.pen.bold, group, top, [Laid(cells=self._header, height=top - y)])
        self._draw_rows(self.pen.face, group, y, rows)
        ends = accumulate((row.height for row in rows), initial=0.0)
        self.pen.rules(MARGIN, [y - below for below in ends], width)
        if not rows:
            self.pen.write(self.pen.face, self._layout.size, MARGIN, y - 16, "No rows.")

    def _draw_rows(
        self, face: Typeface, group: Sequence[Column], top: float, rows: Sequence[Laid]
    ) -> None:
        size = self._layout.size
        operators = [f"BT {face.select(size)}"]
        y = top - size * (ROW_PADDING / 2 + ASCENT)
        for row in rows:
            for column in group:
                operators += _cell(face, size, column, y, row.cells[column.number])
            y -= row.height
        self.pen.operators([*operators, "ET"])

    def _draw_foot(self) -> None:
        self.pen.ink(GREY)
        self.pen.refer("notes", MARGIN, FOOT)
        right = WIDTH - MARGIN - PAGES_ROOM
        page = f"Page {self._pages} of "
        self.pen.write_left_of(self.pen.face, NOTE_SIZE, right, FOOT, page)
        self.pen.refer("pages", right, FOOT)


def room_in(column: Column, size: float) -> float:
    """For text, in thousandths of the font size; a hair more than measured, against rounding."""
    return column.width / size * 1000 - 2 * PADDING + 1


def _cell(face: Typeface, size: float, column: Column, y: float, lines: Cell) -> list[str]:
    padding = PADDING * size / 1000
    left, right = MARGIN + column.left + padding, MARGIN + column.left + column.width - padding
    operators = []
    for text in lines:
        if text:
            x = right - face.width(text) * size / 1000 if column.is_right else left
            operators.append(f"1 0 0 1 {x:.2f} {y:.2f} Tm {face.show(text, size)}")
        y -= size * LEADING
    return operators
