"""A person with a real browser, at the real web server with the real worker."""

import csv
import io
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import expect

from exports.models import Event, Export, Mode
from exports.states import Status
from exportsite.domains.helpdesk.seed import seed
from tests.conftest import PATIENCE, wait_until
from tests.journeys.conftest import wait_for

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.browser]


@pytest.fixture
def site(run_server: Any, root: User, page: Any) -> Any:
    """The page of somebody who has logged in; its addresses begin at the admin."""
    seed(600)
    server = run_server()
    page.goto(f"{server.url}admin/")
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()
    page.admin = f"{server.url}admin/"
    return page


def save(page: Any, target: Path) -> None:
    with page.expect_download() as caught:
        page.get_by_role("link", name=re.compile("^Download")).click()
    caught.value.save_as(target)


def test_create_watch_and_download(site: Any, run_worker: Any, tmp_path: Path) -> None:
    run_worker()
    site.goto(f"{site.admin}exports/export/")
    site.get_by_role("link", name="Create export").first.click()
    site.get_by_role("main").get_by_role("link", name=re.compile("Tickets")).click()

    summary = site.get_by_role("complementary", name="Summary")
    summary.get_by_text("600 tickets").wait_for()
    site.get_by_role("group", name="Status").get_by_label("Open", exact=True).press("Space")
    site.get_by_role("button", name="None").click()
    for column in ("Ticket code", "Subject"):
        site.get_by_role("checkbox", name=column, exact=True).check()
    site.locator("[data-part=rows] th", has_text="subject").wait_for()
    summary.get_by_text("2 columns").wait_for()
    counted = int(summary.locator("strong").first.inner_text().replace(",", ""))
    assert 0 < counted < 600
    shown = site.locator("[data-part=rows] tbody tr").all_inner_texts()
    assert len(shown) == 10

    summary.get_by_role("button", name="Create export").click()
    site.get_by_role("link", name=re.compile("^Download")).wait_for()
    assert "Completed" in site.locator("main").inner_text()

    target = tmp_path / "tickets.csv"
    save(site, target)
    header, *rows = csv.reader(io.StringIO(target.read_bytes().decode("utf-8-sig")))
    assert header == ["ticket_code", "subject"]
    assert len(rows) == counted
    assert [row[0] for row in rows[:10]] == [text.split("\t")[0].strip() for text in shown]
    export = Export.objects.get()
    assert (export.status, export.download_count) == (Status.COMPLETED, 1)
    assert export.logs.filter(event=Event.DOWNLOADED).count() == 1


def test_headings_a_mail_and_a_second_kind_of_rows(
    site: Any, run_worker: Any, root: User, tmp_path: Path
) -> None:
    User.objects.filter(pk=root.pk).update(email="root@example.org")
    run_worker()
    site.goto(f"{site.admin}exports/export/new/tickets/")
    site.get_by_role("button", name="None").click()
    subject = site.locator("[data-name=subject]")
    subject.get_by_role("checkbox").check()
    subject.locator("summary").focus()
    site.keyboard.press("Enter")
    expect(subject.locator(".create-heading input")).to_be_focused()  # it opened
    site.keyboard.type("What it is about")
    site.locator("[data-part=rows] th", has_text="What it is about").wait_for()
    site.get_by_label("Mail me when it is ready").check()
    site.get_by_label("Make it in the background").check()
    site.get_by_role("radio", name="ZIP").press("Space")
    site.get_by_label("What else goes into this file").select_option(label="Assets")
    site.get_by_role("button", name="Add", exact=True).click()
    site.get_by_label("Format of Assets").select_option("json")
    site.get_by_role("complementary", name="Summary").get_by_text("Rows in all").wait_for()
    site.wait_for_url(re.compile("_part_1_as=json"))

    site.goto(site.url)  # as somebody whom the link was sent to
    assert site.get_by_label("Heading of Subject in the file").last.input_value() == (
        "What it is about"
    )
    site.get_by_role("button", name="Create export").click()
    site.get_by_role("link", name=re.compile("^Download")).wait_for()
    target = tmp_path / "tickets.zip"
    save(site, target)
    archive = zipfile.ZipFile(target)
    assert archive.namelist() == ["tickets.csv", "assets.json", "metadata.json"]
    first, *rows = archive.read("tickets.csv").decode("utf-8-sig").splitlines()
    assert first == "What it is about"
    assert len(rows) >= 600
    export = Export.objects.get()
    assert (export.email_notification, export.mode) == (True, Mode.BACKGROUND)


def test_the_page_says_that_no_worker_runs_and_goes_on_when_one_comes(
    site: Any, run_worker: Any
) -> None:
    site.goto(f"{site.admin}exports/export/new/tickets/")
    site.get_by_role("button", name="Create export").click()
    site.get_by_text("No background worker is running").wait_for()
    assert "python manage.py worker" in site.locator("main").inner_text()
    run_worker()
    site.get_by_role("link", name=re.compile("^Download")).wait_for()
    assert site.title().startswith("Completed") or "Completed" in site.locator("main").inner_text()


def test_a_running_export_shows_its_progress_and_can_be_cancelled(
    site: Any, run_worker: Any, ask: Any, shelves: None
) -> None:
    run_worker(EXPORT_PAUSE=20)
    export = ask("slow-books")
    site.goto(f"{site.admin}exports/export/{export.pk}/")
    bar = site.get_by_role("progressbar")
    bar.wait_for()
    wait_until(lambda: float(bar.get_attribute("value") or 0) > 0, what="progress on the page")
    assert re.search(r"[\d,]+ of 2,500 rows", site.locator("main").inner_text())
    site.get_by_role("button", name="Cancel").click()
    wait_for(export, Status.CANCELLED)
    site.get_by_role("button", name="Retry").wait_for()


def test_the_button_on_a_list_takes_its_filters_along(site: Any) -> None:
    site.goto(f"{site.admin}helpdesk/ticket/?q=printer")
    listed = int(re.search(r"(\d+) results?", site.locator("main").inner_text()).group(1))  # type: ignore[union-attr]
    site.get_by_role("main").get_by_role("link", name=re.compile("^Export")).click()
    summary = site.get_by_role("complementary", name="Summary")
    summary.get_by_text("Search “printer”").wait_for()
    assert int(summary.locator("strong").first.inner_text()) == listed


def test_everything_works_without_javascript(
    run_server: Any, run_worker: Any, root: User, browser: Any
) -> None:
    seed(50)
    server = run_server()
    run_worker()
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(1000 * PATIENCE)
    page = context.new_page()
    page.goto(f"{server.url}admin/login/?next=/admin/exports/export/new/tickets/")
    page.locator("#id_username").fill("root")
    page.locator("#id_password").fill("secret")
    page.locator("[type=submit]").click()
    page.locator("[name=status_id][value='1']").check(force=True)
    page.get_by_role("button", name="Preview").click()
    assert "status_id=1" in page.url
    page.get_by_role("button", name="Create export").click()
    export = wait_for(Export.objects.get(), Status.COMPLETED)
    page.goto(f"{server.url}admin/exports/export/{export.pk}/")
    with page.expect_download() as caught:
        page.get_by_role("link", name=re.compile("^Download")).click()
    assert caught.value.suggested_filename == export.file_name
    context.close()
