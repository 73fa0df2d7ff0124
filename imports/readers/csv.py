"""CSV, TSV and other delimited text: streamed, row by row, in constant memory.

A cell is given as it stands, so Excel's ="0012" comes as it is written; fields know what it means.
"""

import csv
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, chain, islice, pairwise
from pathlib import Path

from django.utils.translation import gettext as _

from imports.problems import FileRefused, Problem
from imports.readers.base import Layout, RawRow, RawRows, as_block
from imports.readers.encodings import Lines, count_lines
from imports.readers.expected import lines_in
from imports.readers.headers import header_of, no_header, refuse_wide

FIELD_CHARACTERS = 1 << 20
RECORD_LINES = 1_000  # a record over more lines is a quote that was forgotten


class CsvReader:
    """Rows from the header on, as texts. Blank lines are left out."""

    def __init__(self, path: Path, layout: Layout, close: Callable[[], None] | None = None) -> None:
        self._also_close = close
        self._path, self._header_row = path, layout.header_row
        self._lines: Lines | None = None
        try:
            self._lines = Lines(path, layout.encoding)
            self._records = Records(self._lines, layout.delimiter)
            self.header = self._find_header(layout.header_row)
        except BaseException:
            self.close()
            raise
        self._records.width = len(self.header)

    def expected_rows(self) -> int:
        return max(0, lines_in(self._path) - self._header_row)

    def rows(self) -> Iterator[RawRow]:
        return self._records.rows()

    def blocks(self, size: int) -> Iterator[RawRows]:
        return self._records.blocks(size)

    def close(self) -> None:
        if self._lines:
            self._lines.close()
        if self._also_close:
            self._also_close()

    def _find_header(self, number: int) -> tuple[str, ...]:
        for row in self._records.rows():
            if row.number < number:
                continue
            if row.number == number and row.fault:
                raise broken_header(row)
            if row.number == number:
                return refuse_wide(header_of(row.cells))
            break
        raise no_header(number)


class Records:
    """The records of a text, each with the line where it begins."""

    def __init__(self, lines: Lines, delimiter: str) -> None:
        csv.field_size_limit(FIELD_CHARACTERS)  # the module's own is 128 KB, for the whole process
        self.width = 0  # of the header; 0: not known yet
        self._lines = lines
        self._reader = csv.reader(
            chain.from_iterable(lines.blocks()), delimiter=delimiter, strict=True
        )
        self._delimiter = delimiter
        self._start = 1  # line of the record that is being read
        self._doubt = 0  # the line of a row with broken quotes, until the next one proves good

    def rows(self) -> Iterator[RawRow]:
        """Raises FileRefused when what follows cannot be trusted any more."""
        while True:
            try:
                yield from self._good_rows()
                return
            except csv.Error as error:
                yield self._broken(error)

    def _good_rows(self) -> Iterator[RawRow]:
        reader, lines = self._reader, self._lines
        start = self._start = reader.line_num + 1
        for cells in reader:
            number = start
            start = self._start = reader.line_num + 1
            if start - number > RECORD_LINES:
                raise unclosed(number)
            if not cells or (not cells[0].strip() and not "".join(cells).strip()):
                continue
            if self._doubt:
                self._settle(len(cells))
            if lines.has_nul and any("\0" in cell for cell in cells):
                yield RawRow(number, cells, nul_fault())
            else:
                yield RawRow(number, cells)

    def blocks(self, size: int) -> Iterator[RawRows]:
        """The same rows, some at a time, without a step of Python's for each of them."""
        while True:
            records: list[list[str]] = []
            first = self._reader.line_num + 1
            try:
                records.extend(islice(self._reader, size))  # keeps what came before it raises
            except csv.Error as error:
                yield from self._block(records, first)
                yield as_block([self._broken(error)])
            except Exception:
                yield from self._block(records, first)
                raise
            else:
                if not records:
                    return
                yield from self._block(records, first)

    def _block(self, records: list[list[str]], first: int) -> Iterator[RawRows]:
        """The records that begin in that line, blank ones left out."""
        numbers = self._numbers(records, first)
        long = _first_long(numbers)
        good = [
            n
            for n, cells in enumerate(records[:long])
            if cells and (cells[0].strip() or "".join(cells).strip())
        ]
        if good and self._doubt:
            self._settle(len(records[good[0]]))
        if len(good) == len(records):
            yield from self._given(numbers[:-1], records)
        else:
            yield from self._given([numbers[n] for n in good], [records[n] for n in good])
        if long is not None:
            raise unclosed(numbers[long])

    def _given(self, numbers: Sequence[int], records: list[list[str]]) -> Iterator[RawRows]:
        faults = {}
        if self._lines.has_nul:
            faults = {n: nul_fault() for n, cells in enumerate(records) if "\0" in "".join(cells)}
        if records:
            yield RawRows(numbers, records, faults, is_text=True)

    def _numbers(self, records: list[list[str]], first: int) -> Sequence[int]:
        """The line where each record begins, and the one behind the last of them."""
        if self._reader.line_num + 1 - first == len(records):
            numbers: Sequence[int] = range(first, first + len(records) + 1)
        else:
            heights = (1 + count_lines("\x1f".join(cells)) for cells in records)
            numbers = list(accumulate(heights, initial=first))
        self._start = numbers[-1]
        return numbers

    def _broken(self, error: csv.Error) -> RawRow:
        """The row with broken quotes, if it is one line; of several nobody knows where it ends."""
        number = self._start
        if "field larger" in str(error):
            raise too_long(number) from error
        if self._reader.line_num > number:
            raise unclosed(number) from error
        self._settle(0)
        self._doubt = number
        lenient = csv.reader([self._lines.line(number)], delimiter=self._delimiter)
        return RawRow(number, next(lenient, []), quote_fault())

    def _settle(self, width: int) -> None:
        """After broken quotes the next row must be of the header's width, or all is in doubt."""
        if self._doubt and self.width and width != self.width:
            raise unclosed(self._doubt)
        self._doubt = 0


def _first_long(numbers: Sequence[int]) -> int | None:
    """The place of the first record over too many lines."""
    if isinstance(numbers, range):  # each is a line
        return None
    heights = enumerate(after - number for number, after in pairwise(numbers))
    return next((place for place, height in heights if height > RECORD_LINES), None)


def broken_header(row: RawRow) -> FileRefused:
    return FileRefused(
        "broken_header",
        _("The header in line %(line)s cannot be read. %(reason)s")
        % {"line": row.number, "reason": row.fault.message if row.fault else ""},
    )


def quote_fault() -> Problem:
    return Problem(
        code="broken_quotes",
        message=_(
            "The quotes of this row are broken: a quote within quoted text must be doubled, and "
            "after a closing quote comes the next cell."
        ),
    )


def nul_fault() -> Problem:
    return Problem(
        code="nul_character",
        message=_("This row holds an invisible NUL character. Delete it, or type the row again."),
    )


def unclosed(line: int) -> FileRefused:
    return FileRefused(
        "unclosed_quote",
        _(
            "A quote that opens in line %(line)s is not closed where its cell ends, so the rows "
            "after it cannot be told apart. Close the quote, or double it if it is part of the "
            "text."
        )
        % {"line": line},
    )


def too_long(line: int) -> FileRefused:
    return FileRefused(
        "too_long_cell",
        _(
            "A cell in line %(line)s has more than %(most)s characters. Shorten it, or close the "
            "quote that it begins with."
        )
        % {"line": line, "most": FIELD_CHARACTERS},
    )
