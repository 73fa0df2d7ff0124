"""What people ask for: a file to be imported, and what its columns are to mean."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from imports.models import Blank, OnError
from imports.readers.base import Layout

Mapped = Mapping[str, str | None]  # column of the file -> field, or None to leave it out
Meanings = Mapping[str, Mapping[str, str]]  # field -> {in the file: meant}


@dataclass(frozen=True, kw_only=True)
class UploadRequest:
    """A file on its way in. What is empty is found out, or the importer's default."""

    filename: str
    importer: str = ""
    layout: Layout = field(default_factory=Layout)
    mapping: Mapped | None = None
    values: Meanings = field(default_factory=dict)
    key: str = ""  # field names with commas
    mode: str = ""
    on_error: str = OnError.SKIP
    blank: str = Blank.IGNORE
    options: Mapping[str, str] = field(default_factory=dict)
    notes: str = ""
    dry_run: bool = False
    confirm: bool = False
    email_notification: bool = False
    accepts_guesses: bool = False  # go on although the meaning of some columns is only likely


@dataclass(frozen=True, kw_only=True)
class MappingRequest:
    """What the columns mean, and how the rows are to be taken. None keeps what there is."""

    mapping: Mapped
    values: Meanings | None = None
    key: str | None = None
    mode: str | None = None
    on_error: str | None = None
    blank: str | None = None
    options: Mapping[str, str] | None = None


@dataclass(frozen=True, kw_only=True)
class LayoutRequest:
    """How the file is to be read, and for which importer. What is empty is found out anew."""

    layout: Layout
    importer: str | None = None  # None keeps what there is
