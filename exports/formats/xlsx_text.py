"""Text in a sheet: always typed as a string, so never a formula, and whole."""

import re
from collections.abc import Callable, Iterator

from exports.formats.guard import Tally

CELL_UNITS = 32_767  # UTF-16 code units, Excel's limit of a cell
SURELY_SHORT = CELL_UNITS // 2  # characters; beyond the BMP one takes two units
CONTINUED = ' … [continued in the sheet "Long texts"]'

# Not in XML 1.0 at all (https://www.w3.org/TR/xml/#charsets); Excel's own spelling is _xHHHH_.
ILLEGAL = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
_SPECIAL = re.compile(f"[&<>\r_{ILLEGAL}]").search
# The same among texts on lines of their own, blanks at an edge, and texts of nothing.
CAREFUL_LINES = (
    re.compile(f"[&<>\r_{ILLEGAL}]"),
    re.compile(r"\n\s"),
    re.compile(r"\s\n"),
)
# An underscore that would begin an escape, be it with one written by the table below.
_LOOKS_ESCAPED = re.compile(f"_(?=x[0-9A-Fa-f]{{4}}[_{ILLEGAL}])")
ESCAPES: dict[int, str] = {
    ord(char): f"_x{ord(char):04X}_"
    for char in re.findall(f"[{ILLEGAL}]", "".join(map(chr, range(0x10000))))
}
# A bare CR would be read as LF: https://www.w3.org/TR/xml/#sec-line-ends
ESCAPES |= {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord("\r"): "&#13;"}


def escape(text: str) -> str:
    if not _SPECIAL(text):
        return text
    return _LOOKS_ESCAPED.sub("_x005F_", text).translate(ESCAPES)


def text_cell(text: str, style: int) -> str:
    if not text:
        return f'<c s="{style}"/>'
    space = ' xml:space="preserve"' if text != text.strip() else ""
    return f'<c s="{style}" t="inlineStr"><is><t{space}>{escape(text)}</t></is></c>'


class TextCells:
    """Makes text cells, and keeps the texts that pass the limit until somebody takes them."""

    def __init__(self, tally: Tally) -> None:
        self._tally = tally
        self.too_long: list[tuple[str, str]] = []  # header of the column, whole text

    def encoder(self, header: str, style: int) -> Callable[[str], str]:
        before, after = f'<c s="{style}" t="inlineStr"><is><t>', "</t></is></c>"

        def encode(text: str) -> str:
            if text and not _SPECIAL(text) and len(text) <= SURELY_SHORT and text == text.strip():
                return f"{before}{text}{after}"
            return text_cell(self._fitting(header, text), style)

        return encode

    def _fitting(self, header: str, text: str) -> str:
        if "\0" in text:
            text = self._tally.without_nuls(text)
        if utf16_units(text) <= CELL_UNITS:
            return text
        self.too_long.append((header, text))
        return beginning(text, CELL_UNITS - len(CONTINUED)) + CONTINUED


def utf16_units(text: str) -> int:
    if len(text) <= SURELY_SHORT:
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def beginning(text: str, units: int) -> str:
    """As much of the text as fits in so many UTF-16 units, no character torn apart."""
    kept = text[:units]
    while (excess := utf16_units(kept) - units) > 0:
        kept = kept[: -((excess + 1) // 2)]
    return kept


def pieces(text: str) -> Iterator[str]:
    """The whole text in pieces that a cell can hold."""
    start = 0
    while start < len(text):
        piece = beginning(text[start : start + CELL_UNITS], CELL_UNITS)
        yield piece
        start += len(piece)
