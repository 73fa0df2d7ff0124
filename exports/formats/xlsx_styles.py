"""The cell styles of a workbook: a fixed set, then the looks that its documents ask for.

Their numbers are known before any row.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

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


@cache
def style_ids(looks: tuple[Look, ...] = ()) -> Mapping[str | Look, int]:
    if looks:
        from exports.formats.xlsx_made import make_styles

        return make_styles(looks)[0]
    # The first style is what every cell has that names none: General.
    ids: dict[str | Look, int] = {GENERAL: 0, BOLD: 1}
    return ids | {one: number for number, one in enumerate(NUMBER_FORMATS[1:], 2)}
