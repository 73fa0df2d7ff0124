"""The cell styles of a workbook: a fixed set, then the looks that its documents ask for.

Their numbers are known before any row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Border, Font, PatternFill, Side
from openpyxl.worksheet.worksheet import Worksheet

from exports.formats.highlights import Highlight

BOLD = "bold"
FONT, FONT_SIZE = "Calibri", 11  # what openpyxl gives to every other cell
TEXT = "@"
GENERAL = "General"
MONEY = "#,##0.00"
DATE = "yyyy-mm-dd"
DATETIME = "yyyy-mm-dd hh:mm:ss"
TIME = "hh:mm:ss"


def fixed(scale: int) -> str:
    """Number format with so many decimals, so that 10.50 is shown as 10.50."""
    return "0." + "0" * scale if scale else "0"


SCALES = tuple(fixed(scale) for scale in range(11))
NUMBER_FORMATS = (GENERAL, TEXT, MONEY, DATE, DATETIME, TIME, *SCALES)


@dataclass(frozen=True, kw_only=True)
class Look:
    """What a cell has beyond its number format."""

    number_format: str
    highlight: Highlight | None = None  # without one, it is a cell of the totals


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


@cache
def style_ids(looks: tuple[Look, ...] = ()) -> Mapping[str | Look, int]:
    return add_styles(Workbook().create_sheet(), looks)
