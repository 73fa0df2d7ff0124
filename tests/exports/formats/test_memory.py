"""Constant memory, whatever the number of rows."""

import datetime as dt
import subprocess
import sys
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


@pytest.mark.parametrize(
    ("name", "options"),
    [
        *((one.name, {}) for one in FORMATS.values() if one.max_rows is None),
        ("csv", {"gzip": True}),
        ("zip", {"part_format": "xlsx"}),
    ],
)
def test_a_hundred_thousand_rows_need_little_memory(
    name: str, options: dict[str, object], make_document: Any, tmp_path: Path
) -> None:
    with (tmp_path / "file").open("wb") as stream:
        tracemalloc.start()
        writer = FORMATS[name].open(stream, make_document(KINDS), options)
        for rows in batches(100_000):
            writer.write(rows)
        totals = writer.close()
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert totals.rows == 100_000
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


PDF_IN_A_PROCESS = """
from pathlib import Path
from zoneinfo import ZoneInfo
from exports.formats import FORMATS, Document, Field
fields = tuple(Field(name=str(n), header=f"Column {n}") for n in range(8))
document = Document(title="T", fields=fields, total_rows=10_000, time_zone=ZoneInfo("UTC"))
with open("/dev/null", "wb") as stream:
    writer = FORMATS["pdf"].open(stream, document, {})
    for start in range(0, 10_000, 500):
        writer.write([[f"text {n} Ελλάδα 日本語 of {row}" for n in range(8)]
                      for row in range(start, start + 500)])
    assert writer.close().rows == 10_000
# Not ru_maxrss: it begins with what the process that started this one had.
print(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
"""


def test_the_largest_pdf_needs_little_memory() -> None:
    """Of the whole process, as most of it is the library and its fonts."""
    command = [sys.executable, "-c", PDF_IN_A_PROCESS]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert int(done.stdout) < 120 * 1024  # KiB
