"""Cells as PostgreSQL's COPY writes them in its text format, many rows at a time.

A line a row, US between cells. Backslashes escape what would be taken for either, and themselves:
https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". PostgreSQL knows no NUL, so a
NUL can stand for an escaped backslash here, and every backslash left begins an escape.
"""

DELIMITER = b"\x1f"
NULL = b"\v"  # by itself it is none of a text's characters, being escaped there
END = b"\n"
# What an escape is of, once `protect` has been at work. "d" is our own.
ESCAPES = {
    b"\\b": b"\b",
    b"\\t": b"\t",
    b"\\n": b"\n",
    b"\\v": b"\v",
    b"\\f": b"\f",
    b"\\r": b"\r",
    b"\\d": DELIMITER,
    b"\0": b"\\",
}
_ORDINARY = bytes(code for code in range(256) if code >= 0x20 or code in DELIMITER + END + NULL)


def protect(lines: bytes) -> bytes:
    """No delimiter is left but those between cells, no backslash but those of escapes."""
    return lines.replace(b"\\\\", b"\0").replace(b"\\" + DELIMITER, b"\\d")


def restore(cell: bytes) -> bytes:
    """The text of a protected cell."""
    for escape, char in ESCAPES.items():
        cell = cell.replace(escape, char)
    return cell


def bare_controls(lines: bytes) -> set[int]:
    """The control characters that COPY does not escape."""
    return set(lines.translate(None, _ORDINARY))


def split_cells(lines: bytes) -> list[bytes]:
    """The cells of all the rows, one after the other."""
    cells = lines.replace(END, DELIMITER).split(DELIMITER)
    cells.pop()  # what follows the last line's end
    return cells
