"""Entries of a ZIP file, whoever compresses them."""

import io
import zipfile
import zlib
from types import ModuleType, SimpleNamespace
from typing import cast

import pytest

from exports.formats import deflate

DATA = b"<row><c><v>1</v></c></row>" * 10_000


def entry_of(data: bytes) -> bytes:
    file = io.BytesIO()
    archive = zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
    with archive, deflate.quicken(archive.open("sheet.xml", "w")) as part:
        part.write(data)
    with zipfile.ZipFile(file) as archive:
        return archive.read("sheet.xml")


def test_an_entry_is_read_as_it_was_written() -> None:
    assert entry_of(DATA) == DATA


def test_it_needs_no_other_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deflate, "isal_zlib", None)
    assert entry_of(DATA) == DATA


def test_a_library_that_is_there_compresses(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def compressobj(*how: int) -> object:
        asked.append(how)
        return zlib.compressobj(*how)

    fake = SimpleNamespace(compressobj=compressobj)
    monkeypatch.setattr(deflate, "isal_zlib", cast(ModuleType, fake))
    assert entry_of(DATA) == DATA
    assert asked == [(1, zlib.DEFLATED, -15)]
