"""The cell styles of every workbook: one fixed set, so their numbers are known before any row."""

from collections.abc import Mapping
from functools import cache

from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

BOLD = "bold"
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


def add_styles(sheet: Worksheet) -> dict[str, int]:
    """Give every style to one cell of the sheet, since openpyxl saves only styles in use."""
    ids = {}
    for column, number_format in enumerate((BOLD, *NUMBER_FORMATS), 1):
        cell = sheet.cell(1, column)
        if number_format == BOLD:
            cell.font = Font(bold=True)
        else:
            cell.number_format = number_format
        ids[number_format] = cell.style_id
    return ids


@cache
def style_ids() -> Mapping[str, int]:
    return add_styles(Workbook().create_sheet())
