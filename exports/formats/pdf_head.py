"""The head of a page: everything about the document on the first one, a line on the others."""

import datetime as dt

from exports.formats.base import Document
from exports.formats.pdf_pen import BLACK, GREY, HEIGHT, MARGIN, TABLE_WIDTH, WIDTH, Pen
from exports.formats.pdf_text import PageTally
from exports.formats.values import in_zone

TITLE_SIZE, SIZE = 16.0, 8.5
LEADING = 1.4
LABEL_WIDTH = 110.0
TEXT_LINES = 4
LINES = 22  # of label and text; more would leave the first page without rows
RUNNING_HEIGHT = 22.0


class Head:
    """What was told about the document, in lines that fit. Cuts are counted."""

    def __init__(self, pen: Pen, document: Document, tally: PageTally) -> None:
        self._pen = pen
        title = tally.visible(document.title)
        room = TABLE_WIDTH * 0.65 * 1000
        self._title = tally.fit(title, room / TITLE_SIZE, pen.bold, 1)[0]
        self._short_title = PageTally().fit(title, room / SIZE, pen.bold, 1)[0]
        self._lines = self._about(document, tally)
        self.height = TITLE_SIZE * 1.5 + len(self._lines) * SIZE * LEADING + 8

    def draw(self, where: str) -> None:
        y = HEIGHT - MARGIN - TITLE_SIZE * 0.8
        self._pen.ink(BLACK)
        self._pen.write(self._pen.bold, TITLE_SIZE, MARGIN, y, self._title)
        self._where(y, where)
        y -= TITLE_SIZE * 1.25
        for label, text in self._lines:
            self._pen.ink(GREY)
            self._pen.write(self._pen.face, SIZE, MARGIN, y, label)
            self._pen.ink(BLACK)
            self._pen.write(self._pen.face, SIZE, MARGIN + LABEL_WIDTH, y, text)
            y -= SIZE * LEADING

    def draw_running(self, where: str) -> None:
        y = HEIGHT - MARGIN - SIZE
        self._pen.ink(BLACK)
        self._pen.write(self._pen.bold, SIZE, MARGIN, y, self._short_title)
        self._where(y, where)

    def _where(self, y: float, where: str) -> None:
        self._pen.ink(GREY)
        self._pen.write_left_of(self._pen.face, SIZE, WIDTH - MARGIN, y, where)

    def _about(self, document: Document, tally: PageTally) -> list[tuple[str, str]]:
        """A label on the first line of its text only."""
        face = self._pen.face
        lines: list[tuple[str, str]] = []
        room = (TABLE_WIDTH - LABEL_WIDTH) / SIZE * 1000
        for label, text in about_pairs(document):
            short = tally.fit(tally.visible(label), (LABEL_WIDTH - 6) / SIZE * 1000, face, 1)
            texts = tally.fit(tally.visible(text), room, face, TEXT_LINES)
            lines += zip([*short, *[""] * (len(texts) - 1)], texts, strict=True)
        if len(lines) > LINES:
            tally.shortened_cells += 1
            lines[LINES - 1 :] = [("…", "")]
        return lines


def about_pairs(document: Document) -> list[tuple[str, str]]:
    if document.as_of is None:
        return list(document.about)
    moment: dt.datetime = in_zone(document.time_zone)(document.as_of)
    return [("As of", moment.strftime("%Y-%m-%d %H:%M:%S %Z")), *document.about]
