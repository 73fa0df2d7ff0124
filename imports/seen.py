"""What a file has said so far, kept on disk: memory stays flat however long the file is.

Nothing is kept before the chunk that said it is committed: a chunk may be run a second time.
"""

import sqlite3
import tempfile
from collections.abc import Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from hashlib import blake2b
from itertools import repeat
from pathlib import Path
from struct import Struct
from typing import NamedTuple

# The system keeps the rest of the file at hand: four times as much is no faster at 1M keys.
CACHE_KIB = 4_000
KEY_BYTES = 16  # of a fingerprint
_FACTS = Struct(">Q?")  # row, is_new; the value stands behind them

# Pieces of one long parameter. A statement for each of them takes twice the time, and the
# interpreter's lock again each time.
_PIECES = (
    "WITH RECURSIVE piece (start) AS "
    "(VALUES (1) UNION ALL SELECT start + ?2 FROM piece WHERE start + ?2 < length(?1)) "
)
_ASK = (
    f"{_PIECES} SELECT key, said FROM piece CROSS JOIN sayings "
    f"ON key = substr(?1, start, {KEY_BYTES})"
)
_KEEP = (
    f"{_PIECES} INSERT OR REPLACE INTO sayings SELECT substr(?1, start, {KEY_BYTES}), "
    f"substr(?1, start + {KEY_BYTES}, ?2 - {KEY_BYTES}) FROM piece WHERE TRUE"
)


class Saying(NamedTuple):
    """The last row of the file that spoke of something."""

    row: int
    value: bytes = b""  # fingerprint of what it said; for a claim: of who claims
    is_new: bool = False  # a check has found that the row would create its record


class Seen:
    """Fingerprints of keys and of claims to unique values, each with who said it.

    What is committed is written on a thread beside, which holds no lock of the interpreter: not at
    once, as the next chunk's first question would have to wait for it, but behind that.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = tempfile.NamedTemporaryFile(prefix="seen-", suffix=".sqlite3", dir=folder)  # noqa: SIM115  # closed by close()
        self._database = sqlite3.connect(
            self._file.name, isolation_level=None, check_same_thread=False
        )
        # A scratch file: after a crash it is made anew.
        self._database.executescript(
            f"PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA cache_size=-{CACHE_KIB};"
            "CREATE TABLE sayings (key BLOB PRIMARY KEY, said BLOB) WITHOUT ROWID"
        )
        self._pending: dict[bytes, bytes] = {}  # key -> a saying, packed
        self._fresh: dict[bytes, bytes] = {}  # committed, and not yet on its way to the disk
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="import-seen")
        self._writing: Future[None] | None = None

    def of(self, keys: Iterable[bytes]) -> dict[bytes, Saying]:
        """What has been said of these."""
        wanted = set(keys)
        known = self._fresh | self._pending
        found = {key: _unpacked(known[key]) for key in wanted & known.keys()}
        self._wait()
        if asked := b"".join(sorted(wanted - found.keys())):
            rows = self._database.execute(_ASK, (asked, KEY_BYTES))
            found |= {key: _unpacked(said) for key, said in rows}
        self._write()
        return found

    def say(self, sayings: dict[bytes, Saying]) -> None:
        """Later ones win."""
        self._pending |= {key: _packed(saying) for key, saying in sayings.items()}

    def say_each(self, keys: Sequence[bytes], rows: Iterable[int], values: Iterable[bytes]) -> None:
        """The same of many rows, each of which speaks of one thing; no object for each of them."""
        facts = map(_FACTS.pack, rows, repeat(False))
        self._pending |= zip(keys, map(bytes.__add__, facts, values), strict=True)

    def commit(self) -> None:
        """What was said since the last commit is true."""
        self._fresh |= self._pending
        self._pending = {}

    def rollback(self) -> None:
        """What was said since the last commit was not."""
        self._pending.clear()

    def close(self) -> None:
        self._writer.shutdown()
        self._database.close()
        self._file.close()

    def _write(self) -> None:
        if self._fresh:
            said, self._fresh = self._fresh, {}
            self._writing = self._writer.submit(self._keep, said)

    def _wait(self) -> None:
        """Until the database can be asked."""
        if self._writing is not None:
            self._writing.result()
            self._writing = None

    def _keep(self, said: dict[bytes, bytes]) -> None:
        widths = set(map(len, said.values()))
        for width in widths:
            some = {k: v for k, v in said.items() if len(v) == width} if len(widths) > 1 else said
            records = sorted(map(bytes.__add__, some, some.values()))
            self._database.execute(_KEEP, (b"".join(records), KEY_BYTES + width))


def _packed(saying: Saying) -> bytes:
    return _FACTS.pack(saying.row, saying.is_new) + saying.value


def _unpacked(said: bytes) -> Saying:
    row, is_new = _FACTS.unpack_from(said)
    return Saying(row, said[_FACTS.size :], is_new)


def fingerprint(*parts: object) -> bytes:
    """KEY_BYTES that differ where the parts do; 1e9 of them meet by chance once in 1e20."""
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=KEY_BYTES).digest()
