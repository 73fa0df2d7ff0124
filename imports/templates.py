"""Empty files with the right header, for people to fill in. No record of a model comes in here."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from imports.fields import Field
from imports.importers import Importer, fields_of
from imports.mapping import column_names, guess_mapping, mappable_fields

FORMATS = ("csv", "xlsx")


@dataclass(frozen=True, kw_only=True)
class TemplateColumn:
    """A column of a template; one without a field only keeps its place."""

    header: str
    field: Field | None


def template_columns(importer: type[Importer]) -> list[TemplateColumn]:
    """The example's columns and what is required besides; without an example, every field."""
    if importer.is_positional:
        return _by_position(importer)
    header = list(dict.fromkeys(name for row in importer.example for name in row))
    guesses = guess_mapping(importer, header)
    fields = mappable_fields(importer, header)
    columns = [
        TemplateColumn(header=text, field=fields.get(guesses[name].field or ""))
        for text, name in zip(header, column_names(header), strict=True)
    ]
    used = {column.field.name for column in columns if column.field}
    rest = [f for f in fields.values() if f.name not in used and (f.required or not header)]
    return [*columns, *(TemplateColumn(header=_title(field), field=field) for field in rest)]


def _by_position(importer: type[Importer]) -> list[TemplateColumn]:
    by_place = {field.position: field for field in fields_of(importer)}
    width = max((place for place in by_place if place is not None), default=-1) + 1
    header = list(dict.fromkeys(name for row in importer.example for name in row))
    if len(header) != width:
        header = [_title(by_place[place]) if place in by_place else "" for place in range(width)]
    names = column_names(header)
    return [
        TemplateColumn(header=name, field=by_place.get(place)) for place, name in enumerate(names)
    ]


def _title(field: Field) -> str:
    text = str(field.label) or field.name
    return text[:1].upper() + text[1:]


def make_template(
    importer: type[Importer], file_format: str, *, with_example: bool = False
) -> bytes:
    """An empty CSV or XLSX file for this importer, with the example's rows if asked for.

    Raises ValueError for another format.
    """
    if file_format not in FORMATS:
        raise ValueError(f"There is no template “{file_format}”. There are: {', '.join(FORMATS)}.")
    columns = template_columns(importer)
    header = [column.header for column in columns]
    rows = [[row.get(name, "") for name in header] for row in importer.example]
    shown = rows if with_example else []
    if file_format == "csv":
        return _csv([header, *shown])
    from imports.template_sheets import make_workbook  # openpyxl is 10 MB that few requests need

    return make_workbook(importer, columns, shown)


def _csv(rows: Iterable[Sequence[str]]) -> bytes:
    """With a byte order mark, without which Excel does not take a file for UTF-8."""
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode("utf-8-sig")
