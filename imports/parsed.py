"""Rows of a file that have been read: what each says, or why it stays out."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import repeat
from operator import is_, itemgetter
from typing import Any

from imports.fields import EMPTY
from imports.problems import Problem

_NOTHING: dict[str, Any] = {}  # one for all: they are as many as rows are held


class Block:
    """What rows that were read together say, column by column. Nobody changes it any more."""

    __slots__ = ("columns",)

    def __init__(self, columns: Mapping[str, Sequence[Any]]) -> None:
        """Field name -> value of each row, or EMPTY."""
        self.columns = columns

    def record(self, place: int) -> dict[str, Any]:
        return {
            name: values[place]
            for name, values in self.columns.items()
            if values[place] is not EMPTY
        }

    def records(self, count: int) -> list[dict[str, Any]]:
        """Of all its rows. For many of them a fraction of the time of one after the other."""
        said = {name: values for name, values in self.columns.items() if not _is_blank(values)}
        if not said:
            return [{} for _ in range(count)]
        by_row = zip(*said.values(), strict=True)
        records = [dict(zip(said, values, strict=True)) for values in by_row]
        for name, values in said.items():
            if has_gaps(values):
                for record, value in zip(records, values, strict=True):
                    if value is EMPTY:
                        del record[name]
        return records

    def columns_at(self, places: Sequence[int]) -> dict[str, Sequence[Any]]:
        """What these rows say. A column of which they say nothing is not in it."""
        if len(places) == 1:
            return {name: [value] for name, value in self.record(places[0]).items()}
        pick = itemgetter(*places)
        columns = {name: pick(values) for name, values in self.columns.items()}
        return {name: values for name, values in columns.items() if not _is_blank(values)}


class Parsed:
    """One row of the file."""

    __slots__ = ("_records", "block", "cells", "place", "problems", "readable", "row", "skipped")

    def __init__(
        self,
        row: int,
        cells: Sequence[str],
        records: list[dict[str, Any]] | None,
        problems: list[Problem],
        block: Block | None = None,
        place: int = 0,
    ) -> None:
        self.row = row  # its number in the file
        self.cells = cells  # as uploaded, as text, for the report
        # Errors keep the row out; warnings ride along.
        self.problems = problems
        self.skipped = ""  # why it is left out though nothing is wrong
        # What could be read of a row that stays out, since its lookups may be wrong besides.
        self.readable = _NOTHING
        # A row that becomes one record, as most do, leaves it with the others of its block.
        self.block = block
        self.place = place  # in the block
        self._records = records

    @property
    def records(self) -> list[dict[str, Any]]:
        """Field name -> value; a Lookup holds text; [] if the row stays out."""
        if self._records is not None:
            return self._records
        return [] if self.block is None else [self.block.record(self.place)]

    @records.setter
    def records(self, records: list[dict[str, Any]]) -> None:
        self._records, self.block = records, None

    @property
    def goes_in(self) -> bool:
        """Whether it has records; they are not laid out for that."""
        return self.block is not None or bool(self._records)

    def __repr__(self) -> str:
        facts = (self.row, self.cells, self.records, self.problems, self.skipped, self.readable)
        return f"Parsed{facts}"


def has_gaps(values: Iterable[Any]) -> bool:
    """Whether some records do not say it. `in` would compare, which is slow for decimals."""
    return any(map(is_, values, repeat(EMPTY)))


def _is_blank(values: Sequence[Any]) -> bool:
    return values[0] is EMPTY and all(map(is_, values, repeat(EMPTY)))
