"""JSON: the envelope's keys, then `data`, one object a line. Text is never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from json.encoder import encode_basestring
from math import isfinite
from types import NoneType
from typing import BinaryIO

from exports.formats.base import Document, Field, Format, Kind, Row, Totals
from exports.formats.options import read_options
from exports.formats.stream import TextSink, check_cells, check_document
from exports.formats.values import ByType, float_text, nested_text, text_table, then


class JsonWriter:
    def __init__(self, stream: BinaryIO, document: Document) -> None:
        check_document(document)
        if "data" in document.envelope:
            raise ValueError('The envelope must not have a key "data": it holds the rows')
        self._document = document
        self._rows = 0
        self._columns = [column_table(field, document) for field in document.fields]
        names = [encode_basestring(field.name).replace("%", "%%") for field in document.fields]
        self._object = "{" + ", ".join(f"{name}: %s" for name in names) + "}"
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
