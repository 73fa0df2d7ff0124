"""Rows that need care among lines of COPY: how they are found, and where their values are."""

from dataclasses import dataclass
from typing import Protocol

from exports.formats.copied import DELIMITER, END, protect, restore
from exports.formats.rendering import Rendering, literal

NO_CARE = "0"  # in a cell after all others
VALUES_START = b"["


class Care(Protocol):
    def cell(self, condition: str, values: str) -> str:
        """SQL of the cell that has the values of a row that needs care."""

    def plain(self, lines: bytes, rows: int) -> bytes | None:
        """The lines without that cell, if none of them needs care."""

    def line(self, line: bytes) -> bytes | None:
        """The line without that cell, if it needs no care."""

    def values_in(self, line: bytes) -> bytes: ...


@dataclass(frozen=True, kw_only=True)
class CareFirst:
    """In place of a cell that never begins as values do."""

    head: str

    def cell(self, condition: str, values: str) -> str:
        return f"CASE WHEN {condition} THEN {values} ELSE {self.head or literal('')} END"

    def plain(self, lines: bytes, rows: int) -> bytes | None:
        has_values = lines.startswith(VALUES_START) or END + VALUES_START in lines
        return None if has_values else lines

    def line(self, line: bytes) -> bytes | None:
        return None if line.startswith(VALUES_START) else line

    def values_in(self, line: bytes) -> bytes:
        return restore(protect(line.removesuffix(END).partition(DELIMITER)[0]))


@dataclass(frozen=True, kw_only=True)
class CareLast:
    """After all others. No text has the end of a plain line: quotes in it would be doubled."""

    delimiter: str  # of CSV; without one, the text format

    @property
    def _end(self) -> bytes:
        if self.delimiter:
            return f'{self.delimiter}"{NO_CARE}"\n'.encode()
        return DELIMITER + NO_CARE.encode() + END

    def cell(self, condition: str, values: str) -> str:
        return f"CASE WHEN {condition} THEN {values} ELSE {literal(NO_CARE)} END"

    def plain(self, lines: bytes, rows: int) -> bytes | None:
        return lines.replace(self._end, END) if lines.count(self._end) == rows else None

    def line(self, line: bytes) -> bytes | None:
        return line[: -len(self._end)] + END if line.endswith(self._end) else None

    def values_in(self, line: bytes) -> bytes:
        if self.delimiter:
            # Inside of a quoted cell there are always two quotes after a comma.
            begin = line.rindex(f'{self.delimiter}"['.encode()) + 2
            return line[begin : -len('"\n')].replace(b'""', b'"')
        return restore(protect(line[line.rindex(DELIMITER) + 1 : -1]))


def care_of(rendering: Rendering) -> Care:
    if rendering.head is not None:
        return CareFirst(head=rendering.head)
    return CareLast(delimiter=rendering.delimiter)
