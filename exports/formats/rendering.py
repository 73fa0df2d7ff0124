"""Rows that the database renders: what a format is told of a query, and what it asks for.

The database renders a row only if nothing in it needs care. Any other row arrives as its values,
and the format's Python encoder writes it. So both ways give the same bytes, and SQL stays simple.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from exports.formats.base import Row, Totals


class NotInSql(Exception):
    """SQL has no safe way to render this column or option; Python writes the whole file."""


class SqlType(StrEnum):
    """The types that SQL renders. A file with a column of another type is written by Python."""

    TEXT = "text"
    INTEGER = "integer"
    NUMERIC = "numeric"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"  # with time zone
    UUID = "uuid"
    JSON = "json"


TEXT_TYPES = (SqlType.TEXT, SqlType.UUID, SqlType.JSON)  # that are text in a sheet


@dataclass(frozen=True, kw_only=True)
class SqlColumn:
    """One column of the query, as the database describes it."""

    name: str  # in SQL
    type: SqlType
    length: int | None = None  # characters of a text at most
    digits: int | None = None  # of a numeric, before and after the point
    scale: int | None = None  # of a numeric: digits after the point


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """Expressions over the query's columns, with every "%" doubled."""

    select: tuple[str, ...]  # the cells of a line
    care: tuple[str, ...]  # conditions; a row that meets one arrives as its values
    delimiter: str = (
        ""  # of cells that COPY makes CSV lines of; without one: as `copied` takes them
    )
    null: str = "\v"  # what NULL is in the text format
    # A cell before all others, which never begins with "["; there a row's values are then.
    head: str | None = None
    quotes_all: bool = False


@runtime_checkable
class RenderedWriter(Protocol):
    """A writer that takes rendered rows too, in any order with others."""

    def render(self, columns: Sequence[SqlColumn]) -> Rendering:
        """How SQL makes its rows. Raises NotInSql."""

    def write(self, rows: Sequence[Row]) -> None: ...

    def write_rendered(self, lines: bytes, rows: int) -> None:
        """So many rows, as COPY made them: each with the cells that `render` asked for."""

    def close(self) -> Totals: ...


def literal(text: str) -> str:
    """The text as SQL, in a statement that has parameters."""
    return "'" + text.replace("'", "''").replace("%", "%%") + "'"
