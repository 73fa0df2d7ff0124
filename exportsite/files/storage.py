"""Private files in a folder outside of any web root: written aside, published whole, or not at all.

A key is "<area>/<uuid>/<name>", made by us; what people call a file is never part of a path.
"""

import hashlib
import os
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedRandom, FileIO
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, BinaryIO, Self

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

KEY = re.compile(r"[a-z]+/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/[0-9a-z][0-9a-z.-]*")
PART_SUFFIX = ".part"
PRIVATE_FOLDER, PRIVATE_FILE = 0o700, 0o600
READ_BYTES = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Published:
    """A file that is whole and on the disk."""

    key: str
    size: int  # bytes
    sha256: str


class HashedFile(BufferedRandom):
    """A file that makes its checksum while it is written.

    A file that was not written straight on, as most ZIP files are not, is read again instead.
    """

    def __init__(self, raw: FileIO) -> None:
        super().__init__(raw)
        self._digest = hashlib.sha256()
        self._is_straight = True

    def write(self, data: "Buffer") -> int:
        if self._is_straight:
            self._digest.update(data)
        return super().write(data)

    def seek(self, target: int, whence: int = os.SEEK_SET) -> int:
        self._is_straight = False
        return super().seek(target, whence)

    def truncate(self, size: int | None = None) -> int:
        self._is_straight = False
        return super().truncate(size)

    def measure(self) -> tuple[int, str]:
        """Size and checksum of the whole file."""
        self.flush()
        if not self._is_straight:
            self._digest = hashlib.sha256()
            self.seek(0)
            while block := self.read(READ_BYTES):
                self._digest.update(block)
        return os.fstat(self.fileno()).st_size, self._digest.hexdigest()


class Part:
    """A file being written. Nobody sees it until `publish`; leaving the block without drops it."""

    def __init__(self, path: Path, key: str) -> None:
        self._path = path
        self._key = key
        self._part = path.with_name(f".{path.name}.{secrets.token_hex(4)}{PART_SUFFIX}")
        self.stream = HashedFile(
            FileIO(self._part, "x+", opener=lambda name, flags: os.open(name, flags, PRIVATE_FILE))
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stream.close()
        self._part.unlink(missing_ok=True)

    def publish(self) -> Published:
        """Make the file durable, then give it its name in one step."""
        self.stream.flush()
        os.fsync(self.stream.fileno())
        size, sha256 = self.stream.measure()
        os.replace(self._part, self._path)
        _sync_folder(self._path.parent)
        return Published(key=self._key, size=size, sha256=sha256)


class PrivateFolder:
    """The files of one area, below a root folder."""

    def __init__(self, root: Path, area: str) -> None:
        self._root = root
        self._area = area

    def new_key(self, owner: object, attempt: int, extension: str) -> str:
        """A key that no other attempt has or will have."""
        return f"{self._area}/{owner}/{attempt}-{secrets.token_hex(4)}.{extension}"

    def begin(self, key: str) -> Part:
        """Start a file. Raises OSError when the disk refuses."""
        path = self._path(key)
        path.parent.mkdir(parents=True, exist_ok=True, mode=PRIVATE_FOLDER)
        return Part(path, key)

    def open(self, key: str) -> BinaryIO:
        """A published file for reading. Raises FileNotFoundError when it is gone."""
        return self._path(key).open("rb")

    def locate(self, key: str) -> Path:
        """Where the file is on this machine, for an operator."""
        return self._path(key)

    def exists(self, key: str) -> bool:
        return bool(key) and self._path(key).is_file()

    def delete(self, key: str) -> int:
        """Delete a file; the bytes that this freed. A file that is gone already frees none."""
        path = self._path(key)
        try:
            size = path.stat().st_size
            path.unlink()
        except FileNotFoundError:
            return 0
        _remove_if_empty(path.parent)
        return size

    def clear(self, owner: object, *, keep: str = "") -> None:
        """Delete every file of an owner, half ones too, except the one with the key `keep`."""
        folder = self._root / self._area / str(owner)
        kept = self._path(keep).name if keep else ""
        if not folder.is_dir():
            return
        for path in folder.iterdir():
            if path.name != kept:
                path.unlink(missing_ok=True)
        _remove_if_empty(folder)

    def owners(self) -> Iterator[tuple[str, float]]:
        """Each owner that has a folder here, with the time of its newest change (Unix seconds)."""
        area = self._root / self._area
        if not area.is_dir():
            return
        for folder in area.iterdir():
            if folder.is_dir():
                yield folder.name, _newest_change(folder)

    def _path(self, key: str) -> Path:
        if not KEY.fullmatch(key):
            raise ValueError(f"{key!r} is not a key of a private file")
        return self._root / key


def _sync_folder(folder: Path) -> None:
    """A rename is durable only once its folder is."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        return  # not empty, or gone already


def _newest_change(folder: Path) -> float:
    times = [folder.stat().st_mtime]
    for path in folder.iterdir():
        try:
            times.append(path.stat().st_mtime)
        except FileNotFoundError:
            continue
    return max(times)
