"""The report as a workbook: bad cells coloured and explained, choices as drop-downs."""

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import IO, Any

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation

from imports.mended_files import OWN_COLUMNS, PROBLEM, ROW
from imports.models import FailedRow, ImportJob
from imports.problems import Severity
from imports.report.columns import ReportColumn, padded, sentence

LAST_ROW = 1_048_576  # of a sheet
MOST_COMMENTS = 2_000  # a workbook holds them in memory; the column Problem says all of it
MOST_OPTIONS = 1_000  # in a drop-down
LONGEST = 32_767  # characters of a cell
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")  # by a workbook's XML
BOLD = Font(bold=True)
BAD = PatternFill("solid", fgColor="F8CBAD")
WARNED = PatternFill("solid", fgColor="FFE699")
OWN_WIDTHS = {1: 8.0, 2: 60.0}
TEXT = "@"  # so that a workbook keeps leading zeros of what a person types


def write_xlsx(
    stream: IO[bytes],
    columns: Sequence[ReportColumn],
    rows: Iterable[FailedRow],
    _job: ImportJob,
) -> None:
    """All cells are text, as they were in the file. In constant memory."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(_("Failed rows"))
    sheet.freeze_panes = "C2"
    for number in range(1, len(columns) + OWN_COLUMNS + 1):
        width = OWN_WIDTHS.get(number, 18.0)
        sheet.column_dimensions[get_column_letter(number)].width = width
    _offer_choices(book, sheet, columns)
    sheet.append([_head(sheet, text) for text in (ROW, PROBLEM, *(c.header for c in columns))])
    painter = Painter(sheet, columns)
    for failed in rows:
        sheet.append(list(painter.cells_of(failed)))
    book.save(stream)


class Painter:
    """Cells of failed rows. The first ones get comments, as long as there is room."""

    def __init__(self, sheet: Any, columns: Sequence[ReportColumn]) -> None:
        self._sheet = sheet
        self._columns = columns
        self._places = {column.name: place for place, column in enumerate(columns)}
        self._comments = 0

    def cells_of(self, failed: FailedRow) -> Iterator[Any]:
        yield WriteOnlyCell(self._sheet, failed.row)
        reasons = _text(self._sheet, sentence(failed))
        reasons.alignment = Alignment(wrap_text=True, vertical="top")
        yield reasons
        marks = self._marks(failed)
        for place, text in enumerate(padded(failed.cells, len(self._columns))):
            cell = _text(self._sheet, text)
            cell.number_format = TEXT
            if place in marks:
                self._mark(cell, marks[place])
            yield cell

    def _marks(self, failed: FailedRow) -> dict[int, list[tuple[str, str]]]:
        """Place of a cell -> severity and message of what is wrong with it."""
        marks: dict[int, list[tuple[str, str]]] = {}
        for column, message, _code, severity in failed.problems:
            if column in self._places:
                marks.setdefault(self._places[column], []).append((severity, message))
        return marks

    def _mark(self, cell: Any, found: list[tuple[str, str]]) -> None:
        is_bad = any(severity == Severity.ERROR for severity, _message in found)
        cell.fill = BAD if is_bad else WARNED
        if self._comments < MOST_COMMENTS:
            note = "\n".join(message for _severity, message in found)
            cell.comment = Comment(note, "", width=320, height=40 + 18 * (1 + len(note) // 45))
            self._comments += 1


def _head(sheet: Any, text: str) -> Any:
    cell = _text(sheet, text)
    cell.font = BOLD
    return cell


def _text(sheet: Any, text: str) -> Any:
    """A cell that is text whatever it begins with."""
    cell = WriteOnlyCell(sheet, UNREADABLE.sub("\N{REPLACEMENT CHARACTER}", text)[:LONGEST])
    if text:
        cell.data_type = "s"
    return cell


def _offer_choices(book: Workbook, sheet: Any, columns: Sequence[ReportColumn]) -> None:
    """Drop-downs, out of a sheet of their own: a list inside of a cell ends at 255 characters."""
    offered = [(place, c.choices[:MOST_OPTIONS]) for place, c in enumerate(columns, 1) if c.choices]
    if not offered:
        return
    lists = book.create_sheet(_("Choices"))
    lists.sheet_state = "hidden"
    for line in zip_longest(*(choices for _place, choices in offered), fillvalue=""):
        lists.append([_text(lists, text) for text in line])
    for source, (place, choices) in enumerate(offered, 1):
        letter = get_column_letter(source)
        rule = DataValidation(
            type="list",
            formula1=f"{quote_sheetname(lists.title)}!${letter}$1:${letter}${len(choices)}",
            allow_blank=True,
            errorStyle="warning",
            showErrorMessage=True,
        )
        target = get_column_letter(place + OWN_COLUMNS)
        rule.add(f"{target}2:{target}{LAST_ROW}")
        sheet.data_validations.append(rule)
