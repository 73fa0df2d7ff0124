"""The pages of schedules: list, form with the next runs, pause, resume, delete."""

import calendar
import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from exports import saving, scheduling
from exports.models import Export, ExportSchedule, ExportTemplate
from exports.plans import ExportRequest
from exports.saved import Kind
from exports.states import Status
from exports.timing import Timing

pytestmark = pytest.mark.django_db

DAILY = {"kind": "daily", "time": "06:30", "weekday": "0", "day_of_month": "1", "cron": ""}


def place(name: str, *args: Any) -> str:
    return reverse(f"admin:exports_exportschedule_{name}", args=args)


@pytest.fixture
def template(ana: User) -> ExportTemplate:
    return saving.save_template(ana, "Novels", ExportRequest(resource="books"))


@pytest.fixture
def make_schedule(ana: User, template: ExportTemplate) -> Callable[..., ExportSchedule]:
    def make(owner: User = ana, **fields: Any) -> ExportSchedule:
        timing = Timing(**{"kind": Kind.DAILY, "time": dt.time(6, 30), **fields})
        return scheduling.create_schedule(owner, template, timing, wants_mail=True)

    return make


@pytest.fixture
def bob_pages(make_user: Any) -> Client:
    client = Client()
    client.force_login(make_user("bob", "exports.add_export", "library.view_book"))
    return client


# -- The list ---------------------------------------------------------------------------------
def test_the_list_says_what_runs_when_and_how_it_went(
    pages: Client, make_schedule: Any, make_export: Any, words: Any
) -> None:
    schedule = make_schedule()
    export = make_export(Status.FAILED)
    ExportSchedule.objects.update(
        next_run_at=timezone.now() + dt.timedelta(hours=5, minutes=1),
        last_export=export,
        last_run_at=timezone.now() - dt.timedelta(days=1, minutes=1),
        last_problem="Skipped: the last run was still going on.",
    )
    response = pages.get(place("changelist"))
    text = words(response)
    assert "Active Novels Every day at 06:30 Skipped: the last run was still going on." in text
    assert "in 5 hours" in text
    assert "1 day ago" in text
    assert "Failed" in text
    html = response.content.decode()
    assert f'formaction="{place("pause", schedule.pk)}"' in html
    assert reverse("admin:exports_export_watch", args=[export.pk]) in html


def test_the_next_run_is_shown_in_words_with_its_exact_time(
    pages: Client, make_schedule: Any, words: Any
) -> None:
    make_schedule()
    soon = timezone.now() + dt.timedelta(days=3, minutes=1)
    ExportSchedule.objects.update(next_run_at=soon)
    text = words(pages.get(place("changelist")))
    assert "in 3 days" in text
    assert f"{soon:%A}, {soon.day} {soon:%B %Y, %H:%M} UTC" in text


def test_the_list_is_about_own_schedules_and_a_superuser_sees_all(
    bob_pages: Client, root_pages: Client, make_schedule: Any, words: Any
) -> None:
    schedule = make_schedule()
    assert "Nothing runs by itself yet" in words(bob_pages.get(place("changelist")))
    assert "for ana" in words(root_pages.get(place("changelist")))
    for name in ("change", "delete"):
        assert bob_pages.get(place(name, schedule.pk)).status_code == 404
    for name in ("change", "delete", "pause", "resume"):
        assert bob_pages.post(place(name, schedule.pk)).status_code == 404
    assert root_pages.get(place("change", schedule.pk)).status_code == 200


def test_an_empty_list_leads_to_the_first_step(
    pages: Client, words: Any, request: pytest.FixtureRequest
) -> None:
    assert "First make a template" in words(pages.get(place("changelist")))
    request.getfixturevalue("template")
    assert "New schedule" in words(pages.get(place("changelist")))


def test_strangers_see_nothing(make_user: Any, client: Client) -> None:
    client.force_login(make_user("joe", "library.view_book"))
    assert client.get(place("changelist")).status_code == 403
    assert client.get(place("add")).status_code == 403
    assert client.get(place("next")).status_code == 403


def test_the_list_asks_few_queries_however_long_it_is(
    pages: Client, make_schedule: Any, django_assert_max_num_queries: Any
) -> None:
    for _number in range(20):
        make_schedule()
    with django_assert_max_num_queries(12):
        pages.get(place("changelist"))


# -- The form ---------------------------------------------------------------------------------
def test_the_form_starts_with_the_template_that_one_came_from(
    pages: Client, template: ExportTemplate, words: Any
) -> None:
    response = pages.get(place("add"), {"template": template.pk})
    html = response.content.decode()
    assert f'<option value="{template.pk}" selected>Novels</option>' in html
    assert html.count("<li>") >= 3
    assert "Times are those of UTC." in words(response)


def test_a_schedule_is_made(pages: Client, ana: User, template: ExportTemplate) -> None:
    response = pages.post(place("add"), {**DAILY, "template": template.pk, "email": "on"})
    assert response["Location"] == place("changelist")
    schedule = ExportSchedule.objects.get()
    assert (schedule.owner, schedule.template, schedule.email) == (ana, template, True)
    assert (schedule.next_run_at.hour, schedule.next_run_at.minute) == (6, 30)
    assert schedule.next_run_at > timezone.now()


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"kind": "cron", "cron": "61 * * * *"}, "“61” cannot be the minute of a cron line"),
        ({"kind": "cron", "cron": ""}, "Write a cron line"),
        ({"kind": "cron", "cron": "0 0 31 2 *"}, "never happens"),
        ({"time": ""}, "Say at what time."),
        ({"time": "25:00"}, "Enter a valid time."),
        ({"kind": "monthly", "day_of_month": "32"}, "less than or equal to 31"),
        ({"kind": "monthly", "day_of_month": ""}, "Say on which day."),
        ({"kind": "hourly"}, "hourly is not one of"),
        ({"template": ""}, "This field is required."),
        ({"template": "999"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_made(
    pages: Client, template: ExportTemplate, words: Any, sent: dict[str, str], said: str
) -> None:
    response = pages.post(place("add"), {**DAILY, "template": template.pk, **sent})
    assert response.status_code == 200
    assert said in words(response)
    assert not ExportSchedule.objects.exists()


def test_fields_of_another_kind_do_not_matter(pages: Client, template: ExportTemplate) -> None:
    sent = {"template": template.pk, "kind": "cron", "cron": "30 6 * * 1-5", "time": ""}
    pages.post(place("add"), sent)
    assert ExportSchedule.objects.get().cron == "30 6 * * 1-5"


def test_a_template_of_somebody_else_cannot_be_planned(
    bob_pages: Client, template: ExportTemplate
) -> None:
    bob_pages.post(place("add"), {**DAILY, "template": template.pk})
    assert not ExportSchedule.objects.exists()


def test_the_owner_changes_it(pages: Client, template: ExportTemplate, make_schedule: Any) -> None:
    schedule = make_schedule()
    html = pages.get(place("change", schedule.pk)).content.decode()
    assert 'value="06:30"' in html
    pages.post(
        place("change", schedule.pk),
        {**DAILY, "template": template.pk, "kind": "weekly", "weekday": "2"},
    )
    schedule.refresh_from_db()
    assert (schedule.kind, schedule.weekday, schedule.email) == ("weekly", 2, False)
    assert schedule.next_run_at.weekday() == 2


# -- The next runs ----------------------------------------------------------------------------
def test_the_next_three_runs_follow_what_is_typed(pages: Client, words: Any) -> None:
    sent = {"kind": "cron", "cron": "0 6 29 2 *"}
    response = pages.get(place("next"), sent)
    found = words(response)
    assert response.content.decode().count("<li>") == 3
    years = range(timezone.now().year, 2100)
    leap_days = [dt.date(year, 2, 29) for year in years if calendar.isleap(year)]
    coming = next(day for day in leap_days if day > timezone.localdate())
    assert f"{coming:%A, %d %B %Y}, 06:00 UTC" in found
    assert "29 February 2032" in found


def test_instead_of_next_runs_stands_what_is_wrong(pages: Client, words: Any) -> None:
    wrong = pages.get(place("next"), {"kind": "cron", "cron": "61 * * * *"})
    assert "cannot be the minute" in words(wrong)
    empty = pages.get(place("next"))
    assert empty.status_code == 200
    assert "<li>" in empty.content.decode()


def test_a_button_shows_the_next_runs_without_a_script(
    pages: Client, template: ExportTemplate, words: Any
) -> None:
    sent = {**DAILY, "template": template.pk, "kind": "monthly", "day_of_month": "31", "look": "1"}
    response = pages.get(place("add"), sent)
    text = words(response)
    assert text.count("06:30 UTC") == 3
    assert 'value="31"' in response.content.decode()
    assert not ExportSchedule.objects.exists()


# -- Pause, resume, delete --------------------------------------------------------------------
def test_pause_and_resume(pages: Client, make_schedule: Any, words: Any) -> None:
    schedule = make_schedule()
    text = words(pages.post(place("pause", schedule.pk), follow=True))
    assert "It is paused." in text
    assert "not before it is resumed" in text
    schedule.refresh_from_db()
    assert schedule.is_paused
    text = words(pages.post(place("resume", schedule.pk), follow=True))
    assert "It runs again." in text
    schedule.refresh_from_db()
    assert not schedule.is_paused
    assert schedule.next_run_at > timezone.now()


def test_a_schedule_without_its_template_asks_for_another_one(
    pages: Client, ana: User, make_schedule: Any, template: ExportTemplate, words: Any
) -> None:
    schedule = make_schedule()
    saving.delete_template(ana, template)
    assert "Template deleted" in words(pages.get(place("changelist")))
    text = words(pages.post(place("resume", schedule.pk), follow=True))
    assert "Choose another one first." in text
    assert "the template “Novels” was deleted" in text
    other = saving.save_template(ana, "Other", ExportRequest(resource="books"))
    pages.post(place("change", schedule.pk), {**DAILY, "template": other.pk})
    assert "It runs again." in words(pages.post(place("resume", schedule.pk), follow=True))


def test_deleting_asks_first_and_leaves_the_exports(
    pages: Client, make_schedule: Any, words: Any
) -> None:
    schedule = make_schedule()
    ExportSchedule.objects.update(next_run_at=timezone.now())
    scheduling.run_due()
    assert "The template and the exports that it made stay." in words(
        pages.get(place("delete", schedule.pk))
    )
    assert ExportSchedule.objects.exists()
    pages.post(place("delete", schedule.pk))
    assert not ExportSchedule.objects.exists()
    assert Export.objects.count() == 1


@pytest.mark.parametrize("name", ["pause", "resume"])
def test_a_link_alone_changes_nothing(pages: Client, make_schedule: Any, name: str) -> None:
    assert pages.get(place(name, make_schedule().pk)).status_code == 405


def test_every_change_is_guarded_against_foreign_pages(ana: User, make_schedule: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(ana)
    schedule = make_schedule()
    for name in ("pause", "resume", "delete", "change"):
        assert client.post(place(name, schedule.pk), {}).status_code == 403
    assert client.post(place("add"), {}).status_code == 403


def test_no_page_has_a_script_or_a_style_of_its_own(pages: Client, make_schedule: Any) -> None:
    schedule = make_schedule()
    for url in (
        place("changelist"),
        place("add"),
        place("change", schedule.pk),
        place("delete", schedule.pk),
    ):
        html = pages.get(url).content.decode().partition('id="content-main"')[2]
        assert "<script" not in html
        assert "style=" not in html
