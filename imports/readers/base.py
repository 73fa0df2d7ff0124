"""Files into rows: what every reader gives, whatever the file is."""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeAlias

from imports.problems import Problem

# Text files give text only. Workbooks give what Excel stored; "" and None are both empty.
Cell: TypeAlias = str | int | float | bool | Decimal | dt.datetime | dt.date | dt.time | None


@dataclass(slots=True)  # frozen would cost a third more, a million times
class RawRow:
    """One row as it stands in the file."""

    number: int  # as a person sees it: the line where it begins, or the sheet's row; from 1
    cells: Sequence[Cell]
    fault: Problem | None = None  # the reader itself refuses the row: broken quotes, an error cell


@dataclass(slots=True)
class RawRows:
    """Rows that stand one after the other, without an object for each."""

    numbers: Sequence[int]
    cells: Sequence[Sequence[Cell]]
    faults: Mapping[int, Problem]  # by the row's place among these
    is_text: bool = False  # all cells are, as nobody has to find out


def in_blocks(rows: Iterable[RawRow], size: int) -> Iterator[RawRows]:
    """So many rows at a time. Those before one that cannot be had are not lost."""
    source = iter(rows)
    while True:
        block: list[RawRow] = []
        try:
            block.extend(islice(source, size))  # keeps what came before it raises
        except Exception:
            if block:
                yield as_block(block)
            raise
        if not block:
            return
        yield as_block(block)


def as_block(rows: Sequence[RawRow]) -> RawRows:
    return RawRows(
        [row.number for row in rows],
        [row.cells for row in rows],
        {n: row.fault for n, row in enumerate(rows) if row.fault},
    )


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a file is to be read. An empty value means: find out."""

    encoding: str = ""  # "utf-8", "utf-16", "cp1252", "latin-1"
    delimiter: str = ""  # one character
    sheet: str = ""
    header_row: int = 0  # from 1; 0: find out


@dataclass(frozen=True, kw_only=True)
class Guess:
    """What a look at the beginning of a file has found out."""

    layout: Layout  # complete: nothing in it is empty that matters for this kind of file
    kind: str  # "csv" or "xlsx": which reader it needs
    header: tuple[str, ...]  # texts, outer blanks off, trailing empty ones off
    samples: tuple[tuple[str, ...], ...]  # the first rows after the header, as text
    sheets: tuple[str, ...] = ()  # of a workbook, visible ones in order
    is_encoding_sure: bool = True  # False: the encoding is a guess that a person should confirm
    notes: tuple[str, ...] = field(default=())  # sentences about what was odd, for the person


class Reader(Protocol):
    """An open file. Rows come in order, in constant memory, and none is lost silently:

    each row after the header that is not blank comes out exactly once, with a fault if need be,
    or FileRefused is raised.
    """

    header: tuple[str, ...]

    def expected_rows(self) -> int:
        """About how many rows will come; 0: nobody knows."""

    def rows(self) -> Iterator[RawRow]: ...

    def blocks(self, size: int) -> Iterator[RawRows]:
        """The same, up to `size` at a time."""

    def close(self) -> None: ...


def open_reader(path: Path, name: str, layout: Layout) -> Reader:
    """Open an uploaded file with a complete layout. Raises FileRefused."""
    from imports.readers.opening import open_file  # the readers know this module

    return open_file(path, name, layout)
