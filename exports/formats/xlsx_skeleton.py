"""Everything of a workbook but its rows, as openpyxl makes it: see `xlsx_made`."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from xml.sax.saxutils import escape

from exports.formats.xlsx_styles import Look

KEPT = Path(__file__).with_name("xlsx_kept.json")
BOOK, RELATED, TYPES = "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "[Content_Types].xml"
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


# What the kept parts were made of: a sheet of each kind.
SAMPLES = (
    Sheet(title="Data", widths=(10,)),
    Sheet(title=ABOUT_TITLE, widths=(10,), has_header=False),
)


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


def build_parts(sheets: Sequence[Sheet], looks: tuple[Look, ...] = ()) -> dict[str, bytes]:
    """The parts of a workbook with these sheets, by their names in the archive."""
    kept = _kept()
    parts = {name: part.encode() for name, part in kept.items() if "/sheet" not in name}
    for number, sheet in enumerate(sheets, 1):
        parts[f"xl/worksheets/sheet{number}.xml"] = "".join(build_frame(sheet)).encode()
    parts[BOOK] = _book_xml(kept[BOOK], sheets).encode()
    parts[RELATED] = _related(kept[RELATED], len(sheets)).encode()
    parts[TYPES] = _listed(kept[TYPES], "Override", len(sheets)).encode()
    if looks:
        from exports.formats.xlsx_made import make_styles

        parts["xl/styles.xml"] = make_styles(looks)[1]
    return parts


def build_frame(sheet: Sheet) -> tuple[str, str]:
    """The XML before and after the rows. <dimension> goes, as readers believe it."""
    xml = _kept()[f"xl/worksheets/sheet{1 if sheet.has_header else 2}.xml"]
    columns = "".join(
        f'<col width="{width}" customWidth="1" min="{number}" max="{number}"/>'
        for number, width in enumerate(sheet.widths, 1)
    )
    xml = re.sub(r"<cols>.*</cols>", f"<cols>{columns}</cols>", xml)
    last = column_letters(len(sheet.widths))
    xml = re.sub(r"(?<=<autoFilter ref=\")[^\"]*", f"A1:{last}{sheet.rows}", xml)
    before, after = re.split(r"<sheetData\s*/>|<sheetData>.*</sheetData>", xml, flags=re.DOTALL)
    return re.sub(r"<dimension\b[^>]*/>", "", before) + "<sheetData>", "</sheetData>" + after


def column_letters(number: int) -> str:
    """What Excel calls a column; 1 is A."""
    before, last = divmod(number - 1, 26)
    return (column_letters(before) if before else "") + chr(ord("A") + last)


@cache
def _kept() -> dict[str, str]:
    parts: dict[str, str] = json.loads(KEPT.read_text(encoding="utf-8"))
    return parts


def _book_xml(kept: str, sheets: Sequence[Sheet]) -> str:
    start = kept[kept.index("<sheet ") : kept.index(" name=")]
    listed = "".join(
        f'{start} name={_quoted(sheet.title)} sheetId="{number}" state="visible" '
        f'r:id="rId{number}"/>'
        for number, sheet in enumerate(sheets, 1)
    )
    filters = "".join(
        f'<definedName name="_xlnm._FilterDatabase" localSheetId="{number}" hidden="1">'
        f"{_filtered(sheet)}</definedName>"
        for number, sheet in enumerate(sheets)
        if sheet.has_header
    )
    names = f"<definedNames>{filters}</definedNames>" if filters else "<definedNames/>"
    kept = _replaced(kept, "<definedNames>.*</definedNames>", names)
    return _replaced(kept, "<sheets>.*</sheets>", f"<sheets>{listed}</sheets>")


def _filtered(sheet: Sheet) -> str:
    title = sheet.title.replace("'", "''")
    return escape(f"'{title}'!$A$1:${column_letters(len(sheet.widths))}${sheet.rows}")


def _quoted(title: str) -> str:
    return f'"{escape(title, {chr(34): "&quot;"})}"'


def _related(kept: str, sheets: int) -> str:
    """What follows the sheets, styles and the theme, is numbered after them."""
    after = len(SAMPLES)
    numbers = {f'"rId{after + one}"': f'"rId{sheets + one}"' for one in (1, 2)}
    kept = re.sub("|".join(numbers), lambda found: numbers[found[0]], kept)
    return _listed(kept, "Relationship", sheets)


def _listed(kept: str, element: str, sheets: int) -> str:
    """As many elements as there are sheets, in the place of those of the samples."""
    found = re.findall(rf"<{element} [^>]*/sheet\d\.xml[^>]*/>", kept)
    elements = [
        found[0].replace("sheet1.xml", f"sheet{number}.xml").replace('"rId1"', f'"rId{number}"')
        for number in range(1, sheets + 1)
    ]
    return kept.replace("".join(found), "".join(elements))


def _replaced(kept: str, pattern: str, new: str) -> str:
    return re.sub(pattern, lambda _: new, kept)
