"""Files of mended rows: our report of failed rows, or what looks like one.

They begin with the columns Row and Problem, then come those of the uploaded file, in any order.
"""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from django.utils.translation import gettext as _

from imports import guard
from imports.errors import InvalidRequest
from imports.mapping import column_names
from imports.models import ImportJob
from imports.problems import FileRefused
from imports.readers.base import Cell, Layout, RawRow, Reader, open_reader
from imports.readers.opening import CSV
from imports.readers.sniff import look

ROW, PROBLEM = "Row", "Problem"  # the first two columns of a report
OWN_COLUMNS = 2


def check_file(job: ImportJob, path: Path, name: str) -> None:
    """Raises InvalidRequest when this is no report of the job's failed rows."""
    try:
        guess = look(path, name, Layout(header_row=1))
    except FileRefused as refusal:
        raise InvalidRequest({"file": [str(refusal)]}) from refusal
    own = [text.strip().casefold() for text in guess.header[:OWN_COLUMNS]]
    if own != [ROW.casefold(), PROBLEM.casefold()]:
        message = _(
            "The first two columns must be “Row” and “Problem”. Download the failed rows, mend "
            "them in that file and drop it here."
        )
        raise InvalidRequest({"file": [message]})
    there = set(column_names(guess.header[OWN_COLUMNS:]))
    missing = [c for c, field in job.mapping.items() if field is not None and c not in there]
    if missing:
        message = _("The column “%(names)s” is missing. Keep all columns of the report.")
        raise InvalidRequest({"file": [message % {"names": "”, “".join(missing)}]})


@contextmanager
def open_mended(
    path: Path, name: str, header: Sequence[str]
) -> Iterator[tuple["Arrangement", Reader]]:
    """An open file and how it is arranged; `header` is that of the uploaded file.

    Raises FileRefused, also while it is read.
    """
    guess = look(path, name, Layout(header_row=1))
    with closing(open_reader(path, name, guess.layout)) as reader:
        yield Arrangement(header, reader.header, is_guarded=guess.kind == CSV), reader


class Arrangement:
    """Where the columns of the uploaded file are in the mended one."""

    def __init__(
        self, header: Sequence[str], mended_header: Sequence[str], *, is_guarded: bool
    ) -> None:
        names = column_names(mended_header[OWN_COLUMNS:])
        places = {name: place for place, name in enumerate(names, OWN_COLUMNS)}
        self._places = [places.get(name) for name in column_names(header)]
        self._width = len(mended_header)
        self._is_guarded = is_guarded  # against being run as formulas; workbooks need it not

    def number_of(self, raw: RawRow) -> int:
        """The row that it was in the uploaded file; 0 if it does not say so."""
        cell = raw.cells[0] if raw.cells else None
        text = f"{cell:.0f}" if isinstance(cell, float) else str(cell or "").strip()
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0

    def cells_of(self, raw: RawRow) -> list[Cell]:
        """The cells in the order of the uploaded file; too many stay too many."""
        cells = [
            raw.cells[place] if place is not None and place < len(raw.cells) else ""
            for place in self._places
        ]
        cells += raw.cells[self._width :]
        if not self._is_guarded:
            return cells
        return [guard.bare(cell) if isinstance(cell, str) else cell for cell in cells]
