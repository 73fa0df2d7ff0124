"""Rows and cells of a sheet as XML, taken apart again."""

from collections.abc import Sequence

from exports.formats.base import Row
from exports.formats.values import ByType

_CELL = "<c "


def cells_of(row: Row, columns: Sequence[ByType]) -> list[str]:
    """The cells of a row of values."""
    return [by[type(value)](value) for by, value in zip(columns, row, strict=True)]


def cells_in(row: str) -> list[str]:
    """The cells of a row's XML. No text in it has a "<" that is not escaped."""
    _, *cells = row.removesuffix("</row>").split(_CELL)
    return [_CELL + cell for cell in cells]


def is_text(cell: str) -> bool:
    return ' t="inlineStr"' in cell


def text_in(cell: str) -> str:
    """The text of a text cell, as it is escaped."""
    start = cell.index(">", cell.index("<is><t") + len("<is><t")) + 1
    return cell[start : cell.rindex("</t>")]
