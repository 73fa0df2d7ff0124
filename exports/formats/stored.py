"""Values as the driver gave them: what a format is told of them, so that it converts few.

Reading a value and writing its cell are one step then, taken once for all rows that hold it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable
from zoneinfo import ZoneInfo

from exports.formats.base import Totals

Columns = Sequence[Sequence[object]]  # the values of some rows, column by column


class Form(StrEnum):
    """How most values of a column are stored. Any value may be another, and is read alone."""

    TEXT = "text"
    READ = "read"  # anything that is read, equal texts alike: dates, JSON
    INTEGER = "integer"
    DECIMAL = "decimal"  # a number; equal ones are read alike but for zeros
    FLOAT = "float"
    FLAG = "flag"  # 0 or 1
    TIME = "time"  # "12:00:01", "12:00:01.000002"
    MOMENT = "moment"  # "2024-02-29 12:00:01" in UTC
    MOMENT_DATE = "moment's date"  # stored as a moment, read as its day in a zone
    MOMENT_TIME = "moment's time"
    ALONE = "alone"  # nothing is known of it, not even whether it is read alike each time


@dataclass(frozen=True, kw_only=True)
class StoredColumn:
    form: Form
    read: Callable[[object], object]  # the value that a Row has
    zone: ZoneInfo | None = None  # that a moment is read in; None: it stays a moment


@runtime_checkable
class StoredWriter(Protocol):
    """A writer that takes stored values too, after it was told of them."""

    def expect(self, columns: Sequence[StoredColumn]) -> None: ...

    def write_stored(self, columns: Columns) -> None: ...

    def close(self) -> Totals: ...


def read_rows(stored: Sequence[StoredColumn], columns: Columns) -> list[tuple[object, ...]]:
    """The rows of values that these are."""
    read = [map(one.read, values) for one, values in zip(stored, columns, strict=True)]
    return list(zip(*read, strict=True))
