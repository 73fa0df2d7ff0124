"""Rows that are read some at a time are the rows that are read one after the other."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imports.problems import FileRefused
from imports.readers import encodings
from imports.readers.base import RawRow, in_blocks
from imports.readers.csv import RECORD_LINES, CsvReader, Layout

PARTS = ("1", "x", " ", ",", ",", '"', '"', '""', "\n", "\n", "\r\n", "\r", "\0", "é", '"a\r\nb"',
         '"a\r', '\n"', "1,2\n", "3,4\n", '5,"6"\n', '"7"8,9\n', "\n\n")  # fmt: skip
LAYOUT = Layout(encoding="utf-8", delimiter=",", header_row=1)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("blocks") / "a.csv"


def singly(reader: CsvReader, size: int) -> Iterator[RawRow]:
    for block in reader.blocks(size):
        assert 0 < len(block.numbers) == len(block.cells)
        assert block.faults.keys() <= set(range(len(block.cells)))
        for n, (number, cells) in enumerate(zip(block.numbers, block.cells, strict=True)):
            yield RawRow(number, cells, block.faults.get(n))


def outcome(file: Path, size: int = 0) -> list[str]:
    """All rows, and what is said of the file at the end."""
    reader = CsvReader(file, LAYOUT)
    told = []
    try:
        for row in singly(reader, size) if size else reader.rows():
            told.append(repr(row))
    except FileRefused as refusal:
        told.append(f"{refusal.code}: {refusal}")
    finally:
        reader.close()
    return told


@given(st.lists(st.sampled_from(PARTS), max_size=30), st.integers(1, 6), st.integers(1, 9))
@settings(max_examples=600)
def test_blocks_hold_the_rows(file: Path, parts: list[str], size: int, piece: int) -> None:
    file.write_bytes(("a,b\n" + "".join(parts)).encode())
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(encodings, "PIECE", piece)
        assert outcome(file, size) == outcome(file)


@pytest.mark.parametrize("height", [RECORD_LINES - 1, RECORD_LINES, RECORD_LINES + 5])
@pytest.mark.parametrize("text", ["x", "", '"'])
def test_a_long_record_ends_both(file: Path, height: int, text: str) -> None:
    long = '"' + "\n" * height + f'{text}",4\n'
    file.write_bytes(f"a,b\n1,2\n{long}5,6\n".encode())
    assert outcome(file, 250) == outcome(file)


def test_what_came_before_a_bad_byte_is_given(file: Path) -> None:
    file.write_bytes(b"a,b\n" + b"1,2\n" * 70_000 + b"\xe9,2\n")
    told = outcome(file, 250)
    assert told == outcome(file)
    assert len(told) > 60_000


def test_rows_of_any_reader_come_in_blocks() -> None:
    def rows() -> Iterator[RawRow]:
        for number in range(5):
            yield RawRow(number, [str(number)])
        raise FileRefused("unclosed_quote", "A quote is not closed.")

    given = []
    with pytest.raises(FileRefused):
        given.extend(in_blocks(rows(), 2))
    assert [list(block.numbers) for block in given] == [[0, 1], [2, 3], [4]]
