"""CSV: the bytes, and the profile for programs."""

import csv
import datetime as dt
import io
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from exports.formats import FORMATS, Document, Field, Kind

CARS = Path(__file__).parent / "data" / "car_listings_export.csv"
EXACT = {"bom": False, "formula_guard": False}
PHP = {**EXACT, "line_end": "lf", "quote": "spaced"}


def test_the_file_of_the_car_store_comes_out_byte_for_byte(
    make_document: Any, written: Any
) -> None:
    header, *rows = csv.reader(io.StringIO(CARS.read_text(), newline=""))
    kinds = {"ID": Kind.INTEGER, "Year": Kind.INTEGER, "Price": Kind.MONEY}
    fields = tuple(Field(name=one, header=one, kind=kinds.get(one, Kind.TEXT)) for one in header)
    data, totals = written("csv", make_document(fields=fields), rows, **PHP)
    assert data == CARS.read_bytes()
    assert totals.rows == 18


@pytest.mark.parametrize(
    ("options", "wanted"),
    [
        ({}, b'\xef\xbb\xbfField 0,Field 1\r\na b,"x, ""y"""\r\n,1.00\r\n'),
        ({"bom": False}, b'Field 0,Field 1\r\na b,"x, ""y"""\r\n,1.00\r\n'),
        (PHP, b'"Field 0","Field 1"\n"a b","x, ""y"""\n,1.00\n'),
        (
            {**EXACT, "quote": "all"},
            b'"Field 0","Field 1"\r\n"a b","x, ""y"""\r\n"","1.00"\r\n',
        ),
        ({**EXACT, "delimiter": ";"}, b'Field 0;Field 1\r\na b;"x, ""y"""\r\n;1.00\r\n'),
        ({**EXACT, "delimiter": "\t"}, b'Field 0\tField 1\r\na b\t"x, ""y"""\r\n\t1.00\r\n'),
        ({**EXACT, "delimiter": "|"}, b'Field 0|Field 1\r\na b|"x, ""y"""\r\n|1.00\r\n'),
    ],
)
def test_options_give_these_bytes(
    options: dict[str, object], wanted: bytes, make_document: Any, written: Any
) -> None:
    document = make_document([Kind.TEXT, Kind.MONEY])
    assert written("csv", document, [["a b", 'x, "y"'], [None, 1]], **options)[0] == wanted


@pytest.mark.parametrize("field", ["a b", "a\tb", "a\\b", "a,b", 'a"b', "a\rb", "a\nb"])
def test_spaced_quotes_what_php_quotes(field: str, make_document: Any, written: Any) -> None:
    data, _ = written("csv", make_document(), [[field]], **PHP)
    quoted = field.replace('"', '""')
    assert data.decode() == f'"Field 0"\n"{quoted}"\n'


def test_an_only_empty_field_is_not_a_blank_line(make_document: Any, written: Any) -> None:
    data, _ = written("csv", make_document(), [[None], [""], ["a"]], **EXACT)
    assert data == b'Field 0\r\n""\r\n""\r\na\r\n'


@pytest.mark.parametrize(
    ("pattern", "wanted"),
    [("iso", "2024-07-01T14:00:00+02:00"), ("%d.%m.%Y, %H:%M", "01.07.2024, 14:00")],
)
def test_times_follow_the_format_of_the_document(
    pattern: str, wanted: str, make_document: Any, written: Any, read: Any
) -> None:
    moment = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)
    document = make_document([Kind.DATETIME], datetime_format=pattern)
    assert read["csv"](written("csv", document, [[moment]])[0])[1] == [wanted]


TEXT = st.text(st.characters(exclude_characters="\0", codec="utf-8"))


@given(rows=st.lists(st.lists(TEXT, min_size=2, max_size=2)), header=TEXT)
@example(rows=[["=1+1", "\ufeff"], ["\r", "\n"], ["", ""]], header="\ufeff=")
def test_the_exact_profile_brings_any_text_back(rows: list[list[str]], header: str) -> None:
    fields = (Field(name="a", header=header), Field(name="b", header=header))
    document = Document(title="T", fields=fields, total_rows=len(rows), time_zone=ZoneInfo("UTC"))
    stream = io.BytesIO()
    writer = FORMATS["csv"].open(stream, document, EXACT)
    writer.write(rows)
    totals = writer.close()
    found = list(csv.reader(io.StringIO(stream.getvalue().decode(), newline=""), strict=True))
    assert found == [[header, header], *rows]
    assert (totals.protected_cells, totals.removed_nuls) == (0, 0)
