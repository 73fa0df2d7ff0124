from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from imports.models import ImportJob
from imports.states import Status
from tests.imports.admin.conftest import tree_of, words_of

pytestmark = pytest.mark.django_db

BUTTONS = {
    Status.UPLOADED: ("Needs a mapping", "Map"),
    Status.CHECKING: ("Checking", "Watch"),
    Status.READY: ("Ready to import", "Confirm…"),
    Status.QUEUED: ("Waiting", "Watch"),
    Status.PROCESSING: ("Importing", "Watch"),
    Status.COMPLETED: ("Completed", "Open"),
    Status.FAILED: ("Failed", "Retry"),
    Status.CANCELLED: ("Cancelled", "Retry"),
}


@pytest.fixture
def make_job(upload: Any) -> Any:
    """A row in any status, straight into the database."""

    def make(status: str, **fields: Any) -> ImportJob:
        job = upload("Title\nEmma\n", fields.pop("filename", "books.csv"), importer="books")
        values: dict[str, Any] = {"status": status, **fields}
        if status == Status.PROCESSING:
            values |= {"claimed_by": "w:1", "total_rows": 1000, "processed_rows": 624}
        if status in (Status.COMPLETED, Status.FAILED, Status.CANCELLED):
            values = {"completed_at": timezone.now(), **values}
        ImportJob.objects.filter(pk=job.pk).update(**values)
        job.refresh_from_db()
        return job  # type: ignore[no-any-return]

    return make


@pytest.mark.parametrize(("status", "look"), BUTTONS.items())
def test_each_status_has_its_badge_and_one_main_button(
    status: str, look: tuple[str, str], make_job: Any, pages: Client, url: Any
) -> None:
    make_job(status)
    tree = tree_of(pages.get(url("changelist")))
    (badge,) = tree.xpath("//td[@class='ex-status']/span")
    (button,) = tree.xpath("//td[@class='ex-do']/*")
    assert (badge.text_content(), button.text_content().split()[0]) == look
    assert badge.xpath("./svg")


def test_failed_rows_are_to_be_mended(make_job: Any, pages: Client, url: Any) -> None:
    make_job(Status.COMPLETED, failed_rows=3)
    tree = tree_of(pages.get(url("changelist")))
    assert tree.xpath("//td[@class='ex-do']/a")[0].text_content().startswith("Mend")
    assert "3 failed" in tree.xpath("//td[@data-label='Rows']")[0].text_content()


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=cars", 1),
        ("q=ana", 2),
        ("q=nobody", 0),
        ("status__exact=failed", 1),
        ("importer=books", 2),
        ("importer=notes", 0),
    ],
)
def test_the_list_can_be_searched_and_filtered(
    query: str, found: int, make_job: Any, pages: Client, url: Any
) -> None:
    make_job(Status.COMPLETED)
    make_job(Status.FAILED, filename="cars.csv")
    for name in ("changelist", "rows"):
        page = pages.get(f"{url(name)}?{query}")
        rows = tree_of(page).xpath("//tbody[@id='ex-rows']/tr")
        assert len(rows) == found
    if not found:
        assert "No import matches" in words_of(pages.get(f"{url('changelist')}?{query}"))


def test_an_empty_list_says_what_it_is_for(pages: Client, url: Any) -> None:
    page = pages.get(url("changelist"))
    assert "Nothing has been imported yet" in words_of(page)
    assert url("upload") in tree_of(page).xpath("//main//a/@href")


def test_rows_are_sent_only_when_they_have_changed(make_job: Any, pages: Client, url: Any) -> None:
    job = make_job(Status.CHECKING)
    first = pages.get(url("rows"))
    same = pages.get(url("rows"), headers={"If-None-Match": first["ETag"]})
    assert same.status_code == 304
    ImportJob.objects.filter(pk=job.pk).update(status=Status.READY)
    fresh = pages.get(url("rows"), headers={"If-None-Match": first["ETag"]})
    assert b"Ready to import" in fresh.content
    assert pages.get(f"{url('rows')}?created_at__x=1").status_code in (200, 400)


def act(pages: Client, action: str, url: Any, *jobs: ImportJob, **more: str) -> Any:
    data = {"action": action, "_selected_action": [str(job.pk) for job in jobs], **more}
    return pages.post(url("changelist"), data, follow=True)


def test_several_are_cancelled_retried_and_deleted_at_once(
    make_job: Any, pages: Client, url: Any
) -> None:
    waiting, done = make_job(Status.CHECKING), make_job(Status.COMPLETED)
    text = words_of(act(pages, "cancel_chosen", url, waiting, done))
    assert "1 import is cancelled." in text
    assert "1 was left alone: This import is finished already" in text
    assert "1 import waits again." in words_of(act(pages, "retry_chosen", url, waiting))
    asked = words_of(act(pages, "delete_chosen", url, waiting, done))
    assert "These 2 imports go for good" in asked
    assert ImportJob.objects.count() == 2
    text = words_of(act(pages, "delete_chosen", url, waiting, done, post="yes"))
    assert "1 import is deleted." in text
    assert "still at work" in text
    assert ImportJob.objects.get() == waiting


def test_another_persons_imports_cannot_be_chosen(
    make_job: Any, make_user: Any, client: Client, url: Any
) -> None:
    job = make_job(Status.COMPLETED)
    client.force_login(make_user("bob", "imports.add_importjob"))
    act(client, "delete_chosen", url, job, post="yes")
    assert ImportJob.objects.filter(pk=job.pk).exists()


def test_the_list_asks_few_queries_however_long_it_is(
    make_job: Any,
    pages: Client,
    url: Any,
    django_assert_max_num_queries: DjangoAssertNumQueries,
) -> None:
    for status in Status.values * 3:
        make_job(status)
    with django_assert_max_num_queries(9):
        pages.get(url("changelist"))
    with django_assert_max_num_queries(9):
        pages.get(url("rows"))


def test_home_shows_what_runs_what_waits_and_what_failed(
    make_job: Any, pages: Client, root_pages: Client, ana: User
) -> None:
    for status in Status.values:
        make_job(status, filename=f"{status}.csv", error_message="No space.")
    make_job(Status.FAILED, filename="old.csv", completed_at=timezone.now() - timedelta(days=8))
    make_job(Status.COMPLETED, filename="half.csv", failed_rows=7)
    home = reverse("admin:index")
    (panel,) = tree_of(pages.get(home)).xpath("//section[@aria-labelledby='im-home-title']")
    running, waits, failed = (
        " ".join(part.text_content().split()) for part in panel.xpath("./div/section")
    )
    assert all(name in running for name in ("checking.csv", "queued.csv", "processing.csv"))
    assert all(name in waits for name in ("uploaded.csv", "ready.csv"))
    assert "No space." in failed
    assert "7 rows stayed out" in failed
    assert "old.csv" not in failed
    assert "No background worker is running" in panel.text_content()
    (empty,) = tree_of(root_pages.get(home)).xpath("//section[@aria-labelledby='im-home-title']")
    assert "Nothing is running" in empty.text_content()


def test_home_asks_few_queries_however_much_there_is(
    make_job: Any, pages: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for status in Status.values * 3:
        make_job(status)
    with django_assert_max_num_queries(16):
        pages.get(reverse("admin:index"))


CARS = ("imports.add_importjob", "cars.add_carlisting", "cars.view_carlisting")


def test_lists_have_an_import_button_for_those_who_may(make_user: Any, client: Client) -> None:
    cars = reverse("admin:cars_carlisting_changelist")
    client.force_login(make_user("bob", *CARS))
    links = tree_of(client.get(cars)).xpath("//a[@class='importlink']/@href")
    assert links == [f"{reverse('admin:imports_importjob_upload')}?importer=cars"]
    client.force_login(make_user("joe", *CARS[1:]))
    assert not tree_of(client.get(cars)).xpath("//a[@class='importlink']")
    assert not tree_of(client.get(f"{cars}?_popup=1")).xpath("//a[@class='importlink']")


def test_a_model_with_several_importers_offers_only_those(root_pages: Client) -> None:
    readings = reverse("admin:energy_meterreading_changelist")
    (link,) = tree_of(root_pages.get(readings)).xpath("//a[@class='importlink']/@href")
    page = tree_of(root_pages.get(link))
    options = page.xpath("//select[@id='id_importer']/option/@value")
    assert sorted(options) == ["", "readings-daily", "readings-hh"]
    assert tree_of(root_pages.get(readings)).xpath("//a[@class='exportlink']")
