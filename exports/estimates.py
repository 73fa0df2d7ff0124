"""How large a file will be, told from its first rows."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

from exports.formats import FORMATS
from exports.formats.base import Document, Field, Format, Kind, Row
from exports.plans import Plan

MEASURED_ROWS = 100  # enough that a compressed file's size can be told from them


def estimate_bytes(plan: Plan, document: Document, sample: Sequence[Row], count: int) -> int:
    """The measured size of the sample; for more rows, its rows' share times their number."""
    full = _written(plan.format, document, sample, plan.options)
    if count <= len(sample):
        return full
    columns = tuple((field.name, field.header, field.kind) for field in document.fields)
    empty = _empty_size(plan.format.name, columns, tuple(sorted(plan.options.items())))
    return empty + (full - empty) * count // max(1, len(sample))


@lru_cache(maxsize=256)
def _empty_size(
    name: str, columns: tuple[tuple[str, str, Kind], ...], options: tuple[tuple[str, Any], ...]
) -> int:
    """What a file weighs before its first row; kept, since a workbook takes a tenth of a second."""
    fields = tuple(Field(name=n, header=header, kind=kind) for n, header, kind in columns)
    document = Document(title="", fields=fields, total_rows=0, time_zone=ZoneInfo("UTC"))
    return _written(FORMATS[name], document, [], dict(options))


def _written(
    file_format: Format, document: Document, rows: Sequence[Row], options: Mapping[str, object]
) -> int:
    stream = BytesIO()
    writer = file_format.open(stream, document, options)
    if rows:
        writer.write(rows)
    writer.close()
    return stream.tell()
