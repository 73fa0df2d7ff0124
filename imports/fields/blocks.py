"""Columns of many rows, read at once. A cell gives its value, EMPTY, or the BadValue it is."""

from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from imports.fields.base import EMPTY, Field, IsEmpty, Parser, ParseSettings
from imports.fields.rules import finisher
from imports.fields.texts import Text
from imports.fields.usual import UsualReader, usual_reader
from imports.problems import BadValue

ColumnReader: TypeAlias = Callable[[Sequence[Any]], list[Any]]

# Cells whose value is kept for the next row that says the same. Bounded, as files are long.
MOST_REMEMBERED = 2_000
LONGEST_REMEMBERED = 100  # characters
_TEXT = frozenset((str,))
# With these a text may begin that is not what it seems: ="0012", '+1, #N/A.
_SUSPICIOUS = frozenset("='#")


def column_reader(field: Field, settings: ParseSettings) -> ColumnReader:
    """What reads the cells of a column, the same as `field.parser` reads one after the other."""
    read = _careful(field.parser(settings))
    if field.remembers:
        finish, usual = finisher(field), usual_reader(field, settings)
        return _remembering(read, usual and _finished(usual, finish))
    is_bare = not settings.values and not field.empty_words and finisher(field) is None
    if isinstance(field, Text) and type(field) is Text and is_bare:
        return _plain(field, read)
    return lambda cells: list(map(read, cells))


def _careful(parse: Parser) -> Parser:
    def read(cell: Any) -> Any:
        if cell.__class__ is str:
            cell = cell.strip()
        if cell is None or cell == "":
            return EMPTY
        try:
            return parse(cell)
        except IsEmpty:
            return EMPTY
        except BadValue as error:
            return BadValue(error.code, error.message)  # alone: that one holds what was around it

    return read


def _finished(usual: UsualReader, finish: Parser | None) -> UsualReader:
    if finish is None:
        return usual

    def read(texts: Sequence[str]) -> list[Any] | None:
        values = usual(texts)
        try:
            return None if values is None else list(map(finish, values))
        except BadValue:
            return None

    return read


class _Memory:
    """What each text of a column gives."""

    def __init__(self, read: Parser, usual: UsualReader | None) -> None:
        self._read = read
        self._usual = usual
        self._known: dict[str, Any] = {}
        self._is_varied = False  # texts are mostly new, and there is no room for more of them

    def read_texts(self, texts: Sequence[str]) -> list[Any]:
        if self._is_varied and self._usual and (values := self._usual(texts)) is not None:
            return values
        known, distinct = self._known, set(texts)
        new = list(distinct.difference(known))
        if not new:
            return list(map(known.__getitem__, texts))
        found = dict(zip(new, self._read_new(new), strict=True))
        is_full = len(known) + len(new) > MOST_REMEMBERED
        if not is_full and max(map(len, new)) <= LONGEST_REMEMBERED:
            known.update(found)
            return list(map(known.__getitem__, texts))
        self._is_varied = is_full and 2 * len(new) > len(texts)
        for text in distinct.difference(new):
            found[text] = known[text]
        return list(map(found.__getitem__, texts))

    def _read_new(self, texts: list[str]) -> list[Any]:
        values = self._usual(texts) if self._usual else None
        return list(map(self._read, texts)) if values is None else values


def _remembering(read: Parser, usual: UsualReader | None) -> ColumnReader:
    read_texts = _Memory(read, usual).read_texts

    def read_all(cells: Sequence[Any]) -> list[Any]:
        if _TEXT.issuperset(map(type, cells)):
            return read_texts(cells)
        # 1, 1.0 and True are one key.
        texts = [cell for cell in cells if cell.__class__ is str]
        source = iter(read_texts(texts)) if texts else iter(())
        return [next(source) if cell.__class__ is str else read(cell) for cell in cells]

    return read_all


def _plain(field: Text, read: Parser) -> ColumnReader:
    """Texts are mostly harmless, which a look at all of them together shows."""
    most = field.max_length or 10**9
    signs = _SUSPICIOUS | {"+"} if field.is_code else _SUSPICIOUS

    def read_all(cells: Sequence[Any]) -> list[Any]:
        if not _TEXT.issuperset(map(type, cells)):
            return list(map(read, cells))
        texts = list(map(str.strip, cells))
        together = "".join(texts)
        if not together.isprintable() or max(map(len, texts)) > most:
            return list(map(read, cells))
        if any(sign in together for sign in signs):
            return [read(text) if not signs.isdisjoint(text) else text or EMPTY for text in texts]
        return [text or EMPTY for text in texts] if "" in texts else texts

    return read_all
