from typing import Any

import lxml.html
import pytest
from django.apps import apps
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from exports.models import Export
from exports.states import Status

pytestmark = pytest.mark.django_db

READS = ["watch", "fragment", "download", "change", "history"]
WISHES = ["retry", "cancel", "delete"]
LISTS = ["changelist", "rows"]
QUEUE_MODELS = ["success", "failure", "schedule", "ormq"]


def call(client: Client, name: str, address: str) -> Any:
    return client.post(address) if name in WISHES else client.get(address)


@pytest.mark.parametrize("status", Status.values)
@pytest.mark.parametrize("name", [*READS, *WISHES])
def test_another_persons_export_does_not_exist(
    name: str, status: str, make_user: Any, client: Client, make_export: Any, url: Any
) -> None:
    export = make_export(status)
    client.force_login(make_user("bob", "exports.add_export", "library.view_book"))
    assert call(client, name, url(name, export)).status_code == 404
    export.refresh_from_db()
    assert (export.status, export.cancel_requested_at) == (status, None)


def test_every_address_below_an_export_is_in_these_lists(make_export: Any) -> None:
    from django.contrib import admin

    patterns = admin.site._registry[Export].get_urls()
    below = {p.name for p in patterns if str(p.pattern).startswith("<uuid:pk>/")}
    assert below == {f"exports_export_{name}" for name in (*READS, *WISHES)}


@pytest.mark.parametrize("name", LISTS)
def test_people_see_their_own_exports_and_superusers_all(
    name: str, root: User, pages: Client, root_pages: Client, make_export: Any, url: Any
) -> None:
    make_export(title="Books: of Ana")
    make_export(title="Books: of Root", created_by=root)
    mine = pages.get(url(name)).content.decode()
    everything = root_pages.get(url(name)).content.decode()
    assert "of Ana" in mine
    assert "of Root" not in mine
    assert "of Ana" in everything
    assert "of Root" in everything


def test_superusers_see_and_steer_every_export(
    root_pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.FAILED)
    assert root_pages.get(url("watch", export)).status_code == 200
    root_pages.post(url("retry", export))
    export.refresh_from_db()
    assert export.status == Status.PENDING


@pytest.mark.parametrize("permission", ["exports.add_export", "exports.view_export"])
def test_either_permission_opens_the_pages(
    permission: str, make_user: Any, client: Client, make_export: Any, url: Any
) -> None:
    person = make_user("eva", permission)
    client.force_login(person)
    assert client.get(url("changelist")).status_code == 200
    assert client.get(url("watch", make_export(created_by=person))).status_code == 200


@pytest.mark.parametrize("name", [*READS, *WISHES, *LISTS])
def test_staff_without_permission_is_refused(
    name: str, make_user: Any, client: Client, make_export: Any, url: Any
) -> None:
    person = make_user("joe", "library.view_book")
    client.force_login(person)
    export = make_export(Status.COMPLETED, created_by=person)
    address = url(name) if name in LISTS else url(name, export)
    assert call(client, name, address).status_code == 403
    export.refresh_from_db()
    assert export.status == Status.COMPLETED


@pytest.mark.parametrize("kind", ["nobody", "not staff", "inactive"])
@pytest.mark.parametrize("name", [*READS, *WISHES, *LISTS])
def test_strangers_are_sent_to_the_login(
    name: str, kind: str, ana: User, client: Client, make_export: Any, url: Any
) -> None:
    export = make_export(Status.COMPLETED)
    if kind != "nobody":
        client.force_login(ana)
        changes = {"is_staff": False} if kind == "not staff" else {"is_active": False}
        User.objects.filter(pk=ana.pk).update(**changes)
    address = url(name) if name in LISTS else url(name, export)
    response = call(client, name, address)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("admin:login"))
    export.refresh_from_db()
    assert export.status == Status.COMPLETED


@pytest.mark.parametrize("status", Status.values)
def test_no_page_needs_inline_script_or_style(
    status: str, root_pages: Client, pages: Client, make_export: Any, url: Any
) -> None:
    export = make_export(status, error_details="Traceback")
    addresses = [url("changelist"), url("watch", export), reverse("admin:index")]
    if status != Status.COMPLETED:
        addresses.append(url("download", export))
    for client in (pages, root_pages):
        for address in addresses:
            response = client.get(address)
            policy = response["Content-Security-Policy"]
            assert "script-src 'self'" in policy
            assert "unsafe" not in policy
            check_markup(response.content.decode())
        data = {"action": "delete_chosen_files", "_selected_action": [str(export.pk)]}
        check_markup(client.post(url("changelist"), data).content.decode())


def check_markup(html: str) -> None:
    tree = lxml.html.fromstring(html)
    assert not tree.xpath("//style")
    assert not tree.xpath("//*[@style]")
    assert not tree.xpath("//script[not(@src)]")
    assert not tree.xpath("//@*[starts-with(name(), 'on')]")
    assert not tree.xpath("//form//form")
    ids = tree.xpath("//@id")
    assert len(ids) == len(set(ids))
    for source in tree.xpath("//script/@src | //link/@href | //img/@src | //use/@href"):
        assert source.startswith(("/", "#"))


@pytest.mark.parametrize("model", QUEUE_MODELS)
def test_the_queues_tables_are_closed_to_staff_whatever_permission_they_have(
    model: str, make_user: Any, client: Client
) -> None:
    permissions = [f"django_q.{verb}_{model}" for verb in ("add", "change", "delete", "view")]
    client.force_login(make_user("sue", *permissions))
    assert client.get(reverse(f"admin:django_q_{model}_changelist")).status_code == 403
    assert client.get(reverse(f"admin:django_q_{model}_add")).status_code == 403
    assert b"django_q" not in client.get(reverse("admin:index")).content


@pytest.mark.parametrize("model", QUEUE_MODELS)
def test_superusers_read_the_queues_tables_and_change_nothing(
    model: str, root_pages: Client
) -> None:
    changelist = reverse(f"admin:django_q_{model}_changelist")
    assert root_pages.get(changelist).status_code == 200
    assert root_pages.get(reverse(f"admin:django_q_{model}_add")).status_code == 403
    assert b"delete_selected" not in root_pages.get(changelist).content


def test_a_scheduled_dotted_path_can_be_read_but_not_saved(root_pages: Client) -> None:
    schedules = apps.get_model("django_q", "Schedule").objects
    row = schedules.create(func="os.getcwd", name="x")
    page = reverse("admin:django_q_schedule_change", args=[row.pk])
    assert root_pages.get(page).status_code == 200
    assert root_pages.post(page, {"func": "os.abort"}).status_code == 403
    assert root_pages.post(page.replace("change", "delete"), {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    root_pages.post(reverse("admin:django_q_schedule_changelist"), chosen)
    row.refresh_from_db()
    assert row.func == "os.getcwd"


def test_pickles_are_never_opened_by_a_page(root_pages: Client) -> None:
    tasks = apps.get_model("django_q", "Task").objects
    task = tasks.create(
        id="a" * 32,
        name="x",
        func="f",
        args=("hidden words",),
        started="2026-01-01T00:00Z",
        stopped="2026-01-01T00:00Z",
        success=True,
    )
    for address in (
        reverse("admin:django_q_success_changelist"),
        reverse("admin:django_q_success_change", args=[task.pk]),
    ):
        page = root_pages.get(address)
        assert page.status_code == 200
        assert b"hidden words" not in page.content
