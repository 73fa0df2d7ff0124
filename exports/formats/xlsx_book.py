"""A workbook being written: the sheets of one document after the other, then what is about them."""

from collections.abc import Iterator, Sequence
from itertools import chain, count
from typing import BinaryIO

from exports.formats.base import Document
from exports.formats.stream import check_document
from exports.formats.xlsx_cells import plain_row
from exports.formats.xlsx_long_texts import HEADERS, LongTexts
from exports.formats.xlsx_long_texts import SHEET as LONG_TEXTS
from exports.formats.xlsx_looks import check_extras, looks_of
from exports.formats.xlsx_sheets import EXCEL_COLUMNS, Archive, SheetSeries, stable_parts
from exports.formats.xlsx_skeleton import ABOUT_TITLE, Sheet, build_parts
from exports.formats.xlsx_styles import BOLD

ABOUT = Sheet(title=ABOUT_TITLE, widths=(40, 50), has_header=False)  # characters


class Book:
    """What the sheets share: the archive, their numbers and titles, styles, long texts."""

    def __init__(self, stream: BinaryIO, documents: Sequence[Document], max_rows: int) -> None:
        for document in documents:
            check_document(document)
            check_extras(document)
            if len(document.fields) > EXCEL_COLUMNS:
                raise ValueError(f"A sheet has at most {EXCEL_COLUMNS} columns")
        self.looks = looks_of(documents)
        self._max_rows = max_rows
        self._archive = Archive(stream)
        self._titles: set[str] = set()
        self._data: list[Sheet] = []
        # "About" is written last. It is the second sheet of one document, else behind the data.
        self._about_number = 2 if len(documents) == 1 else None
        self._numbers: Iterator[int] = chain([1], count(3)) if self._about_number else count(1)
        self.long_texts: LongTexts | None = None

    def begin(self, first: Sheet, header: str) -> SheetSeries:
        """The sheets of the next document."""
        self._archive.add_parts(stable_parts(first, self.looks))
        return SheetSeries(
            self._archive, self._numbers, first, header, self._max_rows, taken=self._titles
        )

    def keep(self, sheets: Sequence[Sheet]) -> None:
        self._data += sheets

    def keep_long_text(self, sheet: str, row: int, column: str, text: str) -> None:
        self.long_texts = self.long_texts or LongTexts()
        self.long_texts.add(sheet, row, column, text)

    def write_long_texts(self) -> Sequence[Sheet]:
        if self._about_number is None:
            self._about_number = next(self._numbers)
        if self.long_texts is None:
            return []
        header = plain_row(*HEADERS, style=BOLD)
        series = SheetSeries(self._archive, self._numbers, LONG_TEXTS, header, self._max_rows)
        for row in self.long_texts.rows():
            series.add(row)
        return series.close()

    def finish(self, about: Sequence[str], long_texts: Sequence[Sheet]) -> None:
        number = self._about_number or 2
        series = SheetSeries(self._archive, iter([number]), ABOUT)
        for row in about:
            series.add(row)
        series.close()
        sheets = [*self._data, *long_texts]
        sheets.insert(number - 1, ABOUT)
        self._archive.add_parts(build_parts(sheets, self.looks))
        self._archive.close()
