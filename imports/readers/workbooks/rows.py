"""A row of a sheet on its way to the parent: where each cell stands, what it holds, as text."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TypeAlias

from imports.readers.unreadable import Unreadable
from imports.readers.workbooks.cells import (
    GAP,
    SHARED,
    TEXT,
    column_letters,
    column_number,
    kind_of,
)
from imports.readers.workbooks.strings import SharedStrings

MAX_ROWS = 1_048_576  # of a sheet, as Excel has it
MAX_COLUMNS = 500  # that an import takes
LETTERS = tuple(column_letters(number) for number in range(MAX_COLUMNS))
_FIRST = [LETTERS[:width] for width in range(MAX_COLUMNS + 1)]


@dataclass(slots=True)
class SheetRow:
    number: int
    kinds: str  # a letter of `cells` for each cell, GAP where the file has none
    texts: list[str]


@dataclass(slots=True)
class Stretch:
    """Rows one after the other, column by column; "" where a cell has nothing."""

    numbers: list[int]
    places: list[int]  # of the columns, ascending; twice where a column has cells of two kinds
    kinds: list[str]  # of the columns: a letter of `cells`
    columns: list[list[str]]

    def rows(self) -> Iterator[SheetRow]:
        width = 1 + max(self.places, default=-1)
        for number, *cells in zip(self.numbers, *self.columns, strict=True):
            kinds, texts = [GAP] * width, [""] * width
            for place, kind, text in zip(self.places, self.kinds, cells, strict=True):
                if text:
                    kinds[place], texts[place] = kind, text
            yield SheetRow(number, "".join(kinds), texts)


Item: TypeAlias = SheetRow | Stretch


def singles(item: Item) -> Iterator[SheetRow]:
    return item.rows() if isinstance(item, Stretch) else iter([item])


@dataclass(frozen=True, kw_only=True)
class Meaning:
    """What the cells of a workbook refer to."""

    strings: SharedStrings
    styles: Mapping[int, str]

    def kind(self, type_name: str, style: str) -> str:
        return kind_of(type_name, int(style or 0), self.styles)

    def resolve(self, kinds: str, values: list[str]) -> None:
        """Put shared texts in place of their numbers. Raises ValueError for a bad number."""
        known = self.strings.known
        for place in _places(kinds):
            number = int(values[place])
            if not 0 <= number < len(known):
                self.strings.load(number)
            values[place] = known[number]


@lru_cache(maxsize=1024)
def _places(kinds: str) -> tuple[int, ...]:
    return tuple(place for place, kind in enumerate(kinds) if kind == SHARED)


def lay_out(number: int, columns: tuple[str, ...], kinds: str, texts: list[str]) -> SheetRow:
    """The row with its gaps. `columns` are letters, all empty where the file names none."""
    if columns in _FIRST[len(columns) : len(columns) + 1] or not any(columns):
        if len(columns) > MAX_COLUMNS:
            _refuse_wide(number, dict(enumerate(texts)))
            kinds, texts = kinds[:MAX_COLUMNS], texts[:MAX_COLUMNS]
        return SheetRow(number, kinds.replace(SHARED, TEXT), texts)
    places = [column_number(letters) for letters in columns]
    if "" in columns or any(a >= b for a, b in pairwise(places)):
        raise Unreadable("cells_out_of_order", row=number)
    width = min(places[-1] + 1, MAX_COLUMNS)
    if places[-1] >= MAX_COLUMNS:
        _refuse_wide(number, dict(zip(places, texts, strict=True)))
    all_kinds, all_texts = [GAP] * width, [""] * width
    for place, kind, text in zip(places, kinds, texts, strict=True):
        if place < width:
            all_kinds[place], all_texts[place] = kind, text
    return SheetRow(number, "".join(all_kinds).replace(SHARED, TEXT), all_texts)


def _refuse_wide(number: int, texts: dict[int, str]) -> None:
    for place, text in texts.items():
        if place >= MAX_COLUMNS and text:
            cell = f"{column_letters(place)}{number}"
            raise Unreadable("too_wide_sheet", cell=cell, most=MAX_COLUMNS)


def check_number(number: int, before: int) -> int:
    """Rows come in order, or a row would be given twice."""
    if number <= before:
        raise Unreadable("rows_out_of_order", row=number, before=before)
    if number > MAX_ROWS:
        raise Unreadable("too_many_rows", row=number, most=MAX_ROWS)
    return number
