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
from exports.formats.column_cells import Cells, join_rows
from exports.formats.column_encoders import column_encoder
from exports.formats.columns import LETTERS, CellMaker, ColumnEncoder
from exports.formats.csv_sql import SUSPECT_BYTES, Lines, cells_in, render_csv, text_in
from exports.formats.guard import SUSPECT_STARTS, SUSPECTS, Tally, is_formula
from exports.formats.options import read_options
from exports.formats.rendering import Rendering, SqlColumn, SqlType
from exports.formats.stored import Columns, StoredColumn
from exports.formats.stream import TextSink, check_cells, check_document
from exports.formats.values import ByType, text_table, then

# Their text has neither a delimiter nor a blank, and no spreadsheet runs a number.
HARMLESS = (NoneType, bool, int, float, Decimal, dt.date, dt.time)


REMEMBERED, SHORT = 1000, 100  # texts of a column, each of fewer characters than this
BLANK_LINE = '""'  # of one empty field; readers skip a line without anything
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
        self._options = options
        self._guarded = bool(options["formula_guard"])
        self._columns = [self._column(field) for field in document.fields]
        self._encoders: list[ColumnEncoder] = []
        self._sink.add("\ufeff" if options["bom"] else "")
        headers = [self._text_encoder(numeric=False)(field.header) for field in document.fields]
        self._sink.add(self._line(headers))

    def write(self, rows: Sequence[Row]) -> None:
        check_cells(rows, self._document)
        columns, line, add = self._columns, self._line, self._sink.add
        for row in rows:
            add(line([by[type(value)](value) for by, value in zip(columns, row, strict=True)]))
        self._rows += len(rows)

    def expect(self, columns: Sequence[StoredColumn]) -> None:
        self._encoders = [
            column_encoder(stored, self._maker(by))
            for stored, by in zip(columns, self._columns, strict=True)
        ]

    def write_stored(self, columns: Columns) -> None:
        cells = [encode(values) for encode, values in zip(self._encoders, columns, strict=True)]
        if len(cells) == 1:
            lines = join_rows(cells, last=b"\0").split(b"\0")[:-1]
            cells = [Cells([line or BLANK_LINE.encode() for line in lines])]
        end, comma = self._line_end.encode(), self._comma.encode()
        self._sink.add_bytes(join_rows(cells, between=comma, last=end))
        self._rows += len(columns[0])

    def _maker(self, by: ByType) -> CellMaker:
        return CellMaker(
            cell=lambda value: by[type(value)](value),
            tally=self._tally,
            zone=self._document.time_zone,
            careful=careful_lines(str(self._options["quote"]), self._comma, guarded=self._guarded),
            harmless=LETTERS,
        )

    def render(self, columns: Sequence[SqlColumn]) -> Rendering:
        self._lines = Lines(self._comma)
        self._split = cells_in(self._comma)
        self._texts = [
            (number, by[str])
            for number, (by, column) in enumerate(zip(self._columns, columns, strict=True))
            if column.type is SqlType.TEXT
        ]
        return render_csv(self._document, self._options, columns, self._comma)

    def write_rendered(self, lines: bytes, rows: int) -> None:
        end, add = self._line_end.encode(), self._sink.add_bytes
        if len(self._columns) == 1:
            for line, is_suspect in self._lines.single(lines):
                add(((self._guard(line) if is_suspect else line) or BLANK_LINE.encode()) + end)
        else:
            for plain, suspect in self._lines.parts(lines, end):
                add(plain)
                if suspect:
                    add(self._guard(suspect) + end)
        self._rows += rows

    def _guard(self, line: bytes) -> bytes:
        cells = self._split(line)
        for number, encode in self._texts:
            text = text_in(cells[number])
            if text and text[0] in SUSPECT_BYTES:
                cells[number] = encode(text.decode()).encode()
        return self._comma.encode().join(cells)

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
        return (self._comma.join(cells) or BLANK_LINE) + self._line_end

    def _column(self, field: Field) -> ByType:
        table = text_table(field.kind, self._document)
        finish = self._text_encoder(numeric=field.kind.is_numeric)
        for kind, encode in table.items():
            if kind is str:
                table[kind] = finish
            elif kind not in HARMLESS:
                table[kind] = then(encode, finish)
            elif self._must_quote(""):
                table[kind] = then(encode, self._plain)
        return table

    def _plain(self, text: str) -> str:
        """Text that has nothing to quote, unless all is."""
        return f'"{text}"' if self._must_quote("") else text

    def _text_encoder(self, *, numeric: bool) -> Callable[[str], str]:
        tally, must_quote = self._tally, self._must_quote
        suspects = SUSPECT_STARTS if self._guarded else frozenset()
        seen: set[str] = set()  # that stay as they are; a lookup takes a fifth of the tests below

        def encode(text: str) -> str:
            if text in seen:
                return text
            if "\0" in text:
                text = tally.without_nuls(text)
            if text[:1] in suspects and is_formula(text, numeric=numeric):
                tally.protected_cells += 1
                text = f"'{text}"
            if must_quote(text):
                return '"' + text.replace('"', '""') + '"'
            if len(seen) < REMEMBERED and len(text) < SHORT:
                seen.add(text)
            return text

        return encode


def quote_rule(quote: str, comma: str) -> Callable[[str], object]:
    """The test for a field that must be quoted.

    "spaced" quotes what PHP's fputcsv quotes, a backslash too; but a quote after a backslash is
    doubled here, which PHP by default does not do: https://www.php.net/fputcsv
    """
    return re.compile(f"[{to_quote(quote, comma)}]" if quote != "all" else "").search


def to_quote(quote: str, comma: str) -> str:
    """Characters that are quoted, as in a set of a pattern; of "all" those that change in it."""
    always = f'"\r\n{re.escape(comma)}'
    return {"minimal": always, "spaced": f"{always}\t \\\\", "all": '"'}[quote]


def careful_lines(quote: str, comma: str, *, guarded: bool) -> list[re.Pattern[str]]:
    """What finds a text that does not stay as it is, among texts on lines of their own."""
    found = [re.compile(f"[\0{to_quote(quote, comma)}]".replace("\n", ""))]
    return [*found, re.compile("\n[{}]".format(SUSPECTS.replace("\n", "")))] if guarded else found


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
