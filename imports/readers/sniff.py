"""A look at the beginning of a file: how it is to be read, its header and its first rows.

Everything found out is a guess that a person may change; the layout says how to read the file.
"""

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from imports.problems import FileRefused
from imports.readers.base import Guess, Layout
from imports.readers.delimiters import guess_delimiter, marked_delimiter, split
from imports.readers.encodings import decoder_for, guess_encoding
from imports.readers.headers import Line, find_header, fold, header_of, no_header, refuse_wide
from imports.readers.opening import CSV, XLSX, Source, open_source
from imports.readers.sandbox import Sandbox
from imports.readers.sentences import refuse
from imports.readers.unreadable import Unreadable
from imports.readers.values import as_text
from imports.readers.xlsx import RowDecoder

TEXT_BYTES = 256 << 10
SHEET_ROWS = 200
SAMPLES = 5


def look(path: Path, name: str, layout: Layout, known: Collection[str] = ()) -> Guess:
    """What the file is and how to read it; what `layout` says already is kept.

    `known`: names of columns that may be in the header, which help to find it. Raises FileRefused.
    """
    source = open_source(path, name)
    try:
        return look_at(source, layout, known)
    finally:
        source.close()


def look_at(source: Source, layout: Layout, known: Collection[str] = ()) -> Guess:
    names = {fold(name) for name in known}
    if source.kind == XLSX:
        return _look_at_workbook(source.path, layout, names)
    return _look_at_text(source.path, layout, names)


def _look_at_text(path: Path, layout: Layout, known: Collection[str]) -> Guess:
    with path.open("rb") as stream:
        beginning = stream.read(TEXT_BYTES)
        is_whole = not stream.read(1)
    encoding, is_sure = layout.encoding, True
    if not encoding:
        encoding, is_sure = guess_encoding(beginning, is_whole=is_whole)
    text = _decode(beginning, encoding, is_whole=is_whole)
    marked = marked_delimiter(text)
    delimiter = layout.delimiter or marked or guess_delimiter(text, known)
    lines = split(text, delimiter)
    notes = []
    if marked:
        lines = [line for line in lines if line.number > 1]
        notes.append(_("The first line only names the delimiter, so it is left out."))
    if not is_sure:
        notes.append(
            _("The file is not in Unicode, and its encoding is a guess. Look at letters like é.")
        )
    header, samples = _header_and_samples(lines, layout.header_row, known, notes)
    return Guess(
        layout=replace(
            layout, encoding=encoding, delimiter=delimiter, header_row=header.number, sheet=""
        ),
        kind=CSV,
        header=refuse_wide(header_of(header.cells)),
        samples=samples,
        is_encoding_sure=is_sure,
        notes=tuple(notes),
    )


def _decode(beginning: bytes, encoding: str, *, is_whole: bool) -> str:
    """Good as far as it goes: where the bytes are bad, the reader says in which line."""
    decoder = decoder_for(encoding, beginning)
    try:
        text = decoder.decode(beginning, is_whole)
    except UnicodeDecodeError as error:
        text = error.object[: error.start].decode(error.encoding, errors="replace")
    if not is_whole:  # the last line may be cut
        text = text[: max(text.rfind("\n"), text.rfind("\r")) + 1] or text
    return text


def _look_at_workbook(path: Path, layout: Layout, known: Collection[str]) -> Guess:
    sandbox: Sandbox | None = None
    try:
        most = layout.header_row + SHEET_ROWS
        sandbox = Sandbox(path, sheet=layout.sheet, most_rows=most)
        book = sandbox.book
        decoder = RowDecoder(is_1904=book.is_1904)
        lines = [
            Line(number=row.number, cells=tuple(map(as_text, row.cells)))
            for row in decoder.decode_all(sandbox.items(), ())
        ]
    except Unreadable as refusal:
        raise refuse(refusal) from refusal
    finally:
        if sandbox:
            sandbox.close()
    notes = []
    if book.hidden:
        notes.append(
            _("The workbook has hidden sheets: %(sheets)s.") % {"sheets": ", ".join(book.hidden)}
        )
    header, samples = _header_and_samples(lines, layout.header_row, known, notes)
    return Guess(
        layout=replace(
            layout, sheet=book.sheet, header_row=header.number, encoding="", delimiter=""
        ),
        kind=XLSX,
        header=refuse_wide(header_of(header.cells)),
        samples=samples,
        sheets=book.visible,
        notes=tuple(notes),
    )


def _header_and_samples(
    lines: Sequence[Line], row: int, known: Collection[str], notes: list[str]
) -> tuple[Line, tuple[tuple[str, ...], ...]]:
    """The header, be it said or found, and the rows after it."""
    if row:
        header = next((line for line in lines if line.number == row), None)
        if header is None:
            raise no_header(row)
    elif not (header := find_header(lines, known)):
        raise FileRefused(
            "empty_file", _("The file has no rows. Upload one with a header and rows.")
        )
    elif above := [line for line in lines if line.number < header.number]:
        notes.append(
            ngettext(
                "The header is in row %(row)s; the row above it is left out.",
                "The header is in row %(row)s; %(count)s rows above it are left out.",
                len(above),
            )
            % {"row": header.number, "count": len(above)}
        )
    after = [line.cells for line in lines if line.number > header.number]
    return header, tuple(after[:SAMPLES])
