"""The texts that a workbook keeps once for all its cells, read as far as they are asked for."""

import re
from collections.abc import Iterator

from imports.readers.unreadable import Unreadable
from imports.readers.workbooks.cells import undo_escapes
from imports.readers.workbooks.texts import BLANKS, ILLEGAL, Odd, mend_all
from imports.readers.workbooks.xml import DECLARATION, Feed

PART = "sharedStrings.xml"
TEXT_CHARACTERS = 1 << 20
HEAD_BYTES = 1_000  # before the texts
ITEM_END = b"</si>"
FEW = 50  # runs of other items in a piece; with more of them the parser is as fast
_OPENING = re.compile(DECLARATION + rb"<sst(?:\s[^<>]*)?(?<!/)>")
_ITEM = re.compile(rf'<si><t(?: xml:space="preserve")?>([^<{ILLEGAL}]*+)</t></si>')


class Text:
    """Gathers one text: its runs, without the reading aids of Japanese (rPh)."""

    def __init__(self) -> None:
        self._pieces: list[str] = []
        self._takes = False
        self._aside = 0

    def start(self, name: str) -> None:
        self._aside += name == "rPh"
        self._takes = name == "t" and not self._aside

    def data(self, text: str) -> None:
        if self._takes:
            self._pieces.append(text)

    def end(self, name: str) -> None:
        self._aside -= name == "rPh"
        self._takes = False

    def take(self) -> str:
        text = "".join(self._pieces)
        self._pieces.clear()
        if len(text) > TEXT_CHARACTERS:
            raise Unreadable("too_long_text", most=TEXT_CHARACTERS)
        return undo_escapes(text) if "_x" in text else text


class Items:
    """Gathers the texts of a table."""

    def __init__(self, found: list[str]) -> None:
        self._found = found
        self._text = Text()

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._text.start(name)

    def data(self, text: str) -> None:
        self._text.data(text)

    def end(self, name: str) -> None:
        self._text.end(name)
        if name == "si":
            self._found.append(self._text.take())


class SharedStrings:
    """Plain texts are found by a regular expression, those with looks of their own by a parser."""

    def __init__(self, pieces: Iterator[bytes] | None) -> None:
        """Without pieces the workbook has no such texts."""
        self.known: list[str] = []
        self._pieces = pieces
        self._feed: Feed | None = None  # once the rest is a matter for the parser
        self._opening = self._rest = b""

    def take(self, indexes: list[str | None]) -> list[str]:
        """The texts of these numbers, and nothing where there is none. Raises Unreadable."""
        numbers = [int(index) if index else -1 for index in indexes]
        if (highest := max(numbers)) >= len(self.known):
            self.load(highest)
        known = self.known
        return [known[number] if number >= 0 else "" for number in numbers]

    def load(self, index: int) -> None:
        """Read on until this text is known. Raises Unreadable when there is none."""
        while index >= len(self.known) and self._pieces:
            self._read_on(self._pieces)
        if not 0 <= index < len(self.known):
            raise Unreadable("missing_text", index=index)

    def _read_on(self, pieces: Iterator[bytes]) -> None:
        piece = next(pieces, b"")
        is_last = not piece
        if not self._feed:
            self._rest += piece
            if not is_last and self._take_plain():
                return
            self._feed, piece = Feed(Items(self.known), PART), self._opening + self._rest
        self._feed.feed(piece)
        if is_last:
            self._feed.close()
            self._pieces = None

    def _take_plain(self) -> bool:
        """Whether the expressions may go on with what comes next."""
        if not self._opening:
            if not (match := _OPENING.match(self._rest)):
                return len(self._rest) < HEAD_BYTES
            self._opening, self._rest = match[0], self._rest[match.end() :]
        cut = self._rest.rfind(ITEM_END) + len(ITEM_END)
        if cut < len(ITEM_END):
            return len(self._rest) < TEXT_CHARACTERS
        try:
            self.known += self._plain(self._rest[:cut].decode())
        except (Odd, Unreadable, UnicodeDecodeError):
            return False  # whatever is wrong, the parser says it of the whole
        self._rest = self._rest[cut:]
        return True

    def _plain(self, text: str) -> list[str]:
        parts = _ITEM.split(text)
        texts = mend_all(parts[1::2])
        others = {place: part for place, part in enumerate(parts[::2]) if part.strip(BLANKS)}
        if len(others) > FEW or max(map(len, texts), default=0) > TEXT_CHARACTERS:
            raise Odd
        for place, part in sorted(others.items(), reverse=True):
            texts[place:place] = self._parsed(part)
        return texts

    def _parsed(self, part: str) -> list[str]:
        """Items with runs, each whole; not a comment around others."""
        if "<!" in part or "<?" in part or not part.rstrip(BLANKS).endswith(("</si>", "/>")):
            raise Odd
        found: list[str] = []
        feed = Feed(Items(found), PART)
        feed.feed(self._opening + part.encode() + b"</sst>")
        feed.close()
        return found
