"""Rows into records: cells parsed, rules asked, all that is wrong said. No database, no clock."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias, TypeGuard

from django.utils.translation import gettext as _

from imports.fields import EMPTY, Field, ParseSettings, bind, text_of
from imports.fields.blocks import ColumnReader, column_reader
from imports.fields.rules import may_not_be_empty
from imports.importers import Checked, Importer, Row, Run
from imports.mapping import column_names
from imports.models import Blank
from imports.parsed import Block
from imports.parsed import Parsed as Parsed
from imports.problems import BadValue, Problem
from imports.readers.base import Cell, RawRow, RawRows, as_block, in_blocks

LONGEST_SHOWN = 200  # characters of a value in a problem

BLOCK = 250  # rows that are read at once; more gain little, and the first ones would wait

Told: TypeAlias = dict[int, list[Problem]]  # what is wrong with rows, by their place in a block


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the file that fills a field."""

    place: int
    header: str
    field: Field
    read: ColumnReader


def compile_rows(
    importer: type[Importer],
    *,
    header: Sequence[str],
    mapping: Mapping[str, str | None],
    values: Mapping[str, Mapping[str, str]],
    run: Run,
    time_zone: str,
    blank: str = Blank.IGNORE,
) -> "RowReader":
    """What turns the rows of one file into records.

    `mapping` is by the names of `column_names(header)`; `values` translates texts by field.
    """
    columns = _columns(importer, header, mapping, values, time_zone)
    return RowReader(importer, columns, len(header), run, clears=blank == Blank.CLEAR)


def _columns(
    importer: type[Importer],
    header: Sequence[str],
    mapping: Mapping[str, str | None],
    values: Mapping[str, Mapping[str, str]],
    time_zone: str,
) -> list[Column]:
    fields = {field.name: bind(field, importer.model) for field in importer.fields_for(header)}
    columns = []
    for place, name in enumerate(column_names(header)):
        field = fields.get(mapping.get(name) or "")
        if field is not None:
            settings = ParseSettings(time_zone=time_zone, values=values.get(field.name, {}))
            read = column_reader(field, settings)
            columns.append(Column(place=place, header=name, field=field, read=read))
    return columns


class RowReader:
    """The compiled form of an importer and a mapping."""

    def __init__(
        self,
        importer: type[Importer],
        columns: list[Column],
        width: int,
        run: Run,
        *,
        clears: bool,
    ) -> None:
        self._columns = columns
        self._names = [column.field.name for column in columns]
        self._places = {column.field.name: column.place for column in columns}
        self._headers = {column.field.name: column.header for column in columns}
        self._width = width
        self._run = run
        self._clears = clears
        self._importer = importer
        self._has_rules = is_overridden(importer, "check_row")
        self._expands = is_overridden(importer, "expand")
        self._rules_columns = is_overridden(importer, "check_columns")
        self._memory: dict[Any, Any] = {}

    def __call__(self, raw: RawRow) -> Parsed:
        """One row alone. It costs several times as much as one of many."""
        return self._read(as_block([raw]))[0]

    def each(self, rows: Iterable[RawRow]) -> Iterator[Parsed]:
        """The rows in order. They are fetched some at a time, before the first of them is given."""
        return self.each_of(in_blocks(rows, BLOCK))

    def each_of(self, blocks: Iterable[RawRows]) -> Iterator[Parsed]:
        for raw in blocks:
            yield from self._read(raw)

    def _read(self, raw: RawRows) -> list[Parsed]:
        """Cells are read column by column: that is several times as fast."""
        texts = _texts(raw)
        refused = self._faults(raw, texts)
        typed, numbers, cells = raw.cells, raw.numbers, texts
        if refused:
            good = [n for n in range(len(texts)) if n not in refused]
            typed, numbers = [typed[n] for n in good], [numbers[n] for n in good]
            cells = [texts[n] for n in good]
        told: Told = {}
        block = self._block(typed, told)
        rows = self._settle(list(zip(numbers, cells, strict=True)), block, told)
        for n, problem in sorted(refused.items()):
            rows.insert(n, Parsed(raw.numbers[n], texts[n], [], [problem]))
        return rows

    def _faults(self, raw: RawRows, texts: Sequence[Sequence[str]]) -> dict[int, Problem]:
        """Rows whose cells cannot be told apart, by place."""
        if not raw.faults and {self._width}.issuperset(map(len, texts)):
            return {}
        found = ((n, raw.faults.get(n) or self._misshapen(said)) for n, said in enumerate(texts))
        return {n: problem for n, problem in found if problem is not None}

    def _block(self, cells: Sequence[Sequence[Cell]], told: Told) -> Block:
        """What the cells say. What gives no value is EMPTY; why, is told."""
        if not cells:
            return Block({})
        by_place = list(zip(*cells, strict=False))  # cells beyond the header are blank
        columns = {}
        for column in self._columns:
            given = by_place[column.place]
            said = columns[column.field.name] = column.read(given)
            self._explain(column, given, said, told)
        return Block(columns)

    def _explain(self, column: Column, given: Sequence[Cell], said: list[Any], told: Told) -> None:
        """Cells that give no value."""
        kinds = set(map(type, said))
        if not self._clears and not kinds & _BAD:
            return
        for n, value in enumerate(said):
            if value.__class__ is BadValue:
                said[n] = EMPTY
                told.setdefault(n, []).append(_problem(value, column, given[n]))
            elif value is EMPTY and self._clears:
                if column.field.can_be_empty:
                    said[n] = column.field.empty_value
                else:
                    problem = _problem(may_not_be_empty(column.field), column, "")
                    told.setdefault(n, []).append(problem)

    def _settle(
        self, rows: Sequence[tuple[int, Sequence[str]]], block: Block, told: Told
    ) -> list[Parsed]:
        """Rows with their records. Rules see rows with bad cells too, to say all that is wrong."""
        if not self._has_rules and not self._expands:
            return [
                Parsed(number, cells, None, [], block, n)
                if n not in told
                else _stopped(number, cells, block.record(n), told[n])
                for n, (number, cells) in enumerate(rows)
            ]
        checked = self._check_columns(block)
        if checked is None:
            records = block.records(len(rows))
            return [
                self._follow_rules(Parsed(number, cells, [], told.get(n, [])), records[n])
                for n, (number, cells) in enumerate(rows)
            ]
        odd, ruled = {*checked.odd, *told}, Block(checked.columns)
        return [
            Parsed(number, cells, None, [], ruled, n)
            if n not in odd
            else self._follow_rules(Parsed(number, cells, [], told.get(n, [])), block.record(n))
            for n, (number, cells) in enumerate(rows)
        ]

    def _check_columns(self, block: Block) -> Checked | None:
        if not self._rules_columns or not block.columns:
            return None
        return self._importer.check_columns(block.columns, self._run)

    def _misshapen(self, cells: Sequence[str]) -> Problem | None:
        counts = {"cells": len(cells), "columns": self._width}
        if len(cells) < self._width:
            message = _(
                "This row has %(cells)d cells, the header has %(columns)d. A separator is missing."
            )
            return Problem(code="too_few_cells", message=message % counts)
        if any(cell.strip() for cell in cells[self._width :]):
            message = _(
                "This row has %(cells)d cells, the header has %(columns)d. A text with a separator "
                "in it needs quotes around it."
            )
            return Problem(code="too_many_cells", message=message % counts)
        return None

    def _follow_rules(self, parsed: Parsed, values: dict[str, Any]) -> Parsed:
        raw = RawTexts(self._places, parsed.cells)
        row = Row(parsed.row, values, parsed.problems, "", self._headers, raw, self._memory)
        if self._has_rules:
            self._importer.check_row(row, self._run)
        if not _stays_out(row):
            records = list(self._importer.expand(row, self._run)) if self._expands else [row.values]
            parsed.records = [] if _stays_out(row) else records
        parsed.skipped = row.skipped
        if not parsed.skipped and not parsed.goes_in:
            parsed.readable = values
        return parsed


class RawTexts(Mapping[str, str]):
    """The texts of a row by field. Rules seldom ask for them, so none are laid out."""

    __slots__ = ("_cells", "_places")

    def __init__(self, places: Mapping[str, int], cells: Sequence[str]) -> None:
        self._places = places
        self._cells = cells

    def __getitem__(self, name: str) -> str:
        return self._cells[self._places[name]]

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


_TEXT = frozenset((str,))
_BAD = frozenset((BadValue,))


def _texts(raw: RawRows) -> Sequence[Sequence[str]]:
    """The cells as text. A row of nothing else is left as it is."""
    rows = raw.cells
    if raw.is_text or _TEXT.issuperset(map(type, chain.from_iterable(rows))):
        return rows  # type: ignore[return-value]  # all are text
    return [cells if _is_text(cells) else [text_of(cell) for cell in cells] for cells in rows]


def _is_text(cells: Sequence[Cell]) -> TypeGuard[Sequence[str]]:
    return _TEXT.issuperset(map(type, cells))


def _stopped(
    number: int, cells: Sequence[str], values: dict[str, Any], problems: list[Problem]
) -> Parsed:
    parsed = Parsed(number, cells, [], problems)
    parsed.readable = values
    return parsed


def _stays_out(row: Row) -> bool:
    if row.skipped or not row.problems:
        return bool(row.skipped)
    return any(problem.is_error for problem in row.problems)


def is_overridden(importer: type[Importer], hook: str) -> bool:
    return getattr(importer, hook).__func__ is not getattr(Importer, hook).__func__


def _problem(error: BadValue, column: Column, cell: object) -> Problem:
    return Problem(
        code=error.code,
        message=error.message,
        column=column.header,
        value=text_of(cell)[:LONGEST_SHOWN],
    )
