"""Column widths from the first rows: the largest letters with which every column fits.

Widths are in thousandths of the font size until the size is chosen, then in points.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from exports.formats.base import Document, Field, Kind, Row
from exports.formats.pdf_fonts import Typeface
from exports.formats.pdf_text import PageTally
from exports.formats.values import text_table

SIZES = (8.5, 8.0, 7.5, 7.0, 6.5, 6.0, 5.5)  # points; smaller ones are hard to read on paper
PADDING = 300  # left and right of the text
CELL_LINES, HEADER_LINES = 2, 3
WIDEST = 30_000  # what a cell may ask for; a longer one is wrapped and cut
LONGEST_WORD = 9_000
WRAPPED = 22_000  # what a wrapped cell may ask for before letters get smaller
SLACK = 1.15  # two lines are rarely equally long
STRETCH = 1.5  # a narrow table stays a table

WRAPPING = (Kind.TEXT, Kind.JSON, Kind.DATETIME)


@dataclass(frozen=True, kw_only=True)
class Need:
    """A column's width when nothing wraps, and when cells wrap as they may."""

    whole: float
    least: float


@dataclass(frozen=True, kw_only=True)
class Column:
    """Where a column is on its page, in points."""

    number: int  # in the row
    left: float
    width: float
    is_right: bool


@dataclass(frozen=True, kw_only=True)
class Layout:
    size: float  # of the letters
    groups: tuple[tuple[Column, ...], ...]  # each is a page across; all begin with the first column


def lay_out(
    document: Document, rows: Sequence[Row], faces: tuple[Typeface, Typeface], width: float
) -> Layout:
    """`faces` are the one of cells and the one of headers; `width` is the page's."""
    needs = [
        _need(document, field, [row[number] for row in rows], faces)
        for number, field in enumerate(document.fields)
    ]
    fewest = len(_split(needs, _room(width, SIZES[-1])))
    size = next(one for one in SIZES if len(_split(needs, _room(width, one))) == fewest)
    room = _room(width, size)
    groups = tuple(
        _place(document, [(number, needs[number]) for number in group], room, size)
        for group in _split(needs, room)
    )
    return Layout(size=size, groups=groups)


def _room(width: float, size: float) -> float:
    return width / size * 1000


def _need(
    document: Document, field: Field, values: Sequence[object], faces: tuple[Typeface, Typeface]
) -> Need:
    by, tally, (face, bold) = text_table(field.kind, document), PageTally(), faces
    texts = [tally.visible(by[type(value)](value)[:1000]) for value in values]
    header = tally.visible(field.header)
    widths = sorted(map(face.width, texts)) or [0.0]
    header_width = bold.width(header)
    header_least = max(_longest_word([header], bold), header_width / HEADER_LINES * SLACK)
    whole, least = max(widths[-1], header_width), max(widths[-1], header_least)
    if field.kind in WRAPPING:
        usual = min(widths[len(widths) * 9 // 10] / CELL_LINES * SLACK, WRAPPED)
        least = max(header_least, usual, _longest_word(texts, face))
    whole = min(whole, WIDEST)
    least = min(least, whole)
    return Need(whole=whole + 2 * PADDING, least=least + 2 * PADDING)


def _longest_word(texts: Sequence[str], face: Typeface) -> float:
    words = {word for text in texts for word in text.split()}
    return min(max(map(face.width, words), default=0.0), LONGEST_WORD)


def _split(needs: Sequence[Need], room: float) -> list[list[int]]:
    """Columns by pages across. The first one is on each, to tell which row it is."""
    groups: list[list[int]] = [[0]]
    used = needs[0].least
    for number, need in enumerate(needs[1:], 1):
        if used + need.least > room and len(groups[-1]) > 1:
            groups.append([0])
            used = needs[0].least
        groups[-1].append(number)
        used += need.least
    return groups


def _place(
    document: Document, needs: Sequence[tuple[int, Need]], room: float, size: float
) -> tuple[Column, ...]:
    columns, left = [], 0.0
    for (number, _), width in zip(needs, _share([need for _, need in needs], room), strict=True):
        points = width * size / 1000
        is_right = document.fields[number].kind.is_numeric
        columns.append(Column(number=number, left=left, width=points, is_right=is_right))
        left += points
    return tuple(columns)


def _share(needs: Sequence[Need], room: float) -> list[float]:
    """What is left over goes first to the columns that need the least of it, then to all."""
    widths = [one.least for one in needs]
    left = room - sum(widths)
    missing = sorted((one.whole - one.least, number) for number, one in enumerate(needs))
    for waiting, (more, number) in zip(range(len(needs), 0, -1), missing, strict=True):
        given = max(0.0, min(more, left / waiting))
        widths[number] += given
        left -= given
    stretch = min(STRETCH, room / sum(widths))
    return [width * stretch for width in widths]
