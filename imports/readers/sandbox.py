"""Runs the child process that reads a workbook, and trusts nothing that it says.

The time limit counts only while this side waits: a slow database costs the child nothing.
"""

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings

import imports
from imports.readers.messages import Book, parse, rows_of, stretch_of
from imports.readers.unreadable import Unreadable
from imports.readers.workbooks.rows import Item

CHILD = "imports.readers.workbooks.child"
MEMORY_EXIT = 77
MEGABYTE = 1 << 20
MESSAGE_BYTES = 128 * MEGABYTE  # one row may be large; a message without an end is an attack
PIPE_BYTES = 1 << 18
ROOT = Path(imports.__file__).resolve().parent.parent


class Sandbox:
    """A child that reads one sheet. Raises Unreadable. Close it, whatever happened."""

    def __init__(self, path: Path, *, sheet: str = "", most_rows: int = 0) -> None:
        self._memory: int = getattr(settings, "IMPORT_SANDBOX_MEMORY_MB", 500) * MEGABYTE
        self._seconds: float = getattr(settings, "IMPORT_SANDBOX_SECONDS", 300)
        self._waited = 0.0
        self._buffer = bytearray()
        unpacked: int = getattr(settings, "IMPORT_WORKBOOK_UNPACKED_MAX_BYTES", 1 << 30)
        task = {
            "sheet": sheet,
            "most_rows": most_rows,
            "memory_bytes": self._memory,
            "cpu_seconds": int(self._seconds) + 1,
            "unpacked_bytes": unpacked,
            "parent": os.getpid(),
        }
        self._process = _start(path, task)
        try:
            self.book = Book(self._next())
        except BaseException:
            self.close()
            raise

    @property
    def pid(self) -> int:
        return self._process.pid

    def items(self) -> Iterator[Item]:
        """The rows that are not blank, in order, all of them or Unreadable is raised."""
        count = 0
        while True:
            message = self._next()
            if "stretch" in message:
                stretch = stretch_of(message["stretch"], self._take(message.get("bytes")))
                count += len(stretch.numbers)
                yield stretch
            elif "rows" in message:
                for row in rows_of(message["rows"]):
                    count += 1
                    yield row
            else:
                break
        if message.get("end") != count:
            raise Unreadable("reader_died", how="rows are missing")

    def close(self) -> None:
        self._process.kill()
        if self._process.stdout:
            self._process.stdout.close()
        self._process.wait()

    def _next(self) -> dict[str, Any]:
        """The child's next message."""
        message = parse(self._line())
        if "refused" in message:
            raise Unreadable(str(message["refused"]), **message["facts"])
        return message

    def _line(self) -> bytes:
        start = 0
        while (end := self._buffer.find(b"\n", start)) < 0:
            start = len(self._buffer)
            if start > MESSAGE_BYTES:
                raise Unreadable("reader_died", how="a message had no end")
            self._buffer += self._receive()
        line = bytes(self._buffer[:end])
        del self._buffer[: end + 1]
        return line

    def _take(self, size: Any) -> bytes:
        """What follows a message."""
        if not isinstance(size, int) or not 0 <= size <= MESSAGE_BYTES:
            raise Unreadable("reader_died", how="a message was of a wrong form")
        while len(self._buffer) < size:
            self._buffer += self._receive()
        payload = bytes(self._buffer[:size])
        del self._buffer[:size]
        return payload

    def _receive(self) -> bytes:
        assert self._process.stdout is not None  # it was opened with a pipe  # noqa: S101
        pipe = self._process.stdout.fileno()
        began = time.monotonic()
        is_ready, _, _ = select.select([pipe], [], [], max(0.0, self._seconds - self._waited))
        self._waited += time.monotonic() - began
        if not is_ready:
            raise Unreadable("too_slow", seconds=int(self._seconds))
        if data := os.read(pipe, PIPE_BYTES):
            return data
        raise self._explain(self._process.wait())

    def _explain(self, code: int) -> Unreadable:
        if code == MEMORY_EXIT:
            return Unreadable("too_much_memory", most=self._memory)
        if code == -signal.SIGXCPU:
            return Unreadable("too_slow", seconds=int(self._seconds))
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Unreadable("reader_died", how=how)


def _start(path: Path, task: dict[str, Any]) -> subprocess.Popen[bytes]:
    # Neither the environment's secrets nor a terminal's or a supervisor's signals reach it.
    with path.open("rb") as workbook:
        return subprocess.Popen(  # noqa: S603  # the interpreter, and numbers and a name as JSON
            [sys.executable, "-m", CHILD, json.dumps(task)],
            stdin=workbook,
            stdout=subprocess.PIPE,
            cwd=ROOT,
            env={"PATH": os.defpath, "LANG": "C.UTF-8"},
        )
