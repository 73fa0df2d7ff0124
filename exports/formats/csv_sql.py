"""CSV lines by PostgreSQL: COPY quotes as the option "minimal" or "all" does, and much faster."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from exports.formats.base import Document, Field
from exports.formats.guard import SUSPECT_STARTS
from exports.formats.rendering import NotInSql, Rendering, SqlColumn, SqlType, literal
from exports.formats.sql_values import care_sql, cell_sql, json_care_sql, text_sql

SUSPECT_CODES = ", ".join(str(ord(char)) for char in sorted(SUSPECT_STARTS) if char != "\0")
SUSPECT_BYTES = frozenset(char.encode()[0] for char in SUSPECT_STARTS)  # the first of each
PLAIN, SUSPECT = "1", "2"  # marks of lines
QUOTE = b'"'


def render_csv(
    document: Document, options: Mapping[str, object], columns: Sequence[SqlColumn], comma: str
) -> Rendering:
    """Raises NotInSql."""
    if options["quote"] not in ("minimal", "all"):
        raise NotInSql
    quotes_all = options["quote"] == "all"
    cells = [
        _cell(column, field, document, quotes_all=quotes_all)
        for column, field in zip(columns, document.fields, strict=True)
    ]
    return Rendering(
        select=(*cells, _mark(columns, is_guarded=bool(options["formula_guard"]))),
        care=tuple(condition for column in columns for condition in _care(column, document)),
        delimiter=comma,
        quotes_all=quotes_all,
    )


def _mark(columns: Sequence[SqlColumn], *, is_guarded: bool) -> str:
    """One more cell, which says whether a text may be a formula. Python decides that."""
    texts = [column.name for column in columns if column.type is SqlType.TEXT]
    if not is_guarded or not texts:
        return literal(PLAIN)
    suspects = " OR ".join(f"ascii({text}) IN ({SUSPECT_CODES})" for text in texts)
    return f"CASE WHEN {suspects} THEN {literal(SUSPECT)} ELSE {literal(PLAIN)} END"


class Lines:
    """What tells lines apart that COPY wrote, each with a mark.

    A mark is quoted, so it is no part of a text: there, every quote would be doubled.
    """

    def __init__(self, comma: str) -> None:
        self._plain_end, self._suspect_end = (
            f'{comma}"{mark}"\n'.encode() for mark in (PLAIN, SUSPECT)
        )

    def parts(self, lines: bytes, end: bytes) -> Iterator[tuple[bytes, bytes]]:
        """Some plain lines with this end, then one without any of which a text may be a formula."""
        *parts, rest = lines.split(self._suspect_end)
        for part in parts:
            begin = part.rfind(self._plain_end)
            begin = begin + len(self._plain_end) if begin >= 0 else 0
            yield part[:begin].replace(self._plain_end, end), part[begin:]
        yield rest.replace(self._plain_end, end), b""

    def single(self, lines: bytes) -> Iterator[tuple[bytes, bool]]:
        """Each line without its end, and whether a text of it may be a formula."""
        for part in lines.split(self._suspect_end):
            *plain, suspect = part.split(self._plain_end)
            yield from ((line, False) for line in plain)
            if suspect:
                yield suspect, True


def cells_in(comma: str) -> Callable[[bytes], list[bytes]]:
    """What takes apart a line that COPY wrote, quotes and all. The csv module has a limit."""
    end = re.escape(comma)
    cell = re.compile(f'(?:^|{end})("[^"]*(?:""[^"]*)*"|[^"{end}]*)'.encode())

    def split(line: bytes) -> list[bytes]:
        return cell.findall(line) if b'"' in line else line.split(comma.encode())

    return split


def text_in(cell: bytes) -> bytes:
    return cell[1:-1].replace(b'""', QUOTE) if cell.startswith(QUOTE) else cell


def _cell(column: SqlColumn, field: Field, document: Document, *, quotes_all: bool) -> str:
    if quotes_all:
        return f"coalesce({text_sql(column, field, document)}, '')"
    if column.type is SqlType.TEXT:
        return f"nullif({column.name}, '')"  # COPY would quote an empty text, to tell it from NULL
    return cell_sql(column, field, document)


def _care(column: SqlColumn, document: Document) -> Iterator[str]:
    yield from care_sql(column, document)
    if column.type is SqlType.JSON:
        yield json_care_sql(column)
