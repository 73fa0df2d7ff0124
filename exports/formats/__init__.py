"""File formats: rows into bytes, in constant memory. No model, request or setting comes in here."""

from exports.formats.base import (
    Document,
    Field,
    Format,
    Kind,
    Option,
    Row,
    Totals,
    Value,
    Writer,
)
from exports.formats.csv import CSV
from exports.formats.errors import InvalidOption, UnknownFormat
from exports.formats.json import JSON
from exports.formats.options import read_options
from exports.formats.xlsx import XLSX

__all__ = [
    "FORMATS",
    "Document",
    "Field",
    "Format",
    "InvalidOption",
    "Kind",
    "Option",
    "Row",
    "Totals",
    "UnknownFormat",
    "Value",
    "Writer",
    "find_format",
    "read_options",
]

FORMATS: dict[str, Format] = {one.name: one for one in (CSV, XLSX, JSON)}
ALIASES = {"excel": "xlsx"}


def find_format(name: str) -> Format:
    """The format of this name or alias, in any case; `UnknownFormat` if there is none."""
    asked = name.strip().lower()
    found = FORMATS.get(ALIASES.get(asked, asked))
    if found is None:
        names = ", ".join(sorted([*FORMATS, *ALIASES]))
        raise UnknownFormat(f'There is no format "{name}". Valid formats: {names}.')
    return found
