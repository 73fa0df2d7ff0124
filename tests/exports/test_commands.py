import csv
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import CommandError

from exports.models import Event, Export
from exports.states import Status

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def root(transactional_db: None) -> User:
    return User.objects.create_superuser("root", password="secret")


def rows_of(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        return list(csv.reader(stream))


def test_the_command_writes_the_chosen_rows_to_the_file(
    root: User, make_book: Any, tmp_path: Path
) -> None:
    for pages, shelf in ((10, "novel"), (30, "novel"), (20, "novel"), (40, "poetry")):
        make_book(f"p{pages}", pages=pages, shelf=shelf)
    target = tmp_path / "books.csv"
    call_command(
        "export", "books", "--filter", "shelf=novel", "--column", "pages", "--column", "title",
        "--sort=-pages", "--limit", "2", "--option", "delimiter=,", "-o", str(target),
    )  # fmt: skip
    assert rows_of(target) == [["pages", "Title"], ["30", "p30"], ["20", "p20"]]


def test_it_is_an_export_like_any_other(root: User, make_book: Any, tmp_path: Path) -> None:
    make_book()
    call_command("export", "books", "-o", str(tmp_path / "x.csv"))
    export = Export.objects.get()
    assert (export.status, export.created_by, export.attempts) == (Status.COMPLETED, root, 1)
    assert list(export.logs.values_list("event", flat=True)) == [
        Event.INITIATED,
        Event.PROCESSING,
        Event.COMPLETED,
    ]


def test_the_same_filter_twice_means_either(root: User, make_book: Any, tmp_path: Path) -> None:
    make_book("N", shelf="novel")
    make_book("P", shelf="poetry")
    target = tmp_path / "x.csv"
    call_command(
        "export", "books", "--filter", "shelf=novel", "--filter", "shelf=poetry",
        "--column", "title", "-o", str(target),
    )  # fmt: skip
    assert rows_of(target) == [["Title"], ["N"], ["P"]]


def test_without_a_target_the_file_gets_its_own_name_here(
    root: User, make_book: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_book()
    monkeypatch.chdir(tmp_path)
    call_command("export", "books", "--format", "xlsx")
    assert [path.suffix for path in tmp_path.glob("books_*")] == [".xlsx"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["boks"], "There is no resource “boks”"),
        (["books", "--format", "docx"], "docx"),
        (["books", "--filter", "shelf"], "--filter shelf: write it as NAME=VALUE."),
        (["books", "--filter", "shelf=drama"], "Valid are: novel, poetry"),
        (["books", "--column", "nope"], "There is no column “nope”"),
        (["books", "--user", "nobody"], "There is no user nobody."),
        (["books", "-o", "/no/such/folder/x.csv"], "There is no folder /no/such/folder."),
        (["books", "--limit", "0"], "at least 1"),
        (["books", "--header", "title"], "--header title: write it as NAME=VALUE."),
        (["books", "--header", "nope=No"], "There is no column “nope”"),
        (["books", "--also", "notes"], "Only ZIP and Excel files can hold several parts."),
        (["books", "--format", "zip", "--also", "unicorns"], "There is no resource “unicorns”"),
        (["books", "--format", "zip", "--also", "notes?_limit=x"], "is no number of rows"),
    ],
)
def test_bad_arguments_are_answered_in_a_sentence(
    root: User, arguments: list[str], said: str
) -> None:
    with pytest.raises(CommandError) as caught:
        call_command("export", *arguments)
    assert said in str(caught.value)
    assert not Export.objects.exists()


def test_the_named_persons_permissions_count(ana: User, make_book: Any, tmp_path: Path) -> None:
    User.objects.create_user("bob", is_staff=True)
    with pytest.raises(CommandError, match="You may not export books"):
        call_command("export", "books", "--user", "bob")
    call_command("export", "books", "--user", "ana", "-o", str(tmp_path / "x.csv"))
    assert Export.objects.get().created_by == ana


def test_without_any_superuser_somebody_must_be_named(transactional_db: None) -> None:
    with pytest.raises(CommandError, match="Name a user with --user"):
        call_command("export", "books")


def test_an_export_that_fails_is_a_failed_command(
    root: User, make_book: Any, settings: Any, tmp_path: Path
) -> None:
    settings.JOB_MAX_ATTEMPTS = 1
    make_book()
    with pytest.raises(CommandError, match="Something unexpected went wrong"):
        call_command("export", "broken-books", "-o", str(tmp_path / "x.csv"))
    assert not (tmp_path / "x.csv").exists()


def test_headings_parts_and_mail_are_those_of_the_create_page(
    root: User, make_book: Any, tmp_path: Path
) -> None:
    make_book("Emma")
    target = tmp_path / "books.zip"
    call_command(
        "export", "books", "--format", "zip", "--column", "title", "--header", "title=Name = 1",
        "--also", "notes?_format=json", "--also", "books?_columns=id&_heading_id=Nr", "--email",
        "-o", str(target),
    )  # fmt: skip
    archive = zipfile.ZipFile(target)
    assert archive.namelist()[:3] == ["books.csv", "shelves.json", "notes.json"]
    assert archive.read("books.csv").decode("utf-8-sig").splitlines() == ["Name = 1", "Emma"]
    assert archive.read(archive.namelist()[3]).decode("utf-8-sig").startswith("Nr")
    assert Export.objects.get().email_notification


def test_alone_leaves_out_what_goes_along_by_itself(
    root: User, make_book: Any, tmp_path: Path
) -> None:
    target = tmp_path / "books.zip"
    call_command("export", "books", "--format", "zip", "--alone", "-o", str(target))
    assert zipfile.ZipFile(target).namelist() == ["books.csv", "metadata.json"]
