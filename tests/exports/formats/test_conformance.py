"""Nasty values through every format, read back; each documented change is asserted exactly."""

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from functools import cache
from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

import pytest

from exports.formats import FORMATS, Field, Kind

FORMAT_OF_READER = {
    "csv": "csv",
    "csv.gz": "csv",
    "zip": "zip",
    "json": "json",
    "openpyxl": "xlsx",
    "calamine": "xlsx",
}
OPTIONS: dict[str, dict[str, object]] = {"csv.gz": {"gzip": True}}
VARIANTS = [*((name, {}) for name in FORMATS), ("csv", {"gzip": True})]
LONG = "abcd\u20ac" * 8_000
MARK = ' … [continued in the sheet "Long texts"]'
SUMMER = dt.datetime(2024, 10, 27, 0, 30, tzinfo=dt.UTC)
WINTER = dt.datetime(2024, 10, 27, 1, 30, tzinfo=dt.UTC)
NOON = dt.datetime.fromisoformat("2024-02-29T12:00:01")
SAME: Any = object()


class Case(NamedTuple):
    """A value, and what each format makes of it: SAME is the value itself."""

    value: object
    csv: object = SAME
    json: object = SAME
    xlsx: object = SAME
    kind: Kind = Kind.TEXT


def number(value: object, csv: str, json: object, xlsx: object, kind: Kind) -> Case:
    return Case(value, csv, json, xlsx, kind)


CASES = {
    "quotes": Case('He said "no", twice'),
    "only a quote": Case('"'),
    "delimiters": Case("a,b;c|d\te"),
    "newline": Case("one\ntwo"),
    "windows newline": Case("one\r\ntwo"),
    "lone carriage return": Case("one\rtwo"),
    "edge spaces": Case("  padded  "),
    "emoji": Case("👩‍👩‍👧 ok 🇩🇪"),
    "right to left": Case("שלום \u202eabc\u202c مرحبا"),
    "line separators": Case("a\u2028b\u0085c"),
    "markup": Case("<b>&amp;</b>]]>"),
    "backslashes": Case("C:\\new\\table\\"),
    "percent": Case("100 %s {0}"),
    "leading zeros": Case("000123"),
    "long number as text": Case("12345678901234567890"),
    "control characters": Case("a\x01b\x1fc\x0bd"),
    "nul": Case("a\0b\0", "ab", SAME, "ab"),
    "escape lookalike": Case("_x000D_ and _x0041_x0042_"),
    "half an escape before a control character": Case("_x0041\x02"),
    "half an escape before a nul": Case("_x0041\0_", "_x0041_", SAME, "_x0041_"),
    "not a character": Case("a\ufffeb\uffffc"),
    "lone surrogate": Case("a\ud800b", "a\\ud800b", SAME, "a\ud800b"),
    "forty thousand characters": Case(LONG, LONG, LONG, LONG[: 32_767 - len(MARK)] + MARK),
    "none": Case(None, "", None, None),
    "empty": Case("", "", "", None),
    "none of a number": number(None, "", None, None, Kind.INTEGER),
    "uuid": Case(UUID(int=7), *["00000000-0000-0000-0000-000000000007"] * 3),
    "duration": Case(dt.timedelta(days=1, seconds=7384), *["P1DT02H03M04S"] * 3),
    "negative duration": Case(
        dt.timedelta(seconds=-1.5), "'-P0DT00H00M01.500000S", *["-P0DT00H00M01.500000S"] * 2
    ),
    "member of a text enum": Case(Kind.MONEY, *["money"] * 3),
    "member of a number enum": number(HTTPStatus.GONE, "410", 410, 410, Kind.INTEGER),
    "true": number(True, "true", True, True, Kind.BOOLEAN),
    "false": number(False, "false", False, False, Kind.BOOLEAN),
    "one as a flag": number(1, "true", True, True, Kind.BOOLEAN),
    "integer": number(-42, "-42", -42, -42, Kind.INTEGER),
    "fifteen digits": number(10**15 - 1, "9" * 15, 10**15 - 1, 10**15 - 1, Kind.INTEGER),
    "sixteen digits": number(10**15, "1" + "0" * 15, 10**15, "1" + "0" * 15, Kind.INTEGER),
    "huge": number(-(2**70), str(-(2**70)), -(2**70), str(-(2**70)), Kind.INTEGER),
    "scale": number(Decimal("10.500"), "10.500", "10.500", 10.5, Kind.DECIMAL),
    "no exponent": number(Decimal("1E+3"), "1000", "1000", 1000, Kind.DECIMAL),
    "tiny": number(Decimal("1E-9"), "0.000000001", "0.000000001", 1e-9, Kind.DECIMAL),
    "negative zero": number(Decimal("-0.00"), "-0.00", "-0.00", 0, Kind.DECIMAL),
    "seventeen figures": number(
        Decimal("123456789012345.67"), *["123456789012345.67"] * 3, Kind.DECIMAL
    ),
    "fifteen figures and zeros": number(
        Decimal("1234567890123.4500"), *["1234567890123.4500"] * 2, 1234567890123.45, Kind.DECIMAL
    ),
    "beyond a double": number(Decimal("1E+310"), *["1" + "0" * 310] * 3, Kind.DECIMAL),
    "decimal nan": number(Decimal("NaN"), "NaN", "NaN", "NaN", Kind.DECIMAL),
    "money": number(Decimal("-5"), "-5.00", "-5.00", -5, Kind.MONEY),
    "money with one decimal": number(Decimal("5.5"), "5.50", "5.50", 5.5, Kind.MONEY),
    "money with more decimals": number(Decimal("5.1250"), "5.1250", "5.1250", 5.125, Kind.MONEY),
    "money as float": number(12.3, "12.30", "12.30", 12.3, Kind.MONEY),
    "money as integer": number(12, "12.00", "12.00", 12, Kind.MONEY),
    "float": number(0.1, "0.1", 0.1, 0.1, Kind.FLOAT),
    "small float": number(1.5e-7, "1.5e-07", 1.5e-7, 1.5e-7, Kind.FLOAT),
    "not a number": number(float("nan"), "NaN", "NaN", "NaN", Kind.FLOAT),
    "infinite": number(float("-inf"), *["-Infinity"] * 3, Kind.FLOAT),
    "date": number(dt.date(2024, 2, 29), *["2024-02-29"] * 2, dt.date(2024, 2, 29), Kind.DATE),
    "first date of Excel": number(
        dt.date(1900, 3, 1), *["1900-03-01"] * 2, dt.date(1900, 3, 1), Kind.DATE
    ),
    "date before Excel": number(dt.date(1900, 2, 28), *["1900-02-28"] * 3, Kind.DATE),
    "first year": number(dt.date(1, 1, 1), *["0001-01-01"] * 3, Kind.DATE),
    "naive time": number(NOON, "2024-02-29 12:00:01", "2024-02-29T12:00:01", NOON, Kind.DATETIME),
    "fraction of a second": number(
        NOON.replace(hour=23, minute=59, second=59, microsecond=999_999),
        "2024-02-29 23:59:59",
        "2024-02-29T23:59:59.999999",
        NOON.replace(hour=23, minute=59, second=59),
        Kind.DATETIME,
    ),
    "last hour of summer": number(
        SUMMER,
        "2024-10-27 02:30:00",
        "2024-10-27T02:30:00+02:00",
        dt.datetime.fromisoformat("2024-10-27T02:30"),
        Kind.DATETIME,
    ),
    "first hour of winter": number(
        WINTER,
        "2024-10-27 02:30:00",
        "2024-10-27T02:30:00+01:00",
        dt.datetime.fromisoformat("2024-10-27T02:30"),
        Kind.DATETIME,
    ),
    "after the lost hour of spring": number(
        dt.datetime(2024, 3, 31, 1, 0, tzinfo=dt.UTC),
        "2024-03-31 03:00:00",
        "2024-03-31T03:00:00+02:00",
        dt.datetime.fromisoformat("2024-03-31T03:00"),
        Kind.DATETIME,
    ),
    "time before Excel": number(
        dt.datetime.fromisoformat("1899-12-31T23:00"),
        "1899-12-31 23:00:00",
        "1899-12-31T23:00:00",
        "1899-12-31 23:00:00",
        Kind.DATETIME,
    ),
    "end of time": number(
        dt.datetime.max.replace(microsecond=0, tzinfo=dt.UTC),
        "9999-12-31 23:59:59",
        "9999-12-31T23:59:59+00:00",
        dt.datetime.fromisoformat("9999-12-31T23:59:59"),
        Kind.DATETIME,
    ),
    "time of day": number(dt.time(6, 5, 4), "06:05:04", "06:05:04", dt.time(6, 5, 4), Kind.TIME),
    "list": number(
        [1, "ü", None, Decimal("1.50"), float("inf")],
        '[1,"ü",null,"1.50","Infinity"]',
        [1, "ü", None, "1.50", "Infinity"],
        '[1,"ü",null,"1.50","Infinity"]',
        Kind.JSON,
    ),
    "dict": number(
        {"at": SUMMER, "in": {"a": [dt.date(2024, 1, 2)]}},
        '{"at":"2024-10-27T02:30:00+02:00","in":{"a":["2024-01-02"]}}',
        {"at": "2024-10-27T02:30:00+02:00", "in": {"a": ["2024-01-02"]}},
        '{"at":"2024-10-27T02:30:00+02:00","in":{"a":["2024-01-02"]}}',
        Kind.JSON,
    ),
    "keys that are no text": number(
        {dt.date(2024, 1, 2): 1},
        *['{"2024-01-02":1}', {"2024-01-02": 1}, '{"2024-01-02":1}'],
        Kind.JSON,
    ),
}


@pytest.fixture(scope="module")
def row_of(make_document: Any, written: Any, read: Any) -> Callable[[str], list[object]]:
    kinds = [case.kind for case in CASES.values()]

    @cache
    def row(reader: str) -> list[object]:
        rows = [[case.value for case in CASES.values()]]
        options = OPTIONS.get(reader, {})
        data, _ = written(FORMAT_OF_READER[reader], make_document(kinds), rows, **options)
        return read[reader](data)[1]

    return row


@pytest.mark.parametrize("reader", FORMAT_OF_READER)
@pytest.mark.parametrize("name", CASES)
def test_a_nasty_value_arrives(name: str, reader: str, row_of: Any) -> None:
    case = CASES[name]
    wanted = getattr(case, {"zip": "csv"}.get(reader, FORMAT_OF_READER[reader]))
    wanted = case.value if wanted is SAME else wanted
    found = row_of(reader)[list(CASES).index(name)]
    assert found == as_read(reader, wanted)
    assert isinstance(found, str) == isinstance(as_read(reader, wanted), str)


def as_read(reader: str, wanted: object) -> object:
    """What the reader itself makes of a cell."""
    if reader == "calamine" and wanted is None:
        return ""
    if reader == "calamine" and isinstance(wanted, str):  # these it cannot hold or leaves be
        for char in "\ud800\ufffe\uffff":
            wanted = wanted.replace(char, f"_x{ord(char):04X}_")
    if reader == "openpyxl" and type(wanted) is dt.date:
        return dt.datetime.combine(wanted, dt.time())
    return wanted


@pytest.mark.parametrize("name", FORMATS)
def test_totals_count_what_was_done(name: str, make_document: Any, written: Any) -> None:
    rows = [["a\0b\0"], ["=1+1"], [LONG], [None], ["\0-1"]]
    _, totals = written(name, make_document(), rows)
    assert totals.rows == 5
    assert totals.protected_cells == (2 if name in ("csv", "zip") else 0)
    assert totals.removed_nuls == (0 if name == "json" else 3)
    assert totals.long_texts == (1 if name == "xlsx" else 0)
    assert totals.shortened_cells == (1 if name == "pdf" else 0)


# What paper cannot show: blanks fold into one, and each text without a glyph is a box.
ON_PAPER = {
    "windows newline": "one two",
    "lone carriage return": "one two",
    "newline": "one two",
    "edge spaces": "padded",
    "emoji": "□□□ ok □□",
    "right to left": None,  # drawn from the right; test_pdf looks at it
    "line separators": "a b c",
    "delimiters": "a,b;c|d e",
    "control characters": "a□b c d",
    "nul": "ab",
    "half an escape before a control character": "_x0041□",
    "not a character": "a□b□c",
    "lone surrogate": "a□b",
    "negative duration": "-P0DT00H00M01.500000S",
    "beyond a double": None,  # longer than two lines
    "forty thousand characters": None,
}


@pytest.mark.parametrize("name", CASES)
def test_a_nasty_value_is_printed(name: str, make_document: Any, written: Any, read: Any) -> None:
    case = CASES[name]
    document = make_document([Kind.TEXT, case.kind])
    data, _ = written("pdf", document, [["row", case.value]])
    found = read["pdf"](data)[1][1]
    wanted = ON_PAPER.get(name, case.value if case.csv is SAME else case.csv)
    if wanted is not None:
        assert found.replace(" ", "") == str(wanted).replace(" ", "")


@pytest.mark.parametrize("reader", [*FORMAT_OF_READER, "pdf"])
def test_no_rows_still_make_a_whole_file(
    reader: str, make_document: Any, written: Any, read: Any
) -> None:
    document = make_document([Kind.TEXT, Kind.MONEY])
    name, options = FORMAT_OF_READER.get(reader, reader), OPTIONS.get(reader, {})
    data, totals = written(name, document, [], **options)
    assert totals.rows == 0
    assert read[reader](data) == ([[]] if reader == "json" else [["Field 0", "Field 1"]])


@pytest.mark.parametrize("cells", [1, 3])
@pytest.mark.parametrize("name", FORMATS)
def test_a_row_of_another_length_is_our_bug(
    name: str, cells: int, make_document: Any, written: Any
) -> None:
    with pytest.raises(ValueError, match=f"{cells} cells where the document has 2 fields"):
        written(name, make_document([Kind.TEXT] * 2), [["a", "b"], ["a"] * cells])


@pytest.mark.parametrize("name", FORMATS)
def test_a_document_needs_fields_with_their_own_names(
    name: str, make_document: Any, written: Any
) -> None:
    twice = (Field(name="a", header="A"), Field(name="a", header="B"))
    for fields in ((), twice):
        with pytest.raises(ValueError, match="needs fields"):
            written(name, make_document(fields=fields), [])


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_many_small_writes_give_the_same_bytes_as_one_large(
    name: str, options: dict[str, object], make_document: Any, tmp_path: Any, written: Any
) -> None:
    document = make_document([Kind.INTEGER, Kind.TEXT])
    rows = [(number, f"row {number}") for number in range(3_000)]
    whole, _ = written(name, document, rows, **options)
    path = tmp_path / "file"
    with path.open("wb") as stream:
        writer = FORMATS[name].open(stream, document, options)
        for row in rows:
            writer.write([row])
        writer.write([])
        writer.close()
    assert path.read_bytes() == whole


@pytest.mark.parametrize(("name", "options"), VARIANTS)
def test_a_dropped_writer_is_silent_and_leaves_no_whole_file(
    name: str, options: dict[str, object], make_document: Any, tmp_path: Any, written: Any
) -> None:
    document = make_document()
    path = tmp_path / "file"
    with path.open("wb") as stream:
        writer = FORMATS[name].open(stream, document, options)
        writer.write([[LONG], ["a"]] * 400)
    del writer
    whole, _ = written(name, document, [[LONG], ["a"]] * 400, **options)
    assert path.stat().st_size < len(whole)
