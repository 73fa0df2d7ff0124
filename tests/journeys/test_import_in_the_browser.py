"""A person brings a file in: a real browser, the real web server, the real worker."""

import csv
import io
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User

from imports.models import Event, ImportJob
from imports.states import Status
from tests.conftest import wait_until
from tests.library.models import Author, Book

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]

HEADER = ["Title", "Author", "Kind of shelf", "Price", "Published (day)"]
ROWS = [
    ["Emma", "Jane Austen", "Novel", "13.00", "1815-12-23"],
    ["Odes", "John Keats", "Poetri", "4.00", "1819-05-01"],
    ["Persuasion", "Jane Austen", "Novel", "9.99", "31/02/2025"],
]
# What people paste into files: markup, quotes, words of templates, text that runs backwards.
HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "'; DROP TABLE books; --",
    "{{ 7 * 7 }}{% debug %}",
    "javascript:alert(3)",
    "<svg/onload=alert(4)>",
    "</textarea></option></select><script>alert(5)</script>",
    "\u202etest\u202d \ufeff ﷽ 田中さん 👩‍👩‍👧‍👦",
    "&lt;b&gt; %3Cscript%3E %s %n ${7*7}",
]


@pytest.fixture
def austen(transactional_db: None) -> Book:
    author = Author.objects.create(name="Jane Austen")
    return Book.objects.create(title="Emma", author=author, price=Decimal("12.40"))


@pytest.fixture
def site(run_server: Any, root: User, page: Any) -> Any:
    """The page of somebody who has logged in; its addresses begin at the admin."""
    server = run_server()
    log_in(page, server.url)
    page.admin = f"{server.url}admin/"
    return page


def log_in(page: Any, url: str) -> None:
    page.goto(f"{url}admin/login/?next=/admin/imports/importjob/")
    page.locator("#id_username").fill("root")
    page.locator("#id_password").fill("secret")
    page.locator("[type=submit]").click()


def as_csv(header: list[str], rows: list[list[str]]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return text.getvalue().encode()


def as_file(name: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "mimeType": "text/csv", "buffer": content}


def drop(page: Any, name: str, content: bytes) -> None:
    """Drop a file onto the page, as the desktop would."""
    transfer = page.evaluate_handle(
        """([name, text]) => {
            const transfer = new DataTransfer();
            transfer.items.add(new File([text], name, { type: "text/csv" }));
            return transfer;
        }""",
        [name, content.decode("utf-8-sig")],
    )
    for event in ("dragenter", "dragover", "drop"):
        page.dispatch_event("main", event, {"dataTransfer": transfer})


def save(page: Any, link: str, target: Path) -> bytes:
    with page.expect_download() as caught:
        page.get_by_role("link", name=re.compile(link)).first.click()
    caught.value.save_as(target)
    return target.read_bytes()


def mend(report: bytes) -> bytes:
    """What a person does in a spreadsheet: the bad cells are put right, the rest stays."""
    return report.replace(b"31/02/2025", b"28/02/2025")


def tiles(page: Any) -> dict[str, int]:
    texts = page.locator(".im-tile").all_inner_texts()
    pairs = (text.split() for text in texts)
    return {words[0]: int(words[-1].replace(",", "")) for words in pairs}


def test_from_the_file_to_the_mended_rows(
    site: Any, run_worker: Any, austen: Book, tmp_path: Path
) -> None:
    run_worker()
    site.get_by_role("link", name="Import a file").first.click()
    drop(site, "books.csv", as_csv(HEADER, ROWS))

    # Map: the file's header is enough to know the importer; one column is only a guess.
    site.wait_for_url(re.compile("/map/$"))
    assert site.get_by_label("What is in it").input_value() == "books"
    assert "guess" in site.get_by_role("row", name=re.compile("Published")).inner_text()
    shelf = site.get_by_label("Kind of shelf", exact=True)
    shelf.wait_for()
    title = site.get_by_label("Title", exact=True)
    title.select_option("")
    site.get_by_text("One field still needs a column").wait_for()
    assert site.get_by_role("button", name="Check").is_disabled()
    title.select_option("title")
    shelf.select_option("shelf")
    meant = site.get_by_label("What “Poetri” means")
    meant.select_option("Poetry")
    wait_until(lambda: site.get_by_role("button", name="Check").is_enabled(), what="Check")
    site.get_by_role("button", name="Check").click()

    # Check: nothing is written, everything is said.
    site.get_by_role("button", name="Import 2 rows").wait_for()
    assert tiles(site) == {"New": 1, "Changed": 1, "Unchanged": 0, "Skipped": 0, "Failed": 1}
    assert Book.objects.count() == 1
    change = site.locator(".im-changes")
    assert "12.40" in change.inner_text()
    assert change.locator("del").first.inner_text() == "12.40"
    assert change.locator("ins").first.inner_text() == "13.00"
    kind = site.locator(".im-kinds summary")
    assert re.search(r"1 row:\s+Published .*e\.g\. row 4", kind.inner_text())
    kind.click()
    assert "31/02/2025" in site.locator(".im-kinds td.im-value").inner_text()
    site.locator(".im-create").click()
    site.get_by_role("heading", name="New: 1 row").wait_for()
    assert "Odes" in site.locator("#rows").inner_text()

    # Confirm, watch, done.
    site.get_by_role("button", name="Import 2 rows").click()
    site.get_by_role("heading", name="1 row stayed out").wait_for()
    assert tiles(site) == {"New": 1, "Changed": 1, "Unchanged": 0, "Skipped": 0, "Failed": 1}
    assert sorted(Book.objects.values_list("title", "price", "shelf")) == [
        ("Emma", Decimal("13.00"), "novel"),
        ("Odes", Decimal("4.00"), "poetry"),
    ]

    # The failed rows go out, and come back mended on the same page.
    report = save(site, "as CSV", tmp_path / "failed.csv")
    assert b"31/02/2025" in report
    drop(site, "failed.csv", mend(report))
    site.get_by_text("Of 1 row in the mended file, 1 went in and 0 stayed bad.").first.wait_for()
    assert tiles(site) == {"New": 2, "Changed": 1, "Unchanged": 0, "Skipped": 0, "Failed": 0}
    assert Book.objects.filter(title="Persuasion", published_on="2025-02-28").count() == 1
    job = ImportJob.objects.get()
    assert (job.status, job.failed_rows, job.mended_rounds) == (Status.COMPLETED, 0, 1)
    assert job.logs.filter(event=Event.REPORTED).count() == 1


def test_everything_works_without_javascript(
    run_server: Any, run_worker: Any, root: User, austen: Book, browser: Any, tmp_path: Path
) -> None:
    server = run_server()
    run_worker()
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    log_in(page, server.url)
    page.get_by_role("link", name="Import a file").first.click()
    page.get_by_label("What is in it").select_option(label="Books")
    page.locator("input[type=file]").set_input_files(as_file("b.csv", as_csv(HEADER, ROWS)))
    page.get_by_role("button", name="Upload and check").click()
    page.get_by_label("Kind of shelf", exact=True).select_option("shelf")
    page.get_by_role("button", name="Check").click()
    page.get_by_role("button", name="Import 1 row").wait_for()  # the page reloads itself
    page.get_by_role("button", name="Import 1 row").click()
    page.get_by_role("heading", name="2 rows stayed out").wait_for()
    report = save(page, "as CSV", tmp_path / "failed.csv")
    mended = mend(report).replace(b"Poetri", b"Poetry")
    page.locator("input[type=file]").set_input_files(as_file("failed.csv", mended))
    page.get_by_role("button", name="Run the mended rows").click()
    page.get_by_text("Of 2 rows in the mended file").first.wait_for()
    assert Book.objects.count() == 3
    context.close()


def test_the_page_says_that_no_worker_runs_and_goes_on_when_one_comes(
    site: Any, run_worker: Any
) -> None:
    upload(site, "books.csv", as_csv(["Title", "Author"], [["Emma", "Jane Austen"]]))
    site.get_by_text("No background worker is running").wait_for()
    assert "python manage.py worker" in site.locator("main").inner_text()
    run_worker()
    site.get_by_role("button", name="Import 1 row").wait_for()
    assert site.title().startswith("Ready to import")


def test_the_same_file_is_asked_about(site: Any, run_worker: Any) -> None:
    run_worker()
    content = as_csv(["Title", "Author"], [["Emma", "Jane Austen"]])
    upload(site, "books.csv", content)
    site.get_by_role("button", name="Import 1 row").click()
    site.get_by_text("Completed", exact=True).first.wait_for()
    upload(site, "again.csv", content)
    site.get_by_text("This very file was imported").first.wait_for()
    finish = site.get_by_role("button", name="Finish: nothing changes")
    finish.click()  # the browser asks for the tick first
    assert site.evaluate("document.activeElement.id") == "im-again"
    site.get_by_label("Yes, import the same file again").check()
    finish.click()
    site.wait_for_url(re.compile(r"importjob/[0-9a-f-]+/$"))
    wait_until(
        lambda: ImportJob.objects.filter(status=Status.COMPLETED).count() == 2, what="the second"
    )


def test_hostile_texts_are_only_texts(site: Any, run_worker: Any, tmp_path: Path) -> None:
    """In names, headers and cells: shown on every page, run on none."""
    run_worker()
    dialogs: list[str] = []
    site.on("dialog", lambda dialog: (dialogs.append(dialog.message), dialog.dismiss()))
    Book.objects.bulk_create(Book(title=text, blurb="old " + text) for text in HOSTILE)
    header = ["Title", "Blurb", "Pages", *HOSTILE]
    rows = [[text, f"new {text}", "1", *HOSTILE] for text in HOSTILE]
    bad = [[f"{text} {n}", "x", text, *HOSTILE] for n, text in enumerate(HOSTILE)]
    upload(site, "<img src=x onerror=alert(6)>.csv", as_csv(header, [*rows, *bad]))
    site.get_by_role("button", name="Import 9 rows").wait_for()
    pages = [site.url, f"{site.url}?action=fail", f"{site.url}?action=update"]
    assert HOSTILE[0] in site.locator("main").inner_text()
    site.get_by_role("button", name="Import 9 rows").click()
    site.get_by_role("heading", name="9 rows stayed out").wait_for()
    job = ImportJob.objects.get()
    base = f"{site.admin}imports/importjob/"
    for address in (*pages, site.url, base, f"{base}{job.pk}/map/", site.admin):
        site.goto(address)
        for summary in site.locator("main summary").all():
            if summary.is_visible():
                summary.click()
    assert site.locator("main script, main img").count() == 0
    assert dialogs == []
    blurbs = Book.objects.filter(title__in=HOSTILE).values_list("blurb", flat=True)
    kept = {text.replace("\ufeff", "") for text in blurbs}
    assert kept == {f"new {text}".replace("\ufeff", "") for text in HOSTILE}


def upload(page: Any, name: str, content: bytes) -> None:
    page.goto(f"{page.admin}imports/importjob/upload/?importer=books")
    page.locator("input[type=file]").set_input_files(as_file(name, content))
    page.get_by_role("button", name="Upload and check").click()
    page.wait_for_url(re.compile("/(map|check)/$"))


def test_the_list_refreshes_itself(site: Any, run_worker: Any) -> None:
    upload(site, "books.csv", as_csv(["Title", "Author"], [["Emma", "Jane Austen"]]))
    site.goto(f"{site.admin}imports/importjob/")
    row = site.locator("#ex-rows tr")
    assert "Checking" in row.inner_text()
    run_worker()
    row.get_by_text("Ready to import").wait_for()
    assert row.get_by_role("link", name=re.compile("^Confirm")).is_visible()
