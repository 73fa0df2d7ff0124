"""Cells that look special: highlighted values, and the row of totals."""

import re
from collections.abc import Mapping, Sequence

from exports.formats.base import Document, Field, Kind, Total
from exports.formats.highlights import Highlight
from exports.formats.values import ByType, Encoder, text_table
from exports.formats.xlsx_cells import BLANKS
from exports.formats.xlsx_styles import TEXT, Look, fixed

_START = re.compile(r'<c(?: s="\d+")?')


def looks_of(documents: Sequence[Document]) -> tuple[Look, ...]:
    """Every look that these documents need, each once, always in the same order."""
    looks: dict[Look, None] = {}
    for document in documents:
        for field in document.fields:
            for highlight in field.highlights.values():
                looks[highlighted_look(field, highlight)] = None
        if document.totals:
            formats = [total_format(document, field) for field in document.fields]
            looks |= {Look(number_format=one): None for one in formats}
    return tuple(looks)


def highlighted_look(field: Field, highlight: Highlight) -> Look:
    return Look(number_format=BLANKS.get(field.kind, TEXT), highlight=highlight)


def total_format(document: Document, field: Field) -> str:
    if document.totals.get(field.name) == Total.SUM:
        return BLANKS[field.kind]
    return fixed(0) if field.name in document.totals else TEXT


def add_highlights(
    table: ByType, field: Field, document: Document, ids: Mapping[str | Look, int]
) -> None:
    """Give cells whose text is highlighted that style; their content stays as it is."""
    texts = text_table(field.kind, document)
    styles = {text: ids[highlighted_look(field, one)] for text, one in field.highlights.items()}
    for kind, encode in list(table.items()):
        table[kind] = _highlighted(encode, texts[kind], styles)


def _highlighted(encode: Encoder, text_of: Encoder, styles: Mapping[str, int]) -> Encoder:
    def cell(value: object) -> str:
        xml, style = encode(value), styles.get(text_of(value))
        return xml if style is None else _START.sub(f'<c s="{style}"', xml, count=1)

    return cell


def check_extras(document: Document) -> None:
    """Totals and tallies name fields; only numbers have a sum."""
    kinds: dict[str, Kind] = {field.name: field.kind for field in document.fields}
    for name in (*document.totals, *document.tallies):
        if name not in kinds:
            raise ValueError(f'There is no field "{name}" to total or tally')
    for name, total in document.totals.items():
        if total == Total.SUM and not kinds[name].is_numeric:
            raise ValueError(f'The field "{name}" is no number and has no sum')
