"""The mapping page's form as a request. No rules: see `intake` and `acceptance`.

Columns are numbered: their names are texts of a file, and may be anything.
"""

from django.http import QueryDict

from imports.admin.upload_form import read_options
from imports.mapping import column_names
from imports.models import ImportJob
from imports.readers.base import Layout
from imports.readers.delimiters import DELIMITERS
from imports.requests import LayoutRequest, MappingRequest

COLUMN = "column_"  # and the number of the file's column: the field
FOUND, MEANT = "found_", "meant_"  # and the field and a number: a text in the file, what is meant
DIGITS = 7  # of a header row


def read_mapping(job: ImportJob, data: QueryDict) -> MappingRequest:
    names = column_names(job.header)
    mapping = {name: data.get(f"{COLUMN}{n}", "") or None for n, name in enumerate(names)}
    return MappingRequest(
        mapping=mapping,
        values=read_values(data),
        key=data.get("key"),
        mode=data.get("mode"),
        blank=data.get("blank"),
        options=read_options(data),
    )


def read_values(data: QueryDict) -> dict[str, dict[str, str]]:
    """Field -> {text in the file: what is meant}."""
    values: dict[str, dict[str, str]] = {}
    for name in data:
        if not name.startswith(FOUND):
            continue
        place = name.removeprefix(FOUND)
        found, meant = data.get(name, "").strip(), data.get(MEANT + place, "")
        if found and meant:
            values.setdefault(place.rpartition("_")[0], {})[found] = meant
    return values


def read_layout(job: ImportJob, data: QueryDict) -> LayoutRequest:
    """Another importer leaves the layout as it is; another sheet has a header row of its own."""
    delimiter = data.get("delimiter", "")
    row = data.get("header_row", "").strip()
    sheet = data.get("sheet", "")
    is_other_sheet = bool(sheet) and sheet != job.sheet
    header_row = int(row) if row.isascii() and row.isdigit() and len(row) <= DIGITS else 0
    return LayoutRequest(
        layout=Layout(
            encoding=data.get("encoding", ""),
            delimiter=delimiter if delimiter in DELIMITERS else "",
            sheet=sheet,
            header_row=0 if is_other_sheet else header_row,
        ),
        importer=data.get("importer"),
    )
