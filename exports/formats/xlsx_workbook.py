"""Workbooks: of one document, or of several. The modules xlsx_* say how."""

from collections.abc import Sequence
from typing import BinaryIO

from exports.formats.base import Document, Row, Totals
from exports.formats.rendering import Rendering, SqlColumn
from exports.formats.stored import Columns, StoredColumn
from exports.formats.xlsx_book import Book
from exports.formats.xlsx_cells import plain_row
from exports.formats.xlsx_data import DataSheet
from exports.formats.xlsx_styles import BOLD


class Workbook:
    """Data of several documents: one after the other, each closed before the next begins."""

    def __init__(self, stream: BinaryIO, documents: Sequence[Document], max_rows: int) -> None:
        if not documents:
            raise ValueError("A workbook needs a document")
        self._documents = documents
        self._book = Book(stream, documents, max_rows)
        self._written: list[DataSheet] = []

    def next_sheet(self) -> DataSheet:
        """The writer of the next document's rows."""
        if self._written and not self._written[-1].sheets:
            raise ValueError("The sheet before this one is not closed")
        sheet = DataSheet(self._book, self._documents[len(self._written)])
        self._written.append(sheet)
        return sheet

    def close(self) -> tuple[Totals, ...]:
        """What was done, by document."""
        if len(self._written) < len(self._documents) or not self._written[-1].sheets:
            raise ValueError("Every document needs its sheet, written and closed")
        return self._about_one() if len(self._documents) == 1 else self._about_all()

    def _about_one(self) -> tuple[Totals, ...]:
        sheet = self._written[0]
        rows = sheet.about_pairs(1)
        long_texts = self._book.write_long_texts()
        rows += sheet.about_counts(len(sheet.sheets) + 1 + len(long_texts))
        rows += sheet.about_tallies(len(rows) + 1)
        self._book.finish(rows, long_texts)
        return (sheet.totals,)

    def _about_all(self) -> tuple[Totals, ...]:
        rows: list[str] = []
        for sheet in self._written:
            if rows:
                rows.append("<row/>")
            rows.append(plain_row(sheet.sheets[0].title, style=BOLD))
            rows += sheet.about_pairs(len(rows) + 1)
            rows += sheet.about_counts(len(sheet.sheets))
            rows += sheet.about_tallies(len(rows) + 1)
        self._book.finish(rows, self._book.write_long_texts())
        return tuple(sheet.totals for sheet in self._written)


class XlsxWriter:
    """A workbook of one document."""

    def __init__(self, stream: BinaryIO, document: Document, max_rows: int) -> None:
        self._workbook = Workbook(stream, [document], max_rows)
        self._sheet = self._workbook.next_sheet()

    def write(self, rows: Sequence[Row]) -> None:
        self._sheet.write(rows)

    def expect(self, columns: Sequence[StoredColumn]) -> None:
        self._sheet.expect(columns)

    def write_stored(self, columns: Columns) -> None:
        self._sheet.write_stored(columns)

    def render(self, columns: Sequence[SqlColumn]) -> Rendering:
        return self._sheet.render(columns)

    def write_rendered(self, lines: bytes, rows: int) -> None:
        self._sheet.write_rendered(lines, rows)

    def close(self) -> Totals:
        self._sheet.close()
        return self._workbook.close()[0]
