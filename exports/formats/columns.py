"""Cells of a column, a batch at a time: what the encoders of single values make, at less cost.

Each column takes a short cut that it has tried on samples, and whatever does not fit goes through
the encoder of single values. So the cells are the same, whichever way.
"""

import re
import string
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from types import NoneType
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from exports.formats.column_cells import Cells, encode, encode_all, fill
from exports.formats.guard import Tally
from exports.formats.stored import Form, StoredColumn

ColumnEncoder: TypeAlias = Callable[[Sequence[Any]], Cells]

REMEMBERED = 4000  # values of a column
SHORT = 100  # characters of a text worth remembering
SAMPLE_TEXT = "\ue000"  # that no format has a meaning for
SAMPLE_NUMBERS = (1234567, 2, -1, 10**9 - 1)
MANY = 10**9  # numbers below are written alike by all
LETTERS = string.ascii_letters.encode() + string.digits.encode() + b".:/()"


@dataclass(frozen=True, kw_only=True)
class CellMaker:
    """How a format makes a cell of a column, and when it leaves a text as it is."""

    cell: Callable[[object], str]  # of a value
    tally: Tally  # of what it changed, each time anew
    zone: ZoneInfo  # that moments are shown in
    careful: Sequence["re.Pattern[str]"] = ()  # find a text to change among lines of texts
    harmless: bytes = LETTERS + b" "  # in a text that does not begin or end with a blank
    longest: int | None = None  # characters of a text that is left as it is
    has_plain_texts: bool = True  # that differ in nothing but the text


class Memory(dict[object, bytes]):
    """Cells by stored value, if that has one type, and making the cell changed no count."""

    def __init__(
        self, cell: Callable[[Any], str], tally: Tally, types: Collection[type], *, zero: bool
    ) -> None:
        self._cell = cell
        self._tally = tally
        self._types = types
        self._zero = zero  # whether 0 is remembered, which equals -0.0
        self.misses = 0

    def __missing__(self, stored: Any) -> bytes:
        self.misses += 1
        before = self._tally.changes
        made = encode(self._cell(stored))
        if len(self) < REMEMBERED and self._tally.changes == before and self._is_worth(stored):
            self[stored] = made
        return made

    def _is_worth(self, stored: Any) -> bool:
        if type(stored) is str:
            return str in self._types and len(stored) < SHORT
        return type(stored) in self._types and (self._zero or stored != 0)


class Remembering:
    """A column of few different values. When it turns out to have many, `many` may be quicker."""

    types: Collection[type] = (str, NoneType)
    zero = True

    def __init__(self, stored: StoredColumn, maker: CellMaker) -> None:
        cell, read = maker.cell, stored.read
        self.maker = maker
        self.stored = stored
        self.cell: Callable[[Any], str] = lambda value: cell(read(value))
        self._memory = Memory(self.cell, maker.tally, self.types, zero=self.zero)
        self._has_many = False

    def __call__(self, values: Sequence[Any]) -> Cells:
        if not self.fits(values):
            return self.one_by_one(values)
        if self._has_many:
            return self.many(values) or self.one_by_one(values)
        missed = self._memory.misses
        cells = list(map(self._memory.__getitem__, values))
        if (self._memory.misses - missed) * 4 > len(values) and len(self._memory) >= REMEMBERED:
            self._has_many = True
            self._memory.clear()
        return Cells(cells)

    def one_by_one(self, values: Sequence[Any]) -> Cells:
        return Cells(encode_all(list(map(self.cell, values))))

    def fits(self, values: Sequence[Any]) -> bool:
        """Whether what is remembered is true of all these."""
        return True

    def many(self, values: Sequence[Any]) -> Cells | None:
        return None


class Texts(Remembering):
    """Texts that are read as they are."""

    def __init__(self, stored: StoredColumn, maker: CellMaker) -> None:
        super().__init__(stored, maker)
        before, _, after = self.cell(SAMPLE_TEXT).partition(SAMPLE_TEXT)
        self._around = (encode(before), encode(after))
        self._blank = encode(self.cell(None))

    def many(self, values: Sequence[Any]) -> Cells | None:
        """All the cells, unless one needs care."""
        if not self.maker.has_plain_texts:
            return None
        texts = [value for value in values if value is not None] if None in values else values
        try:
            lines = "\n".join(("", *texts, ""))
        except TypeError:  # of what is no text
            return None
        data = encode(lines)
        if self._need_care(lines, data, len(texts)):
            return None
        cells = data.split(b"\n")[1:-1]
        return fill(values, Cells(cells, *self._around), self._blank)

    def _need_care(self, lines: str, data: bytes, texts: int) -> bool:
        longest = self.maker.longest
        return (
            lines.count("\n") > texts + 1
            or (
                not self._are_harmless(data)
                and any(pattern.search(lines) for pattern in self.maker.careful)
            )
            or (longest is not None and len(lines) > longest < max(map(len, lines.split("\n"))))
        )

    def _are_harmless(self, data: bytes) -> bool:
        """A tenth of the time that a pattern takes."""
        is_odd = data.translate(None, self.maker.harmless + b"\n")
        return not (is_odd or b"\n " in data or b" \n" in data or b"\n\n" in data)


class Numbers(Remembering):
    """Numbers of one type."""

    def __init__(self, stored: StoredColumn, maker: CellMaker) -> None:
        self.types, self.zero = {
            Form.INTEGER: ((int, NoneType), True),
            Form.DECIMAL: ((int, float, NoneType), False),
            Form.FLOAT: ((float, NoneType), False),
            Form.FLAG: ((bool, int, NoneType), True),
        }[stored.form]
        super().__init__(stored, maker)
        self._types = set(self.types)
        self._around = self._sampled() if stored.form is Form.INTEGER else None

    def fits(self, values: Sequence[Any]) -> bool:
        return set(map(type, values)) <= self._types

    def many(self, values: Sequence[Any]) -> Cells | None:
        if self._around is None or None in values:
            return None
        if max(values) >= MANY or min(values) <= -MANY:
            return None
        return Cells(encode_all(list(map(str, values))), *self._around)

    def _sampled(self) -> tuple[bytes, bytes] | None:
        """What is around a whole number, if it is the same for all."""
        before, _, after = self.cell(SAMPLE_NUMBERS[0]).partition(str(SAMPLE_NUMBERS[0]))
        alike = all(self.cell(one) == f"{before}{one}{after}" for one in (0, 1, *SAMPLE_NUMBERS))
        return (encode(before), encode(after)) if alike else None


class Alone(Remembering):
    def fits(self, values: Sequence[Any]) -> bool:
        return False
