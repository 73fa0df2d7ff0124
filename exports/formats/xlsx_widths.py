"""How wide the columns of a sheet are, measured at what its first cells show."""

from collections.abc import Iterable, Sequence
from xml.sax.saxutils import unescape

from exports.formats.base import Document, Field, Kind
from exports.formats.xlsx_formulas import is_blank
from exports.formats.xlsx_rows import is_text, text_in

MAX_WIDTH = 50  # characters
MEASURED_CHARACTERS = 1000
TOTAL_LABEL = "Total"
TOTAL_WIDTH = 16  # characters of a total, which may be longer than any cell above; else: ####
SHOWN = {Kind.DATE: 10, Kind.TIME: 8, Kind.DATETIME: 19}  # characters, whatever the number


def column_widths(document: Document, rows: Iterable[Sequence[str]]) -> tuple[int, ...]:
    """Characters of the longest cell, and two to spare for the filter's arrow."""
    longest = [_length(field.header) for field in document.fields]
    kinds = [field.kind for field in document.fields]
    for cells in rows:
        longest = list(map(max, longest, map(_shown, cells, kinds)))
    widths = list(map(_width, document.fields, longest))
    for number, field in enumerate(document.fields):
        if field.name in document.totals:
            widths[number] = max(widths[number], TOTAL_WIDTH)
    if document.totals:
        widths[0] = max(widths[0], len(TOTAL_LABEL) + 2)
    return tuple(widths)


def _width(field: Field, longest: int) -> int:
    if field.kind is Kind.MONEY:
        longest += longest // 4  # the commas between thousands
    return min(longest + 2, MAX_WIDTH)


def _shown(cell: str, kind: Kind) -> int:
    if is_blank(cell):
        return 0
    if is_text(cell):
        return _length(unescape(text_in(cell)))
    if ' t="b"' in cell:
        return len("FALSE")
    return SHOWN.get(kind) or cell.index("</v>") - cell.index("<v>") - len("<v>")


def _length(text: str) -> int:
    return max(len(line) for line in text[:MEASURED_CHARACTERS].split("\n"))
