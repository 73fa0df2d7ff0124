"""Zip files, looked at before anything in them is unpacked, and unpacked within limits.

The sizes that a directory declares may lie, so what comes out is counted as well.
"""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from imports.readers.unreadable import Unreadable

CHUNK = 1 << 18  # bytes unpacked at a time
TAIL = 65_557  # bytes: the end record and the longest comment after it
DIRECTORY_BYTES = 4 << 20
END, END_64, LOCATOR_64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
ENCRYPTED = 0x1  # bit of an entry's flags
ARCHIVES = (".zip", ".gz", ".7z", ".rar", ".bz2", ".xz", ".tar", ".tgz")
SMALL = 10 << 20  # bytes up to which no ratio is a bomb
ZLIB_NO_MEMORY = "Error -4"  # Z_MEM_ERROR: no fault of the file
BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, NotImplementedError, ValueError)


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What an archive may hold, counted unpacked."""

    unpacked_bytes: int
    entries: int = 1_000
    ratio: int = 200  # unpacked bytes for each packed one, once there are more than SMALL


def open_archive(stream: BinaryIO, limits: Limits) -> zipfile.ZipFile:
    """The archive, its directory checked. Raises Unreadable."""
    _check_end(stream, limits)
    try:
        archive = zipfile.ZipFile(stream)
    except BROKEN as error:
        raise Unreadable("damaged_archive") from error
    check_entries(archive.infolist(), limits)
    return archive


def check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise Unreadable("too_many_entries", entries=len(entries), most=limits.entries)
    if len({entry.filename for entry in entries}) < len(entries):
        raise Unreadable("repeated_entry")
    for entry in entries:
        _check_entry(entry)
    unpacked = sum(entry.file_size for entry in entries)
    check_size(unpacked, sum(entry.compress_size for entry in entries), limits)


def check_size(unpacked: int, packed: int, limits: Limits) -> None:
    """Refuse what is too much, or too much for what it came from."""
    if unpacked > limits.unpacked_bytes:
        raise Unreadable("too_big_unpacked", most=limits.unpacked_bytes)
    if unpacked > SMALL and unpacked > packed * limits.ratio:
        raise Unreadable("too_tightly_packed", ratio=limits.ratio)


def unpack(archive: zipfile.ZipFile, entry: str, limits: Limits) -> Iterator[bytes]:
    """The bytes of one entry, at most as many as the directory declares. Raises Unreadable."""
    try:
        info = archive.getinfo(entry)
    except KeyError as error:
        raise Unreadable("missing_part", part=entry) from error
    size = 0
    try:
        with archive.open(info) as stream:
            while data := stream.read(CHUNK):
                size += len(data)
                check_size(size, info.compress_size, limits)
                yield data
    except BROKEN as error:
        if str(error).startswith(ZLIB_NO_MEMORY):
            raise MemoryError from error
        raise Unreadable("damaged_archive") from error
    if size != info.file_size:
        raise Unreadable("damaged_archive")


def read_whole(archive: zipfile.ZipFile, entry: str, limits: Limits, most: int) -> bytes:
    """A small entry at once; `most` in bytes."""
    whole = bytearray()
    for data in unpack(archive, entry, limits):
        whole += data
        if len(whole) > most:
            raise Unreadable("too_big_part", part=entry, most=most)
    return bytes(whole)


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename.replace("\\", "/")
    # zipfile cuts a name at a NUL; the name as stored tells.
    if (
        name.startswith("/")
        or ".." in name.split("/")
        or ":" in name
        or "\0" in entry.orig_filename
    ):
        raise Unreadable("path_in_archive")
    if stat.S_ISLNK(entry.external_attr >> 16):
        raise Unreadable("link_in_archive")
    if entry.flag_bits & ENCRYPTED:
        raise Unreadable("encrypted_archive")
    if name.lower().endswith(ARCHIVES):
        raise Unreadable("nested_archive", entry=name[:100])
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Unreadable("unknown_compression")


def _check_end(stream: BinaryIO, limits: Limits) -> None:
    """Refuse a huge directory before zipfile makes objects of it: a million entries are 1 GB."""
    size = stream.seek(0, 2)
    start = stream.seek(max(0, size - TAIL))
    tail = stream.read()
    place = tail.rfind(END)
    if place < 0 or len(tail) < place + 22:
        raise Unreadable("damaged_archive")
    entries, directory = struct.unpack_from("<HL", tail, place + 10)
    if place >= 20 and tail[place - 20 : place - 16] == LOCATOR_64:
        entries, directory = _end_64(stream, size, struct.unpack_from("<Q", tail, place - 12)[0])
    if entries > limits.entries:
        raise Unreadable("too_many_entries", entries=entries, most=limits.entries)
    if directory > DIRECTORY_BYTES or directory > start + place:
        raise Unreadable("damaged_archive")
    stream.seek(0)


def _end_64(stream: BinaryIO, size: int, place: int) -> tuple[int, int]:
    if place > size:
        raise Unreadable("damaged_archive")
    stream.seek(place)
    record = stream.read(56)
    if len(record) < 56 or not record.startswith(END_64):
        raise Unreadable("damaged_archive")
    entries, directory = struct.unpack_from("<QQ", record, 32)
    return entries, directory
