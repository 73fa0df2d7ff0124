"""Text as a page can show it: every character with a glyph, in the order the eye reads."""

import re
import unicodedata
from bisect import bisect_right
from dataclasses import dataclass
from functools import cache
from itertools import accumulate

from arabic_reshaper import ArabicReshaper  # type: ignore[import-untyped]
from bidi import get_display  # type: ignore[import-untyped]

from exports.formats.guard import Tally
from exports.formats.pdf_fonts import REGULAR, REPLACEMENT, Typeface, font_of

ELLIPSIS = "…"
NARROWEST = 100  # thousandths of the font size; only marks are narrower

_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]").search
_ARABIC = re.compile("[\u0600-\u06ff]").search
# Between these a line may end anywhere.
_NO_SPACES = re.compile("[\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef]")
_INVISIBLE = re.compile("[\u034f\u180b-\u180f\ufe00-\ufe0f\U000e0000-\U000e0fff]")


class Visible(dict[int, int | str | None]):
    """Code point -> what is shown for it: itself, a blank, nothing, or the replacement."""

    def __missing__(self, code: int) -> int | str | None:
        self[code] = shown = _shown(chr(code))
        return shown


def _shown(char: str) -> int | str | None:
    category = unicodedata.category(char)
    if char.isspace():
        return " "
    if category == "Cf" or _INVISIBLE.match(char):
        return None
    if category[0] == "C" or font_of(char, REGULAR) is None:
        return REPLACEMENT
    return ord(char)


_VISIBLE = Visible()


@dataclass
class PageTally(Tally):
    shortened_cells: int = 0
    replaced_characters: int = 0

    def visible(self, text: str) -> str:
        """The text with a glyph for every character, still in the order it is spoken."""
        if text.isascii() and text.isprintable():
            return text
        if "\0" in text:
            text = self.without_nuls(text)
        text = unicodedata.normalize("NFC", text)
        if _ARABIC(text):
            text = _reshaper().reshape(text)
        shown = text.translate(_VISIBLE)
        self.replaced_characters += shown.count(REPLACEMENT) - text.count(REPLACEMENT)
        return " ".join(shown.split())

    def fit(self, text: str, room: float, face: Typeface, most: int) -> list[str]:
        """At most so many lines of visible text; what passes them is cut, marked and counted."""
        if _fits(text, room, face):
            return [_ordered(text)]
        lines: list[str] = []
        while not _fits(text, room, face) and len(lines) < most - 1:
            end = break_at(text, room, face)
            lines.append(text[:end].rstrip())
            text = text[end:].lstrip()
        if not _fits(text, room, face):
            self.shortened_cells += 1
            text = _cut(text, room, face)
        return [_ordered(line) for line in (*lines, text)]


def break_at(text: str, room: float, face: Typeface) -> int:
    """Where the next line begins: after the last word that fits, in a word that is too long."""
    fitting = max(1, _fitting(text, room, face))
    at = text.rfind(" ", 0, fitting + 1) + 1
    beginnings = (number for number in range(fitting, at, -1) if _NO_SPACES.match(text, number - 1))
    return next(beginnings, at) or fitting


def _fits(text: str, room: float, face: Typeface) -> bool:
    return len(text) * NARROWEST <= room and face.width(text) <= room


def _fitting(text: str, room: float, face: Typeface) -> int:
    part = text[: int(room // NARROWEST) + 1]
    return bisect_right(list(accumulate(map(face.widths.__getitem__, part))), room)


def _cut(text: str, room: float, face: Typeface) -> str:
    return text[: _fitting(text, room - face.widths[ELLIPSIS], face)].rstrip() + ELLIPSIS


def _ordered(line: str) -> str:
    """Hebrew and Arabic run to the left; their numbers and Latin words do not."""
    return line if line.isascii() or not _RIGHT_TO_LEFT(line) else str(get_display(line))


@cache
def _reshaper() -> ArabicReshaper:
    """Joins letters; keeps vowel signs, and the one ligature that the font lacks apart."""
    return ArabicReshaper({"delete_harakat": False, "ARABIC LIGATURE ALLAH": False})
