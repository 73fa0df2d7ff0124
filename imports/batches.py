"""Records of one chunk, column by column: that is how they are compared, hashed and staged."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, groupby
from operator import attrgetter, itemgetter
from typing import Any, Final, TypeAlias

from imports.fields import EMPTY
from imports.parsed import Parsed, has_gaps
from imports.targets import Target

__all__ = ("ABSENT", "Batch", "gather", "has_gaps", "unread")

ABSENT: Final = EMPTY  # a record does not say this; None is a value

Piece: TypeAlias = tuple[list[int], Mapping[str, Sequence[Any]]]  # rows, and what they say


@dataclass(kw_only=True, slots=True)
class Batch:
    """Records, numbered from 0. One row of the file may be several of them."""

    rows: list[int]  # of each record: its row in the file
    columns: dict[str, list[Any]]  # attname -> value of each record, or ABSENT
    texts: dict[str, list[Any]] = field(default_factory=dict)  # what lookups were asked for
    keys: list[bytes | None] = field(default_factory=list)  # fingerprints; None: has no key
    # Attname -> the values as they are staged, of columns that are ready so far.
    rendered: dict[str, list[Any]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rows)

    def is_whole(self, name: str) -> bool:
        """Whether each record says it."""
        return name in self.rendered or not has_gaps(self.columns[name])

    def take(self, numbers: Sequence[int]) -> "Batch":
        """Some of the records, numbered anew."""
        if len(numbers) == len(self.rows):
            return self
        return Batch(
            rows=[self.rows[n] for n in numbers],
            columns={name: [values[n] for n in numbers] for name, values in self.columns.items()},
            texts={name: [values[n] for n in numbers] for name, values in self.texts.items()},
            keys=[self.keys[n] for n in numbers] if self.keys else [],
            rendered={name: [v[n] for n in numbers] for name, v in self.rendered.items()},
        )

    def without(self, rows: Iterable[int]) -> "Batch":
        """The records of all other rows of the file."""
        out = set(rows)
        if not out:
            return self
        return self.take([n for n, row in enumerate(self.rows) if row not in out])

    def by_row(self) -> dict[int, list[int]]:
        """Row of the file -> numbers of its records."""
        numbers = {row: [n] for n, row in enumerate(self.rows)}
        if len(numbers) < len(self.rows):
            numbers = {row: [] for row in numbers}
            for n, row in enumerate(self.rows):
                numbers[row].append(n)
        return numbers

    def halves(self) -> Iterator["Batch"]:
        """Two batches that part no row; one if there is but one row."""
        rows = list(dict.fromkeys(self.rows))
        first = set(rows[: len(rows) // 2])
        yield self.take([n for n, row in enumerate(self.rows) if row in first])
        yield self.take([n for n, row in enumerate(self.rows) if row not in first])

    def shown(self, name: str, number: int) -> str:
        """A value as a person knows it."""
        value = self.texts.get(name, self.columns.get(name, ()))[number : number + 1]
        return "" if not value or value[0] is None or value[0] is ABSENT else str(value[0])


def unread(target: Target, chunk: Iterable[Parsed]) -> Batch:
    """What the bad rows say in lookups, so that everything wrong with them is said at once."""
    bad = [parsed for parsed in chunk if parsed.readable]
    columns: dict[str, list[Any]] = {}
    for name in target.lookups:
        said = [parsed.readable.get(target.columns[name].name, ABSENT) for parsed in bad]
        if any(value is not ABSENT for value in said):
            columns[name] = said
    return Batch(rows=[parsed.row for parsed in bad], columns=columns)


def gather(target: Target, chunk: Iterable[Parsed]) -> Batch:
    """The records of all good rows. Values of fields that are no columns are left behind."""
    pieces = list(_pieces(chunk))
    columns: dict[str, list[Any]] = {}
    for name in dict.fromkeys(chain.from_iterable(said for _rows, said in pieces)):
        if (column := target.column_or_none(name)) is not None:
            columns[column.attname] = list(
                chain.from_iterable(
                    said[name] if name in said else [ABSENT] * len(rows) for rows, said in pieces
                )
            )
    return Batch(rows=list(chain.from_iterable(rows for rows, _said in pieces)), columns=columns)


def _pieces(chunk: Iterable[Parsed]) -> Iterator[Piece]:
    """Rows that were read together stay together, so that their columns need no laying out."""
    good = (parsed for parsed in chunk if parsed.goes_in)
    for block, members in groupby(good, key=attrgetter("block")):
        together = list(members)
        if block is None:
            yield _piece_of_records(together)
        else:
            places = list(map(attrgetter("place"), together))
            yield list(map(attrgetter("row"), together)), block.columns_at(places)


def _piece_of_records(good: Sequence[Parsed]) -> Piece:
    records = list(chain.from_iterable(parsed.records for parsed in good))
    rows = [parsed.row for parsed in good for _ in parsed.records]
    shapes = dict.fromkeys(map(tuple, records))  # few: most records say the same things
    return rows, {
        name: list(map(itemgetter(name), records))
        if all(name in shape for shape in shapes)
        else [record.get(name, ABSENT) for record in records]
        for name in dict.fromkeys(chain.from_iterable(shapes))
    }
