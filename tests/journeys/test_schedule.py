"""A template that runs by itself: real workers find out that it is due, and make the file."""

import datetime as dt
import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone
from playwright.sync_api import expect

from exports import saving, scheduling
from exports.models import Export, ExportSchedule, ExportTemplate
from exports.plans import ExportRequest
from exports.saved import Kind
from exports.states import Status
from exports.timing import Timing
from exportsite.domains.helpdesk.seed import seed
from exportsite.jobs.models import Chore
from tests.conftest import wait_until
from tests.journeys.conftest import wait_for
from tests.library.models import Book

pytestmark = pytest.mark.django_db(transaction=True)


def make_due(**fields: Any) -> None:
    """As if the time had come; the chore too, which is done every half minute."""
    past = timezone.now() - dt.timedelta(minutes=1)
    ExportSchedule.objects.update(next_run_at=past, **fields)
    Chore.objects.filter(name="exports.schedules").update(due_at=past)


@pytest.fixture
def schedule(root: User) -> ExportSchedule:
    Book.objects.bulk_create(Book(title=f"Book {number}") for number in range(20))
    asked = ExportRequest(resource="books", filters={"date_to": "@yesterday"})
    template = saving.save_template(root, "Books", asked)
    timing = Timing(kind=Kind.DAILY, time=dt.time(6))
    return scheduling.create_schedule(root, template, timing, wants_mail=True)


@pytest.mark.process
def test_two_workers_run_a_due_schedule_once_and_make_its_file(
    run_worker: Any, schedule: ExportSchedule, root: User
) -> None:
    run_worker()
    run_worker()
    for count in (1, 2):
        make_due()
        wait_until(lambda count=count: Export.objects.count() == count, what=f"run {count}")
        schedule.refresh_from_db()
        assert schedule.last_export is not None
        export = wait_for(schedule.last_export, Status.COMPLETED)
        assert (export.created_by, export.email_notification) == (root, True)
        yesterday = timezone.localdate() - dt.timedelta(days=1)
        assert export.filters == {"date_to": yesterday.isoformat()}
        assert export.file_key
    schedule.refresh_from_db()
    assert schedule.next_run_at > timezone.now()
    assert schedule.last_problem == ""
    assert Export.objects.count() == 2


@pytest.mark.process
def test_a_worker_that_starts_after_a_long_time_runs_it_once(
    run_worker: Any, schedule: ExportSchedule
) -> None:
    ExportSchedule.objects.update(next_run_at=timezone.now() - dt.timedelta(days=30))
    run_worker()
    wait_until(Export.objects.exists, what="the run")
    wait_for(Export.objects.get(), Status.COMPLETED)
    Chore.objects.filter(name="exports.schedules").update(due_at=timezone.now())
    wait_until(
        lambda: Chore.objects.get(name="exports.schedules").due_at > timezone.now(),
        what="another look",
    )
    assert Export.objects.count() == 1


@pytest.mark.browser
def test_a_person_keeps_an_export_plans_it_and_gets_the_file(
    run_server: Any, run_worker: Any, root: User, page: Any
) -> None:
    seed(50)
    server = run_server()
    run_worker()
    page.goto(f"{server.url}admin/login/?next=/admin/exports/export/new/tickets/")
    page.get_by_label("Username").fill("root")
    page.get_by_label("Password").fill("secret")
    page.get_by_role("button", name="Log in").click()

    page.get_by_role("button", name="Last month").click()
    summary = page.get_by_role("complementary", name="Summary")
    summary.get_by_text("Save as template").click()
    summary.get_by_label("Name").fill("Tickets of last month")
    summary.get_by_label("Name").press("Enter")
    page.get_by_text("The template is saved.").wait_for()
    template = ExportTemplate.objects.get()
    assert template.filters == {"date_from": "@last_month", "date_to": "@last_month"}

    page.get_by_role("main").get_by_role("link", name="Schedule", exact=True).click()
    expect(page.locator("#sv-next li")).to_have_count(3)
    page.get_by_label("Cron", exact=True).check()
    page.get_by_label("Cron line").fill("61 * * * *")
    page.get_by_text("“61” cannot be the minute").wait_for()
    page.get_by_label("Cron line").fill("0 6 29 2 *")
    page.locator("#sv-next", has_text="29 February 2028").wait_for()
    page.get_by_role("button", name="Start schedule").click()
    page.get_by_role("button", name=re.compile("^Pause")).wait_for()
    assert "29 February 2028" in page.locator("main").inner_text()

    make_due()
    wait_until(Export.objects.exists, what="the run")
    export = wait_for(Export.objects.get(), Status.COMPLETED)
    page.reload()
    page.get_by_role("main").get_by_text("Completed").wait_for()
    page.get_by_role("link", name=re.compile("now|ago")).first.click()
    page.get_by_role("link", name=re.compile("^Download")).wait_for()

    page.goto(f"{server.url}admin/exports/exporttemplate/")
    page.get_by_role("button", name=re.compile("^Run")).click()
    page.get_by_role("link", name=re.compile("^Download")).wait_for()
    assert Export.objects.exclude(pk=export.pk).get().created_by == root
