"""CSV: RFC 4180, or exactly what another program's reader expects.

None and the empty text are both an empty field.
"""

import datetime as dt
import re
import zlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from types import NoneType
from typing import BinaryIO

from exports.formats.base import Document, Field, Format, Option, Row, Totals
from exports.formats.guard import SUSPECT_STARTS, Tally, is_formula
from exports.formats.options import read_options
from exports.formats.stream import TextSink, check_cells, check_document
from exports.formats.values import ByType, text_table, then

# Their text has neither a delimiter nor a blank, and no spreadsheet runs a number.
HARMLESS = (NoneType, bool, int, float, Decimal, dt.date, dt.time)


GZIP_WINDOW = 31  # zlib's window of 2^15 bytes, and 16 for gzip's header, which has no time then


class GzipPipe:
    """Bytes on their way into a gzip file, which is whole only after `finish`."""

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._squeezer = zlib.compressobj(wbits=GZIP_WINDOW)

    def write(self, data: bytes) -> None:
        self._write(self._squeezer.compress(data))

    def finish(self) -> None:
        self._write(self._squeezer.flush())


class CsvWriter:
    def __init__(self, stream: BinaryIO, document: Document, options: Mapping[str, object]) -> None:
        check_document(document)
        self._document = document
        self._tally = Tally()
        self._rows = 0
        self._gzip = GzipPipe(stream.write) if options["gzip"] else None
        self._sink = TextSink(self._gzip.write if self._gzip else stream.write)
        self._comma = {"tab": "\t"}.get(str(options["delimiter"]), str(options["delimiter"]))
        self._line_end = "\n" if options["line_end"] == "lf" else "\r\n"
        self._must_quote = quote_rule(str(options["quote"]), self._comma)
        self._guarded = bool(options["formula_guard"])
        self._columns = [self._column(field) for field in document.fields]
        self._sink.add("\ufeff" if options["bom"] else "")
        headers = [self._text_encoder(numeric=False)(field.header) for field in document.fields]
        self._sink.add(self._line(headers))

    def write(self, rows: Sequence[Row]) -> None:
        check_cells(rows, self._document)
        columns, line, add = self._columns, self._line, self._sink.add
        for row in rows:
            add(line([by[type(value)](value) for by, value in zip(columns, row, strict=True)]))
        self._rows += len(rows)

    def close(self) -> Totals:
        self._sink.flush()
        if self._gzip:
            self._gzip.finish()
        return Totals(
            rows=self._rows,
            protected_cells=self._tally.protected_cells,
            removed_nuls=self._tally.removed_nuls,
        )

    def _line(self, cells: list[str]) -> str:
        # A record of one empty field would be a blank line, which readers skip.
        return (self._comma.join(cells) or '""') + self._line_end

    def _column(self, field: Field) -> ByType:
        table = text_table(field.kind, self._document)
        finish = self._text_encoder(numeric=field.kind.is_numeric)
        for kind, encode in table.items():
            if kind is str:
                table[kind] = finish
            elif kind not in HARMLESS:
                table[kind] = then(encode, finish)
            elif self._must_quote(""):
                table[kind] = then(encode, lambda text: f'"{text}"')
        return table

    def _text_encoder(self, *, numeric: bool) -> Callable[[str], str]:
        tally, must_quote = self._tally, self._must_quote
        suspects = SUSPECT_STARTS if self._guarded else frozenset()

        def encode(text: str) -> str:
            if "\0" in text:
                text = tally.without_nuls(text)
            if text[:1] in suspects and is_formula(text, numeric=numeric):
                tally.protected_cells += 1
                text = f"'{text}"
            if must_quote(text):
                return '"' + text.replace('"', '""') + '"'
            return text

        return encode


def quote_rule(quote: str, comma: str) -> Callable[[str], object]:
    """The test for a field that must be quoted.

    "spaced" quotes what PHP's fputcsv quotes, a backslash too; but a quote after a backslash is
    doubled here, which PHP by default does not do: https://www.php.net/fputcsv
    """
    always = f'"\r\n{re.escape(comma)}'
    patterns = {"minimal": f"[{always}]", "spaced": f"[{always}\t \\\\]", "all": ""}
    return re.compile(patterns[quote]).search


def open_csv(stream: BinaryIO, document: Document, options: Mapping[str, object]) -> CsvWriter:
    return CsvWriter(stream, document, read_options(CSV, options))


def csv_facts(options: Mapping[str, object]) -> tuple[str, str]:
    if read_options(CSV, options)["gzip"]:
        return "csv.gz", "application/gzip"
    return CSV.extension, CSV.content_type


CSV = Format(
    name="csv",
    label="CSV",
    extension="csv",
    content_type="text/csv; charset=utf-8",
    open=open_csv,
    bytes_per_cell=12,
    facts=csv_facts,
    options=(
        Option(
            name="bom",
            label="Mark as UTF-8",
            default=True,
            help="Excel needs the mark to show accents; some programs take it for a character.",
        ),
        Option(
            name="delimiter",
            label="Delimiter",
            default=",",
            choices=((",", "Comma"), (";", "Semicolon"), ("tab", "Tab"), ("|", "Vertical bar")),
            aliases=(("\t", "tab"), ("\\t", "tab")),
        ),
        Option(
            name="formula_guard",
            label="Protect spreadsheets from formulas",
            default=True,
            help="Puts an apostrophe before text that a spreadsheet would run as a formula.",
        ),
        Option(
            name="gzip",
            label="Compress (gzip)",
            default=False,
            help="A fraction of the size; the file is named .csv.gz.",
        ),
        Option(
            name="line_end",
            label="Line ends",
            default="crlf",
            choices=(("crlf", "Windows (CR LF)"), ("lf", "Unix (LF)")),
        ),
        Option(
            name="quote",
            label="Quotes",
            default="minimal",
            choices=(
                ("minimal", "Where needed"),
                ("spaced", "Also around blanks and tabs, as PHP does"),
                ("all", "Around every field"),
            ),
        ),
    ),
)
