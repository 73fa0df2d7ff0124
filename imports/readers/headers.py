"""The row that names the columns: which one it is, and what it says."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from imports.problems import FileRefused
from imports.readers.base import Cell
from imports.readers.values import as_text

MAX_COLUMNS = 500
ROWS_LOOKED_AT = 50


@dataclass(frozen=True, kw_only=True)
class Line:
    """A row of the beginning, as texts."""

    number: int
    cells: tuple[str, ...]


def find_header(lines: Sequence[Line], known: Collection[str] = ()) -> Line | None:
    """The row that looks most like a header, since titles and notes may stand above it.

    `known` are names of columns that are looked for, as `fold` gives them.
    """
    lines = lines[:ROWS_LOOKED_AT]
    if named := max(lines, key=lambda line: known_names(line, known), default=None):
        hits = known_names(named, known)
        if hits >= 2 or (hits == 1 and filled(named) == 1):
            return named
    width = usual_width(lines)
    for line in lines:
        if filled(line) >= 0.8 * width and not any(map(is_data, line.cells)):
            return line
    for line in lines:
        if filled(line) >= 0.5 * width:
            return line
    return lines[0] if lines else None


def usual_width(lines: Sequence[Line]) -> int:
    """How many cells most rows have, trailing empty ones left out."""
    widths = [len(header_of(line.cells)) for line in lines]
    return max(sorted(set(widths), reverse=True), key=widths.count, default=0)


def known_names(line: Line, known: Collection[str]) -> int:
    return len({fold(cell) for cell in line.cells} & set(known)) if known else 0


def filled(line: Line) -> int:
    return sum(1 for cell in line.cells if cell.strip())


def is_data(text: str) -> bool:
    """Numbers, amounts and dates stand in rows; names of columns have letters."""
    text = text.strip()
    return bool(text) and not any(map(str.isalpha, text)) and any(map(str.isdigit, text))


def fold(text: str) -> str:
    """A name as it is compared: small letters and digits only."""
    return "".join(filter(str.isalnum, text.casefold()))


def header_of(cells: Sequence[Cell]) -> tuple[str, ...]:
    """Texts, outer blanks off, trailing empty ones off."""
    texts = [as_text(cell).strip() for cell in cells]
    while texts and not texts[-1]:
        texts.pop()
    return tuple(texts)


def is_blank(cell: Cell) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def no_header(number: int) -> FileRefused:
    return FileRefused(
        "no_header",
        _("There is no header in row %(row)s: no row with cells begins there. Choose another row.")
        % {"row": number},
    )


def refuse_wide(header: tuple[str, ...]) -> tuple[str, ...]:
    """The header, unless it has too many columns. Raises FileRefused."""
    if len(header) > MAX_COLUMNS:
        raise FileRefused(
            "too_many_columns",
            _("The header has %(columns)s columns; at most %(most)s are read. Split the file.")
            % {"columns": len(header), "most": MAX_COLUMNS},
        )
    return header
