"""Cells of whole columns: the rows that they make, and that no short cut changes one."""

import datetime as dt
from collections.abc import Callable
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils.dateparse import parse_datetime, parse_time

from exports.formats import columns
from exports.formats.column_cells import Cells, encode, encode_all, fill, join_rows
from exports.formats.column_encoders import column_encoder
from exports.formats.columns import CellMaker
from exports.formats.csv import careful_lines
from exports.formats.guard import Tally
from exports.formats.stored import Form, StoredColumn
from exports.formats.xlsx_text import CAREFUL_LINES, TextCells

UTC = ZoneInfo("UTC")


def whole(made: Cells) -> list[bytes]:
    return [made.before + cell + made.after for cell in made.cells]


def test_rows_have_what_is_around_their_cells() -> None:
    columns = [Cells([b"a", b""], b"<", b">"), Cells([b"1", b"2"]), Cells([b"x", b"y"], b"", b"!")]
    rows = join_rows(columns, first=b"[", between=b",", last=b"]\n")
    assert rows == b"[<a>,1,x!]\n[<>,2,y!]\n"
    assert join_rows([Cells([b"a", b"b"])], last=b"\n") == b"a\nb\n"
    assert join_rows([one.part(1, 2) for one in columns], between=b";") == b"<>;2;y!"


@pytest.mark.parametrize("texts", [[], [""], ["a", "", "é\ud800"], ["a\x1fb", ""], ["\x1f"]])
def test_texts_are_encoded_alike_together_and_alone(texts: list[str]) -> None:
    assert encode_all(texts) == list(map(encode, texts))


def test_blanks_take_the_places_of_nothing() -> None:
    cells = Cells([b"1", b"2"], b"<", b">")
    assert fill(["a", "b"], cells, b"-") is cells
    assert whole(fill([None, "a", None, "b"], cells, b"-")) == [b"-", b"<1>", b"-", b"<2>"]
    assert whole(fill([None], Cells([], b"<", b">"), b"-")) == [b"-"]


TEXTS = (
    "", " ", "a ", " a", "a b", "=1", "a=1", "a-b", "-", "a_b", "_x000D_", "a\nb", "\n", "é", "a,b",
    'a"b', "a&b", "<", "a\tb", "\r", "\ufffe", "\u00a0a", "a\u2028", "日", "a.b:/()",
)  # fmt: skip


def csv_cell(value: Any) -> str:
    text = "" if value is None else str(value)
    guarded = f"'{text}" if text.lstrip(" \u00a0")[:1] in ("=", "-", "\t", "\r", "\n") else text
    is_quoted = any(one in guarded for one in ',"\r\n')
    doubled = guarded.replace('"', '""')
    return f'"{doubled}"' if is_quoted else guarded


def sheet_cell(value: Any) -> str:
    return TextCells(Tally()).encoder("A", 2)(value or "")


@pytest.mark.parametrize(
    ("cell", "careful"),
    [(csv_cell, careful_lines("minimal", ",", guarded=True)), (sheet_cell, CAREFUL_LINES)],
)
def test_a_text_among_harmless_ones_is_written_as_alone(
    cell: Callable[[object], str], careful: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(columns, "REMEMBERED", 0)
    maker = CellMaker(cell=cell, tally=Tally(), zone=UTC, careful=careful)
    encode_column = column_encoder(StoredColumn(form=Form.TEXT, read=lambda one: one), maker)
    encode_column(["a", "b"])  # has many from here on
    for text, before, after in product(TEXTS, ([], ["x y"], [None]), ([], ["z"])):
        values = [*before, text, *after]
        assert whole(encode_column(values)) == [cell(one).encode() for one in values]


MOMENTS = (
    "2024-02-29 12:00:01", "2024-02-29 12:00:01.000002", "2024-1-029 12:00:01",
    "2024-02-29 12:60:00", "2024-02-29 12:00:61", "2024-02-29 24:00:00", "2024-02-30 12:00:00",
    "2024-02-29T12:00:01", "2024-02-29 12:00:01.000000", "2024-02-29 12:00:01.5",
    "2024-02-29 12:00", "2024-02-29 12:00:01Z", "٢٠٢٤-02-29 12:00:01", "",
    "2024-02-2 912:00:01", "2024-02-29 12:000:1", "2024-02-29 12:00:01,000002",
)  # fmt: skip
CLOCKS = tuple(moment[11:] for moment in MOMENTS)


@pytest.mark.parametrize(
    ("form", "read", "stored"),
    [(Form.MOMENT, parse_datetime, MOMENTS), (Form.TIME, parse_time, CLOCKS)],
)
def test_what_only_resembles_a_time_is_written_as_alone(
    form: Form, read: Callable[[str], object], stored: tuple[str, ...]
) -> None:
    def read_any(value: Any) -> object:
        try:
            return value and (read(value) or value)
        except ValueError:
            return "none"

    def cell(value: object) -> str:
        if isinstance(value, dt.datetime):
            return f"{value:%d.%m. %H:%M:%S}"
        return str(value)

    column = StoredColumn(form=form, read=read_any)
    maker = CellMaker(cell=cell, tally=Tally(), zone=UTC)
    for one, other in product(stored, repeat=2):
        encode_column = column_encoder(column, maker)
        for values in ([one, other, None], [stored[0], one, stored[1], other]):
            expected = [cell(None if v is None else read_any(v)).encode() for v in values]
            assert whole(encode_column(values)) == expected, values
