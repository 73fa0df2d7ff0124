"""ZIP: several files in one, with what is known about them."""

import datetime as dt
import gzip
import hashlib
import io
import json
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from exports.formats import FORMATS, Archive, Kind, safe_member_name


def archived(**parts: bytes) -> bytes:
    stream = io.BytesIO()
    archive = Archive(stream)
    for name, data in parts.items():
        with archive.part(f"{name}.csv") as part:
            part.write(data)
    archive.add_metadata({"filters": {"status": ["open"]}})
    archive.close()
    return stream.getvalue()


def opened(data: bytes) -> zipfile.ZipFile:
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    return archive


def test_metadata_has_the_size_and_hash_of_every_part() -> None:
    archive = opened(archived(leads=b"a\n", analytics=b"b" * 100_000))
    assert archive.namelist() == ["leads.csv", "analytics.csv", "metadata.json"]
    metadata = json.loads(archive.read("metadata.json"))
    assert metadata["filters"] == {"status": ["open"]}
    for told in metadata["files"]:
        data = archive.read(told["name"])
        assert told["size"] == len(data)
        assert told["sha256"] == hashlib.sha256(data).hexdigest()


def test_the_same_parts_give_the_same_bytes() -> None:
    assert archived(a=b"a", b=b"b") == archived(a=b"a", b=b"b")
    assert {one.date_time[0] for one in opened(archived(a=b"a")).infolist()} == {1980}


def test_values_that_json_lacks_are_told_as_text() -> None:
    stream = io.BytesIO()
    archive = Archive(stream)
    archive.add_metadata({"as_of": dt.datetime(2026, 1, 2, tzinfo=dt.UTC), "q": "ü\ud800"})
    archive.close()
    text = opened(stream.getvalue()).read("metadata.json").decode()
    assert '"as_of": "2026-01-02T00:00:00+00:00"' in text
    assert '"q": "ü' in text


@pytest.mark.parametrize("level", range(10))
def test_every_level_unpacks_to_the_same(level: int, make_document: Any, written: Any) -> None:
    data, _ = written("zip", make_document(), [["abc" * 9]] * 99, level=level)
    plain, _ = written("csv", make_document(), [["abc" * 9]] * 99)
    assert opened(data).read("Tickets.csv") == plain
    assert (len(data) > len(plain)) == (level == 0)


@pytest.mark.parametrize("name", ["csv", "xlsx", "json"])
def test_a_resource_is_one_part_and_metadata(
    name: str, make_document: Any, written: Any, read: Any
) -> None:
    document = make_document(
        [Kind.INTEGER], about=(("Asked by", "ada"),), envelope={"filters": {"a": [1]}}
    )
    data, totals = written("zip", document, [[1], [2]], part_format=name)
    archive = opened(data)
    metadata = json.loads(archive.read("metadata.json"))
    assert archive.namelist() == [f"Tickets.{name}", "metadata.json"]
    part = archive.read(f"Tickets.{name}")
    assert read["calamine" if name == "xlsx" else name](part)[1:] in ([[1], [2]], [["1"], ["2"]])
    assert totals.rows == metadata["rows"] == 2
    assert metadata["columns"] == [{"name": "field_0", "header": "Field 0", "type": "integer"}]
    assert metadata["about"] == {"Asked by": "ada"}
    assert metadata["export"] == {"filters": {"a": [1]}}
    assert metadata["files"][0]["sha256"] == hashlib.sha256(part).hexdigest()


def test_every_format_can_be_a_part(make_document: Any, tmp_path: Path) -> None:
    document, stream = make_document(), io.BytesIO()
    archive = Archive(stream)
    for one in FORMATS.values():
        options: dict[str, object] = {"gzip": True} if one.name == "csv" else {}
        name = f"a.{one.extension_for(options)}"
        with archive.part(name, is_compressed=one.name != "json") as part:
            writer = one.open(part, document, options)
            writer.write([["a"]] * 3)
            writer.close()
    archive.close()
    found = opened(stream.getvalue())
    assert found.namelist() == ["a.csv.gz", "a.xlsx", "a.json", "a.pdf", "a.zip"]
    assert gzip.decompress(found.read("a.csv.gz")).count(b"\n") == 4
    assert openpyxl.load_workbook(io.BytesIO(found.read("a.xlsx"))).sheetnames[0] == "Tickets"
    assert found.read("a.pdf").startswith(b"%PDF-")


def test_the_stream_may_be_a_pipe() -> None:
    with subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin
        archive = Archive(process.stdin)
        with archive.part("a.txt") as part:
            part.write(b"a")
            assert not part.seekable()
        archive.close()
        data, _ = process.communicate()
    assert opened(data).read("a.txt") == b"a"


def test_only_large_parts_need_zip64(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("exports.formats.zip_archive.LARGE_BYTES", 50_000)
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 60_000)
    archive = opened(archived(small=b"a", large=b"b" * 100_000, last=b"c" * 100))
    assert [one.extract_version for one in archive.infolist()] == [20, 45, 20, 20]
    assert archive.read("large.csv") == b"b" * 100_000


def test_an_archive_with_half_a_part_cannot_be_closed() -> None:
    stream = io.BytesIO()
    archive = Archive(stream)
    with pytest.raises(TypeError), archive.part("a.csv") as part:
        part.write("half")  # type: ignore[call-overload]
    with pytest.raises(ValueError, match="not finished"):
        archive.close()
    assert not zipfile.is_zipfile(stream)


def test_metadata_must_leave_the_files_alone() -> None:
    with pytest.raises(ValueError, match='key "files"'):
        Archive(io.BytesIO()).add_metadata({"files": []})


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("leads.csv", "leads.csv"),
        ("Größe – 日本.csv", "Größe – 日本.csv"),
        ("../../etc/passwd", "etc_passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("/absolute.csv", "absolute.csv"),
        ("C:\\Windows\\x.csv", "C_Windows_x.csv"),
        ("a/b:c*d?.csv", "a_b_c_d_.csv"),
        ("", "part"),
        ("...", "part"),
        (".csv", "csv"),
        (".hidden", "hidden"),
        ("a. ", "a"),
        ("con", "_con"),
        ("NUL.csv", "_NUL.csv"),
        ("a\0b\nc.csv", "a b c.csv"),
        ("invoice\u202evsc.exe", "invoice vsc.exe"),
        ("e\u0301.csv", "é.csv"),
        ("\ud800x.csv", "x.csv"),
        ("x" * 300 + ".csv.gz", "x" * 113 + ".csv.gz"),
        ("日" * 100 + ".csv", "日" * 38 + ".csv"),
    ],
)
def test_names_are_plain_file_names(name: str, wanted: str) -> None:
    assert safe_member_name(name) == wanted
    assert safe_member_name(wanted) == wanted


def test_names_are_unique_in_any_case() -> None:
    stream = io.BytesIO()
    archive = Archive(stream)
    for name in (
        "a.csv.gz",
        "A.CSV.gz",
        "b/a.csv",
        "b_a.csv",
        "metadata.json",
        "x" * 200,
        "x" * 200,
    ):
        with archive.part(name) as part:
            part.write(b"")
    archive.add_metadata({})
    archive.close()
    names = opened(stream.getvalue()).namelist()
    assert names[:5] == ["a.csv.gz", "A (2).CSV.gz", "b_a.csv", "b_a (2).csv", "metadata (2).json"]
    assert names[6] == "x" * 116 + " (2)"
    assert names[7] == "metadata.json"
