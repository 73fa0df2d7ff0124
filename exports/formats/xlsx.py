"""XLSX: openpyxl makes the frame, rows go through it as text. See the modules xlsx_*."""

from collections.abc import Mapping, Sequence
from itertools import chain, count
from typing import BinaryIO

from exports.formats.base import Document, Field, Format, Kind, Row, Totals
from exports.formats.guard import Tally
from exports.formats.options import read_options
from exports.formats.stream import check_cells, check_document
from exports.formats.values import text_table
from exports.formats.xlsx_cells import cell_table, plain_row
from exports.formats.xlsx_long_texts import HEADERS, LongTexts
from exports.formats.xlsx_long_texts import SHEET as LONG_TEXTS
from exports.formats.xlsx_sheets import (
    EXCEL_COLUMNS,
    EXCEL_ROWS,
    Archive,
    SheetSeries,
    stable_parts,
)
from exports.formats.xlsx_skeleton import ABOUT_TITLE, Sheet, build_parts, sheet_title
from exports.formats.xlsx_styles import BOLD, TEXT, style_ids
from exports.formats.xlsx_text import TextCells

MEASURED_ROWS = 500
MAX_WIDTH = 50  # characters
ABOUT = Sheet(title=ABOUT_TITLE, widths=(40, MAX_WIDTH), has_header=False)


class XlsxWriter:
    """The first rows wait until the columns' widths are known; then each row goes straight out."""

    def __init__(self, stream: BinaryIO, document: Document, max_rows: int) -> None:
        check_document(document)
        if len(document.fields) > EXCEL_COLUMNS:
            raise ValueError(f"A sheet has at most {EXCEL_COLUMNS} columns")
        self._document = document
        self._max_rows = max_rows
        self._archive = Archive(stream)
        self._part_numbers = chain([1], count(3))  # the second part is "About", written last
        self._tally = Tally()
        self._texts = TextCells(self._tally)
        self._long: LongTexts | None = None
        self._columns = [cell_table(field, document, self._texts) for field in document.fields]
        self._waiting: list[Row] = []
        self._data: SheetSeries | None = None
        self._rows = 0

    def write(self, rows: Sequence[Row]) -> None:
        check_cells(rows, self._document)
        self._rows += len(rows)
        if self._data is not None:
            self._add(self._data, rows)
            return
        self._waiting.extend(rows)
        if len(self._waiting) >= MEASURED_ROWS:
            self._start()

    def close(self) -> Totals:
        data = (self._data or self._start()).close()
        about = self._about_pairs()
        long_texts = self._write_long_texts()
        self._write_about([*about, *self._counts(len(data) + 1 + len(long_texts))])
        sheets = [data[0], ABOUT, *data[1:], *long_texts]
        self._archive.add_parts(build_parts(sheets))
        self._archive.close()
        return Totals(
            rows=self._rows,
            removed_nuls=self._tally.removed_nuls,
            long_texts=self._long.count if self._long else 0,
        )

    def _start(self) -> SheetSeries:
        fields = self._document.fields
        widths = column_widths(self._document, self._waiting[:MEASURED_ROWS])
        first = Sheet(title=sheet_title(self._document.title), widths=widths)
        self._archive.add_parts(stable_parts(first))
        header = [self._texts.encoder(one.header, style_ids()[BOLD])(one.header) for one in fields]
        self._data = SheetSeries(
            self._archive,
            self._part_numbers,
            first,
            header=f"<row>{''.join(header)}</row>",
            max_rows=self._max_rows,
        )
        self._keep_long_texts(first.title, 1)
        self._add(self._data, self._waiting)
        self._waiting = []
        return self._data

    def _add(self, data: SheetSeries, rows: Sequence[Row]) -> None:
        columns, texts, add = self._columns, self._texts, data.add
        for row in rows:
            cells = [by[type(value)](value) for by, value in zip(columns, row, strict=True)]
            add(f"<row>{''.join(cells)}</row>")
            if texts.too_long:
                self._keep_long_texts(data.title, data.rows)

    def _keep_long_texts(self, sheet: str, row: int) -> None:
        for column, text in self._texts.too_long:
            self._long = self._long or LongTexts()
            self._long.add(sheet, row, column, text)
        self._texts.too_long.clear()

    def _write_long_texts(self) -> Sequence[Sheet]:
        if self._long is None:
            return []
        header = plain_row(*HEADERS, style=BOLD)
        series = SheetSeries(
            self._archive, self._part_numbers, LONG_TEXTS, header=header, max_rows=self._max_rows
        )
        for row in self._long.rows():
            series.add(row)
        return series.close()

    def _about_pairs(self) -> list[str]:
        style = style_ids()[TEXT]
        rows = []
        for number, (label, text) in enumerate(self._document.about, 1):
            cells = [self._texts.encoder(label, style)(cell) for cell in (label, text)]
            rows.append(f"<row>{''.join(cells)}</row>")
            self._keep_long_texts(ABOUT_TITLE, number)
        return rows

    def _counts(self, sheets: int) -> list[str]:
        return [
            plain_row("Rows", self._rows),
            plain_row("Sheets", sheets),
            # Typed text is never a formula, so nothing has to be put before it.
            plain_row("Cells changed against formulas", 0),
            plain_row("NUL characters removed", self._tally.removed_nuls),
            plain_row("Texts continued in another sheet", self._long.count if self._long else 0),
        ]

    def _write_about(self, rows: Sequence[str]) -> None:
        series = SheetSeries(self._archive, iter([2]), ABOUT)
        for row in rows:
            series.add(row)
        series.close()


def column_widths(document: Document, rows: Sequence[Row]) -> tuple[int, ...]:
    """Characters of the longest cell, and two to spare for the filter's arrow."""
    return tuple(
        _width(field, document, [row[number] for row in rows])
        for number, field in enumerate(document.fields)
    )


def _width(field: Field, document: Document, values: Sequence[object]) -> int:
    by = text_table(field.kind, document)
    texts = [field.header, *(by[type(value)](value) for value in values)]
    longest = max(len(line) for text in texts for line in text[:1000].split("\n"))
    if field.kind is Kind.MONEY:
        longest += longest // 4  # the commas between thousands
    return min(longest + 2, MAX_WIDTH)


def open_xlsx(
    stream: BinaryIO,
    document: Document,
    options: Mapping[str, object],
    *,
    max_rows: int = EXCEL_ROWS,
) -> XlsxWriter:
    """`max_rows` of a sheet counts its header."""
    read_options(XLSX, options)
    return XlsxWriter(stream, document, max_rows)


XLSX = Format(
    name="xlsx",
    label="Excel",
    extension="xlsx",
    content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    open=open_xlsx,
    bytes_per_cell=7,
)
