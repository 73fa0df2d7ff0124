"""Templates: what is kept, dates that move, who sees, runs and changes them."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from exports import saving
from exports.errors import InvalidRequest, NotAllowed, TooMany
from exports.models import Export, ExportSchedule, ExportTemplate
from exports.periods import PERIODS, UnknownPeriod, find_period, word_for
from exports.plans import ExportRequest
from exports.relative import KEEP, Pair, choice_of, choose, pairs_of, resolve, suggest
from exports.resources import Column
from exports.saved import Kind
from exports.saving import NameTaken
from tests.library.export_resources import BookResource

TODAY = dt.date(2026, 11, 21)  # a Saturday


def days(word: str, today: str) -> tuple[str, str]:
    first, last = find_period(word).days(dt.date.fromisoformat(today))
    return first.isoformat(), last.isoformat()


# -- Periods ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("word", "today", "first", "last"),
    [
        ("@today", "2026-11-21", "2026-11-21", "2026-11-21"),
        ("@yesterday", "2026-03-01", "2026-02-28", "2026-02-28"),
        ("@yesterday", "2027-01-01", "2026-12-31", "2026-12-31"),
        ("@last_7_days", "2026-11-21", "2026-11-15", "2026-11-21"),
        ("@last_30_days", "2026-03-01", "2026-01-31", "2026-03-01"),
        ("@this_week", "2026-11-21", "2026-11-16", "2026-11-22"),
        ("@this_week", "2026-11-16", "2026-11-16", "2026-11-22"),
        ("@last_week", "2026-01-01", "2025-12-22", "2025-12-28"),
        ("@this_month", "2028-02-10", "2028-02-01", "2028-02-29"),
        ("@last_month", "2026-03-31", "2026-02-01", "2026-02-28"),
        ("@last_month", "2026-01-31", "2025-12-01", "2025-12-31"),
        ("@this_quarter", "2026-11-21", "2026-10-01", "2026-12-31"),
        ("@last_quarter", "2026-01-15", "2025-10-01", "2025-12-31"),
        ("@this_year", "2026-11-21", "2026-01-01", "2026-12-31"),
        ("@last_year", "2026-11-21", "2025-01-01", "2025-12-31"),
    ],
)
def test_a_period_moves_with_the_calendar(word: str, today: str, first: str, last: str) -> None:
    assert days(word, today) == (first, last)


@pytest.mark.parametrize("word", PERIODS)
def test_every_period_is_found_again_by_its_days(word: str) -> None:
    assert word_for(PERIODS[word].days(TODAY), TODAY) == word


def test_an_unknown_period_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(UnknownPeriod, match="no period “@next_month”"):
        find_period("@next_month")


# -- Requests whose dates move ----------------------------------------------------------------
def books(**filters: Any) -> ExportRequest:
    return ExportRequest(resource="books", filters=filters)


def test_a_word_is_its_first_day_where_a_range_begins_and_its_last_where_it_ends() -> None:
    asked = books(date_from="@last_month", date_to="@Last_Month", title="@last_month")
    assert resolve(asked, TODAY).filters == {
        "date_from": "2026-10-01",
        "date_to": "2026-10-31",
        "title": "@last_month",  # a text
    }


def test_one_end_may_move_alone() -> None:
    asked = books(date_from="@this_year", date_to="2026-12-24")
    assert resolve(asked, TODAY).filters == {"date_from": "2026-01-01", "date_to": "2026-12-24"}


def test_an_unknown_word_is_a_fault_of_its_filter() -> None:
    with pytest.raises(InvalidRequest) as caught:
        resolve(books(date_from="@tomorrow"), TODAY)
    assert "There is no period “@tomorrow”" in caught.value.errors["date_from"][0]


def test_made_up_filters_know_periods_too() -> None:
    asked = ExportRequest(
        resource="notes", filters={"written_at_from": "@today", "written_at_to": "@today"}
    )
    found = resolve(asked, TODAY).filters
    assert found == {"written_at_from": "2026-11-21", "written_at_to": "2026-11-21"}


def test_the_parts_of_an_archive_move_along() -> None:
    asked = ExportRequest(resource="books", format="zip", parts=(books(date_from="@today"),))
    assert resolve(asked, TODAY).parts[0].filters == {"date_from": "2026-11-21"}


def test_a_resource_that_is_gone_is_said_in_words() -> None:
    with pytest.raises(InvalidRequest, match="no resource “papyri”"):
        resolve(ExportRequest(resource="papyri", filters={"date_from": "@today"}), TODAY)
    assert pairs_of("papyri") == []


def test_what_a_quick_range_was_pressed_for_is_suggested_as_a_period() -> None:
    asked = books(date_from="2026-10-01", date_to="2026-10-31", title="x")
    assert suggest(asked, TODAY).filters == {
        "title": "x",
        "date_from": "@last_month",
        "date_to": "@last_month",
    }
    free = books(date_from="2026-10-02", date_to="2026-10-31")
    assert suggest(free, TODAY).filters == free.filters
    half = books(date_from="2026-10-01")
    assert suggest(half, TODAY).filters == half.filters


def test_a_pair_of_dates_can_be_chosen_anew() -> None:
    pair = Pair(lower="date_from", upper="date_to", label="Added")
    assert pairs_of("books") == [pair]
    fixed = books(date_from="2026-10-02", date_to="2026-10-31")
    assert choice_of(fixed, pair) == KEEP
    assert choose(fixed, {"date_from": KEEP}).filters == fixed.filters
    moving = choose(fixed, {"date_from": "@today"})
    assert choice_of(moving, pair) == "@today"
    assert choose(moving, {"date_from": ""}).filters == {}
    assert choice_of(books(), pair) == ""


# -- Keep -------------------------------------------------------------------------------------
def test_a_template_holds_what_an_export_holds(ana: User) -> None:
    asked = ExportRequest(
        resource="books",
        format="xlsx",
        columns=("title", "pages"),
        filters={"minPages": "5", "date_from": "@last_month", "date_to": "@last_month"},
        sort_by="pages",
        sort_descending=True,
        limit=10,
        headers={"pages": "Seiten"},
    )
    template = saving.save_template(ana, "  Last   month ", asked)
    assert template.name == "Last month"
    assert template.filters == {
        "min_pages": "5",
        "date_from": "@last_month",
        "date_to": "@last_month",
    }
    assert template.summary == "pages from 5, added last month, at most 10 rows"
    kept = saving.request_of(template)
    assert (kept.format, kept.columns, kept.limit) == ("xlsx", ("title", "pages"), 10)
    assert (kept.sort_by, kept.sort_descending) == ("pages", True)
    assert kept.headers == {"pages": "Seiten"}


def test_every_field_of_an_export_that_was_asked_for_is_kept() -> None:
    not_asked = {"title", "email_notification", "mode"}
    asked = {
        field.name
        for field in Export._meta.concrete_fields
        if field.name in ExportRequest.__dataclass_fields__ or field.name == "row_limit"
    }
    assert asked - not_asked <= {field.name for field in ExportTemplate._meta.concrete_fields}


@pytest.mark.parametrize("name", ["", "   ", "x" * 101, "a\0b"])
def test_a_template_needs_a_name(ana: User, name: str) -> None:
    with pytest.raises(InvalidRequest) as caught:
        saving.save_template(ana, name, books())
    assert list(caught.value.errors) == ["name"]


def test_a_name_is_taken_once_by_a_person_and_can_be_replaced(ana: User, make_user: Any) -> None:
    first = saving.save_template(ana, "Books", books())
    with pytest.raises(NameTaken, match="a template “Books” already"):
        saving.save_template(ana, "Books", books(title="x"))
    again = saving.save_template(ana, "Books", books(title="x"), is_replacing=True)
    assert (again.pk, again.filters) == (first.pk, {"title": "x"})
    bob = make_user("bob", "exports.add_export", "library.view_book")
    assert saving.save_template(bob, "Books", books(), is_replacing=True).pk != first.pk


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        (books(shelf="nowhere"), "shelf"),
        (books(date_from="@tomorrow"), "date_from"),
        (ExportRequest(resource="books", columns=("isbn",)), "columns"),
        (ExportRequest(resource="papyri"), "resource"),
    ],
)
def test_what_cannot_be_exported_cannot_be_kept(
    ana: User, asked: ExportRequest, field: str
) -> None:
    with pytest.raises(InvalidRequest) as caught:
        saving.save_template(ana, "Books", asked)
    assert field in caught.value.errors
    assert not ExportTemplate.objects.exists()


def test_who_may_not_export_may_not_keep(make_user: Any) -> None:
    with pytest.raises(NotAllowed):
        saving.save_template(make_user("eve", "library.view_book"), "Books", books())


def test_another_name_and_other_dates(ana: User) -> None:
    template = saving.save_template(ana, "Books", books(min_pages="5"))
    saving.save_template(ana, "Taken", books())
    words = {"name": "New", "is_shared": True, "periods": {"date_from": "@yesterday"}}
    saving.change_template(ana, template, **words)
    assert (template.name, template.is_shared) == ("New", True)
    assert template.filters == {
        "min_pages": "5",
        "date_from": "@yesterday",
        "date_to": "@yesterday",
    }
    assert template.summary == "pages from 5, added yesterday"
    with pytest.raises(NameTaken):
        saving.change_template(ana, template, **{**words, "name": "Taken"})


# -- Who may ----------------------------------------------------------------------------------
PEOPLE = {
    "owner": (),
    "colleague": ("exports.add_export", "library.view_book"),
    "other": ("exports.add_export", "library.view_note"),
    "onlooker": ("exports.view_export", "library.view_book"),
    "stranger": (),
}


@pytest.fixture
def people(ana: User, make_user: Any) -> dict[str, User]:
    named = {name: make_user(name, *rights) for name, rights in PEOPLE.items() if name != "owner"}
    return {"owner": ana, "root": User.objects.create_superuser("root"), **named}


@pytest.mark.parametrize(
    ("who", "sees_private", "sees_shared", "runs", "changes"),
    [
        ("owner", True, True, True, True),
        ("colleague", False, True, True, False),
        ("other", False, False, False, False),
        ("onlooker", False, False, False, False),
        ("stranger", False, False, False, False),
        ("root", True, True, True, True),
    ],
)
def test_who_sees_runs_and_changes_a_template(
    people: dict[str, User],
    who: str,
    sees_private: bool,
    sees_shared: bool,
    runs: bool,
    changes: bool,
) -> None:
    owner, user = people["owner"], people[who]
    private = saving.save_template(owner, "Private", books())
    shared = saving.save_template(owner, "Shared", books(), is_shared=True)
    seen = set(saving.visible_templates(user))
    assert (private in seen, shared in seen) == (sees_private, sees_shared)
    assert _can(lambda: saving.run_template(user, shared)) is runs
    assert _can(lambda: saving.run_template(user, private)) is sees_private
    same = {"name": shared.name, "is_shared": True, "periods": {}}
    assert _can(lambda: saving.change_template(user, shared, **same)) is changes
    assert _can(lambda: saving.delete_template(user, shared)) is changes


def _can(act: Callable[[], object]) -> bool:
    try:
        act()
    except NotAllowed:
        return False
    return True


def test_a_shared_template_runs_as_the_person_who_runs_it(people: dict[str, User]) -> None:
    template = saving.save_template(people["owner"], "Shared", books(), is_shared=True)
    export = saving.run_template(people["colleague"], template)
    assert export.created_by == people["colleague"]
    assert not export.email_notification


def test_sensitive_columns_in_a_shared_template_are_not_for_everybody(
    people: dict[str, User],
) -> None:
    asked = ExportRequest(
        resource="books", columns=("title", "author_email"), include_contact_info=True
    )
    template = saving.save_template(people["root"], "Shared", asked, is_shared=True)
    with pytest.raises(InvalidRequest, match="may not export these columns: author_email"):
        saving.run_template(people["colleague"], template)
    assert "author_email" in saving.problem_of(people["colleague"], template)
    assert saving.problem_of(people["root"], template) == ""


def test_one_click_has_the_limit_that_people_have(ana: User, settings: Any) -> None:
    settings.EXPORT_RATE_LIMIT = 1
    template = saving.save_template(ana, "Books", books())
    saving.run_template(ana, template)
    with pytest.raises(TooMany):
        saving.run_template(ana, template)


def test_a_run_takes_the_dates_of_its_day(ana: User) -> None:
    asked = books(date_from="@last_month", date_to="@last_month")
    template = saving.save_template(ana, "Books", asked)
    export = saving.run_template(ana, template, today=dt.date(2026, 3, 5))
    assert export.filters == {"date_from": "2026-02-01", "date_to": "2026-02-28"}
    template.refresh_from_db()
    assert template.last_run_at is not None


def test_a_template_that_no_longer_fits_says_why(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    template = saving.save_template(ana, "Books", books())
    monkeypatch.setattr(BookResource, "columns", (Column(name="id"),))
    with pytest.raises(InvalidRequest, match="There is no column “title”"):
        saving.run_template(ana, template)
    assert not Export.objects.exists()


def test_what_was_shared_stays_when_its_owner_goes(people: dict[str, User]) -> None:
    saving.save_template(people["owner"], "Shared", books(), is_shared=True)
    people["owner"].delete()
    template = saving.visible_templates(people["colleague"]).get()
    assert template.owner is None
    assert not saving.may_change(people["colleague"], template)


def test_schedules_are_for_their_owner_and_superusers(people: dict[str, User]) -> None:
    ExportSchedule.objects.create(
        owner=people["owner"], time=dt.time(6), kind=Kind.DAILY, next_run_at=timezone.now()
    )
    seen = {who for who, user in people.items() if saving.visible_schedules(user).exists()}
    assert seen == {"owner", "root"}


@pytest.mark.django_db(transaction=True)
def test_the_migration_can_be_taken_back() -> None:
    before = next(name for app, name in _applied_before("0006_saved") if app == "exports")
    try:
        call_command("migrate", "exports", before, verbosity=0)
        assert "exports_exporttemplate" not in connection.introspection.table_names()
    finally:
        call_command("migrate", "exports", verbosity=0)
    assert {"exports_exporttemplate", "exports_exportschedule"} <= set(
        connection.introspection.table_names()
    )


def _applied_before(name: str) -> list[tuple[str, str]]:
    applied = sorted(MigrationRecorder(connection).applied_migrations(), reverse=True)
    return [one for one in applied if one[0] == "exports" and one[1] < name]
