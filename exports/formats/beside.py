"""Bytes written on a thread beside, in order: compressing needs no Python."""

import threading
from collections.abc import Callable, Sequence

PIECE_BYTES = 1 << 20  # some milliseconds of compressing; a thread costs a tenth of one


class Beside:
    """What `write` raises comes out of a later call here, of `finish` at the latest.

    Each piece has a thread of its own, so that none is left when a file is given up.
    """

    def __init__(self, write: Callable[[bytes], object]) -> None:
        self._write = write
        self._waiting: list[bytes] = []
        self._size = 0
        self._thread: threading.Thread | None = None
        self._error: BaseException | None = None

    def write(self, data: bytes) -> None:
        self._waiting.append(data)
        self._size += len(data)
        if self._size >= PIECE_BYTES:
            self._join()
            pieces, self._waiting, self._size = self._waiting, [], 0
            self._thread = threading.Thread(target=self._run, args=(pieces,), name="file-writer")
            self._thread.start()

    def finish(self) -> None:
        """Write what is left."""
        self._join()
        self._write(b"".join(self._waiting))
        self._waiting.clear()

    def _run(self, pieces: Sequence[bytes]) -> None:
        try:
            self._write(b"".join(pieces))
        except BaseException as error:  # raised again by _join
            self._error = error

    def _join(self) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        if self._error is not None:
            raise self._error
