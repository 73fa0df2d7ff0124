import hashlib
import stat
from pathlib import Path
from uuid import UUID, uuid4

import pytest

from exportsite.files.storage import PrivateFolder

OWNER = UUID("45f54536-bb98-4dcb-ab3b-6672a89e6b10")


@pytest.fixture
def folder(tmp_path: Path) -> PrivateFolder:
    return PrivateFolder(tmp_path, "exports")


def write(folder: PrivateFolder, data: bytes = b"hello", owner: object = OWNER) -> str:
    key = folder.new_key(owner, 1, "csv")
    with folder.begin(key) as part:
        part.stream.write(data)
        part.publish()
    return key


def test_a_published_file_is_whole_and_measured(folder: PrivateFolder) -> None:
    key = folder.new_key(OWNER, 1, "csv")
    with folder.begin(key) as part:
        part.stream.write(b"hello")
        published = part.publish()
    assert (published.key, published.size) == (key, 5)
    assert published.sha256 == hashlib.sha256(b"hello").hexdigest()
    with folder.open(key) as stream:
        assert stream.read() == b"hello"


def test_nothing_is_seen_before_it_is_published(folder: PrivateFolder, tmp_path: Path) -> None:
    key = folder.new_key(OWNER, 1, "csv")
    with folder.begin(key) as part:
        part.stream.write(b"half")
        assert not folder.exists(key)
        part.publish()
        assert folder.exists(key)


def test_an_error_leaves_nothing(folder: PrivateFolder, tmp_path: Path) -> None:
    key = folder.new_key(OWNER, 1, "csv")
    with pytest.raises(TypeError), folder.begin(key) as part:
        part.stream.writelines([b"half", "text"])  # type: ignore[list-item]
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_files_and_folders_are_for_their_owner_only(folder: PrivateFolder, tmp_path: Path) -> None:
    path = folder.locate(write(folder))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) & 0o077 == 0


@pytest.mark.parametrize(
    "key",
    [
        "",
        "exports/../../etc/passwd",
        f"exports/{OWNER}/../x.csv",
        f"/exports/{OWNER}/x.csv",
        f"exports/{OWNER}/",
        f"exports/{OWNER}/.hidden",
        f"exports/{OWNER}/a/b.csv",
        f"exports/{OWNER}/x.csv\n",
        "exports/not-a-uuid/x.csv",
    ],
)
def test_only_own_keys_lead_to_files(folder: PrivateFolder, key: str) -> None:
    with pytest.raises(ValueError, match="is not a key"):
        folder.open(key)


def test_a_key_is_never_given_twice(folder: PrivateFolder) -> None:
    assert folder.new_key(OWNER, 1, "csv") != folder.new_key(OWNER, 1, "csv")


def test_deleting_says_what_it_freed_and_may_be_done_twice(
    folder: PrivateFolder, tmp_path: Path
) -> None:
    key = write(folder)
    assert folder.delete(key) == 5
    assert folder.delete(key) == 0
    assert not folder.exists(key)
    assert list(folder.owners()) == []


def test_clearing_keeps_the_file_that_counts(folder: PrivateFolder) -> None:
    kept, gone = write(folder), write(folder)
    folder.begin(folder.new_key(OWNER, 2, "csv")).stream.close()
    folder.clear(OWNER, keep=kept)
    assert folder.exists(kept)
    assert not folder.exists(gone)
    assert len(list(folder.locate(kept).parent.iterdir())) == 1


def test_clearing_what_is_not_there_is_fine(folder: PrivateFolder) -> None:
    folder.clear(uuid4())


def test_the_checksum_is_that_of_a_file_that_was_not_written_straight_on(
    folder: PrivateFolder,
) -> None:
    for change in (
        lambda stream: (stream.seek(1), stream.write(b"E")),
        lambda stream: stream.truncate(3),
        lambda stream: (stream.seek(0), stream.read(2), stream.seek(0, 2), stream.write(b"!")),
    ):
        key = folder.new_key(OWNER, 1, "zip")
        with folder.begin(key) as part:
            part.stream.write(b"hello")
            change(part.stream)
            published = part.publish()
        with folder.open(key) as stream:
            data = stream.read()
        assert data != b"hello"
        assert (published.size, published.sha256) == (len(data), hashlib.sha256(data).hexdigest())
