"""The template of an importer as a workbook: header with notes, an explanation, drop-downs."""

import io
from collections.abc import Iterable, Sequence

from django.utils.translation import gettext as _
from openpyxl import Workbook
from openpyxl.cell.cell import Cell, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter, quote_sheetname
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from imports.fields import Field
from imports.fields.hints import hint
from imports.importers import Importer, label_of
from imports.templates import TemplateColumn

LAST_ROW = 1_048_576  # of a sheet
MOST_OPTIONS = 1_000  # in a drop-down
CELL_FORMATS = {
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm:ss",
    "time": "hh:mm",
    "money": "0.00",
}
REQUIRED_FILL = PatternFill("solid", fgColor="FFE699")
OPTIONAL_FILL = PatternFill("solid", fgColor="DDEBF7")
BOLD = Font(bold=True)


def make_workbook(
    importer: type[Importer], columns: Sequence[TemplateColumn], rows: Iterable[Sequence[str]]
) -> bytes:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = _sheet_name(label_of(importer))
    sheet.freeze_panes = "A2"
    for number, column in enumerate(columns, 1):
        _head(sheet.cell(1, number), column)
        letter = get_column_letter(number)
        sheet.column_dimensions[letter].width = max(12, min(40, len(column.header) + 4))
        sheet.column_dimensions[letter].number_format = _cell_format(column.field)
    for place, row in enumerate(rows, 2):
        for number, text in enumerate(row, 1):
            _write(sheet.cell(place, number), text, columns[number - 1].field)
    _explain(book, importer, columns)
    _offer_choices(book, sheet, columns)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _sheet_name(text: str) -> str:
    """As Excel allows: 31 characters, none of []:*?/\\ ."""
    return "".join(sign for sign in text if sign not in "[]:*?/\\'")[:31] or "Import"


def _cell_format(field: Field | None) -> str:
    """Text for ids, so that a workbook keeps their zeros; "General" for what may be anything."""
    if field is None:
        return "General"
    if field.type in ("text", "lookup", "mac", "ip", "uuid"):
        return "@"
    return CELL_FORMATS.get(field.type, "General")


def _write(cell: Cell | MergedCell, text: str, field: Field | None) -> None:
    cell.value = text
    cell.data_type = "s"  # what begins with "=" is text too
    cell.number_format = _cell_format(field)


def _head(cell: Cell | MergedCell, column: TemplateColumn) -> None:
    _write(cell, column.header, None)
    cell.font = BOLD
    if column.field is None:
        return
    cell.fill = REQUIRED_FILL if column.field.required else OPTIONAL_FILL
    note = "\n".join(_notes(column.field))
    cell.comment = Comment(note, "", width=320, height=40 + 18 * (1 + len(note) // 45))


def _notes(field: Field) -> list[str]:
    first = _("Required.") if field.required else _("May be empty.")
    example = _("Example: %(text)s") % {"text": field.example_text}
    return [text for text in (first, hint(field), str(field.help), example) if text]


def _explain(book: Workbook, importer: type[Importer], columns: Sequence[TemplateColumn]) -> None:
    """A sheet with a line for each column."""
    sheet = book.create_sheet(_("Explanation"))
    head = [_("Column"), _("Required"), _("What it takes"), _("Example"), _("Also called")]
    lines = [[_("What each column of the first sheet is for. This sheet is not read.")], head]
    lines += [
        [
            column.header,
            _("yes") if column.field.required else "",
            " ".join(text for text in (hint(column.field), str(column.field.help)) if text),
            column.field.example_text,
            ", ".join(column.field.aliases),
        ]
        for column in columns
        if column.field
    ]
    if importer.help:
        lines.insert(0, [str(importer.help)])
    for place, line in enumerate(lines, 1):
        for number, text in enumerate(line, 1):
            cell = sheet.cell(place, number)
            _write(cell, text, None)
            cell.alignment = Alignment(vertical="top", wrap_text=number == 3 and len(line) > 1)
            if line is head:
                cell.font = BOLD
    for letter, width in zip("ABCDE", (24, 10, 70, 24, 40), strict=True):
        sheet.column_dimensions[letter].width = width


def _offer_choices(book: Workbook, sheet: Worksheet, columns: Sequence[TemplateColumn]) -> None:
    """Drop-downs, out of a sheet of their own: a list inside of a cell ends at 255 characters."""
    offered = [
        (number, [str(label) for _value, label in column.field.options()][:MOST_OPTIONS])
        for number, column in enumerate(columns, 1)
        if column.field and column.field.options()
    ]
    if not offered:
        return
    lists = book.create_sheet(_("Choices"))
    lists.sheet_state = "hidden"
    for place, (number, labels) in enumerate(offered, 1):
        source, target = get_column_letter(place), get_column_letter(number)
        for line, label in enumerate(labels, 1):
            _write(lists.cell(line, place), label, None)
        rule = DataValidation(
            type="list",
            formula1=f"{quote_sheetname(lists.title)}!${source}$1:${source}${len(labels)}",
            allow_blank=True,
            errorStyle="warning",
            showErrorMessage=True,
        )
        rule.errorTitle, rule.error = _("Unknown value"), _("Choose one of the list.")
        rule.add(f"{target}2:{target}{LAST_ROW}")
        sheet.add_data_validation(rule)
