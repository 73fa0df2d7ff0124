"""The sheets of one document in a workbook: its rows, the row of totals, its part of "About"."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from exports.formats.base import Document, Field, Kind, Row, Total, Totals
from exports.formats.guard import Tally
from exports.formats.stream import check_cells
from exports.formats.values import ByType, text_table
from exports.formats.xlsx_book import Book
from exports.formats.xlsx_cells import cell_table, plain_row
from exports.formats.xlsx_formulas import ColumnTally, ColumnTotal, Spans
from exports.formats.xlsx_looks import add_highlights, total_format
from exports.formats.xlsx_sheets import SheetSeries
from exports.formats.xlsx_skeleton import ABOUT_TITLE, Sheet, sheet_title
from exports.formats.xlsx_styles import BOLD, TEXT, Look, fixed, style_ids
from exports.formats.xlsx_text import TextCells, text_cell

MEASURED_ROWS = 500
MAX_WIDTH = 50  # characters
TOTAL_LABEL = "Total"
TOTAL_WIDTH = 16  # characters of a total, which may be longer than any cell above; else: ####


class DataSheet:
    """The first rows wait until the columns' widths are known; then each row goes straight out."""

    def __init__(self, book: Book, document: Document) -> None:
        self._book = book
        self.document = document
        self._ids = style_ids(book.looks)
        self._tally = Tally()
        self._texts = TextCells(self._tally)
        self._columns = [self._column(field) for field in document.fields]
        self._watches = Watches.of(document)
        self._waiting: list[Row] = []
        self._data: SheetSeries | None = None
        self._spans: Spans = ()
        self._rows = 0
        self._long_texts = 0
        self.sheets: Sequence[Sheet] = ()

    def write(self, rows: Sequence[Row]) -> None:
        check_cells(rows, self.document)
        self._rows += len(rows)
        if self._data is not None:
            self._add(self._data, rows)
            return
        self._waiting.extend(rows)
        if len(self._waiting) >= MEASURED_ROWS:
            self._start()

    def close(self) -> Totals:
        data = self._data or self._start()
        self._spans = data.spans
        if self._watches.totals and self._rows:
            data.add_below(self._total_row())
        self.sheets = data.close()
        self._book.keep(self.sheets)
        return self.totals

    @property
    def totals(self) -> Totals:
        """Complete once "About" is made, which may change and continue texts too."""
        return Totals(
            rows=self._rows, removed_nuls=self._tally.removed_nuls, long_texts=self._long_texts
        )

    def about_pairs(self, first_row: int) -> list[str]:
        style = self._ids[TEXT]
        rows = []
        for number, (label, text) in enumerate(self.document.about, first_row):
            cells = [self._texts.encoder(label, style)(cell) for cell in (label, text)]
            rows.append(f"<row>{''.join(cells)}</row>")
            self._keep_long_texts(ABOUT_TITLE, number)
        return rows

    def about_counts(self, sheets: int) -> list[str]:
        return [
            plain_row("Rows", self._rows),
            plain_row("Sheets", sheets),
            # Typed text is never a formula, so nothing has to be put before it.
            plain_row("Cells changed against formulas", 0),
            plain_row("NUL characters removed", self._tally.removed_nuls),
            plain_row("Texts continued in another sheet", self._long_texts),
        ]

    def about_tallies(self, first_row: int) -> Iterator[str]:
        """A block for each tally, from this row of "About" on."""
        label = self._texts.encoder("", self._ids[TEXT])
        bold = self._texts.encoder("", self._ids[BOLD])
        row = first_row
        for tally in self._watches.tallies if self._spans else ():
            yield "<row/>"
            yield f"<row>{bold(tally.header)}{bold('Rows')}</row>"
            values = list(tally.rows(row + 2, self._spans, self._ids[fixed(0)], label))
            yield from values
            row += 2 + len(values)

    def _column(self, field: Field) -> ByType:
        table = cell_table(field, self.document, self._texts)
        if field.highlights:
            add_highlights(table, field, self.document, self._ids)
        return table

    def _start(self) -> SheetSeries:
        fields, ids = self.document.fields, self._ids
        widths = column_widths(self.document, self._waiting[:MEASURED_ROWS])
        first = Sheet(title=sheet_title(self.document.title), widths=widths)
        header = [self._texts.encoder(one.header, ids[BOLD])(one.header) for one in fields]
        self._data = self._book.begin(first, f"<row>{''.join(header)}</row>")
        self._keep_long_texts(self._data.title, 1)
        self._add(self._data, self._waiting)
        self._waiting = []
        return self._data

    def _add(self, data: SheetSeries, rows: Sequence[Row]) -> None:
        columns, texts, add, watches = self._columns, self._texts, data.add, self._watches
        for row in rows:
            cells = [by[type(value)](value) for by, value in zip(columns, row, strict=True)]
            add(f"<row>{''.join(cells)}</row>")
            if watches:
                watches.see(cells, row)
            if texts.too_long:
                self._keep_long_texts(data.title, data.rows)

    def _keep_long_texts(self, sheet: str, row: int) -> None:
        for column, text in self._texts.too_long:
            self._long_texts += 1
            self._book.keep_long_text(sheet, row, column, text)
        self._texts.too_long.clear()

    def _total_row(self) -> str:
        by_column = {one.column: one for one in self._watches.totals}
        cells = []
        for number, field in enumerate(self.document.fields):
            style = self._ids[Look(number_format=total_format(self.document, field))]
            if number in by_column:
                cells.append(by_column[number].cell(style, self._spans))
            else:
                cells.append(text_cell("" if number else TOTAL_LABEL, style))
        return f"<row>{''.join(cells)}</row>"


@dataclass(frozen=True, kw_only=True)
class Watches:
    """Everything that looks at the cells as they pass."""

    totals: Sequence[ColumnTotal]
    tallies: Sequence[ColumnTally]

    @classmethod
    def of(cls, document: Document) -> "Watches":
        places = {field.name: number for number, field in enumerate(document.fields)}
        return cls(
            totals=[
                ColumnTotal(places[name], Total(total)) for name, total in document.totals.items()
            ],
            tallies=[
                ColumnTally(places[name], document.fields[places[name]].header)
                for name in document.tallies
            ],
        )

    def __bool__(self) -> bool:
        return bool(self.totals or self.tallies)

    def see(self, cells: Sequence[str], row: Row) -> None:
        for total in self.totals:
            total.see(cells[total.column])
        for tally in self.tallies:
            tally.see(cells[tally.column], row[tally.column])


def column_widths(document: Document, rows: Sequence[Row]) -> tuple[int, ...]:
    """Characters of the longest cell, and two to spare for the filter's arrow."""
    widths = [
        _width(field, document, [row[number] for row in rows])
        for number, field in enumerate(document.fields)
    ]
    for number, field in enumerate(document.fields):
        if field.name in document.totals:
            widths[number] = max(widths[number], TOTAL_WIDTH)
    if document.totals:
        widths[0] = max(widths[0], len(TOTAL_LABEL) + 2)
    return tuple(widths)


def _width(field: Field, document: Document, values: Sequence[object]) -> int:
    by = text_table(field.kind, document)
    texts = [field.header, *(by[type(value)](value) for value in values)]
    longest = max(len(line) for text in texts for line in text[:1000].split("\n"))
    if field.kind is Kind.MONEY:
        longest += longest // 4  # the commas between thousands
    return min(longest + 2, MAX_WIDTH)
