"""The fonts of a PDF: which one has a character, how wide it is, how a page shows it.

Text goes to the page as text operators, so nothing in it is ever taken for markup.
"""

from collections.abc import Iterator
from functools import cache
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

FOLDER = Path(__file__).parent / "fonts"
REGULAR = "DejaVuSansCondensed"
BOLD = "DejaVuSansCondensed-Bold"
ASIAN = "DroidSansFallback"
REPLACEMENT = "□"
SHAPES = {REGULAR: (REGULAR, ASIAN), BOLD: (BOLD, REGULAR, ASIAN)}  # asked in this order

_ESCAPES = str.maketrans({char: f"\\{char}" for char in "\\()"})


@cache
def load_font(name: str) -> TTFont:
    """Parsed once; what a document takes of it hangs on the document."""
    return TTFont(name, str(FOLDER / f"{name}.ttf"), asciiReadable=True)


@cache
def font_of(char: str, shape: str) -> TTFont | None:
    """The first font that has the character. The large one is only opened when it is asked."""
    fonts = map(load_font, SHAPES[shape])
    return next((font for font in fonts if ord(char) in font.face.charToGlyph), None)


class Widths(dict[str, float]):
    """Thousandths of the font size, by character."""

    def __init__(self, shape: str) -> None:
        super().__init__()
        self._shape = shape

    def __missing__(self, char: str) -> float:
        font = font_of(char, self._shape) or load_font(self._shape)
        face = font.face
        self[char] = width = float(face.charWidths.get(ord(char), face.defaultWidth))
        return width


class Typeface:
    """One shape of letters in one document."""

    def __init__(self, canvas: Canvas, shape: str) -> None:
        self.widths = Widths(shape)
        self._shape = shape
        self._document = canvas._doc  # type: ignore[attr-defined]
        self._own = load_font(shape).face.charToGlyph.keys()
        load_font(shape).splitString(" ", self._document)

    def width(self, text: str) -> float:
        return sum(map(self.widths.__getitem__, text))

    def select(self, size: float) -> str:
        """The operator that every `show` relies on, and leaves behind."""
        return f"{self._subset(load_font(self._shape), 0)} {size:g} Tf"

    def show(self, text: str, size: float) -> str:
        """Operators that show text whose every character has a font."""
        if text.isascii():
            return f"({text.translate(_ESCAPES)}) Tj"
        shown = [
            f"{self._subset(font, subset)} {size:g} Tf <{chunk.hex()}> Tj"
            for font, run in self._runs(text)
            for subset, chunk in font.splitString(run, self._document)
        ]
        return " ".join((*shown, self.select(size)))

    def _runs(self, text: str) -> Iterator[tuple[TTFont, str]]:
        if self._own >= set(map(ord, text)):
            yield load_font(self._shape), text
            return
        for font, chars in groupby(text, lambda char: font_of(char, self._shape)):
            yield font or load_font(self._shape), "".join(chars)

    def _subset(self, font: TTFont, number: int) -> str:
        return str(font.getSubsetInternalName(number, self._document))
