"""ZIP: one file in another format, with `metadata.json` beside it. For several: `Archive`."""

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from typing import BinaryIO

from exports.formats.base import Document, Format, Option, Row, Totals, Writer
from exports.formats.csv import CSV
from exports.formats.json import JSON
from exports.formats.options import read_options
from exports.formats.xlsx import XLSX
from exports.formats.zip_archive import LEVEL, Archive

PART_FORMATS = {one.name: one for one in (CSV, XLSX, JSON)}


class ZipWriter:
    def __init__(self, stream: BinaryIO, document: Document, part: Format, level: int) -> None:
        self._document = document
        self._part = part
        self._archive = Archive(stream, level=level)
        self._open = ExitStack()
        name = f"{document.title}.{part.extension}"
        inner = self._open.enter_context(self._archive.part(name, is_compressed=part is XLSX))
        self._writer: Writer = part.open(inner, document, {})

    def write(self, rows: Sequence[Row]) -> None:
        self._writer.write(rows)

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
    chosen = read_options(ZIP, options)
    part = PART_FORMATS[str(chosen["part_format"])]
    return ZipWriter(stream, document, part, int(str(chosen["level"])))


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
    ),
)
