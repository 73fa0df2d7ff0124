"""File formats: rows into bytes, in constant memory. No model, request or setting comes in here."""

from exports.formats.base import (
    Document,
    Field,
    Format,
    Kind,
    Option,
    Row,
    Total,
    Totals,
    Value,
    Writer,
)
from exports.formats.csv import CSV
from exports.formats.errors import InvalidOption, TooManyRows, UnknownFormat
from exports.formats.highlights import Highlight
from exports.formats.json import JSON
from exports.formats.options import read_options
from exports.formats.pdf import PDF
from exports.formats.xlsx import XLSX, open_workbook
from exports.formats.zip import ZIP
from exports.formats.zip_archive import Archive, ArchivedPart
from exports.formats.zip_names import safe_member_name

__all__ = [
    "FORMATS",
    "Archive",
    "ArchivedPart",
    "Document",
    "Field",
    "Format",
    "Highlight",
    "InvalidOption",
    "Kind",
    "Option",
    "Row",
    "TooManyRows",
    "Total",
    "Totals",
    "UnknownFormat",
    "Value",
    "Writer",
    "find_format",
    "open_workbook",
    "read_options",
    "safe_member_name",
]

FORMATS: dict[str, Format] = {one.name: one for one in (CSV, XLSX, JSON, PDF, ZIP)}
ALIASES = {"excel": "xlsx"}


def find_format(name: str) -> Format:
    """The format of this name or alias, in any case; `UnknownFormat` if there is none."""
    asked = name.strip().lower()
    found = FORMATS.get(ALIASES.get(asked, asked))
    if found is None:
        names = ", ".join(sorted([*FORMATS, *ALIASES]))
        raise UnknownFormat(f'There is no format "{name}". Valid formats: {names}.')
    return found
