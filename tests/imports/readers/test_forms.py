"""Rows taken apart hundreds at a time are those of the careful parser, value by value."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from imports.readers.base import Layout, open_reader
from imports.readers.columns import column_decoders
from imports.readers.messages import stretch_of
from imports.readers.unreadable import Unreadable
from imports.readers.values import decoders
from imports.readers.workbooks import cells
from imports.readers.workbooks.child import is_blank
from imports.readers.workbooks.parsed import parse_rows
from imports.readers.workbooks.rows import Item, Meaning, Stretch
from imports.readers.workbooks.sheets import read_rows
from imports.readers.workbooks.strings import Items as TextItems
from imports.readers.workbooks.strings import SharedStrings
from imports.readers.workbooks.xml import parse
from imports.readers.xlsx import RowDecoder

PART = "sheet1.xml"
HEADER = [f"h{n}" for n in range(6)]
STYLES = {1: cells.DATE, 2: cells.MOMENT, 3: cells.TIME, 4: cells.SPAN}
SHARED = ["zero", "", " ", "a &amp; b", "_x0041__x0000_", "&#233;", "two\nlines", "x" * 300]
Outcome = str | list[str]


def meaning() -> Meaning:
    texts = "".join(f"<si><t>{text}</t></si>" for text in SHARED)
    return Meaning(strings=SharedStrings(iter([f"<sst>{texts}</sst>".encode()])), styles=STYLES)


def sheet(rows: str) -> bytes:
    return f'<worksheet xmlns="http://x" xmlns:x="http://y"><sheetData>{rows}</sheetData></worksheet>'.encode()


def pieces(data: bytes, size: int) -> Iterator[bytes]:
    return (data[start : start + size] for start in range(0, len(data), size))


def outcome(read: Any, data: bytes, size: int) -> Outcome:
    """Every row with its values and their types, or why there are none."""
    try:
        items = [item for item in read(pieces(data, size), meaning(), PART) if not is_blank(item)]
    except Unreadable as refusal:
        return refusal.code
    return list(map(repr, RowDecoder(is_1904=False).decode_all(items, HEADER)))


def stretched(items: list[Item]) -> int:
    return sum(len(item.numbers) for item in items if isinstance(item, Stretch))


# -- Random sheets ----------------------------------------------------------------------------
TEXTS = [
    "a", "text", "0012", "=1+1", "&amp;", "AT&amp;T &lt;b&gt;", "&quot;&apos;", "&#65;&#x1F600;",
    "&amp;lt;", "&amp;amp;", "_x0041_", "_x0000_", "_x001F_", "_x005F_x0041_", "_x00&#52;1_",
    "&#13;", "a\r\nb", "a\rb", "\n", " ", "  x ", "\t", "]]&gt;", "中文", "é", "😀", "\u2028",
    "\u00a0", "NULL", '"', "'", "\\", ">", "/>", "x" * 400,
]  # fmt: skip
ILL_FORMED = ["&nothing;", "&", "&#0;", "&#1;", "&#31;", "&#xD800;", "&#xFFFE;", "]]>", "\x01",
              "\x1f", "\ufffe", "&#1114112;"]  # fmt: skip
NUMBERS = [
    "0", "5", "-5", "-0", "007", "1.5", "0.1", "-3.25", "1.0", "1e5", "1E-7", "2E+3", "12.50",
    "123456789012345", "1234567890123456", "12345678901234567890", "-12345678901234567",
    "0.30000000000000004", "99999999999999.999999", "nan", "inf", "1e999", " 5 ", "", "+5",
    "1_000", "٣", ".5", "5.", "45000", "45000.5", "60", "59", "61", "2958466", "-1", "0.75", "25.5",
    "1e15", "999999999999999.9",
]  # fmt: skip
OTHER = {
    ' t="b"': ["1", "0", "true", "2", ""],
    ' t="e"': ["#N/A", "#REF!"],
    ' t="d"': ["2024-05-06", "2024-05-06T07:08:09", "07:08", "no", ""],
    ' t="s"': ["0", "1", "2", "3", "4", "5", "6", "7", "8", "-1", "x", ""],
}
NUMERIC = ["", ' t="n"', ' s="1"', ' s="2"', ' s="3" t="n"', ' s="4"', ' t="n" s="9"', ' cm="1"']
BODIES = ["<v>{}</v>", "<f>A1&lt;2</f><v>{}</v>", '<f t="shared" si="0"/><v>{}</v>']


def cell(attributes: str, body: str, value: str) -> str:
    return f"<c{{}}{attributes}>{body.format(value)}</c>"


def cells_of(texts: list[str]) -> st.SearchStrategy[list[str]]:
    """A column: a few spellings, mostly the same one, each with many values."""
    numeric = st.tuples(st.sampled_from(NUMERIC), st.sampled_from(BODIES), st.just(NUMBERS))
    other = st.sampled_from(sorted(OTHER)).flatmap(
        lambda name: st.tuples(st.just(name), st.sampled_from(BODIES), st.just(OTHER[name]))
    )
    formula = st.tuples(st.sampled_from([' t="str"']), st.sampled_from(BODIES), st.just(texts))
    inline = st.tuples(
        st.sampled_from([' t="inlineStr"', ' s="1" t="inlineStr"', ' t="n"']),
        st.sampled_from(["<is><t>{}</t></is>", '<is><t xml:space="preserve">{}</t></is>',
                         "<is><r><t>{}</t></r><rPh><t>no</t></rPh></is>"]),
        st.just(texts),
    )  # fmt: skip
    empty = st.sampled_from(["<c{}/>", '<c{} s="1"/>', "<c{}></c>", "", "<c{}><f>A1</f></c>"])
    spelling = st.one_of(numeric, numeric, other, formula, inline).map(
        lambda found: [cell(found[0], found[1], value) for value in found[2]]
    )
    return st.lists(
        st.one_of(spelling, empty.map(lambda text: [text])), min_size=1, max_size=3
    ).map(lambda ways: [text for way in ways for text in way])


@st.composite
def sheets(draw: st.DrawFn, texts: list[str]) -> bytes:
    columns = draw(st.lists(cells_of(texts), min_size=1, max_size=6))
    is_named, is_numbered = draw(st.booleans()), draw(st.booleans())
    between = draw(st.sampled_from(["", "", "\n", '<row r="{}"/>', "<row/>", "<!-- </row> -->"]))
    choose = draw(st.randoms(use_true_random=False))
    rows, number = [], 0
    for _ in range(draw(st.integers(1, 60))):
        number += choose.choice([1, 1, 1, 3])
        made = "".join(
            choose.choice(ways).replace("{}", f' r="{cells.column_letters(place)}{number}"', 1)
            if is_named
            else choose.choice(ways).replace("{}", "", 1)
            for place, ways in enumerate(columns)
        )
        start = f'<row r="{number}" spans="1:6">' if is_numbered else "<row>"
        rows.append(f"{start}{made}</row>")
        if choose.random() < 0.05:
            number += 1
            rows.append(between.format(number))
    return sheet("".join(rows))


QUICK = settings(
    max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)  # fmt: skip


@QUICK
@given(data=sheets(TEXTS), size=st.integers(60, 4000))
def test_random_sheets_are_read_as_by_the_parser(data: bytes, size: int) -> None:
    assert outcome(read_rows, data, size) == outcome(parse_rows, data, size)


@QUICK
@given(data=sheets([*TEXTS, *ILL_FORMED]), size=st.integers(60, 4000))
def test_what_the_parser_refuses_is_refused(data: bytes, size: int) -> None:
    assert outcome(read_rows, data, size) == outcome(parse_rows, data, size)


@pytest.mark.parametrize("text", [*TEXTS, *ILL_FORMED])
@pytest.mark.parametrize("spelling", [' t="str"><v>{}</v>', ' t="inlineStr"><is><t>{}</t></is>'])
def test_a_nasty_text_among_good_rows_is_that_of_the_parser(text: str, spelling: str) -> None:
    """One text at a time, in a column whose form is known by then."""
    texts = [*["good"] * 200, text, *["good"] * 20]
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"{spelling.format(value)}</c></row>'
        for n, value in enumerate(texts, 1)
    )
    data = sheet(rows)
    assert outcome(read_rows, data, 2000) == outcome(parse_rows, data, 2000)


@pytest.mark.parametrize("number", NUMBERS)
@pytest.mark.parametrize("style", NUMERIC)
def test_a_nasty_number_among_good_rows_is_that_of_the_parser(number: str, style: str) -> None:
    numbers = [*["45000.25"] * 200, number, *["45000.25"] * 20]
    rows = "".join(
        f'<row r="{n}"><c r="A{n}"{style}><v>{value}</v></c></row>'
        for n, value in enumerate(numbers, 1)
    )
    data = sheet(rows)
    assert outcome(read_rows, data, 2000) == outcome(parse_rows, data, 2000)


# -- Forms ------------------------------------------------------------------------------------
FORMS = {
    "plain": '<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}" t="s"><v>0</v></c></row>',
    "Excel's": '<row r="{n}" spans="1:2" x:dyDescent="0.25"><c r="A{n}" s="2"><v>{n}.5</v></c>'
    '<c r="C{n}" s="1"/></row>',
    "ours": '<row><c s="1"><v>{n}</v></c><c s="2"/>'
    '<c s="1" t="inlineStr"><is><t xml:space="preserve"> {n} &amp; &lt;</t></is></c></row>',
    "formulas": '<row r="{n}"><c r="A{n}"><f>B{n}+1</f><v>{n}</v></c>'
    '<c r="B{n}" t="str"><f t="shared" si="0"/><v>x{n}</v></c></row>',
    "pretty rows": '\n <row r="{n}"><c r="A{n}" t="b"><v>1</v></c></row>',
}


def in_form(form: str, count: int) -> bytes:
    return sheet("".join(FORMS[form].format(n=n) for n in range(1, count + 1)))


@pytest.mark.parametrize("form", FORMS)
def test_rows_of_usual_forms_are_read_in_stretches(form: str) -> None:
    data = in_form(form, 4000)
    items = list(read_rows(pieces(data, 8000), meaning(), PART))
    assert stretched(items) > 3600
    assert outcome(read_rows, data, 8000) == outcome(parse_rows, data, 8000)


def test_gaps_and_kinds_that_change_are_learned() -> None:
    rows = []
    for n in range(1, 4001):
        made = f'<c r="A{n}"><v>{n}</v></c>' if n % 3 else f'<c r="A{n}" t="str"><v>no</v></c>'
        made += f'<c r="B{n}" s="1"><v>45000</v></c>' if n % 5 else ""
        made += f'<c r="D{n}" t="e"><v>#N/A</v></c>' if n == 3000 else ""
        rows.append(f'<row r="{n}">{made}</row>')
    data = sheet("".join(rows))
    items = list(read_rows(pieces(data, 8000), meaning(), PART))
    assert stretched(items) > 3600
    assert outcome(read_rows, data, 8000) == outcome(parse_rows, data, 8000)


def test_rows_of_no_form_are_read_one_by_one() -> None:
    """Each row has attributes of its own, so there is nothing to learn."""
    rows = (f'<row r="{n}"><c r="A{n}" s="{n}"><v>{n}</v></c></row>' for n in range(1, 3001))
    data = sheet("".join(rows))
    items = list(read_rows(pieces(data, 8000), meaning(), PART))
    assert len(items) == 3000
    assert outcome(read_rows, data, 8000) == outcome(parse_rows, data, 8000)


@pytest.mark.parametrize("number", ["1500", "1", "1048577"])
def test_rows_out_of_order_are_refused_within_a_stretch(number: str) -> None:
    data = in_form("plain", 3000).replace(b'<row r="2500"', f'<row r="{number}"'.encode())
    assert outcome(read_rows, data, 8000) in ("rows_out_of_order", "too_many_rows")
    assert outcome(read_rows, data, 8000) == outcome(parse_rows, data, 8000)


def test_a_shared_text_that_is_missing_is_refused_within_a_stretch() -> None:
    data = in_form("plain", 3000).replace(b'"B2500" t="s"><v>0<', b'"B2500" t="s"><v>70<')
    assert outcome(read_rows, data, 8000) == "missing_text"


def test_blank_rows_within_a_stretch_are_left_out() -> None:
    row = '<row r="{n}"><c r="A{n}" s="0"/><c r="B{n}" t="str"><v>{text}</v></c></row>'
    texts = ["x" if n % 4 else "  " for n in range(2000)]
    data = sheet("".join(row.format(n=n, text=text) for n, text in enumerate(texts, 1)))
    found = outcome(read_rows, data, 8000)
    assert len(found) == 1500
    assert found == outcome(parse_rows, data, 8000)


def test_the_header_may_stand_among_rows_of_its_form(make_file: Any, make_sheet: Any) -> None:
    rows = "".join(
        f'<row r="{n}"><c r="A{n}" t="str"><v>t{n}</v></c></row>' for n in range(1, 5001)
    )
    path: Path = make_file("a.xlsx", make_sheet(rows))
    reader = open_reader(path, "a.xlsx", Layout(sheet="Sheet", header_row=4900))
    try:
        found = [(row.number, row.cells) for row in reader.rows()]
    finally:
        reader.close()
    assert reader.header == ("t4900",)
    assert found == [(n, [f"t{n}"]) for n in range(4901, 5001)]


# -- Shared texts -----------------------------------------------------------------------------
ITEMS = [
    "<si/>", "<si><t/></si>", "<si></si>", "<si>\n<t>x</t></si>", "<!-- </si> -->", "<?x y?>",
    "<si><r><t>one </t></r><r><rPr><b/></rPr><t>two</t></r></si>",
    "<si><t>a</t><rPh sb='0' eb='1'><t>no</t></rPh></si>", "<si><t><![CDATA[a&b]]></t></si>",
    "<!-- <si><t>no</t></si> -->", "<extLst><ext/></extLst>", "<x><si><t>in</t></si></x>",
]  # fmt: skip


def texts_of(data: bytes, size: int) -> str | list[str]:
    strings = SharedStrings(pieces(data, size))
    try:
        strings.load(1 << 30)
    except Unreadable as refusal:
        return strings.known if refusal.code == "missing_text" else refusal.code
    raise AssertionError("there are not so many")


def texts_by_parser(data: bytes) -> str | list[str]:
    found: list[str] = []
    try:
        parse([data], TextItems(found), PART)
    except Unreadable as refusal:
        return refusal.code
    return found


@QUICK
@given(
    items=st.lists(
        st.one_of(
            st.sampled_from(ITEMS),
            st.sampled_from([*TEXTS, *TEXTS, *TEXTS, *ILL_FORMED]).map("<si><t>{}</t></si>".format),
            st.just('<si><t xml:space="preserve"> plain </t></si>'),
        ),
        max_size=30,
    ),
    head=st.sampled_from(["<sst>", '<?xml version="1.0"?>\n<sst count="2">', "<sst xmlns:x='y' >"]),
    tail=st.sampled_from(["</sst>", "</sst>", "\n</sst>", "<x/></sst>", "", "</si></sst>"]),
    size=st.integers(30, 3000),
)
def test_shared_texts_are_those_of_the_parser(
    items: list[str], head: str, tail: str, size: int
) -> None:
    data = f"{head}{''.join(items)}{tail}".encode()
    assert texts_of(data, size) == texts_by_parser(data)


def test_many_shared_texts_are_all_there() -> None:
    """Plain ones without the parser, and others in their places."""
    texts = [f"text {n}" for n in range(5000)]
    items = [f"<si><t>{text}</t></si>" for text in texts]
    items[4000] = "<si><r><t>text </t></r><r><t>4000</t></r></si>"
    data = f"<sst>{''.join(items)}</sst>".encode()
    assert texts_of(data, 9000) == texts


def test_a_shared_text_that_is_too_long_is_refused() -> None:
    data = f"<sst><si><t>a</t></si><si><t>{'x' * (1 << 21)}</t></si></sst>".encode()
    assert texts_of(data, 1 << 18) == "too_long_text"


# -- Between child and parent -----------------------------------------------------------------
def test_a_stretch_of_a_wrong_form_is_refused() -> None:
    said = {"numbers": [1, 2], "places": [0, 1], "kinds": "nt"}
    payload = b"1\x1f2\x1ea\x1fb"
    assert stretch_of(said, payload).columns == [["1", "2"], ["a", "b"]]
    changes: tuple[dict[str, Any], ...] = (
        {"numbers": [1]},
        {"numbers": [0, 1]},
        {"numbers": [1, 1 << 30]},
        {"numbers": [1, 2.5]},
        {"numbers": "ab"},
        {"places": [0, 500]},
        {"places": [-1, 1]},
        {"places": [0, True]},
        {"places": []},
        {"kinds": "ntn"},
        {"kinds": None},
    )
    for change in changes:
        with pytest.raises(Unreadable, match="reader_died"):
            stretch_of({**said, **change}, payload)
    for wrong in (b"", b"1\x1f2", b"1\x1f2\x1ea", b"1\x1f2\x1e\xff\x1fb", payload + b"\x1ex\x1fy"):
        with pytest.raises(Unreadable, match="reader_died"):
            stretch_of(said, wrong)


@QUICK
@given(texts=st.lists(st.sampled_from([*NUMBERS, *TEXTS]), min_size=1, max_size=30), data=st.data())
def test_columns_are_decoded_like_single_cells(texts: list[str], data: st.DataObject) -> None:
    singly = decoders(is_1904=data.draw(st.booleans()))
    kind = data.draw(st.sampled_from(sorted(singly)))

    ways: tuple[Callable[[], object], ...] = (
        lambda: list(map(singly[kind], texts)),
        lambda: column_decoders(singly)[kind](texts),
    )
    found = set()
    for decode in ways:
        try:
            found.add(repr(decode()))
        except (ValueError, OverflowError):
            found.add("refused")
    assert len(found) == 1
