"""JSON objects of cells that PostgreSQL gives: COPY escapes most characters as JSON does."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from json.encoder import encode_basestring

from exports.formats.base import Document, Field
from exports.formats.copied import DELIMITER, NULL, bare_controls, split_cells
from exports.formats.rendering import Rendering, SqlColumn, SqlType
from exports.formats.sql_values import care_sql, cell_sql, check_kind

BARE = (SqlType.INTEGER, SqlType.FLOAT, SqlType.BOOLEAN, SqlType.JSON)  # not a text in JSON


def render_json(document: Document, columns: Sequence[SqlColumn]) -> Rendering:
    """Raises NotInSql."""
    iso = replace(document, datetime_format="iso")
    pairs = zip(columns, document.fields, strict=True)
    return Rendering(
        select=tuple(_cell(column, field, iso) for column, field in pairs),
        care=tuple(condition for column in columns for condition in _care(column, iso)),
    )


class Objects:
    """What makes objects of cells: a key before each, a quote on both sides of a text."""

    def __init__(self, fields: Sequence[Field], columns: Sequence[SqlColumn]) -> None:
        quotes = [b"" if column.type in BARE else b'"' for column in columns]
        keys = [encode_basestring(field.name).encode() for field in fields]
        self._last_quote = quotes[-1]
        before = [quotes[-1] + b"},\n    {", *(quote + b"," for quote in quotes[:-1])]
        self._before = [
            end + key + b":" + quote for end, key, quote in zip(before, keys, quotes, strict=True)
        ]
        self._has_bare = b"" in quotes
        self._nested = [n for n, column in enumerate(columns) if column.type is SqlType.JSON]

    def expand(self, lines: bytes, rows: int) -> bytes:
        """The objects, with what stands between two; a comma before the first too."""
        cells = split_cells(escape(lines))
        for number in self._nested:
            column = slice(number, None, len(self._before))
            cells[column] = map(_unescape, cells[column])
        pieces = [b""] * (2 * len(cells) + 1)
        pieces[:-1:2] = self._before * rows
        pieces[1::2] = cells
        pieces[-1] = self._last_quote + b"}"
        objects = b"".join(pieces)
        if NULL in lines:
            objects = objects.replace(b'"' + NULL + b'"', b"null")
            if self._has_bare:
                objects = objects.replace(NULL, b"null")
        return objects[len(self._last_quote) + len("}") :]


def escape(lines: bytes) -> bytes:
    """Text as JSON has it, wherever COPY has it otherwise."""
    if b"\\" in lines and (b"\\v" in lines or b"\\" + DELIMITER in lines):
        lines = lines.replace(b"\\\\", b"\0").replace(b"\\v", b"\\u000b")
        lines = lines.replace(b"\\" + DELIMITER, b"\\u001f").replace(b"\0", b"\\\\")
    for code in bare_controls(lines):
        lines = lines.replace(bytes((code,)), b"\\u%04x" % code)
    return lines.replace(b'"', b'\\"')


def _unescape(cell: bytes) -> bytes:
    """JSON itself, which needs no escapes inside of JSON."""
    return cell.replace(b'\\"', b'"').replace(b"\\\\", b"\\")


def _cell(column: SqlColumn, field: Field, document: Document) -> str:
    check_kind(column, field)
    if column.type is SqlType.BOOLEAN:
        return f"{column.name}::text"  # COPY would write only its first letter
    return cell_sql(column, field, document)


def _care(column: SqlColumn, document: Document) -> Iterator[str]:
    yield from care_sql(column, document)
    if column.type is SqlType.JSON:  # a float that Python would write with fewer digits
        yield f"{column.name}::text LIKE '%%.%%'"
