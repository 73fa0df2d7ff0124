"""What every file format shares: what it is told, what it is asked, what it answers.

A format turns rows into bytes. It sees no model, no request and no setting.
"""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import BinaryIO, Protocol, TypeAlias
from zoneinfo import ZoneInfo

from exports.formats.highlights import Highlight

Value: TypeAlias = (
    str | int | float | Decimal | bool | dt.datetime | dt.date | dt.time | dt.timedelta | None
)
Row: TypeAlias = Sequence[object]


class Kind(StrEnum):
    """What a column holds; decides number format, alignment and how text is guarded."""

    TEXT = "text"
    INTEGER = "integer"
    DECIMAL = "decimal"
    MONEY = "money"
    FLOAT = "float"
    BOOLEAN = "boolean"
    DATE = "date"
    TIME = "time"
    DATETIME = "datetime"
    JSON = "json"  # lists and dicts: nested in JSON, compact JSON text elsewhere

    @property
    def is_numeric(self) -> bool:
        return self in (Kind.INTEGER, Kind.DECIMAL, Kind.MONEY, Kind.FLOAT)


class Total(StrEnum):
    """What the row below the data tells of a column. Rows that a filter hides do not count."""

    SUM = "sum"
    COUNT = "count"  # of cells that are not blank


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column as a format sees it."""

    name: str
    header: str
    kind: Kind = Kind.TEXT
    highlights: Mapping[str, Highlight] = field(default_factory=dict)  # text of a cell -> colours


@dataclass(frozen=True, kw_only=True)
class Document:
    """Everything a format is told about the file it writes."""

    title: str  # sheet name and heading, "Tickets"
    fields: tuple[Field, ...]
    total_rows: int  # rows that will come, counted in the same snapshot
    time_zone: ZoneInfo  # aware times are shown in it where a format has no offset
    datetime_format: str = "%Y-%m-%d %H:%M:%S"  # strftime, or "iso" for ISO 8601 with offset
    about: tuple[tuple[str, str], ...] = ()  # label and text: who, when, filters
    envelope: Mapping[str, object] = field(default_factory=dict)  # JSON's keys before the data
    as_of: dt.datetime | None = None  # the moment that the rows show, aware
    totals: Mapping[str, Total] = field(default_factory=dict)  # field name -> XLSX's last row
    tallies: tuple[str, ...] = ()  # names of fields whose values XLSX counts in "About"


@dataclass(frozen=True, kw_only=True)
class Option:
    """One switch of a format that a person may turn. The default's type is the option's type."""

    name: str
    label: str
    default: bool | int | str
    choices: tuple[tuple[str, str], ...] = ()  # value and label, for text options
    aliases: tuple[tuple[str, str], ...] = ()  # other spelling and the value it stands for
    limits: tuple[int, int] | None = None  # least and greatest whole number
    help: str = ""


@dataclass(frozen=True, kw_only=True)
class Totals:
    """What a writer did, for the check before publishing and for the person."""

    rows: int
    protected_cells: int = 0  # text cells that got an apostrophe against formulas
    removed_nuls: int = 0  # NUL characters left out, since no reader takes them
    long_texts: int = 0  # cells continued elsewhere, since they pass the format's limit
    shortened_cells: int = 0  # cells that end in "…", since the page has no room for more
    replaced_characters: int = 0  # characters that no font here has, shown as "□"


class Writer(Protocol):
    """An open file of one format. `write` may be called often, `close` once, then never again.

    `close` finishes the bytes in the stream but leaves the stream open. A writer that is dropped
    without `close` leaves a broken file, which is never published.
    """

    def write(self, rows: Sequence[Row]) -> None: ...

    def close(self) -> Totals: ...


@dataclass(frozen=True, kw_only=True)
class Format:
    """A file format by its facts, and the way to open a writer for it."""

    name: str
    label: str
    extension: str
    content_type: str
    open: Callable[[BinaryIO, Document, Mapping[str, object]], Writer]
    options: tuple[Option, ...] = ()
    bytes_per_cell: int = 12  # for the estimate of a size before anything is written
    max_rows: int | None = None  # more are refused; None: as many as there are
    facts: Callable[[Mapping[str, object]], tuple[str, str]] | None = None  # with these options

    def extension_for(self, options: Mapping[str, object]) -> str:
        """The extension of a file written with these options."""
        return self.facts(options)[0] if self.facts else self.extension

    def content_type_for(self, options: Mapping[str, object]) -> str:
        """The content type of a file written with these options."""
        return self.facts(options)[1] if self.facts else self.content_type
