"""Rows of the same form, hundreds at a time, column by column."""

import re
from itertools import compress
from operator import lt

from imports.readers.workbooks.cells import SHARED, TEXT
from imports.readers.workbooks.forms import Form
from imports.readers.workbooks.rows import MAX_ROWS, Item, Meaning, Stretch
from imports.readers.workbooks.singles import Kinds, read_row
from imports.readers.workbooks.texts import BLANKS, Odd, mend_all

LESSONS = 12  # a sheet whose rows are of no form after these has none
PUPILS = 60  # rows that a lesson looks at
FEW = 6  # rows that are not worth a stretch
MISSED = 0.02  # of the rows, until the form is learned anew
_NO_ROWS = re.compile(r"(?:\s*<row(?:\s[^<>]*)?/>)*\s*")


class Stretches:
    """Blocks of rows into stretches; rows of another form, in their places, one by one."""

    def __init__(self, meaning: Meaning, kinds: Kinds) -> None:
        self._meaning = meaning
        self._kinds = kinds
        self._form = Form(kinds)
        self._lessons = 0

    def read(self, text: str, last: int) -> tuple[list[Item], int]:
        """The rows of a text that ends in </row>, and the number of the last.

        None at all are given where Odd or Unreadable is raised.
        """
        parts, step = self._form.split(text), self._form.step
        before = parts[::step]
        items: list[Item] = []
        missed: list[str] = []
        begin = 0
        for place, between in enumerate(before):
            if not between or not between.strip(BLANKS):
                continue
            if begin < place:
                last = self._add(items, parts[begin * step : place * step], last)
                begin = place
            rows, rest = split_rows(between)
            if rest and parts[place * step + 1] is None:
                raise Odd  # only the parser counts rows that are not there
            for row_text in rows:
                row = read_row(row_text, last, self._meaning, self._kinds)
                last = row.number
                items.append(row)
                missed.append(row_text)
        if begin < len(before) - 1:
            last = self._add(items, parts[begin * step : -1], last)
        self._learn(missed, len(before) - 1 + len(missed))
        return items, last

    def _learn(self, missed: list[str], rows: int) -> None:
        if len(missed) > max(1, rows * MISSED) and self._lessons < LESSONS:
            self._lessons += 1
            self._form.learn(missed[:: len(missed) // PUPILS + 1])

    def _add(self, items: list[Item], parts: list[str | None], last: int) -> int:
        """The number of the last row added."""
        step = self._form.step
        numbers = _numbers(parts[1::step], last)
        stretch = Stretch(numbers, [], [], [])
        for group, (place, kind) in enumerate(self._form.sources, 2):
            texts = parts[group::step]
            if any(texts):
                stretch.places.append(place)
                stretch.kinds.append(TEXT if kind == SHARED else kind)
                stretch.columns.append(self._resolve(kind, texts))
        stretch = without_blanks(stretch)
        if len(stretch.numbers) < FEW:
            items += stretch.rows()
        else:
            items.append(stretch)
        return numbers[-1]

    def _resolve(self, kind: str, found: list[str | None]) -> list[str]:
        if kind == SHARED:
            return self._meaning.strings.take(found)
        texts = [text or "" for text in found]
        return mend_all(texts) if kind == TEXT else texts


def split_rows(text: str) -> tuple[list[str], str]:
    """Rows without </row>, and those after them that have no cells."""
    *rows, rest = text.split("</row>")
    if not _NO_ROWS.fullmatch(rest):
        raise Odd
    return rows, rest.strip(BLANKS)


def without_blanks(stretch: Stretch) -> Stretch:
    for kind, texts in zip(stretch.kinds, stretch.columns, strict=True):
        if "" not in texts and (kind != TEXT or all(map(str.strip, texts))):
            return stretch
    rows = zip(*stretch.columns, strict=True)
    filled = [bool("".join(cells).strip()) for cells in rows] or [False] * len(stretch.numbers)
    stretch.numbers = list(compress(stretch.numbers, filled))
    stretch.columns = [list(compress(texts, filled)) for texts in stretch.columns]
    return stretch


def _numbers(texts: list[str | None], last: int) -> list[int]:
    if not any(texts):
        numbers = list(range(last + 1, last + 1 + len(texts)))
    else:
        numbers = [int(text or last) for text in texts]
    if numbers[0] <= last or numbers[-1] > MAX_ROWS or not all(map(lt, numbers, numbers[1:])):
        raise Odd
    return numbers
