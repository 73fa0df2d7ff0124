"""The sheets of one document in a workbook: its rows, the row of totals, its part of "About"."""

from collections.abc import Iterable, Iterator, Sequence

from exports.formats.base import Document, Field, Row, Totals
from exports.formats.column_cells import join_rows
from exports.formats.column_encoders import column_encoder
from exports.formats.columns import CellMaker, ColumnEncoder
from exports.formats.copied import END
from exports.formats.guard import Tally
from exports.formats.rendering import Rendering, SqlColumn
from exports.formats.stored import Columns, StoredColumn, read_rows
from exports.formats.stream import check_cells
from exports.formats.values import ByType
from exports.formats.xlsx_book import Book
from exports.formats.xlsx_cells import cell_table, plain_row
from exports.formats.xlsx_copied import SheetRows
from exports.formats.xlsx_formulas import Spans
from exports.formats.xlsx_looks import add_highlights, total_format
from exports.formats.xlsx_rows import cells_in, cells_of
from exports.formats.xlsx_sheets import SheetSeries
from exports.formats.xlsx_skeleton import ABOUT_TITLE, Sheet, sheet_title
from exports.formats.xlsx_sql import render_rows
from exports.formats.xlsx_styles import BOLD, TEXT, Look, fixed, style_ids
from exports.formats.xlsx_text import CAREFUL_LINES, SURELY_SHORT, TextCells, text_cell
from exports.formats.xlsx_times import SheetTimes
from exports.formats.xlsx_watches import Watches
from exports.formats.xlsx_widths import TOTAL_LABEL, column_widths

MEASURED_ROWS = 500
ROW_END = b"</row>"


class DataSheet:
    """The first rows wait until the columns' widths are known; then each row goes straight out.

    What waits is a row of values, or the XML of one.
    """

    def __init__(self, book: Book, document: Document) -> None:
        self._book = book
        self.document = document
        self._ids = style_ids(book.looks)
        self._tally = Tally()
        self._texts = TextCells(self._tally)
        self._rendered = SheetRows([])
        self._columns = [self._column(field) for field in document.fields]
        self._watches = Watches.of(document)
        self._stored: Sequence[StoredColumn] = ()
        self._encoders: list[ColumnEncoder] = []
        self._waiting: list[Row | bytes] = []
        self._data: SheetSeries | None = None
        self._spans: Spans = ()
        self._rows = 0
        self._long_texts = 0
        self.sheets: Sequence[Sheet] = ()

    def write(self, rows: Sequence[Row]) -> None:
        check_cells(rows, self.document)
        self._rows += len(rows)
        if self._data is None:
            self._wait(rows)
        else:
            self._add(self._data, rows)

    def expect(self, columns: Sequence[StoredColumn]) -> None:
        self._stored = columns
        self._encoders = [
            column_encoder(stored, self._maker(field, by), times=SheetTimes)
            for stored, field, by in zip(columns, self.document.fields, self._columns, strict=True)
        ]

    def write_stored(self, columns: Columns) -> None:
        if self._data is None or self._watches:
            self.write(read_rows(self._stored, columns))
            return
        self._add_stored(self._data, columns)
        self._rows += len(columns[0])

    def render(self, columns: Sequence[SqlColumn]) -> Rendering:
        rendering, self._rendered = render_rows(self.document, columns, self._ids)
        return rendering

    def write_rendered(self, lines: bytes, rows: int) -> None:
        self._rows += rows
        if self._data is None:
            xml = self._rendered.expand(lines, rows).split(ROW_END)
            self._wait([row + ROW_END for row in xml[:-1]])
            return
        while rows > (room := self._data.room()):
            ends = lines.split(END, room)
            self._add_rendered(self._data, END.join(ends[:-1]) + END, room)
            lines, rows = ends[-1], rows - room
        self._add_rendered(self._data, lines, rows)

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

    def _maker(self, field: Field, by: ByType) -> CellMaker:
        return CellMaker(
            cell=lambda value: by[type(value)](value),
            tally=self._tally,
            zone=self.document.time_zone,
            careful=CAREFUL_LINES,
            longest=SURELY_SHORT,
            has_plain_texts=not field.highlights,
        )

    def _wait(self, rows: Sequence[Row | bytes]) -> None:
        self._waiting.extend(rows)
        if len(self._waiting) >= MEASURED_ROWS:
            self._start()

    def _start(self) -> SheetSeries:
        widths = column_widths(self.document, self._measured())
        first = Sheet(title=sheet_title(self.document.title), widths=widths)
        bold = self._ids[BOLD]
        header = [self._texts.encoder(one.header, bold)(one.header) for one in self.document.fields]
        self._data = data = self._book.begin(first, f"<row>{''.join(header)}</row>")
        self._keep_long_texts(data.title, 1)
        for row in self._waiting:
            if isinstance(row, bytes):
                data.room()
                self._add_xml(data, row, 1)
            else:
                self._add(data, [row])
        self._waiting = []
        return data

    def _measured(self) -> Iterator[list[str]]:
        """The cells of the first rows. What is noted while looking at them does not count."""
        aside = TextCells(Tally())
        columns = [cell_table(field, self.document, aside) for field in self.document.fields]
        for row in self._waiting[:MEASURED_ROWS]:
            if isinstance(row, bytes):
                yield cells_in(row.decode())
            else:
                yield cells_of(row, columns)
                aside.too_long.clear()

    def _add(self, data: SheetSeries, rows: Iterable[Row]) -> None:
        columns, texts, add, watches = self._columns, self._texts, data.add, self._watches
        for row in rows:
            cells = cells_of(row, columns)
            add(f"<row>{''.join(cells)}</row>")
            if watches:
                watches.see(cells, row)
            if texts.too_long:
                self._keep_long_texts(data.title, data.rows)

    def _add_rendered(self, data: SheetSeries, lines: bytes, rows: int) -> None:
        self._add_xml(data, self._rendered.expand(lines, rows), rows)

    def _add_xml(self, data: SheetSeries, xml: bytes, rows: int) -> None:
        data.add_rendered(xml, rows)
        if self._watches:
            self._watches.see_rendered(xml)

    def _add_stored(self, data: SheetSeries, columns: Columns) -> None:
        removed = self._tally.removed_nuls
        cells = [encode(values) for encode, values in zip(self._encoders, columns, strict=True)]
        if self._texts.too_long:
            # Row by row it is known where they are.
            self._texts.too_long.clear()
            self._tally.removed_nuls = removed
            self._add(data, read_rows(self._stored, columns))
            return
        done, rows = 0, len(columns[0])
        while done < rows:
            end = min(done + data.room(), rows)
            fitting = [column.part(done, end) for column in cells] if end - done < rows else cells
            data.add_rendered(join_rows(fitting, first=b"<row>", last=b"</row>"), end - done)
            done = end

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
