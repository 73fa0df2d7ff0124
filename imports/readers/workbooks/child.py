"""The child process: a workbook on its standard input, lines of JSON on its standard output.

Behind a line about a stretch of rows come its texts, as bytes, as many as the line says.

It limits itself before it reads a byte, dies with its parent, and knows neither settings,
database nor secrets. What it says is data to the parent, never code: JSON, not pickle.
"""

import ctypes
import gc
import json
import os
import re
import resource
import signal
import sys
from collections.abc import Callable, Iterator
from itertools import chain, islice
from typing import Any

from imports.readers.archives import Limits
from imports.readers.expected import last_row_said
from imports.readers.unreadable import Unreadable
from imports.readers.workbooks.cells import UNSOLVED
from imports.readers.workbooks.package import Package, Sheet
from imports.readers.workbooks.rows import Item, Meaning, SheetRow, Stretch, singles
from imports.readers.workbooks.sheets import read_rows
from imports.readers.workbooks.texts import GROUP, UNIT

BATCH_CHARACTERS = 1 << 17
BATCH_ROWS = 500
MEMORY_EXIT = 77  # sandbox.py knows it
PR_SET_PDEATHSIG = 1  # prctl(2)

Say = Callable[..., None]


def main() -> None:
    task = json.loads(sys.argv[1])
    gc.disable()  # nothing here is cyclic, and looking for it takes a third of the time
    _limit(task["memory_bytes"], task["cpu_seconds"], task["parent"])
    try:
        _read(task, _say)
    except Unreadable as refusal:
        _say({"refused": refusal.code, "facts": refusal.facts})
    except MemoryError:
        os._exit(MEMORY_EXIT)
    except BrokenPipeError:
        os._exit(0)  # the parent has seen enough


def _limit(memory: int, seconds: int, parent: int) -> None:
    for interrupt in (signal.SIGINT, signal.SIGTERM):
        signal.signal(interrupt, signal.SIG_IGN)  # meant for the parent, which ends this one
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)  # it died before the kernel was asked
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _say(message: dict[str, Any], payload: bytes = b"") -> None:
    line = json.dumps(message, separators=(",", ":")).encode()
    sys.stdout.buffer.write(line + b"\n" + payload)
    sys.stdout.buffer.flush()


def _read(task: dict[str, Any], say: Say) -> None:
    limits = Limits(unpacked_bytes=task["unpacked_bytes"])
    package = Package(sys.stdin.buffer, limits)
    sheet, rows = _choose(package, task["sheet"])
    say(
        {
            "sheets": [(each.name, each.is_hidden) for each in package.sheets],
            "sheet": sheet.name,
            "is_1904": package.is_1904,
            "last_row": last_row_said(next(package.open(sheet.part), b"")),
        }
    )
    say({"end": _send(rows, task["most_rows"], say)})


def _choose(package: Package, name: str) -> tuple[Sheet, Iterator[Item]]:
    """The sheet of that name; without one, the first visible sheet that has something in it."""
    names = [sheet.name for sheet in package.sheets]
    if name and name not in names:
        raise Unreadable("no_such_sheet", sheet=name[:100], sheets=", ".join(names)[:300])
    for sheet in package.sheets:
        if sheet.name == name or not (name or sheet.is_hidden):
            rows = _filled(package, sheet)
            first = next(rows, None)
            if first or name:
                return sheet, chain([first] if first else [], rows)
    raise Unreadable("empty_workbook")


def _filled(package: Package, sheet: Sheet) -> Iterator[Item]:
    """The rows that are not blank. None at all is refused where the sheet has values."""
    meaning = Meaning(strings=package.strings, styles=package.styles)
    watch = _Watch(package.open(sheet.part))
    is_empty = True
    for item in read_rows(iter(watch), meaning, sheet.part):
        if not is_blank(item):
            is_empty = False
            yield item
    if is_empty and watch.has_values:
        raise Unreadable("no_rows_read", sheet=sheet.name[:100])


class _Watch:
    """Sees for itself whether a sheet has values, whatever the reading makes of it."""

    _VALUE = re.compile(rb"<(?:\w+:)?(?:v|t)>[^<\s]")

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self.has_values = False
        self._pieces = pieces

    def __iter__(self) -> Iterator[bytes]:
        for piece in self._pieces:
            self.has_values = self.has_values or bool(self._VALUE.search(piece))
            yield piece


def is_blank(item: Item) -> bool:
    if isinstance(item, Stretch):
        return not item.numbers
    # A formula without its result is no blank cell.
    return not "".join(item.texts).strip() and UNSOLVED not in item.kinds


def _send(items: Iterator[Item], most: int, say: Say) -> int:
    """Send the rows, at most so many unless 0. How many they were."""
    batch: list[tuple[int, str, list[str]]] = []
    size = count = 0
    for row in _at_most(most, items) if most else items:
        if isinstance(row, Stretch):
            _send_batch(batch, say)
            _send_stretch(row, say)
            size, count = 0, count + len(row.numbers)
            continue
        batch.append((row.number, row.kinds, row.texts))
        size += sum(map(len, row.texts))
        count += 1
        if size > BATCH_CHARACTERS or len(batch) >= BATCH_ROWS or count == 1:
            _send_batch(batch, say)
            size = 0
    _send_batch(batch, say)
    return count


def _at_most(most: int, items: Iterator[Item]) -> Iterator[SheetRow]:
    return islice(chain.from_iterable(map(singles, items)), most)


def _send_batch(batch: list[tuple[int, str, list[str]]], say: Say) -> None:
    if batch:
        say({"rows": batch})
        batch.clear()


def _send_stretch(stretch: Stretch, say: Say) -> None:
    payload = GROUP.join(map(UNIT.join, stretch.columns)).encode()
    kinds = "".join(stretch.kinds)
    said = {"numbers": stretch.numbers, "places": stretch.places, "kinds": kinds}
    say({"stretch": said, "bytes": len(payload)}, payload)


if __name__ == "__main__":
    main()
