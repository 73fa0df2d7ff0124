"""Formulas below the data and in "About". They are made of positions only, never of any text.

Each comes with its result, for readers that do not calculate.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeAlias

from exports.formats.base import Total
from exports.formats.xlsx_skeleton import column_letters
from exports.formats.xlsx_text import escape

DISTINCT = 50  # values of a tally that get a row of their own

# Excel's own numbers of functions in SUBTOTAL; these leave out rows that are hidden:
# https://support.microsoft.com/office/7b027003-f060-4ade-9040-e478765b9939
SUBTOTALS = {Total.SUM: 109, Total.COUNT: 103}

# A criterion of COUNTIF is a small language: "<5", "a*", "~?", "1e3" and "May 5" are not these
# texts. Words of letters alone are, but for the truth values; others are compared one by one.
_PLAIN_WORDS = re.compile(r"[^\W\d_]+(?:[ _][^\W\d_]+)*")
_TRUTH = {"true", "false"}
CRITERION_LENGTH = 255

Spans: TypeAlias = Sequence[tuple[str, int]]  # title and last row of each sheet with data


@dataclass
class ColumnTotal:
    """One cell of the row of totals."""

    column: int  # from 0
    total: Total
    result: Decimal = Decimal(0)

    def see(self, cell: str) -> None:
        if self.total is Total.COUNT:
            self.result += int(not is_blank(cell))
        elif ' t="' not in cell and not is_blank(cell):
            self.result += Decimal(cell[cell.index("<v>") + 3 : cell.index("</v>")])

    def cell(self, style: int, spans: Spans) -> str:
        ranges = ",".join(ranges_of(self.column, spans))
        return formula_cell(style, f"SUBTOTAL({SUBTOTALS[self.total]},{ranges})", self.result)


@dataclass
class Tallied:
    """One value: its cell as in the data, its text if it is one, and in how many rows it is."""

    cell: str
    text: str | None
    rows: int = 0


@dataclass
class ColumnTally:
    """How many rows have each value of a column."""

    column: int  # from 0
    header: str
    values: dict[str, Tallied] = field(default_factory=dict)  # by cell
    blanks: int = 0
    others: int = 0

    def see(self, cell: str, value: object) -> None:
        if is_blank(cell):
            self.blanks += 1
        elif found := self.values.get(cell):
            found.rows += 1
        elif len(self.values) < DISTINCT:
            text = str.__str__(value) if isinstance(value, str) else None
            self.values[cell] = Tallied(cell, text, 1)
        else:
            self.others += 1

    def rows(
        self, first: int, spans: Spans, style: int, label: Callable[[str], str]
    ) -> Iterator[str]:
        """A row of the sheet for each value, from row `first` on."""
        ranges = ranges_of(self.column, spans)
        for number, one in enumerate(self.values.values(), first):
            count = self._count(one, f"$A{number}", ranges)
            yield f"<row>{one.cell}{formula_cell(style, count, one.rows)}</row>"
        last = first + len(self.values) - 1
        if self.others:
            every = "+".join(f"COUNTA({one})" for one in ranges)
            others = formula_cell(style, f"{every}-SUM(B{first}:B{last})", self.others)
            yield f"<row>{label('Other values')}{others}</row>"
        if self.blanks:
            blanks = "+".join(f"COUNTBLANK({one})" for one in ranges)
            yield f"<row>{label('No value')}{formula_cell(style, blanks, self.blanks)}</row>"

    def _count(self, value: Tallied, label: str, ranges: Sequence[str]) -> str:
        if value.text is None or self._is_criterion(value.text):
            return "+".join(f"COUNTIF({one},{label})" for one in ranges)
        return "+".join(f"SUMPRODUCT(--EXACT({one},{label}))" for one in ranges)

    def _is_criterion(self, text: str) -> bool:
        """Whether COUNTIF takes the text as it is, and counts none but it."""
        folded = text.casefold()
        alike = [one for one in self.values.values() if (one.text or "").casefold() == folded]
        return (
            bool(_PLAIN_WORDS.fullmatch(text))
            and folded not in _TRUTH
            and len(text) <= CRITERION_LENGTH
            and len(alike) == 1
            and not self.others
        )


def is_blank(cell: str) -> bool:
    return cell.endswith("/>")


def ranges_of(column: int, spans: Spans) -> list[str]:
    """The data of the column, sheet by sheet: 'Tickets'!$C$2:$C$101."""
    letter = column_letters(column + 1)
    return [
        f"'{title.replace(chr(39), chr(39) * 2)}'!${letter}$2:${letter}${last}"
        for title, last in spans
    ]


def formula_cell(style: int, formula: str, result: Decimal | int) -> str:
    return f'<c s="{style}"><f>{escape(formula)}</f><v>{Decimal(result):f}</v></c>'
