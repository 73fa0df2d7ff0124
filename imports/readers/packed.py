"""A file packed as .gz or .zip, unpacked within limits into a private folder.

The folder is gone when the reader is closed.
"""

import gzip
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath

from imports.readers.archives import CHUNK, Limits, check_size, open_archive, unpack
from imports.readers.unreadable import Unreadable

IGNORED = ("__macosx/", ".ds_store", "thumbs.db")  # what systems put beside a file


@dataclass(frozen=True, kw_only=True)
class Scratch:
    """An unpacked file, and the folder that is removed with it."""

    path: Path
    name: str  # as a person calls it
    folder: Path

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)


def unpack_gzip(path: Path, name: str, limits: Limits) -> Scratch:
    inner = PurePath(name).stem if name.lower().endswith(".gz") else name
    return _write(_gunzip(path, limits), inner)


def unpack_zip(path: Path, limits: Limits) -> Scratch:
    """The one file in the archive. Raises Unreadable."""
    with path.open("rb") as stream, open_archive(stream, limits) as archive:
        names = [
            entry.filename
            for entry in archive.infolist()
            if not entry.is_dir() and not entry.filename.lower().startswith(IGNORED)
        ]
        if len(names) != 1:
            raise Unreadable("not_one_file", files=len(names))
        return _write(unpack(archive, names[0], limits), PurePath(names[0]).name)


def _gunzip(path: Path, limits: Limits) -> Iterator[bytes]:
    packed, unpacked = path.stat().st_size, 0
    try:
        with gzip.open(path) as stream:
            while data := stream.read(CHUNK):
                unpacked += len(data)
                check_size(unpacked, packed, limits)
                yield data
    except (OSError, EOFError, zlib.error) as error:
        raise Unreadable("damaged_archive") from error


def _write(pieces: Iterable[bytes], name: str) -> Scratch:
    # mkdtemp makes it readable by this user only; the name inside is ours.
    folder = Path(tempfile.mkdtemp(prefix="import-"))
    try:
        path = folder / "unpacked"
        with path.open("xb") as target:
            for piece in pieces:
                target.write(piece)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return Scratch(path=path, name=name, folder=folder)
