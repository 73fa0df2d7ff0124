"""Which character parts the cells of a text: the one that gives consistent rows."""

import csv
import io
from collections.abc import Collection

from imports.readers.headers import Line, find_header, header_of, is_data, known_names, usual_width

DELIMITERS = (",", ";", "\t", "|")
RECORDS = 200  # looked at
MARK = "sep="  # Excel's own first line: sep=;


def marked_delimiter(text: str) -> str:
    """The delimiter that the first line names, as Excel writes it."""
    first = text.partition("\n")[0].rstrip("\r").strip('"')
    return first[4:] if first.lower().startswith(MARK) and len(first) == 5 else ""


def guess_delimiter(text: str, known: Collection[str] = ()) -> str:
    """A comma when there is but one column."""
    return max(DELIMITERS, key=lambda delimiter: _score(split(text, delimiter), known))


def split(text: str, delimiter: str) -> list[Line]:
    """The first records that are not blank; broken quotes are taken as they come."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    lines: list[Line] = []
    start = 1
    try:
        for cells in reader:
            if any(map(str.strip, cells)):
                lines.append(Line(number=start, cells=tuple(cells)))
            start = reader.line_num + 1
            if len(lines) == RECORDS:
                break
    except csv.Error:
        pass  # a field without an end; what came before it tells enough
    return lines


def _score(lines: list[Line], known: Collection[str]) -> tuple[int, float, int]:
    """Names that are known first, then how many rows agree on a width, then the width."""
    header = find_header(lines, known)
    if header is None or len(header.cells) < 2:
        return 0, 0.0, 0
    names = known_names(header, known)
    width = usual_width(lines)
    if width < 2:
        return names, 0.0, 0
    # A trailing delimiter, or trailing blanks left out, are no disagreement.
    agree = sum(1 for line in lines if len(header_of(line.cells)) == width) / len(lines)
    cells = header_of(header.cells)
    named = len(cells) == width and sum(map(is_data, cells)) <= width / 2
    return names if names >= 2 else 0, round(agree, 1) + named, width
