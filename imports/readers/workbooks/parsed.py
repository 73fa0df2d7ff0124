"""Rows of a sheet by an XML parser: slower, and for every form that the standard allows."""

from collections.abc import Iterable, Iterator

from imports.readers.unreadable import Unreadable
from imports.readers.workbooks.cells import TEXT, UNSOLVED, undo_escapes
from imports.readers.workbooks.rows import Meaning, SheetRow, check_number, lay_out
from imports.readers.workbooks.strings import Text
from imports.readers.workbooks.xml import Feed

ROW_CHARACTERS = 16 << 20


def parse_rows(
    pieces: Iterable[bytes], meaning: Meaning, part: str, *, before: int = 0
) -> Iterator[SheetRow]:
    """`before` is the number of the last row before these. Raises Unreadable."""
    target = _Rows(meaning, before)
    feed = Feed(target, part)
    for piece in pieces:
        feed.feed(piece)
        yield from target.take()
    feed.close()
    yield from target.take()
    if not target.has_data:
        raise Unreadable("damaged_xml", part=part)


class _Rows:
    def __init__(self, meaning: Meaning, before: int) -> None:
        self.has_data = False
        self._meaning = meaning
        self._number = before
        self._done: list[SheetRow] = []
        self._size = 0
        self._columns: list[str] = []
        self._kinds: list[str] = []
        self._values: list[str] = []
        self._start_cell({})

    def take(self) -> list[SheetRow]:
        done, self._done = self._done, []
        return done

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            self._start_cell(attributes)
        elif name == "row":
            number = int(attributes["r"]) if "r" in attributes else self._number + 1
            self._number = check_number(number, self._number)
            self._size = 0
        elif name == "f":
            self._has_formula = True
        elif name == "sheetData":
            self.has_data = True
        self._element = name
        self._inline.start(name)

    def data(self, text: str) -> None:
        self._size += len(text)
        if self._size > ROW_CHARACTERS:
            raise Unreadable("too_big_row", row=self._number)
        if self._element == "v":
            self._value.append(text)
        self._inline.data(text)

    def end(self, name: str) -> None:
        self._element = ""
        self._inline.end(name)
        if name == "c":
            self._end_cell()
        elif name == "row":
            self._end_row()

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._column = attributes.get("r", "").rstrip("0123456789")
        self._kind = self._meaning.kind(attributes.get("t", ""), attributes.get("s", ""))
        self._has_formula = False
        self._element = ""
        self._value: list[str] = []
        self._inline = Text()

    def _end_cell(self) -> None:
        value = "".join(self._value)
        if self._kind == TEXT:
            value = undo_escapes(value) if value else self._inline.take()
        elif not value:
            self._kind = empty_kind(has_formula=self._has_formula)
        self._columns.append(self._column)
        self._kinds.append(self._kind)
        self._values.append(value)

    def _end_row(self) -> None:
        kinds = "".join(self._kinds)
        self._meaning.resolve(kinds, self._values)
        self._done.append(lay_out(self._number, tuple(self._columns), kinds, self._values))
        self._columns, self._kinds, self._values = [], [], []


def empty_kind(*, has_formula: bool) -> str:
    """The kind of a cell without a value: a formula whose result was not kept, or nothing."""
    return UNSOLVED if has_formula else TEXT
