"""Content decides what a file is; what is not read is refused with what to do."""

from collections.abc import Callable
from typing import Any

import pytest

from imports.problems import FileRefused

Read = Callable[..., Any]
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("a.xls", OLE, "old Excel"),
        ("a.xlsx", OLE, "password"),
        ("a.csv", OLE, "old Excel"),
        ("a.pdf", b"%PDF-1.7\n", "PDF"),
        ("a.csv", b"%PDF-1.7\n", "PDF"),
        ("a.png", b"\x89PNG\r\n\x1a\n", "picture"),
        ("a.csv", b"\xff\xd8\xff\xe0abc", "picture"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c123", "archive"),
        ("a.xls", b"<html><table><tr><td>1", "web page"),
        ("a.csv", b"\xef\xbb\xbf  <!DOCTYPE html>", "web page"),
        ("a.xml", b"<?xml version='1.0'?><a/>", "XML"),
        ("a.json", b'[{"a": 1}]', "JSON"),
        ("a.doc", b"{\\rtf1 hello", "document"),
        ("a.exe", b"MZ\x90\x00", "program"),
        ("a.xlsx", b"a,b\n1,2\n", "rename it to .csv"),
        ("a.xls", b"a\tb\n1\t2\n", "rename it to .csv"),
        ("a.log", b"a,b\n1,2\n", ".log are not read"),
        ("a.csv", b"", "empty"),
    ],
)
def test_what_is_not_read_is_refused_with_what_to_do(
    read: Read, name: str, data: bytes, words: str
) -> None:
    with pytest.raises(FileRefused) as refusal:
        read(data, name)
    assert words in str(refusal.value)
    assert str(refusal.value).endswith(".")


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ({"xl/workbook.bin": "x"}, "binary workbook"),
        ({"xl/vbaProject.bin": "x"}, "macros"),
        ({"mimetype": "x", "content.xml": "x"}, "Excel workbook"),
        ({"word/document.xml": "x"}, "Excel workbook"),
    ],
)
def test_other_workbooks_are_told_by_their_parts(
    read: Read, make_book: Any, change: Any, parts: dict[str, str], words: str
) -> None:
    data = change(make_book([["a"], [1]]), parts)
    if "macros" in words or "binary" in words:
        with pytest.raises(FileRefused, match=words):
            read(data, "a.xlsx")
    else:
        assert len(read(data, "a.xlsx")) == 2


def test_an_opendocument_table_and_a_letter_are_refused(read: Read, change: Any) -> None:
    import io
    import zipfile

    for parts, words in (
        ({"mimetype": "x", "content.xml": "x"}, "OpenDocument"),
        ({"[Content_Types].xml": "x", "word/document.xml": "x"}, "document, not a table"),
    ):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            for name, text in parts.items():
                archive.writestr(name, text)
        with pytest.raises(FileRefused, match=words):
            read(stream.getvalue(), "a.ods")


def test_a_macro_workbook_under_another_name_is_refused(
    read: Read, make_book: Any, change: Any
) -> None:
    types = (
        '<Types xmlns="http://x"><Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/></Types>'
    )
    with pytest.raises(FileRefused, match="macros"):
        read(change(make_book([["a"], [1]]), {"[Content_Types].xml": types}), "a.xlsx")


@pytest.mark.parametrize("name", ["a.csv", "a.zip", "a", "a.txt"])
def test_a_workbook_named_otherwise_is_refused_unless_it_has_no_ending(
    read: Read, make_book: Any, name: str
) -> None:
    data = make_book([["a", "b"], [1, 2]])
    if name == "a":
        assert len(read(data, name)) == 2
        return
    with pytest.raises(FileRefused, match=r"Rename it to .xlsx"):
        read(data, name)


@pytest.mark.parametrize("name", ["a.csv", "a.TSV", "a.txt", "a", "b.c.csv"])
def test_texts_are_read_whatever_they_are_called(read: Read, name: str) -> None:
    assert list(read(b"a\tb\n1\t2\n", name)[1].cells) == ["1", "2"]
