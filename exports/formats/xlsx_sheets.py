"""Sheets being written: one at a time into the archive, continued in a next one when full."""

import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import count
from typing import BinaryIO

from exports.formats.beside import Beside
from exports.formats.deflate import quicken
from exports.formats.stream import TextSink
from exports.formats.xlsx import EXCEL_ROWS
from exports.formats.xlsx_skeleton import Sheet, build_frame, build_parts, cut_title
from exports.formats.xlsx_styles import Look

EXCEL_COLUMNS = 16_384
DEFLATE_LEVEL = 1  # level 6: a third more time for a quarter less file

# Unpacked; past 2 GiB an entry needs Zip64, of which Excel knows only a part:
# https://rzymek.github.io/post/excel-zip64/
SHEET_BYTES = 2_000_000_000


class Archive(zipfile.ZipFile):
    """The workbook's file. Entries bear no time, so the same rows give the same bytes."""

    def __init__(self, stream: BinaryIO) -> None:
        super().__init__(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=DEFLATE_LEVEL)

    def __del__(self) -> None:
        """A file that was not closed stays broken: the directory must not be added for it."""

    def add_part(self, name: str, data: bytes) -> None:
        with self.open(name, "w") as part:
            part.write(data)

    def add_parts(self, parts: dict[str, bytes]) -> None:
        for name, data in parts.items():
            if name not in self.NameToInfo:
                self.add_part(name, data)


def stable_parts(sheet: Sheet, looks: tuple[Look, ...]) -> dict[str, bytes]:
    """The parts that do not depend on how many sheets there will be.

    At the head of the archive they tell programs that look at the first bytes what it is.
    """
    parts = build_parts([sheet], looks)
    names = ("_rels/.rels", "docProps/app.xml", "docProps/core.xml")
    styles = ("xl/styles.xml", "xl/theme/theme1.xml")
    return {name: parts[name] for name in (*names, *styles)}


class SheetSeries:
    """Rows of one kind, in as many sheets as they need, each with the header."""

    def __init__(
        self,
        archive: Archive,
        numbers: Iterator[int],
        first: Sheet,
        header: str = "",
        max_rows: int = EXCEL_ROWS,
        taken: set[str] | None = None,
    ) -> None:
        """`taken` are titles that other sheets have, in lower case; ours are added."""
        self._archive = archive
        self._numbers = numbers
        self._first = first
        self._header = header
        self._max_rows = max_rows
        self._taken = set() if taken is None else taken
        self._finished: list[Sheet] = []
        self._start()

    def add(self, row: str) -> None:
        self._make_room()
        self._sink.add(row)
        self.rows += 1

    def room(self) -> int:
        """How many rows the sheet takes yet; a next one is begun if there is none."""
        self._make_room()
        return self._max_rows - self.rows

    def add_text(self, xml: str, rows: int) -> None:
        """So many rows, for which there is room."""
        self._sink.add(xml)
        self.rows += rows

    def add_rendered(self, xml: bytes, rows: int) -> None:
        """So many rows, for which there is room."""
        self._sink.add_bytes(xml)
        self.rows += rows

    def _make_room(self) -> None:
        if self.rows >= self._max_rows or self._sink.written_bytes >= SHEET_BYTES:
            self._finish()
            self._start()

    def add_below(self, row: str) -> None:
        """A row that is none of the data: outside of the filter."""
        if self.rows >= self._max_rows:
            self._finish()
            self._start()
        self._sink.add(row)

    @property
    def spans(self) -> list[tuple[str, int]]:
        """The title and the last row of each sheet that has data."""
        spans = [(sheet.title, sheet.rows) for sheet in (*self._finished, self._whole_sheet())]
        return [(title, last) for title, last in spans if last > 1]

    @property
    def title(self) -> str:
        return self._sheet.title

    def close(self) -> Sequence[Sheet]:
        self._finish()
        return self._finished

    def _start(self) -> None:
        title = free_title(self._first.title, len(self._finished) + 1, self._taken)
        self._taken.add(title.lower())
        self._sheet = replace(self._first, title=title)
        name = f"xl/worksheets/sheet{next(self._numbers)}.xml"
        self._part = quicken(self._archive.open(name, "w"))
        self._beside = Beside(self._part.write)
        self._sink = TextSink(self._beside.write)
        self._sink.add(build_frame(self._sheet)[0] + self._header)
        self.rows = 1 if self._header else 0

    def _finish(self) -> None:
        sheet = self._whole_sheet()
        self._sink.add(build_frame(sheet)[1])
        self._sink.flush()
        self._beside.finish()
        self._part.close()
        self._finished.append(sheet)

    def _whole_sheet(self) -> Sheet:
        return replace(self._sheet, rows=max(self.rows, 1))


def free_title(title: str, number: int, taken: set[str]) -> str:
    """The title with this number, 1 being none, or with the next one that nobody has."""
    numbered = (cut_title(title, f" ({one})" if one > 1 else "") for one in count(number))
    return next(one for one in numbered if one.lower() not in taken)
