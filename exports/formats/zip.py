"""ZIP: one file in another format, with `metadata.json` beside it. For several: `Archive`."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import BinaryIO, Protocol, cast

from exports.formats.base import Document, Format, Option, Row, Totals
from exports.formats.csv import CSV
from exports.formats.json import JSON
from exports.formats.options import read_options
from exports.formats.rendering import RenderedWriter, Rendering, SqlColumn
from exports.formats.stored import Columns, StoredColumn, StoredWriter
from exports.formats.xlsx import XLSX
from exports.formats.zip_archive import LEVEL, Archive

PART_OPTIONS = ("bom", "delimiter", "formula_guard")  # of CSV, for the file in the archive
PART_FORMATS = {one.name: one for one in (CSV, XLSX, JSON)}


class PartWriter(RenderedWriter, StoredWriter, Protocol):
    """As every format of a part has."""


class ZipWriter:
    def __init__(self, stream: BinaryIO, document: Document, chosen: Mapping[str, object]) -> None:
        part = PART_FORMATS[str(chosen["part_format"])]
        self._document = document
        self._part = part
        self._archive = Archive(stream, level=int(str(chosen["level"])))
        self._open = ExitStack()
        name = f"{document.title}.{part.extension}"
        inner = self._open.enter_context(self._archive.part(name, is_compressed=part is XLSX))
        self._writer = cast(PartWriter, part.open(inner, document, part_options(chosen)))

    def write(self, rows: Sequence[Row]) -> None:
        self._writer.write(rows)

    def render(self, columns: Sequence[SqlColumn]) -> Rendering:
        return self._writer.render(columns)

    def write_rendered(self, lines: bytes, rows: int) -> None:
        self._writer.write_rendered(lines, rows)

    def expect(self, columns: Sequence[StoredColumn]) -> None:
        self._writer.expect(columns)

    def write_stored(self, columns: Columns) -> None:
        self._writer.write_stored(columns)

    def close(self) -> Totals:
        totals = self._writer.close()
        self._open.close()
        self._archive.add_metadata(describe(self._document, self._part, totals))
        self._archive.close()
        return totals


def describe(document: Document, part: Format, totals: Totals) -> dict[str, object]:
    """What a program, or a person years later, should know of one file."""
    return {
        "title": document.title,
        "format": part.name,
        "as_of": document.as_of,
        "rows": totals.rows,
        "columns": [
            {"name": field.name, "header": field.header, "type": field.kind.value}
            for field in document.fields
        ],
        "about": dict(document.about),
        "export": dict(document.envelope),
    }


def open_zip(stream: BinaryIO, document: Document, options: Mapping[str, object]) -> ZipWriter:
    return ZipWriter(stream, document, read_options(ZIP, options))


def part_options(chosen: Mapping[str, object]) -> dict[str, object]:
    """Those options of the archive that are meant for the file in it."""
    part = PART_FORMATS[str(chosen["part_format"])]
    return {option.name: chosen[option.name] for option in part.options if option.name in chosen}


ZIP = Format(
    name="zip",
    label="ZIP",
    extension="zip",
    content_type="application/zip",
    open=open_zip,
    bytes_per_cell=5,
    options=(
        Option(
            name="part_format",
            label="File in the archive",
            default="csv",
            choices=tuple((one.name, one.label) for one in PART_FORMATS.values()),
            aliases=(("excel", "xlsx"),),
        ),
        Option(
            name="level",
            label="Compression",
            default=LEVEL,
            limits=(0, 9),
            help="0 is fastest, 9 is smallest.",
        ),
        *(option for option in CSV.options if option.name in PART_OPTIONS),
    ),
)
