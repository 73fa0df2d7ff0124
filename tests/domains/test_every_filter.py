"""Every filter of every export, with values from the rows: page, plan and files agree.

The filters are those that the FilterSets declare, so that a new one is walked by itself; one that
no value can be made for fails the test.
"""

import csv
import datetime as dt
import io
import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from exports import delivery
from exports.answers import answer_at_once
from exports.default_filters import filterset_of
from exports.plans import ExportRequest, Plan, make_plan
from exports.registry import all_resources, find_resource
from exports.resources import ExportResource, columns_of
from exports.sources.orm import read_batches
from exports.states import Status
from exports.writing import Author, write_plan
from exportsite.domains.cars.seed import seed as seed_cars
from exportsite.domains.energy.models import Meter, MeterReading
from exportsite.domains.energy.seed import seed as seed_energy
from exportsite.domains.helpdesk.seed import seed as seed_helpdesk
from exportsite.domains.leads.seed import seed as seed_leads
from exportsite.domains.taxi.seed import seed as seed_taxi
from exportsite.jobs.progress import Ticker
from tests.domains.filter_values import Case, NoValue, Sight, cases_for

pytestmark = pytest.mark.django_db

UNTIL = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def seed_few_meters() -> None:
    """Each time the energy grows, it grows by a new meter; one is out of use and not looked at.

    Which kind a meter is of depends on its number, and that on what the database counted before.
    """
    scale = 0
    while scale < 160 or len(set(Meter.objects.values_list("is_half_hourly", flat=True))) < 2:
        scale += 40
        seed_energy(scale, until=UNTIL)
    last = Meter.objects.order_by("pk").reverse()[0]
    Meter.objects.filter(pk=last.pk).update(is_active=False)
    MeterReading.objects.filter(meter=last).update(is_validated=False)


SEEDS: dict[str, Callable[[], object]] = {
    "cars": lambda: seed_cars(60, until=UNTIL),
    "helpdesk": lambda: seed_helpdesk(100, until=UNTIL),
    "taxi": lambda: seed_taxi(200, until=UNTIL),
    "leads": lambda: seed_leads(80, until=UNTIL),
    "energy": seed_few_meters,
}
# The columns that tell the rows of a file apart; otherwise the first one does.
TELLING = {
    "readings": ("id",),
    "readings-wide": ("mpan", "date"),
    "lead-analytics": ("category", "metric", "value"),
}
Cells = list[tuple[str, ...]]


def app_of(resource: type[ExportResource]) -> str:
    """The app whose rows these are; "" for resources that only tests have."""
    parts = resource.__module__.split(".")
    return parts[2] if parts[:2] == ["exportsite", "domains"] else ""


NAMES = sorted(resource.name for resource in all_resources() if app_of(resource))


def rows_of(resource: type[ExportResource]) -> Any:
    """The single rows that the filters look at."""
    if resource.name == "readings-wide":
        return MeterReading.objects.exclude(period_number=0)
    return resource.get_queryset()


def test_the_walk_leaves_no_export_out() -> None:
    assert NAMES == [
        "assets", "cars", "curb", "ezpass", "lead-analytics", "leads", "ledger-balances",
        "ledger-postings", "meters", "pvb", "readings", "readings-wide", "tickets",
    ]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_page_plan_and_files_agree_about_every_filter(
    name: str, root: User, client: Client, settings: Any, tmp_path: Path
) -> None:
    settings.TIME_ZONE = "America/New_York"  # so that days of the site are not those of UTC
    settings.EXPORT_DIRECTORY = tmp_path
    client.force_login(root)
    resource = find_resource(name)
    SEEDS[app_of(resource)]()
    walk = Walk(root, client)
    filters = filterset_of(resource).base_filters
    for one in filters:
        walk.try_filter(resource, one)
    assert not walk.faults, "\n".join(walk.faults)
    assert walk.tried >= 2 * len(filters)


class Walk:
    """Tries filters and collects what does not agree."""

    def __init__(self, user: User, client: Client) -> None:
        self.user, self.client = user, client
        self.faults: list[str] = []
        self.tried = 0

    def try_filter(self, resource: type[ExportResource], name: str) -> None:
        filterset = filterset_of(resource)(queryset=resource.get_queryset())
        sight = Sight(
            name=name,
            one=filterset.filters[name],
            field=filterset.form.fields[name],
            rows=rows_of(resource),
        )
        try:
            cases = cases_for(sight)
        except NoValue as error:
            self.faults.append(f"{resource.name}, {name}: {error}.")
            return
        for case in cases:
            self.tried += 1
            for fault in self.faults_of(resource, name, case, is_first=case is cases[0]):
                self.faults.append(f"{resource.name}, {name}, {case.what}, {case.value}: {fault}")

    def faults_of(
        self, resource: type[ExportResource], name: str, case: Case, *, is_first: bool
    ) -> Iterator[str]:
        """What does not agree. The first case goes all the way of an export."""
        columns = TELLING.get(resource.name) or (columns_of(resource)[0].name,)
        request = ExportRequest(resource=resource.name, columns=columns, filters={name: case.value})
        asked = make_plan(self.user, request)
        yield from meaning_faults(asked, case)
        expected = read_plan(asked)
        preview = self.preview(request)
        found: dict[str, Any] = {
            "the plan's count": asked.count(),
            "the page's count": preview.count,
            "the CSV file": self.export(request) if is_first else self.write(request),
        }
        if is_first:
            found["the JSON file"] = self.write(replace(request, format="json"))
        for where, what in found.items():
            if what != (len(expected) if isinstance(what, int) else expected):
                yield f"{where} is {what}, and the plan reads {expected}"
        first = [
            tuple("" if cell.kind == "null" else cell.text for cell in row) for row in preview.rows
        ]
        if first != expected[: len(first)] or len(first) != min(10, len(expected)):
            yield f"the page shows {first}, and the plan reads {expected[:10]}"

    def preview(self, request: ExportRequest) -> Any:
        address = reverse("admin:exports_export_preview", args=[request.resource])
        asked = {**request.filters, "_columns": request.columns}
        answer = self.client.get(address, asked)
        assert answer.context["errors"] == {}
        return answer.context["preview"]

    def export(self, request: ExportRequest) -> Cells:
        """The file that a person downloads."""
        made = answer_at_once(self.user, request, is_limited=False)
        assert made.status == Status.COMPLETED, made.error_details
        with delivery.folder().open(made.file_key) as stream:
            return cells_of(request, stream.read())

    def write(self, request: ExportRequest) -> Cells:
        """What a worker writes into it."""
        stream = io.BytesIO()
        author = Author(user=self.user, export_id=uuid.uuid4())
        write_plan(make_plan(self.user, request), author, stream, Ticker())
        return cells_of(request, stream.getvalue())


def cells_of(request: ExportRequest, file: bytes) -> Cells:
    text = file.decode("utf-8-sig")
    if request.format == "csv":
        return [tuple(row) for row in list(csv.reader(io.StringIO(text, newline="")))[1:]]
    rows = json.loads(text)["data"]
    return [tuple(text_of(row[column]) for column in request.columns) for row in rows]


def read_plan(asked: Plan) -> Cells:
    return [tuple(map(text_of, row)) for batch in read_batches(asked) for row in batch]


def text_of(value: object) -> str:
    return "" if value is None else str(value)


def meaning_faults(asked: Plan, case: Case) -> Iterator[str]:
    """What the case says about single rows, against those that the filter leaves."""
    rows = type(asked.filterset)(asked.filterset.data, queryset=rows_of(asked.resource)).qs
    if case.count is not None and rows.count() != case.count:
        yield f"{rows.count()} rows, not {case.count}"
    if case.some and not rows.exists():
        yield "no rows at all"
    if case.holds is not None and not rows.filter(pk=case.holds).exists():
        yield f"the row {case.holds} is missing"
    if case.lacks is not None and rows.filter(pk=case.lacks).exists():
        yield f"the row {case.lacks} is there"
    if asked.count() != lines_of(asked, rows):
        yield f"{asked.count()} lines for {rows.count()} rows"


def lines_of(asked: Plan, rows: Any) -> int:
    """How many lines a file has for these rows."""
    if asked.resource.name == "readings-wide":
        return int(rows.order_by().values("meter", "reading_date").distinct().count())
    if not asked.resource.is_computed:
        return int(rows.count())
    figures = asked.computed_rows()
    totals = [row["value"] for row in figures if row["metric"] == "total_leads"]
    assert totals == [rows.count()]
    return len(figures)
