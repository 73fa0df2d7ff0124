"""The frame of a workbook is what openpyxl makes, though it is not asked each time."""

import json
import os
import subprocess
import sys

import pytest
from openpyxl import Workbook
from openpyxl.utils import get_column_letter

from exports.formats.highlights import RED
from exports.formats.xlsx_made import add_styles, make_parts
from exports.formats.xlsx_skeleton import (
    KEPT,
    SAMPLES,
    Sheet,
    build_frame,
    build_parts,
    column_letters,
)
from exports.formats.xlsx_styles import MONEY, TEXT, Look, style_ids

LOOKS = (Look(number_format=TEXT, highlight=RED), Look(number_format=MONEY))
DATA = Sheet(title='A & Ω\'s "<b>" 日本', widths=(10, 13, 50), rows=2_001)
WIDE = Sheet(title="Wide", widths=tuple(range(2, 51)) * 15, rows=1_048_576)
ABOUT = Sheet(title="About", widths=(40, 50), has_header=False)
LONG = Sheet(title="Long texts", widths=(20, 10, 20, 8, 50), rows=3)
BOOKS = ([DATA], [ABOUT], [DATA, ABOUT], [ABOUT, ABOUT], [DATA, ABOUT, WIDE, LONG, DATA])


def without_rows(parts: dict[str, bytes]) -> dict[str, bytes]:
    return {name: part for name, part in parts.items() if "/sheet" not in name}


@pytest.mark.parametrize("looks", [(), LOOKS])
@pytest.mark.parametrize("sheets", BOOKS)
def test_every_part_is_what_openpyxl_makes(sheets: list[Sheet], looks: tuple[Look, ...]) -> None:
    sheets = [Sheet(**vars(one) | {"title": f"{one.title}{n}"}) for n, one in enumerate(sheets)]
    parts, made = build_parts(sheets, looks), make_parts(sheets, looks)
    assert list(without_rows(parts)) == list(without_rows(made))
    assert without_rows(parts) == without_rows(made)
    for number, sheet in enumerate(sheets, 1):
        name = f"xl/worksheets/sheet{number}.xml"
        before, after = build_frame(sheet)
        begin, _, rest = made[name].decode().partition("<dimension")
        assert (
            before == f"{begin}{rest[rest.index('>') + 1 : rest.index('<sheetData>')]}<sheetData>"
        )
        assert after == rest[rest.index("</sheetData>") :]
        assert parts[name].decode() == before + after


def test_what_is_kept_is_what_openpyxl_makes_now() -> None:
    kept = {name: part.encode() for name, part in json.loads(KEPT.read_text("utf-8")).items()}
    assert kept == make_parts(SAMPLES), "python -m exports.formats.xlsx_made"


@pytest.mark.parametrize("looks", [(), LOOKS])
def test_styles_have_the_numbers_that_openpyxl_gives(looks: tuple[Look, ...]) -> None:
    assert style_ids(looks) == add_styles(Workbook().create_sheet(), looks)


def test_columns_have_the_letters_of_excel() -> None:
    numbers = range(1, 16_385)
    assert list(map(column_letters, numbers)) == list(map(get_column_letter, numbers))


SCRIPT = """
import io, sys
from zoneinfo import ZoneInfo
from exports.formats import FORMATS, Document, Field
document = Document(
    title="T", fields=(Field(name="a", header="A"),), total_rows=1, time_zone=ZoneInfo("UTC")
)
writer = FORMATS["xlsx"].open(io.BytesIO(), document, {})
writer.write([["text"]])
assert writer.close().rows == 1
print(*[name for name in ("openpyxl", "lxml", "PIL") if name in sys.modules])
"""


def test_a_common_workbook_does_not_load_openpyxl() -> None:
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.split() == []
