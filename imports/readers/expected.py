"""About how many rows a file has, before it is read: for those who wait. No rule rests on it."""

import re
from pathlib import Path

LOOKED_AT = 64 << 20  # bytes; 64 MB take 0.03 s of a processor
PIECE = 1 << 20  # bytes

_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\s+ref=\"[A-Z]{1,3}\d+:[A-Z]{1,3}(\d{1,7})\"")


def lines_in(path: Path) -> int:
    """Line ends of a text, those within quotes too; a long text's go by its beginning."""
    feeds = returns = looked_at = 0
    with path.open("rb") as stream:
        while looked_at < LOOKED_AT and (data := stream.read(PIECE)):
            feeds += data.count(b"\n")
            returns += 0 if feeds else data.count(b"\r")
            looked_at += len(data)
    return (feeds or returns) * path.stat().st_size // max(1, looked_at)


def last_row_said(beginning: bytes) -> int:
    """The last row by the word of a sheet, which may be wrong; 0 when it says none."""
    said = _DIMENSION.search(beginning)
    return int(said[1]) if said else 0
