"""Constant memory, whatever the number of rows."""

import datetime as dt
import tracemalloc
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from exports.formats import FORMATS, Kind

KINDS = [Kind.INTEGER, Kind.TEXT, Kind.MONEY, Kind.DATETIME]
CEILING_BYTES = 16 * 1024 * 1024
NOW = dt.datetime(2024, 7, 1, 12, tzinfo=dt.UTC)


def batches(rows: int) -> Iterator[list[tuple[object, ...]]]:
    for start in range(0, rows, 2_000):
        yield [
            (number, f"a text, number {number}", Decimal(number) / 100, NOW)
            for number in range(start, start + 2_000)
        ]


@pytest.mark.parametrize("name", FORMATS)
def test_two_hundred_thousand_rows_need_little_memory(
    name: str, make_document: Any, tmp_path: Path
) -> None:
    with (tmp_path / "file").open("wb") as stream:
        tracemalloc.start()
        writer = FORMATS[name].open(stream, make_document(KINDS), {})
        for rows in batches(200_000):
            writer.write(rows)
        totals = writer.close()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert totals.rows == 200_000
    assert peak < CEILING_BYTES


def test_long_texts_wait_on_disk(make_document: Any, tmp_path: Path) -> None:
    text = "x" * 100_000
    with (tmp_path / "file").open("wb") as stream:
        tracemalloc.start()
        writer = FORMATS["xlsx"].open(stream, make_document(), {})
        for _ in range(600):
            writer.write([[text]])
        totals = writer.close()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert totals.long_texts == 600  # 60 MB
    assert peak < CEILING_BYTES
