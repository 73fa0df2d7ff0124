"""JSON: the envelope's keys, then `data`, one object a line. Text is never changed."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from json.encoder import encode_basestring
from math import isfinite
from types import NoneType
from typing import BinaryIO

from exports.formats.base import Document, Field, Format, Kind, Row, Totals
from exports.formats.column_cells import join_rows
from exports.formats.column_encoders import column_encoder
from exports.formats.columns import CellMaker, ColumnEncoder
from exports.formats.guard import Tally
from exports.formats.json_sql import Objects, render_json
from exports.formats.options import read_options
from exports.formats.rendering import Rendering, SqlColumn
from exports.formats.stored import Columns, StoredColumn
from exports.formats.stream import TextSink, check_cells, check_document
from exports.formats.values import ByType, float_text, nested_text, text_table, then

# https://www.rfc-editor.org/rfc/rfc8259#section-7
ESCAPED = re.compile(r'["\\\x00-\x09\x0b-\x1f]')  # among texts on lines of their own


class JsonWriter:
    def __init__(self, stream: BinaryIO, document: Document) -> None:
        check_document(document)
        if "data" in document.envelope:
            raise ValueError('The envelope must not have a key "data": it holds the rows')
        self._document = document
        self._rows = 0
        self._columns = [column_table(field, document) for field in document.fields]
        self._encoders: list[ColumnEncoder] = []
        names = [encode_basestring(field.name).replace("%", "%%") for field in document.fields]
        self._object = "{" + ",".join(f"{name}:%s" for name in names) + "}"
        self._sink = TextSink(stream.write)
        self._sink.add(envelope_text(document))

    def write(self, rows: Sequence[Row]) -> None:
        check_cells(rows, self._document)
        columns, add = self._columns, self._sink.add
        line, next_line = f"\n    {self._object}", f",\n    {self._object}"
        for number, row in enumerate(rows, self._rows):
            cells = [by[type(value)](value) for by, value in zip(columns, row, strict=True)]
            add((next_line if number else line) % tuple(cells))
        self._rows += len(rows)

    def expect(self, columns: Sequence[StoredColumn]) -> None:
        names = [encode_basestring(field.name) for field in self._document.fields]
        self._encoders = [
            column_encoder(stored, self._maker(f"{name}:", by))
            for stored, name, by in zip(columns, names, self._columns, strict=True)
        ]

    def write_stored(self, columns: Columns) -> None:
        cells = [encode(values) for encode, values in zip(self._encoders, columns, strict=True)]
        objects = join_rows(cells, first=b",\n    {", between=b",", last=b"}")
        self._sink.add_bytes(objects if self._rows else objects[len(",") :])
        self._rows += len(columns[0])

    def _maker(self, name: str, by: ByType) -> CellMaker:
        return CellMaker(
            cell=lambda value: name + by[type(value)](value),
            tally=Tally(),
            zone=self._document.time_zone,
            careful=[ESCAPED],
        )

    def render(self, columns: Sequence[SqlColumn]) -> Rendering:
        self._objects = Objects(self._document.fields, columns)
        return render_json(self._document, columns)

    def write_rendered(self, lines: bytes, rows: int) -> None:
        objects = self._objects.expand(lines, rows)
        self._sink.add_bytes(objects if self._rows else objects[len(",") :])
        self._rows += rows

    def close(self) -> Totals:
        self._sink.add("\n  ]\n}\n" if self._rows else "]\n}\n")
        self._sink.flush()
        return Totals(rows=self._rows)


def envelope_text(document: Document) -> str:
    encode = nested_text(document.time_zone, ", ", ": ")
    keys = [
        f"  {encode_basestring(str(key))}: {encode(value)},\n"
        for key, value in document.envelope.items()
    ]
    return "{\n" + "".join(keys) + '  "data": ['


def column_table(field: Field, document: Document) -> ByType:
    """Numbers and truth as they are, exact decimals as strings, times with their offset."""
    texts = text_table(field.kind, replace(document, datetime_format="iso"))
    table = ByType({kind: then(encode, encode_basestring) for kind, encode in texts.items()})
    table |= {NoneType: lambda _: "null", bool: texts[bool], str: encode_basestring}
    table |= dict.fromkeys((dict, list, tuple), nested_text(document.time_zone, ", ", ": "))
    if field.kind is not Kind.MONEY:  # money is a string whatever the driver made of it
        table |= {int: texts[int], float: _float}
    return table


def _float(value: float) -> str:
    text = float_text(value)
    return text if isfinite(value) else f'"{text}"'


def open_json(stream: BinaryIO, document: Document, options: Mapping[str, object]) -> JsonWriter:
    read_options(JSON, options)
    return JsonWriter(stream, document)


JSON = Format(
    name="json",
    label="JSON",
    extension="json",
    content_type="application/json",
    open=open_json,
    bytes_per_cell=30,
)
