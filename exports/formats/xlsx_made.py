"""The parts of a workbook as openpyxl makes them: what is kept of them, and uncommon styles.

    python -m exports.formats.xlsx_made

keeps the parts of a workbook of two sheets in `xlsx_kept.json`, for `xlsx_skeleton` to fill in.
Only here is openpyxl imported. It takes 10 MB and a quarter of a second, which most files spare.
"""

import io
import json
import re
import zipfile
from collections.abc import Sequence

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.worksheet import Worksheet

from exports.formats.xlsx_skeleton import KEPT, SAMPLES, Sheet
from exports.formats.xlsx_styles import BOLD, FONT, FONT_SIZE, NUMBER_FORMATS, Look


def make_parts(sheets: Sequence[Sheet], looks: Sequence[Look] = ()) -> dict[str, bytes]:
    """The parts of a workbook with these sheets, by their names in the archive."""
    book = Workbook()
    del book["Sheet"]
    for sheet in sheets:
        _add_sheet(book, sheet)
    add_styles(book.worksheets[0], looks)
    saved = io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["docProps/core.xml"] = _without_times(parts["docProps/core.xml"])
    return parts


def make_styles(looks: Sequence[Look]) -> tuple[dict[str | Look, int], bytes]:
    """The numbers of all styles, and the part that holds them."""
    parts = make_parts(SAMPLES[:1], looks)
    return add_styles(Workbook().create_sheet(), looks), parts["xl/styles.xml"]


def add_styles(sheet: Worksheet, looks: Sequence[Look] = ()) -> dict[str | Look, int]:
    """Give every style to one cell of the sheet, since openpyxl saves only styles in use."""
    ids: dict[str | Look, int] = {}
    styles: tuple[str | Look, ...] = (BOLD, *NUMBER_FORMATS, *looks)
    for column, style in enumerate(styles, 1):
        cell: Cell = sheet.cell(1, column)  # type: ignore[assignment]
        if isinstance(style, Look):
            _apply(cell, style)
        elif style == BOLD:
            cell.font = Font(bold=True)
        else:
            cell.number_format = style
        ids[style] = cell.style_id
    return ids


def _apply(cell: Cell, look: Look) -> None:
    cell.number_format = look.number_format
    if look.highlight is None:
        cell.font = Font(name=FONT, size=FONT_SIZE, bold=True)
        cell.border = Border(top=Side(style="thin"))
    else:
        cell.fill = PatternFill("solid", fgColor=look.highlight.fill)
        cell.font = Font(name=FONT, size=FONT_SIZE, color=look.highlight.font)


def _add_sheet(book: Workbook, sheet: Sheet) -> None:
    added = book.create_sheet(sheet.title)
    for number, width in enumerate(sheet.widths, 1):
        added.column_dimensions[get_column_letter(number)].width = width
    if sheet.has_header:
        added.freeze_panes = "A2"
        added.auto_filter.ref = f"A1:{get_column_letter(len(sheet.widths))}{sheet.rows}"


def _without_times(core: bytes) -> bytes:
    """The same rows give the same bytes, whenever they are written."""
    return re.sub(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>", b"", core)


def keep_parts() -> None:
    parts = {name: part.decode() for name, part in make_parts(SAMPLES).items()}
    KEPT.write_text(json.dumps(parts, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    keep_parts()
