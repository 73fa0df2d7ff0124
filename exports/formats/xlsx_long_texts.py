"""Texts that no cell can hold, kept whole on the side until their own sheet is written."""

import tempfile
from collections.abc import Iterator

from exports.formats.xlsx_cells import plain_row
from exports.formats.xlsx_skeleton import LONG_TEXTS_TITLE, Sheet
from exports.formats.xlsx_text import pieces

HEADERS = ("Sheet", "Row", "Column", "Part", "Text")
SHEET = Sheet(title=LONG_TEXTS_TITLE, widths=(20, 10, 20, 8, 50))


class LongTexts:
    """Rows of the sheet in a temporary file, since their size has no limit."""

    def __init__(self) -> None:
        self.count = 0
        self._file = tempfile.TemporaryFile()  # noqa: SIM115

    def __del__(self) -> None:
        self._file.close()

    def add(self, sheet: str, row: int, column: str, text: str) -> None:
        """Keep the whole text of the cell in this row (header = 1) and column."""
        self.count += 1
        for number, piece in enumerate(pieces(text), 1):
            xml = plain_row(sheet, row, column[:255], number, piece)
            self._file.write(xml.replace("\n", "&#10;").encode() + b"\n")

    def rows(self) -> Iterator[str]:
        self._file.seek(0)
        for line in self._file:
            yield line.decode()
