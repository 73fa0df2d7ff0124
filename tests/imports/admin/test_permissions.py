"""Who sees which page: the own imports, or none; and markup that needs nothing inline."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from imports.models import ImportJob
from tests.imports.admin.conftest import tree_of

pytestmark = pytest.mark.django_db

READS = [
    "watch", "fragment", "map", "check", "check_fragment", "report", "change", "history",
]  # fmt: skip
WISHES = ["retry", "good_rows", "cancel", "delete", "mended", "confirm", "map_draft", "map_layout"]
LISTS = ["changelist", "rows", "upload"]
BOOKS = "Title,Pages\nEmma,12\nOdes,x\n"


@pytest.fixture
def job(upload: Any, run: Any) -> ImportJob:
    """An import of Ana that waits for her."""
    return run(upload(BOOKS, "books.csv", importer="books"))  # type: ignore[no-any-return]


def call(client: Client, name: str, address: str) -> Any:
    return client.post(address) if name in WISHES else client.get(address)


@pytest.mark.parametrize("name", [*READS, *WISHES])
def test_another_persons_import_does_not_exist(
    name: str, job: ImportJob, make_user: Any, client: Client, url: Any
) -> None:
    client.force_login(make_user("bob", "imports.add_importjob", "library.add_book"))
    assert call(client, name, url(name, job)).status_code == 404
    job.refresh_from_db()
    assert job.status == "ready"


def test_every_address_below_an_import_is_in_these_lists() -> None:
    patterns = admin.site._registry[ImportJob].get_urls()
    below = {p.name for p in patterns if str(p.pattern).startswith("<uuid:pk>/")}
    assert below == {f"imports_importjob_{name}" for name in (*READS, *WISHES)}


@pytest.mark.parametrize("name", ["changelist", "rows"])
def test_people_see_their_own_imports_and_superusers_all(
    name: str, job: ImportJob, make_user: Any, client: Client, root_pages: Client, url: Any
) -> None:
    client.force_login(make_user("bob", "imports.add_importjob"))
    assert b"books.csv" not in client.get(url(name)).content
    assert b"books.csv" in root_pages.get(url(name)).content


@pytest.mark.parametrize("name", [*READS, *WISHES, *LISTS])
def test_staff_without_permission_is_refused(
    name: str, job: ImportJob, make_user: Any, client: Client, url: Any
) -> None:
    person = make_user("joe", "library.add_book")
    ImportJob.objects.filter(pk=job.pk).update(created_by=person)
    client.force_login(person)
    address = url(name) if name in LISTS else url(name, job)
    assert call(client, name, address).status_code == 403


@pytest.mark.parametrize("name", [*READS, *WISHES, *LISTS])
def test_strangers_are_sent_to_the_login(
    name: str, job: ImportJob, ana: User, client: Client, url: Any
) -> None:
    address = url(name) if name in LISTS else url(name, job)
    response = call(client, name, address)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))


@pytest.mark.parametrize("name", WISHES)
def test_wishes_are_posted(name: str, job: ImportJob, pages: Client, url: Any) -> None:
    assert pages.get(url(name, job)).status_code == 405
    job.refresh_from_db()
    assert job.status == "ready"


@pytest.mark.parametrize("name", [*WISHES, "map"])
def test_wishes_need_the_token_of_the_form(name: str, job: ImportJob, ana: User, url: Any) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(ana)
    assert strict.post(url(name, job)).status_code == 403


def test_who_may_only_look_cannot_upload(
    make_user: Callable[..., User], client: Client, url: Any
) -> None:
    client.force_login(make_user("eva", "imports.view_importjob", "library.add_book"))
    assert client.get(url("changelist")).status_code == 200
    assert client.get(url("upload")).status_code == 403
    file = SimpleUploadedFile("books.csv", BOOKS.encode())
    assert client.post(url("upload"), {"file": file}).status_code == 403
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    ("importer", "file_format", "status"),
    [("notes", "csv", 200), ("books", "csv", 403), ("nothing", "csv", 404), ("notes", "pdf", 404)],
)
def test_templates_are_for_those_who_may_import(
    importer: str, file_format: str, status: int, make_user: Any, client: Client
) -> None:
    client.force_login(make_user("bob", "imports.add_importjob", "library.add_note"))
    address = reverse("admin:imports_importjob_template", args=[importer, file_format])
    assert client.get(address).status_code == status


@pytest.mark.parametrize("stage", ["uploaded", "checking", "ready", "queued", "completed"])
def test_no_page_needs_inline_script_or_style(
    stage: str, upload: Any, run: Any, pages: Client, url: Any
) -> None:
    job = upload("Titel,Pages\nEmma,12\nOdes,x\n" if stage == "uploaded" else BOOKS,
                 "books.csv", importer="" if stage == "uploaded" else "books")  # fmt: skip
    if stage not in ("uploaded", "checking"):
        run(job)
    if stage in ("queued", "completed"):
        pages.post(url("confirm", job))
    if stage == "completed":
        run(job)
    job.refresh_from_db()
    assert job.status == stage
    addresses = [url("watch", job), url("changelist"), url("upload"), reverse("admin:index")]
    if stage in ("uploaded", "checking", "ready"):
        addresses.append(url("map", job))
    for address in addresses:
        response = pages.get(address, follow=True)
        assert "unsafe" not in response["Content-Security-Policy"]
        check_markup(tree_of(response))
    chosen = {"action": "delete_chosen", "_selected_action": [str(job.pk)]}
    check_markup(tree_of(pages.post(url("changelist"), chosen)))


def check_markup(tree: Any) -> None:
    assert not tree.xpath("//style")
    assert not tree.xpath("//*[@style]")
    assert not tree.xpath("//script[not(@src)]")
    assert not tree.xpath("//@*[starts-with(name(), 'on')]")
    assert not tree.xpath("//form//form")
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids)), sorted(i for i in ids if ids.count(i) > 1)
    for control in tree.xpath("//main//select | //main//input[@type='text' or @type='file']"):
        name = control.get("id") or "-"
        is_labelled = tree.xpath(f"//label[@for='{name}']") or control.xpath("ancestor::label")
        assert is_labelled or control.get("aria-label") or control.get("aria-labelledby"), name
