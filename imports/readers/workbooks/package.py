"""A workbook's parts: which sheets it has, where they are, what its styles and dates mean."""

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from imports.readers.archives import Limits, open_archive, read_whole, unpack
from imports.readers.unreadable import Unreadable
from imports.readers.workbooks.cells import BUILT_IN, NUMBER, kind_of_format
from imports.readers.workbooks.strings import SharedStrings
from imports.readers.workbooks.xml import Target, attribute, parse

PART_BYTES = 64 << 20  # of every part but the sheets and the shared strings


@dataclass(frozen=True, kw_only=True)
class Sheet:
    name: str
    part: str
    is_hidden: bool


class Package:
    """An open workbook. Raises Unreadable."""

    def __init__(self, stream: BinaryIO, limits: Limits) -> None:
        self._limits = limits
        self._archive = open_archive(stream, limits)
        # Some programs differ in the case of a part's name, or write it with backslashes.
        self._names = {
            entry.filename.replace("\\", "/").lower(): entry.filename
            for entry in self._archive.infolist()
        }
        self._check_types()
        workbook = self._find_workbook()
        related = self._relations(workbook)
        book = _Book()
        self._parse(workbook, book)
        self.is_1904 = book.is_1904
        self.sheets = tuple(
            Sheet(name=name, part=related[key].part, is_hidden=is_hidden)
            for name, key, is_hidden in book.sheets
            # Charts and dialogs are sheets as well, without cells.
            if key in related and related[key].kind == "worksheet"
        )
        parts = {relation.kind: relation.part for relation in related.values()}
        self.styles = self._read_styles(parts.get("styles", ""))
        texts = parts.get("sharedStrings", "")
        self.strings = SharedStrings(self.open(texts) if texts else None)

    def open(self, part: str) -> Iterator[bytes]:
        return unpack(self._archive, self._name(part), self._limits)

    def _check_types(self) -> None:
        types = self._whole("[Content_Types].xml").lower()
        if b"macroenabled" in types or b"vbaproject" in types:
            raise Unreadable("macro_workbook")
        if b"sheet.binary" in types:
            raise Unreadable("binary_workbook")

    def _find_workbook(self) -> str:
        for relation in self._relations("").values():
            if relation.kind == "officeDocument":
                return relation.part
        raise Unreadable("not_a_workbook")

    def _relations(self, part: str) -> dict[str, "_Relation"]:
        folder, name = posixpath.split(part)
        relations = _Relations(folder)
        self._parse(posixpath.join(folder, "_rels", f"{name}.rels"), relations)
        return relations.found

    def _read_styles(self, part: str) -> dict[int, str]:
        styles = _Styles()
        if part:
            self._parse(part, styles)
        return styles.kinds

    def _parse(self, part: str, target: Target) -> None:
        parse([self._whole(part)], target, part)

    def _whole(self, part: str) -> bytes:
        return read_whole(self._archive, self._name(part), self._limits, PART_BYTES)

    def _name(self, part: str) -> str:
        try:
            return self._names[part.lower()]
        except KeyError:
            raise Unreadable("missing_part", part=part[:100]) from None


@dataclass(frozen=True, kw_only=True)
class _Relation:
    kind: str  # last word of its type: "worksheet"
    part: str


class _Silent:
    """A target that wants neither texts nor ends."""

    def data(self, text: str) -> None:
        """Attributes say it all."""

    def end(self, name: str) -> None:
        """Attributes say it all."""


class _Relations(_Silent):
    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.found: dict[str, _Relation] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        # What lies outside of the file is not followed: links to other workbooks, images.
        if name == "Relationship" and attributes.get("TargetMode") != "External":
            target = attributes.get("Target", "").replace("\\", "/")
            part = posixpath.normpath(posixpath.join("/", self._folder, target))
            kind = attributes.get("Type", "").rpartition("/")[2]
            self.found[attributes.get("Id", "")] = _Relation(kind=kind, part=part.lstrip("/"))


class _Book(_Silent):
    def __init__(self) -> None:
        self.is_1904 = False
        self.sheets: list[tuple[str, str, bool]] = []  # name, relation, is it hidden

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "workbookPr":
            self.is_1904 = attributes.get("date1904", "") in ("1", "true", "on")
        elif name == "sheet":
            is_hidden = attributes.get("state", "visible") != "visible"
            key = attribute(attributes, "id")
            self.sheets.append((attributes.get("name", ""), key, is_hidden))


class _Styles(_Silent):
    def __init__(self) -> None:
        self.kinds: dict[int, str] = {}  # a cell's s -> what its number is shown as
        self._formats = dict(BUILT_IN)
        self._is_inside = False
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "numFmt":
            number = int(attributes.get("numFmtId", "0"))
            self._formats[number] = kind_of_format(attributes.get("formatCode", ""))
        elif name == "cellXfs":
            self._is_inside = True
        elif name == "xf" and self._is_inside:
            kind = self._formats.get(int(attributes.get("numFmtId", "0")), NUMBER)
            if kind != NUMBER:
                self.kinds[self._count] = kind
            self._count += 1

    def end(self, name: str) -> None:
        if name == "cellXfs":
            self._is_inside = False
