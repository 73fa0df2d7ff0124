from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from imports.models import ImportJob
from imports.states import Status
from tests.imports.admin.conftest import tree_of, words_of

pytestmark = pytest.mark.django_db

BOOKS = b"Title,Pages\nEmma,12\n"


def file(content: bytes = BOOKS, name: str = "books.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content)


def test_a_clear_file_goes_straight_to_its_check(pages: Client, url: Any) -> None:
    response = pages.post(url("upload"), {"file": file(), "importer": "books"})
    job = ImportJob.objects.get()
    assert job.status == Status.CHECKING
    assert response["Location"] == url("check", job)


def test_a_file_that_nobody_knows_goes_to_its_mapping(pages: Client, url: Any) -> None:
    response = pages.post(url("upload"), {"file": file(b"foo,bar\n1,2\n")})
    job = ImportJob.objects.get()
    assert job.status == Status.UPLOADED
    assert response["Location"] == url("map", job)


def test_what_is_said_on_the_page_is_kept(pages: Client, url: Any) -> None:
    said = {
        "importer": "books",
        "mode": "create",
        "key": "title",
        "blank": "clear",
        "notes": " from the shop ",
        "dry_run": "1",
        "email": "1",
    }
    pages.post(url("upload"), {"file": file(), **said})
    job = ImportJob.objects.get()
    assert (job.mode, job.key, job.blank, job.notes) == (
        "create",
        "title",
        "clear",
        "from the shop",
    )
    assert job.dry_run
    assert job.email_notification
    assert not job.confirm


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Choose a file first."),
        ({"file": b""}, "The file is empty."),
        ({"file": b"%PDF-1.7 something"}, "PDF"),
        ({"file": BOOKS, "importer": "nothing"}, "There is no importer “nothing”."),
        ({"file": BOOKS, "importer": "books", "mode": "wipe"}, "There is no “wipe” here."),
    ],
)
def test_bad_input_is_answered_with_a_sentence(
    said: dict[str, Any], sentence: str, pages: Client, url: Any
) -> None:
    sent = {**said, "file": file(said["file"])} if "file" in said else said
    response = pages.post(url("upload"), sent)
    assert response.status_code == 400
    (box,) = tree_of(response).xpath("//*[@id='im-faults']")
    assert sentence in box.text_content()
    assert box.text_content().strip()
    assert not ImportJob.objects.exists()


def test_after_a_refusal_the_form_says_what_was_said(pages: Client, url: Any) -> None:
    said = {"importer": "books", "mode": "update", "notes": "mine"}
    tree = tree_of(pages.post(url("upload"), said))
    assert tree.xpath("//select[@id='id_importer']/option[@selected]/@value") == ["books"]
    assert tree.xpath("//select[@id='id_mode_books']/option[@selected]/@value") == ["update"]
    assert tree.xpath("//input[@name='notes']/@value") == ["mine"]


def test_a_script_gets_addresses_and_sentences(pages: Client, url: Any) -> None:
    accept = {"headers": {"Accept": "application/json"}}
    refused = pages.post(url("upload"), {}, **accept)  # type: ignore[arg-type]
    assert (refused.status_code, refused.json()) == (400, {"errors": ["Choose a file first."]})
    taken = pages.post(url("upload"), {"file": file(), "importer": "books"}, **accept)  # type: ignore[arg-type]
    assert taken.json() == {"url": url("check", ImportJob.objects.get())}


def test_only_what_one_may_import_is_offered(make_user: Any, client: Client, url: Any) -> None:
    client.force_login(make_user("bob", "imports.add_importjob", "library.add_note"))
    tree = tree_of(client.get(url("upload")))
    assert tree.xpath("//select[@id='id_importer']/option/@value") == ["", "notes"]
    assert tree.xpath("//select[@id='id_mode_notes']/option/@value") == ["create"]


def test_who_may_import_nothing_is_told_whom_to_ask(
    make_user: Any, client: Client, url: Any
) -> None:
    client.force_login(make_user("bob", "imports.add_importjob"))
    page = client.get(url("upload"))
    assert "There is nothing that you may import." in words_of(page)
    assert not tree_of(page).xpath("//input[@type='file']")


def test_only_the_switches_of_the_chosen_importer_are_sent(pages: Client, url: Any) -> None:
    tree = tree_of(pages.get(f"{url('upload')}?importer=notes"))
    enabled = tree.xpath("//fieldset[@data-importer and not(@disabled)]/@data-importer")
    assert enabled == ["notes"]


def test_templates_come_with_the_right_header(pages: Client) -> None:
    address = reverse("admin:imports_importjob_template", args=["books", "csv"])
    response = pages.get(address)
    assert response["Content-Disposition"] == 'attachment; filename="books.csv"'
    header = response.content.decode("utf-8-sig").splitlines()
    assert header[0].startswith("Title,Author,Genre,Price")
    assert len(header) == 1
    assert b"Emma" in pages.get(f"{address}?example=1").content
    book = pages.get(reverse("admin:imports_importjob_template", args=["books", "xlsx"]))
    assert book.content.startswith(b"PK")
