"""Rows of a sheet with an odd text: taken apart into cells, column by column."""

import re
from collections.abc import Iterator, Sequence

from exports.formats.copied import DELIMITER, protect, restore, split_cells
from exports.formats.xlsx_plain import has_odd_texts, to_xml
from exports.formats.xlsx_signs import NO_LOOK, NUMBER_END, TEXT_END, Around, Group, Signs
from exports.formats.xlsx_text import text_cell

_BETWEEN = TEXT_END + DELIMITER
_CONTROLS = re.compile(rb"[\x00-\x1f]").search


class OddRows:
    def __init__(self, groups: Sequence[Group], signs: Signs) -> None:
        self._groups = groups
        self._patterns = [_pattern(group, signs) for group in groups]

    def expand(self, lines: bytes) -> bytes:
        copied = split_cells(protect(lines))
        columns: list[list[bytes]] = []
        for number, group in enumerate(self._groups):
            columns += self._columns(number, group, copied[number :: len(self._groups)])
        rows = map(b"".join, zip(*columns, strict=True))
        return b"".join(b"<row>%b</row>" % row for row in rows)

    def _columns(self, number: int, group: Group, copied: list[bytes]) -> Iterator[list[bytes]]:
        found = [self._patterns[number].fullmatch(one) for one in copied]
        parts = [one.groups(b"") for one in found if one]
        if len(parts) < len(copied):
            raise ValueError("PostgreSQL gave cells without their signs")
        arounds = [group.text, *group.numbers] if group.text else group.numbers
        for around, cells in zip(arounds, zip(*parts, strict=True), strict=True):
            yield _texts(cells, around) if around.is_text else _numbers(cells, around)


def _pattern(group: Group, signs: Signs) -> re.Pattern[bytes]:
    """From its end on there is but one way to read it: no control character is in a number."""
    text = b""
    if group.text:
        looks = b"".join([NO_LOOK, *signs.looks.values()]) if group.text.styles else b""
        text = (b"[%b]" % re.escape(looks) if looks else b"") + b"(.*)" + TEXT_END
    numbers = [
        b"(?:%b([^\\x00-\\x1f]*)%b|%b)"
        % (signs.opens[one.before], NUMBER_END, signs.blanks[one.blank])
        for one in group.numbers
    ]
    return re.compile(text + b"".join(numbers), re.DOTALL)


def _numbers(cells: Sequence[bytes], around: Around) -> list[bytes]:
    before, after, blank = around.before, around.after, around.blank
    return [before + cell + after if cell else blank for cell in cells]


def _texts(cells: Sequence[bytes], around: Around) -> list[bytes]:
    """Few of the columns have an odd text."""
    bounded = DELIMITER + _BETWEEN.join(cells) + TEXT_END
    if around.styles or _CONTROLS(b"".join(cells)) or has_odd_texts(bounded):
        return [_text(restore(cell).decode(), around) for cell in cells]
    xml = to_xml(bounded)[1:-1].split(_BETWEEN)
    return _numbers(xml, around)


def _text(text: str, around: Around) -> bytes:
    if not text:
        return around.blank
    return text_cell(text, around.styles.get(text, around.text_style or 0)).encode()
