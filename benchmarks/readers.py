"""How fast files become rows, beside the csv module and python-calamine.

`python -m benchmarks.readers`. Each time is the least of three, taken in turn. Processor time is of
this process and of the child that reads a workbook together, since other work moves the clock's.
"""

import csv
import os
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import django
from openpyxl import Workbook
from python_calamine import CalamineWorkbook

from benchmarks import report

COLUMNS = 14
CSV_ROWS, XLSX_ROWS = 1_000_000, 200_000


def row(number: int) -> list[object]:
    texts = [f"text {number % 5000} {column}" for column in range(6)]
    return [*texts, *(number * column / 100 for column in range(COLUMNS - 6))]


def write_csv(path: Path) -> None:
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow([f"column {column}" for column in range(COLUMNS)])
        writer.writerows(map(row, range(CSV_ROWS)))


def write_xlsx(path: Path) -> None:
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append([f"column {column}" for column in range(COLUMNS)])
    for number in range(XLSX_ROWS):
        sheet.append(row(number))
    book.save(path)


def read(path: Path) -> int:
    from imports.readers.base import Layout, open_reader

    reader = open_reader(path, path.name, Layout())
    try:
        return sum(1 for _ in reader.rows())
    finally:
        reader.close()


def read_by_calamine(path: Path) -> int:
    return sum(1 for _ in CalamineWorkbook.from_path(path).get_sheet_by_index(0).iter_rows())


def read_by_csv(path: Path) -> int:
    with path.open(newline="", encoding="utf-8") as stream:
        return sum(1 for _ in csv.reader(stream))


def race(path: Path, others: Callable[[Path], int]) -> tuple[float, float, float, float]:
    """Seconds of the clock and of the processor: ours, then the other's."""
    ours, theirs = [], []
    for _ in range(3):
        ours.append(measure(read, path))
        theirs.append(measure(others, path))
    return *map(min, zip(*ours, strict=True)), *map(min, zip(*theirs, strict=True))


def measure(function: Callable[[Path], int], path: Path) -> tuple[float, float]:
    began, worked = time.perf_counter(), processor_seconds()
    function(path)
    return time.perf_counter() - began, processor_seconds() - worked


def processor_seconds() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exportsite.settings")
    django.setup()
    with tempfile.TemporaryDirectory() as folder:
        text, book = Path(folder, "a.csv"), Path(folder, "a.xlsx")
        write_csv(text)
        write_xlsx(book)
        lines = [
            "## Reading files",
            "",
            report.circumstances(3, "openpyxl", "python-calamine"),
            "",
            f"| file, {COLUMNS} columns | beside | s | its s | processor s | its |"
            " ratio of s | of processor |",
            "|---|---|--:|--:|--:|--:|--:|--:|",
            describe(f"CSV, {CSV_ROWS:,} rows", "csv module", race(text, read_by_csv)),
            describe(f"XLSX, {XLSX_ROWS:,} rows", "python-calamine", race(book, read_by_calamine)),
        ]
        report.write_section("readers", lines)


def describe(work: str, other: str, times: tuple[float, float, float, float]) -> str:
    clock, processor, other_clock, other_processor = times
    figures = (clock, other_clock, processor, other_processor)
    ratios = (clock / other_clock, processor / other_processor)
    return " | ".join([f"| {work}", other, *(f"{n:.2f}" for n in (*figures, *ratios)), ""]).rstrip()


if __name__ == "__main__":
    main()
