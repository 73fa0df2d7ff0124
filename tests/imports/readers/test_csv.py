"""Delimited text: every row comes out once, where it stands, or the file is refused."""

import csv
import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imports.problems import FileRefused
from imports.readers.base import Layout, RawRow, open_reader

Read = Callable[..., list[RawRow]]


def numbers_and_cells(rows: list[RawRow]) -> list[tuple[int, list[Any]]]:
    return [(row.number, list(row.cells)) for row in rows[1:]]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_rows_are_numbered_by_the_line_where_they_begin(read: Read, newline: str) -> None:
    lines = ["a,b", '1,"x', "", 'y"', "", ",,", "2,z", '3,"p', 'q"', "4,r"]
    rows = read(newline.join(lines).encode())
    assert rows[0].cells == ("a", "b")
    assert numbers_and_cells(rows) == [
        (2, ["1", f"x{newline}{newline}y"]),
        (7, ["2", "z"]),
        (8, ["3", f"p{newline}q"]),
        (10, ["4", "r"]),
    ]


def test_mixed_line_ends_are_lines_all_the_same(read: Read) -> None:
    rows = read(b"a,b\r1,2\n3,4\r\n5,6\r\r\n7,8")
    assert [row.number for row in rows[1:]] == [2, 3, 4, 6]


@pytest.mark.parametrize("cut", [1 << 18, (1 << 18) - 1, (1 << 18) + 1])
@pytest.mark.parametrize("newline", [b"\r\n", b"\n", b"\r"])
def test_a_line_end_where_pieces_meet_is_one(read: Read, cut: int, newline: bytes) -> None:
    first = b"a,b" + newline
    long = b"1," + b"x" * (cut - len(first) - 3) + newline
    rows = read(first + long + b"2,y" + newline + b"3,z")
    assert [row.number for row in rows[1:]] == [2, 3, 4]


@pytest.mark.parametrize(
    ("encoding", "codec"),
    [
        ("utf-8", "utf-8"),
        ("utf-8", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16", "utf-16-le"),
        ("utf-16", "utf-16-be"),
        ("cp1252", "cp1252"),
        ("latin-1", "latin-1"),
    ],
)
def test_every_encoding_gives_the_same_cells(read: Read, encoding: str, codec: str) -> None:
    text = "Name,Prix\r\nÉmile Zoë,£9\r\n" * 3
    rows = read(text.encode(codec), encoding=encoding, delimiter=",", header_row=1)
    assert rows[0].cells == ("Name", "Prix")
    assert list(rows[1].cells) == ["Émile Zoë", "£9"]


@pytest.mark.parametrize("newline", [b"\r\n", b"\n", b"\r"])
@pytest.mark.parametrize("line", [2, 3, 40_000])
def test_a_bad_byte_is_named_by_its_line(read: Read, line: int, newline: bytes) -> None:
    lines = [b"name,city"] + [b"Ann,Rome"] * 50_000
    lines[line - 1] = b"Zo\xe9,Rome"
    with pytest.raises(FileRefused, match=rf"^Line {line} holds a byte \(0xE9\)"):
        read(newline.join(lines), encoding="utf-8", delimiter=",", header_row=1)


def test_a_text_that_ends_within_a_character_is_refused(read: Read) -> None:
    with pytest.raises(FileRefused, match=r"^Line 2 "):
        read("a,b\n1,é".encode()[:-1], encoding="utf-8", delimiter=",", header_row=1)


def test_ragged_rows_are_given_as_they_are(read: Read) -> None:
    rows = read(b"a,b,c\n1\n1,2\n1,2,3,4\n")
    assert [list(row.cells) for row in rows[1:]] == [["1"], ["1", "2"], ["1", "2", "3", "4"]]
    assert not any(row.fault for row in rows)


def test_an_unclosed_quote_is_named_by_the_line_where_it_opens(read: Read) -> None:
    lines = ["a,b"] + ["1,2"] * 20
    lines[7] = '1,"2'
    with pytest.raises(FileRefused, match="in line 8 is not closed") as refusal:
        read("\n".join(lines).encode())
    assert refusal.value.code == "unclosed_quote"


def test_an_unclosed_quote_that_another_one_ends_is_found(read: Read) -> None:
    with pytest.raises(FileRefused, match="in line 2 is not closed"):
        read(b'a,b\n1,"x\n2,y\n3,"z"\n4,w\n', delimiter=",", header_row=1)


def test_a_record_over_a_thousand_lines_is_an_unclosed_quote(read: Read) -> None:
    data = b'a,b\n1,"' + b"x\n" * 1500 + b'"\n2,3\n'
    with pytest.raises(FileRefused, match="in line 2 is not closed"):
        read(data, delimiter=",", header_row=1)


def test_an_unclosed_quote_does_not_take_the_memory(make_file: Any) -> None:
    path = make_file("a.csv", b'a,b\n1,"' + b"x" * 100 + b"\n" + b"1,2,3,4,5,6,7,8\n" * 1_000_000)
    tracemalloc.start()
    with pytest.raises(FileRefused, match="line 2"):
        read_all(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 20 << 20


def read_all(path: Path) -> int:
    layout = Layout(encoding="utf-8", delimiter=",", header_row=1)
    reader = open_reader(path, path.name, layout)
    try:
        return sum(1 for _ in reader.rows())
    finally:
        reader.close()


def test_memory_is_flat_however_long_the_file(make_file: Any) -> None:
    peaks = []
    for count in (20_000, 200_000):
        path = make_file("a.csv", b"a,b,c\n" + b'12.50,2024-01-01,"some ""text"""\n' * count)
        tracemalloc.start()
        assert read_all(path) == count
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2


def test_broken_quotes_keep_only_their_row_out(read: Read) -> None:
    rows = read(b'a,b\n1,2\n3,"4" inch\n5,6\n"7"x,8\n9,10\n')
    assert [(row.number, bool(row.fault)) for row in rows[1:]] == [
        (2, False),
        (3, True),
        (4, False),
        (5, True),
        (6, False),
    ]
    assert rows[2].fault is not None
    assert rows[2].fault.code == "broken_quotes"
    assert list(rows[2].cells) == ["3", "4 inch"]


def test_broken_quotes_before_a_row_of_another_width_are_not_trusted(read: Read) -> None:
    with pytest.raises(FileRefused, match="line 2"):
        read(b'a,b\n1,"5" wide\nand high",x,y\n2,3\n', delimiter=",", header_row=1)


def test_an_open_quote_in_the_last_line_keeps_only_that_row_out(read: Read) -> None:
    rows = read(b'a,b\n1,2\n3,"4', delimiter=",", header_row=1)
    assert [bool(row.fault) for row in rows[1:]] == [False, True]


def test_a_nul_keeps_its_row_out(read: Read) -> None:
    rows = read(b"a,b\n1,2\n3,4\x00\n5,6\n")
    assert [row.fault.code if row.fault else "" for row in rows[1:]] == ["", "nul_character", ""]


def test_a_cell_and_a_line_have_a_longest(read: Read) -> None:
    with pytest.raises(FileRefused, match="Line 2 has more than"):
        read(b"a,b\n" + b"x" * (3 << 20) + b",2\n", delimiter=",", header_row=1, encoding="utf-8")


def test_more_columns_than_500_are_refused(read: Read) -> None:
    with pytest.raises(FileRefused, match="501 columns"):
        read((",".join(f"c{n}" for n in range(501)) + "\n").encode())
    assert len(read((",".join(f"c{n}" for n in range(500)) + "\n").encode())[0].cells) == 500


def test_a_header_row_without_a_row_is_refused(read: Read) -> None:
    with pytest.raises(FileRefused, match="no header in row 3"):
        read(b"a,b\n1,2\n\n3,4\n", delimiter=",", encoding="utf-8", header_row=3)


def test_excel_s_escaped_values_are_left_to_the_fields(read: Read) -> None:
    rows = read(b'id,name\r\n"=""0012""",Ann\r\n')
    assert list(rows[1].cells) == ['="0012"', "Ann"]


def test_what_the_csv_module_reads_is_what_comes(read: Read) -> None:
    data = "a;b\n" + "\n".join(f'"x{n};";"y""{n}\n{n}"' for n in range(2000))
    rows = read(data.encode())
    expected = list(csv.reader(io.StringIO(data), delimiter=";"))[1:]
    assert [list(row.cells) for row in rows[1:]] == expected
