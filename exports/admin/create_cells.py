"""Values as the file will show them, for a table on a page."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from exports.formats.base import Document, Field, Kind, Row
from exports.formats.guard import is_formula
from exports.formats.json import column_table
from exports.formats.values import ByType, text_table

LONGEST = 240  # characters of a cell on the page; the file has all


@dataclass(frozen=True, kw_only=True)
class Cell:
    text: str
    kind: str = ""  # "null", "empty", "number" or nothing
    hidden: int = 0  # characters that are left out here


def headers_of(format_name: str, document: Document) -> list[tuple[str, bool]]:
    """The heading of each column as the file has it, and whether it is a number's."""
    return [
        (field.name if format_name == "json" else field.header, field.kind.is_numeric)
        for field in document.fields
    ]


def cells_of(
    format_name: str, document: Document, options: Mapping[str, object], rows: Sequence[Row]
) -> list[list[Cell]]:
    tables = [TABLES.get(format_name, text_table_of)(field, document) for field in document.fields]
    guarded = bool(options.get("formula_guard"))
    return [
        [
            _cell(value, table, field, guarded=guarded)
            for value, table, field in zip(row, tables, document.fields, strict=True)
        ]
        for row in rows
    ]


def _cell(value: Any, table: ByType, field: Field, *, guarded: bool) -> Cell:
    text = table[type(value)](value).replace("\0", "")
    if value is None:
        return Cell(text=text or "–", kind="null")
    if text == "":
        return Cell(text="“”", kind="empty")
    numeric = field.kind.is_numeric
    if guarded and isinstance(value, str) and is_formula(text, numeric=numeric):
        text = f"'{text}"
    kind = "number" if numeric else ""
    return Cell(text=text[:LONGEST], kind=kind, hidden=max(0, len(text) - LONGEST))


def text_table_of(field: Field, document: Document) -> ByType:
    return text_table(field.kind, document)


def sheet_table(field: Field, document: Document) -> ByType:
    """What a spreadsheet shows for its typed cells."""
    table = text_table(field.kind, document)
    table[bool] = lambda value: "TRUE" if value else "FALSE"
    if field.kind is Kind.BOOLEAN:
        table[int] = lambda value: {1: "TRUE", 0: "FALSE"}.get(value, str(value))
    if field.kind is Kind.MONEY:
        table |= {Decimal: _amount, int: _amount, float: _amount}
    return table


def _amount(value: Decimal | int | float) -> str:
    return f"{value:,.2f}"


TABLES: Mapping[str, Callable[[Field, Document], ByType]] = {
    "json": column_table,
    "xlsx": sheet_table,
}
