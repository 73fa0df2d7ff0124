"""A ZIP archive of several files, written one after the other into a stream that only goes on.

Sizes follow each file's bytes (data descriptors), so nothing is sought, kept or known ahead.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import IO, Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from exports.formats.values import iso_table
from exports.formats.zip_names import safe_member_name

METADATA = "metadata.json"
LEVEL = 6
STORED_LEVEL = 0  # deflate's own "stored": all readers take it behind a data descriptor
LARGE_BYTES = 2_000_000_000  # past 2 GiB sizes need Zip64; before it readers need not know it


@dataclass(frozen=True, kw_only=True)
class ArchivedPart:
    """A file in the archive, as it is once it is unpacked."""

    name: str
    size: int
    sha256: str


class PartStream(io.RawIOBase):
    """Takes the bytes of one part; counts and hashes them on their way.

    Only the end of its `with` makes the part whole, and only without an error.
    """

    def __init__(self, member: IO[bytes], finish: "Callable[[PartStream], None]") -> None:
        self._member = member
        self._finish = finish
        self._hash = hashlib.sha256()
        self.size = 0

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        if kind is None:
            self._member.close()
            self._finish(self)
        self.close()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._hash.update(data)
        written = self._member.write(data)
        self.size += written
        if self.size > LARGE_BYTES:
            # Only what follows the bytes becomes longer, so it is early enough to say so now.
            self._member._zip64 = True  # type: ignore[attr-defined]
        return written

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()


class Onward:
    """A stream without a way back, even if it has one: what is written stays."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        return self._stream.write(data)

    def flush(self) -> None:
        self._stream.flush()


class _Zip(zipfile.ZipFile):
    def __del__(self) -> None:
        """A file that was not closed stays broken: the directory must not be added for it."""


class Archive:
    """Open it, write the parts, `add_metadata`, `close`. Entries bear no time of their own.

    After an error inside a part the archive cannot be closed, as the part would look whole.
    """

    def __init__(self, stream: BinaryIO, *, level: int = LEVEL) -> None:
        self._zip = _Zip(cast(IO[bytes], Onward(stream)), "w", zipfile.ZIP_DEFLATED)
        self._level = level
        self._is_whole = True
        self.parts: list[ArchivedPart] = []

    def part(self, name: str, *, is_compressed: bool = False) -> BinaryIO:
        """A stream for one part, for `with`. The name is made safe and unique, see `parts`.

        `is_compressed` leaves bytes alone that would not get fewer: XLSX, PDF, gzip.
        """
        safe = safe_member_name(name, [METADATA, *(part.name for part in self.parts)])

        def finish(stream: PartStream) -> None:
            self._is_whole = True
            self.parts.append(ArchivedPart(name=safe, size=stream.size, sha256=stream.sha256))

        member = self._member(safe, STORED_LEVEL if is_compressed else self._level)
        self._is_whole = False
        return cast(BinaryIO, PartStream(member, finish))

    def add_metadata(self, mapping: Mapping[str, object]) -> None:
        """`metadata.json`: what is given, then size and hash of every part so far."""
        if "files" in mapping:
            raise ValueError('Metadata must not have a key "files": it holds the parts')
        iso = iso_table(ZoneInfo("UTC"))
        text = json.dumps(
            {**mapping, "files": [asdict(part) for part in self.parts]},
            ensure_ascii=False,
            indent=2,
            default=lambda value: iso[type(value)](value),
        )
        with self._member(METADATA, self._level) as member:
            member.write(f"{text}\n".encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Write the directory, without which it is no archive. The stream stays open."""
        if not self._is_whole:
            raise ValueError("A part of the archive was not finished")
        self._zip.close()

    def _member(self, name: str, level: int) -> IO[bytes]:
        self._zip.compresslevel = level
        return self._zip.open(name, "w")
