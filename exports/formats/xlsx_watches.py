"""Everything that looks at the cells of a sheet as they pass."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import unescape

from exports.formats.base import Document, Row, Total
from exports.formats.xlsx_formulas import ColumnTally, ColumnTotal
from exports.formats.xlsx_rows import cells_in, is_text, text_in


@dataclass(frozen=True, kw_only=True)
class Watches:
    totals: Sequence[ColumnTotal]
    tallies: Sequence[ColumnTally]

    @classmethod
    def of(cls, document: Document) -> "Watches":
        places = {field.name: number for number, field in enumerate(document.fields)}
        return cls(
            totals=[
                ColumnTotal(places[name], Total(total)) for name, total in document.totals.items()
            ],
            tallies=[
                ColumnTally(places[name], document.fields[places[name]].header)
                for name in document.tallies
            ],
        )

    def __bool__(self) -> bool:
        return bool(self.totals or self.tallies)

    def see(self, cells: Sequence[str], row: Row) -> None:
        for total in self.totals:
            total.see(cells[total.column])
        for tally in self.tallies:
            tally.see(cells[tally.column], row[tally.column])

    def see_rendered(self, rows: bytes) -> None:
        """The XML of whole rows that the database rendered."""
        for row in rows.decode().split("<row>")[1:]:
            cells = cells_in(row)
            self.see(cells, [unescape(text_in(cell)) if is_text(cell) else None for cell in cells])
