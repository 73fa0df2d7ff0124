"""Everything of a workbook but its rows, made by openpyxl."""

import io
import re
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from exports.formats.xlsx_styles import Look, add_styles

TITLE_UNITS = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\x7f\ud800-\udfff\ufffe\uffff]")
ABOUT_TITLE = "About"
LONG_TEXTS_TITLE = "Long texts"
RESERVED = {"about", "long texts", "history"}  # ours, and one that Excel keeps for itself


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What the frame around a sheet's rows depends on."""

    title: str
    widths: tuple[int, ...]  # characters
    rows: int = 1
    has_header: bool = True


def sheet_title(title: str) -> str:
    """The title as Excel allows it: https://support.microsoft.com/office/3f94acaf"""
    kept = " ".join(_FORBIDDEN.sub(" ", title).split()).strip("'")
    if kept.lower() in RESERVED:
        kept = f"{kept} data"
    return cut_title(kept) or "Data"


def cut_title(title: str, suffix: str = "") -> str:
    """The title with its suffix, 31 UTF-16 units at most."""
    units = 2 * (TITLE_UNITS - len(suffix))
    kept = title.encode("utf-16-le")[:units].decode("utf-16-le", "ignore")
    return kept.rstrip(" '") + suffix


def build_parts(sheets: Sequence[Sheet], looks: Sequence[Look] = ()) -> dict[str, bytes]:
    """The parts of a workbook with these sheets, by their names in the archive."""
    book = Workbook()
    del book["Sheet"]
    for sheet in sheets:
        _add_sheet(book, sheet)
    add_styles(book.worksheets[0], looks)
    saved = io.BytesIO()
    book.save(saved)
    with zipfile.ZipFile(saved) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["docProps/core.xml"] = _without_times(parts["docProps/core.xml"])
    return parts


def build_frame(sheet: Sheet) -> tuple[str, str]:
    """The XML before and after the rows. <dimension> goes, as readers believe it."""
    xml = build_parts([sheet])["xl/worksheets/sheet1.xml"].decode()
    before, after = re.split(r"<sheetData\s*/>|<sheetData>.*</sheetData>", xml, flags=re.DOTALL)
    return re.sub(r"<dimension\b[^>]*/>", "", before) + "<sheetData>", "</sheetData>" + after


def _add_sheet(book: Workbook, sheet: Sheet) -> None:
    added = book.create_sheet(sheet.title)
    for number, width in enumerate(sheet.widths, 1):
        added.column_dimensions[get_column_letter(number)].width = width
    if sheet.has_header:
        added.freeze_panes = "A2"
        added.auto_filter.ref = f"A1:{get_column_letter(len(sheet.widths))}{sheet.rows}"


def _without_times(core: bytes) -> bytes:
    """The same rows give the same bytes, whenever they are written."""
    return re.sub(rb"<dcterms:(created|modified)\b.*?</dcterms:\1>", b"", core)
