"""Files that mean harm, or look so: refused with a sentence, in little time and memory."""

import gzip
import io
import os
import signal
import struct
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil
import pytest

from imports.problems import FileRefused
from imports.readers.archives import Limits, open_archive
from imports.readers.base import Layout, RawRow, open_reader
from imports.readers.sandbox import Sandbox
from imports.readers.unreadable import Unreadable

Read = Callable[..., list[RawRow]]
HEADER = '<row r="1"><c r="A1" t="str"><v>a</v></c><c r="B1" t="str"><v>b</v></c></row>'
MEGABYTE = 1 << 20


def zipped(**entries: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(name, data)
    return stream.getvalue()


@pytest.fixture(autouse=True)
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where files are unpacked; each test leaves nothing there."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def cpu_seconds() -> float:
    """Of this process, and of those of its children that have ended."""
    return sum(os.times()[:4])


def refusal_of(read: Read, data: bytes, name: str) -> FileRefused:
    began = cpu_seconds()
    with pytest.raises(FileRefused) as refusal:
        read(data, name)
    assert cpu_seconds() - began < 10
    assert str(refusal.value).endswith(".")
    return refusal.value


def test_a_packed_file_is_read_and_nothing_is_left(read: Read, scratch: Path) -> None:
    data = b"a,b\n1,2\n"
    for packed, name in ((gzip.compress(data), "a.csv.gz"), (zipped(**{"a.csv": data}), "a.zip")):
        assert list(read(packed, name)[1].cells) == ["1", "2"]
        assert not list(scratch.iterdir())


def test_a_packed_workbook_is_read(read: Read, make_book: Any, scratch: Path) -> None:
    book = make_book([["a", "b"], [1, 2]])
    assert list(read(gzip.compress(book), "a.xlsx.gz")[1].cells) == [1, 2]
    assert list(read(zipped(**{"dir/a.xlsx": book}), "a.zip")[1].cells) == [1, 2]
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("pack", [gzip.compress, lambda data: zipped(**{"a.csv": data})])
def test_a_bomb_is_refused_and_leaves_nothing(read: Read, scratch: Path, pack: Any) -> None:
    name = "a.csv.gz" if pack is gzip.compress else "a.zip"
    refusal = refusal_of(read, pack(b"a,b\n" + b"0" * (64 * MEGABYTE)), name)
    assert refusal.code == "too_tightly_packed"
    assert not list(scratch.iterdir())


@pytest.mark.parametrize("name", ["a.csv.gz", "a.zip"])
def test_what_unpacks_to_too_much_is_refused(read: Read, settings: Any, name: str) -> None:
    settings.IMPORT_UNPACKED_MAX_BYTES = MEGABYTE
    data = b"a,b\n" + os.urandom(MEGABYTE).hex().encode()
    packed = gzip.compress(data) if name.endswith(".gz") else zipped(**{"a.csv": data})
    assert refusal_of(read, packed, name).code == "too_big_unpacked"


def test_a_size_that_lies_is_found_out(read: Read, scratch: Path) -> None:
    data = bytearray(zipped(**{"a.csv": b"a,b\n" + b"1,2\n" * 1000}))
    place = data.rfind(b"PK\x01\x02")
    struct.pack_into("<L", data, place + 24, 100)
    assert refusal_of(read, bytes(data), "a.zip").code == "damaged_archive"
    assert not list(scratch.iterdir())


@pytest.mark.parametrize(
    ("entries", "code"),
    [
        ({"../a.csv": b"a"}, "path_in_archive"),
        ({"/etc/a.csv": b"a"}, "path_in_archive"),
        ({"..\\a.csv": b"a"}, "path_in_archive"),
        ({"C:\\a.csv": b"a"}, "path_in_archive"),
        ({"a.csv": b"a,b\n", "b.csv": b"a,b\n"}, "not_one_file"),
        ({}, "not_one_file"),
        ({"a.zip": b"PK"}, "nested_archive"),
        ({"a.csv": gzip.compress(b"a,b\n")}, "nested_archive"),
        ({f"{n}.csv": b"a" for n in range(1001)}, "too_many_entries"),
    ],
)
def test_odd_archives_are_refused(read: Read, entries: dict[str, bytes], code: str) -> None:
    assert refusal_of(read, zipped(**entries), "a.zip").code in (code, "empty_file")


def test_what_macs_put_beside_a_file_is_left_out(read: Read) -> None:
    data = zipped(**{"a.csv": b"a,b\n1,2\n", "__MACOSX/._a.csv": b"x"})
    assert list(read(data, "a.zip")[1].cells) == ["1", "2"]


def test_links_passwords_and_doubles_are_refused() -> None:
    link = zipfile.ZipInfo("a.csv")
    link.external_attr = 0o120777 << 16
    for change, code in (("link", "link_in_archive"), ("password", "encrypted_archive")):
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as archive:
            archive.writestr(link if change == "link" else "a.csv", b"/etc/passwd")
        data = bytearray(stream.getvalue())
        if change == "password":
            data[data.rfind(b"PK\x01\x02") + 8] |= 1
        with pytest.raises(Unreadable) as refusal:
            open_archive(io.BytesIO(data), Limits(unpacked_bytes=MEGABYTE))
        assert refusal.value.code == code


def test_a_directory_that_declares_millions_of_entries_is_not_read() -> None:
    data = bytearray(zipped(**{"a.csv": b"a"}))
    struct.pack_into("<HH", data, data.rfind(b"PK\x05\x06") + 8, 60_000, 60_000)
    with pytest.raises(Unreadable) as refusal:
        open_archive(io.BytesIO(data), Limits(unpacked_bytes=MEGABYTE))
    assert refusal.value.code == "too_many_entries"


@pytest.mark.parametrize("cut", [0.3, 0.9, 0.999])
def test_a_file_that_was_cut_is_refused(read: Read, make_book: Any, cut: float) -> None:
    text = os.urandom(4096).hex().encode()
    for data, name in (
        (gzip.compress(text, mtime=0), "a.csv.gz"),
        (zipped(**{"a.csv": text}), "a.zip"),
        (make_book([["a", "b"], [1, 2]]), "a.xlsx"),
    ):
        assert refusal_of(read, data[: int(len(data) * cut)], name).code == "damaged_archive"


# -- Workbooks --------------------------------------------------------------------------------
def test_two_cells_at_the_corners_are_no_bomb(read: Read, make_sheet: Any) -> None:
    rows = HEADER + '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
    assert "XFD1048576" in str(refusal_of(read, make_sheet(rows), "a.xlsx"))
    rows = HEADER + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>'
    found = read(make_sheet(rows), "a.xlsx")
    assert [(row.number, list(row.cells)) for row in found[1:]] == [(1_048_576, [1, None])]


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x [<!ENTITY a "0123456789"><!ENTITY b "&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
@pytest.mark.parametrize(
    "part", ["xl/worksheets/sheet1.xml", "xl/workbook.xml", "xl/styles.xml", "_rels/.rels"]
)
def test_document_types_and_entities_are_refused(
    read: Read, make_book: Any, change: Any, doctype: str, part: str
) -> None:
    data = make_book([["a", "b"], [1, 2]])
    xml = zipfile.ZipFile(io.BytesIO(data)).read(part).decode()
    head, mark, tail = xml.partition("?>") if xml.startswith("<?xml") else ("", "", xml)
    data = change(data, {part: f"{head}{mark}{doctype}{tail}"})
    assert refusal_of(read, data, "a.xlsx").code == "unsafe_xml"


def test_a_sheet_in_another_encoding_hides_nothing(read: Read, make_book: Any, change: Any) -> None:
    text = '<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x [<!ENTITY a "b">]><worksheet/>'
    data = change(make_book([["a"]]), {"xl/worksheets/sheet1.xml": text.encode("utf-16")})
    assert refusal_of(read, data, "a.xlsx").code == "unsafe_xml"


def test_links_to_other_workbooks_are_not_followed(
    read: Read, make_sheet: Any, change: Any
) -> None:
    data = make_sheet(HEADER + "<row><c><f>[1]Data!A1</f><v>5</v></c></row>")
    rels = zipfile.ZipFile(io.BytesIO(data)).read("xl/_rels/workbook.xml.rels").decode()
    link = (
        '<Relationship Id="rId98" Target="file:///etc/passwd" TargetMode="External" '
        'Type="http://x/sharedStrings"/></Relationships>'
    )
    rels = rels.replace("</Relationships>", link)
    data = change(data, {"xl/_rels/workbook.xml.rels": rels})
    assert list(read(data, "a.xlsx")[1].cells) == [5, None]


def test_a_workbook_that_unpacks_to_too_much_is_refused(
    read: Read, make_sheet: Any, settings: Any
) -> None:
    settings.IMPORT_WORKBOOK_UNPACKED_MAX_BYTES = MEGABYTE
    data = make_sheet(HEADER + "<row/>" * 200_000)
    assert refusal_of(read, data, "a.xlsx").code == "too_big_unpacked"


def test_a_sheet_of_nothing_but_one_row_is_refused(read: Read, make_sheet: Any) -> None:
    cell = f"<c t='str'><v>{os.urandom(100).hex()}</v></c>"
    data = make_sheet(HEADER + "<row>" + cell * 100_000 + "</row>")
    assert refusal_of(read, data, "a.xlsx").code in ("too_big_row", "too_tightly_packed")


def test_a_child_without_memory_is_a_sentence(read: Read, make_book: Any, settings: Any) -> None:
    settings.IMPORT_SANDBOX_MEMORY_MB = 60
    rows = [["a", "b"], *([f"{n} {'x' * 900}", n] for n in range(300))]
    shared = make_book(rows)
    assert len(read(shared, "a.xlsx")) == 301
    settings.IMPORT_SANDBOX_MEMORY_MB = 12
    refusal = refusal_of(read, shared, "a.xlsx")
    assert refusal.code in ("too_much_memory", "reader_died")


def test_a_child_that_takes_too_long_is_ended(
    make_file: Any, make_book: Any, settings: Any
) -> None:
    path = make_file("a.xlsx", make_book([["a", "b"], [1, 2]]))
    settings.IMPORT_SANDBOX_SECONDS = 0
    with pytest.raises(Unreadable) as refusal:
        Sandbox(path)
    assert refusal.value.code == "too_slow"


def test_a_killed_child_is_a_sentence_and_the_parent_goes_on(
    make_file: Any, make_book: Any
) -> None:
    rows: list[list[Any]] = [["a", "b"], *([n, "x" * 200] for n in range(20_000))]
    path = make_file("a.xlsx", make_book(rows))
    reader: Any = open_reader(path, "a.xlsx", Layout(sheet="Data", header_row=1))
    found = reader.rows()
    assert next(found).number == 2
    child = psutil.Process(reader._sandbox.pid)
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(FileRefused, match="signal 9"):
        list(found)
    reader.close()
    assert not child.is_running()
    again = open_reader(path, "a.xlsx", Layout(sheet="Data", header_row=1))
    assert sum(1 for _ in again.rows()) == 20_000
    again.close()


def test_closing_early_leaves_no_child(make_file: Any, make_book: Any) -> None:
    path = make_file("a.xlsx", make_book([["a", "b"], *([n, n] for n in range(5000))]))
    reader: Any = open_reader(path, "a.xlsx", Layout())
    child = psutil.Process(reader._sandbox.pid)
    next(reader.rows())
    reader.close()
    assert not child.is_running()


def test_the_child_has_neither_secrets_nor_much_memory(make_file: Any, make_sheet: Any) -> None:
    row = "".join(f'<c r="{c}{{0}}" t="str"><v>text {{0}}</v></c>' for c in "ABCDEFGHIJKLMN")
    rows = "".join(f'<row r="{n}">{row.format(n)}</row>' for n in range(1, 30_001))
    path = make_file("a.xlsx", make_sheet(rows))
    reader: Any = open_reader(path, "a.xlsx", Layout(sheet="Sheet", header_row=1))
    child = psutil.Process(reader._sandbox.pid)
    assert set(child.environ()) <= {"PATH", "LANG"}
    peak = count = 0
    for row in reader.rows():
        count += 1
        if row.number % 2000 == 0 and child.is_running() and child.status() != "zombie":
            peak = max(peak, child.memory_info().rss)
    reader.close()
    assert count == 29_999
    assert 0 < peak < 60 * MEGABYTE
