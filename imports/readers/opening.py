"""From an uploaded file to an open reader: what it is, unpacked if need be, checked by content."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from zipfile import ZipFile

from django.conf import settings
from django.utils.translation import gettext as _

from imports.problems import FileRefused
from imports.readers import magic
from imports.readers.archives import Limits, open_archive
from imports.readers.base import Layout, Reader
from imports.readers.csv import CsvReader
from imports.readers.packed import Scratch, unpack_gzip, unpack_zip
from imports.readers.sentences import refuse
from imports.readers.unreadable import Unreadable
from imports.readers.xlsx import XlsxReader

CSV, XLSX = "csv", "xlsx"


@dataclass(frozen=True, kw_only=True)
class Source:
    """A file that can be read: what it is, and where it lies unpacked."""

    kind: str  # CSV or XLSX
    path: Path
    close: Callable[[], None]


def open_file(path: Path, name: str, layout: Layout) -> Reader:
    """A reader behind the header. What the layout leaves open is found out. Raises FileRefused."""
    source = open_source(path, name)
    try:
        layout = complete(source, layout)
        if source.kind == XLSX:
            return XlsxReader(source.path, layout, source.close)
        return CsvReader(source.path, layout, source.close)
    except BaseException:
        source.close()
        raise


def complete(source: Source, layout: Layout) -> Layout:
    is_complete = layout.header_row and (
        layout.sheet if source.kind == XLSX else layout.encoding and layout.delimiter
    )
    if is_complete:
        return layout
    from imports.readers.sniff import look_at  # it opens files by this module

    return look_at(source, layout).layout


def open_source(path: Path, name: str) -> Source:
    """Look at what the bytes are, whatever the name says, and unpack them. Raises FileRefused."""
    try:
        return _open_source(path, name)
    except Unreadable as refusal:
        raise refuse(refusal) from refusal


def _open_source(path: Path, name: str) -> Source:
    kind = _kind(path)
    if kind not in (magic.GZIP, magic.ZIP):
        magic.check_name(name, kind)
        return Source(kind=kind, path=path, close=_nothing)
    limits = Limits(unpacked_bytes=getattr(settings, "IMPORT_UNPACKED_MAX_BYTES", 2 << 30))
    scratch = unpack_gzip(path, name, limits) if kind == magic.GZIP else unpack_zip(path, limits)
    try:
        return _unpacked(scratch)
    except BaseException:
        scratch.close()
        raise


def _unpacked(scratch: Scratch) -> Source:
    kind = _kind(scratch.path)
    if kind in (magic.GZIP, magic.ZIP):
        raise Unreadable("nested_archive", entry=scratch.name[:100])
    magic.check_name(scratch.name, kind)
    return Source(kind=kind, path=scratch.path, close=scratch.close)


def _kind(path: Path) -> str:
    """CSV, XLSX, magic.GZIP or magic.ZIP. Raises FileRefused and Unreadable."""
    with path.open("rb") as stream:
        beginning = stream.read(magic.LOOKED_AT)
        if not beginning.strip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n"):
            raise FileRefused(
                "empty_file", _("The file is empty. Upload one with a header and rows.")
            )
        kind = magic.kind_of(beginning)
        if kind == magic.ZIP:
            limits = Limits(unpacked_bytes=1 << 62, ratio=1 << 62)  # sizes are checked by readers
            with open_archive(stream, limits) as archive:
                kind = magic.kind_of_archive(_names(archive))
    magic.refuse_kind(kind)
    return CSV if kind == magic.TEXT else kind


def _names(archive: ZipFile) -> set[str]:
    return {entry.filename.replace("\\", "/").lower() for entry in archive.infolist()}


def _nothing() -> None:
    """A file that was not unpacked leaves nothing behind."""
