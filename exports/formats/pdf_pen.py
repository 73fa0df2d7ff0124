"""A sheet of paper and a pen: geometry, text at a place, and what every page refers to."""

import datetime as dt
from collections.abc import Sequence
from typing import BinaryIO

from reportlab import rl_config
from reportlab.lib.pagesizes import landscape, letter
from reportlab.pdfgen.canvas import Canvas

from exports.formats.pdf_fonts import BOLD, REGULAR, Typeface

WIDTH, HEIGHT = landscape(letter)  # points, as everything here
MARGIN = 36.0
TABLE_WIDTH = WIDTH - 2 * MARGIN
BOTTOM = 40.0  # rows end above
FOOT = 22.0  # base line
NOTE_SIZE = 7.5

rl_config.useA85 = 0  # text around compressed pages: a quarter more bytes, a third more time

BLACK, GREY = 0.08, 0.38
RULE, SHADE = 0.80, 0.91


class Pen:
    def __init__(self, stream: BinaryIO, title: str, as_of: dt.datetime | None) -> None:
        self._canvas = Canvas(stream, pagesize=(WIDTH, HEIGHT), pageCompression=1, invariant=1)
        self._canvas.setTitle(title)
        for describe in (self._canvas.setAuthor, self._canvas.setSubject, self._canvas.setCreator):
            describe("")
        if as_of is not None:
            stamp = as_of.astimezone(dt.UTC).strftime("D:%Y%m%d%H%M%S+00'00'")
            self._canvas.setDateFormatter(lambda *_: stamp)
        self.face = Typeface(self._canvas, REGULAR)
        self.bold = Typeface(self._canvas, BOLD)

    def ink(self, grey: float) -> None:
        self._canvas.setFillGray(grey)

    def operators(self, operators: Sequence[str]) -> None:
        self._canvas.addLiteral("\n".join(operators))

    def write(self, face: Typeface, size: float, x: float, y: float, text: str) -> None:
        shown = face.show(text, size)
        self.operators([f"BT {face.select(size)} 1 0 0 1 {x:.1f} {y:.1f} Tm {shown} ET"])

    def write_left_of(self, face: Typeface, size: float, x: float, y: float, text: str) -> None:
        self.write(face, size, x - face.width(text) * size / 1000, y, text)

    def fill(self, x: float, y: float, width: float, height: float, grey: float) -> None:
        self._canvas.setFillGray(grey)
        self._canvas.rect(x, y, width, height, stroke=0, fill=1)

    def rules(self, x: float, ys: Sequence[float], width: float) -> None:
        end = x + width
        lines = [f"{x:.2f} {y:.2f} m {end:.2f} {y:.2f} l S" for y in ys]
        self.operators([f"{RULE} G 0.4 w", *lines])

    def refer(self, name: str, x: float, y: float) -> None:
        """The text of this name, which `define` gives once it is known."""
        self._canvas.saveState()
        self._canvas.translate(x, y)
        self._canvas.doForm(name)
        self._canvas.restoreState()

    def define(self, name: str, text: str) -> None:
        self._canvas.beginForm(name, lowerx=0, lowery=-5, upperx=TABLE_WIDTH, uppery=15)
        self.ink(GREY)
        self.write(self.face, NOTE_SIZE, 0, 0, text)
        self._canvas.endForm()

    def end_page(self) -> None:
        self._canvas.showPage()

    def save(self) -> None:
        self._canvas.save()
