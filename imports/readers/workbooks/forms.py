"""The form that most rows of a sheet share, learned from some of them, as one expression.

It names each column with the few ways in which its cells are written, so that one pass of the
regular expression takes hundreds of rows apart. It is strict: what it does not know it leaves.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from imports.readers.workbooks.cells import ERROR, ISO, SHARED, TEXT, YES_NO, column_number
from imports.readers.workbooks.rows import LETTERS, MAX_COLUMNS
from imports.readers.workbooks.singles import CELL, Kinds
from imports.readers.workbooks.texts import ILLEGAL, Odd

WAYS = 6  # of writing the cells of a column; a column with more is no column
EMPTY, VALUE, FORMULA, INLINE = "empty", "value", "formula", "inline"

_ROW = r'<row(?: r="([1-9][0-9]{0,6}+)"[^<>]*+)?+>(?<!/>)'
# Fifteen digits are exact as int and as float alike.
_NUMBER = r"-?+(?:0|[1-9][0-9]{0,14}+)(?:\.[0-9]{1,20}+)?+(?:[Ee][-+]?+[0-9]{1,2}+)?+"
_CONTENT = {
    SHARED: "[0-9]{1,8}+",
    TEXT: f"[^<{ILLEGAL}]++",
    ISO: "[-0-9:.TZ]++",
    YES_NO: "[01]",
}
_SHAPES = {
    EMPTY: "(?:/>|></c>)",
    VALUE: "><v>({})</v></c>",
    FORMULA: r"><f(?:\s[^<>]*+)?+>(?:(?<=/>)|[^<]*+</f>)<v>({})</v></c>",
    INLINE: '><is><t(?: xml:space="preserve")?+>({})</t></is></c>',
}


@dataclass(frozen=True)
class Way:
    """One way in which cells are written."""

    attributes: str  # as they are spelled, behind the reference
    shape: str
    kind: str

    @property
    def pattern(self) -> str:
        content = _CONTENT.get(self.kind, _NUMBER)
        return re.escape(self.attributes) + _SHAPES[self.shape].format(content)


class Form:
    def __init__(self, kinds: Kinds) -> None:
        self.sources: list[tuple[int, str]] = []  # place and kind of each group after the number
        self._kinds = kinds
        self._is_named = True  # cells say where they stand; without that all are written out
        self._columns: dict[int, list[Way]] = {}
        self._pattern: re.Pattern[str] | None = None

    @property
    def step(self) -> int:
        """How many parts of a split make a row: what stands before it, its number, its groups."""
        return len(self.sources) + 2

    def split(self, text: str) -> list[str | None]:
        """What stands before a row, its number and its values, in turn; at last what is left.

        A number or a value that is not there is None.
        """
        return self._pattern.split(text) if self._pattern else [text]

    def learn(self, rows: Iterable[str]) -> None:
        """Take up what at least two of the rows have. They are without </row>."""
        seen = Counter(found for row in rows for found in self._ways(row))
        if not self._columns:
            self._is_named = any(is_named for (is_named, _, _), count in seen.items() if count > 1)
        for (is_named, place, way), count in seen.items():
            ways = self._columns.get(place, [])
            if count > 1 and is_named == self._is_named and way not in ways and len(ways) < WAYS:
                self._columns[place] = [*ways, way]
        # A cell that does not say where it stands is known by those before it.
        if self._columns and (self._is_named or len(self._columns) == max(self._columns) + 1):
            self._compile()

    def _ways(self, row: str) -> Iterator[tuple[bool, int, Way]]:
        cells = CELL.findall(row)
        if len(cells) != row.count("<c") or len(cells) > MAX_COLUMNS:
            return
        for index, (letters, attributes, *content) in enumerate(cells):
            place = column_number(letters) if letters else index
            try:
                way = Way(attributes, *self._shape(attributes, content))
            except Odd:
                continue
            if place < MAX_COLUMNS:
                yield bool(letters), place, way

    def _shape(self, attributes: str, content: list[str]) -> tuple[str, str]:
        formula, value, inline = content
        kind = self._kinds[attributes]
        if kind == ERROR or (formula and not value) or (inline and kind != TEXT):
            raise Odd
        if value:
            return (FORMULA if formula else VALUE), kind
        return (INLINE if inline else EMPTY), kind

    def _compile(self) -> None:
        pattern, self.sources = [_ROW], []
        for place, ways in sorted(self._columns.items()):
            start = f'<c r="{LETTERS[place]}[0-9]{{1,7}}+"' if self._is_named else "<c"
            cell = f"(?:{start}(?:{'|'.join(way.pattern for way in ways)}))"
            pattern.append(f"{cell}?+" if self._is_named else cell)
            self.sources += [(place, way.kind) for way in ways if way.shape != EMPTY]
        self._pattern = re.compile("".join([*pattern, "</row>"]))
