"""Files through the real pipeline: uploaded, checked, applied."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management.color import no_style
from django.db import connection

from exportsite.domains.energy.models import Company, Region
from exportsite.domains.helpdesk import lookups
from exportsite.domains.leads.lookups import Location
from imports import intake, wishes
from imports.requests import UploadRequest
from imports.states import Status
from tests.domains.imports.files import Taken, written
from tests.imports.conftest import Run, _private_folder, run

__all__ = ["_private_folder", "run"]

HELPDESK_LISTS: dict[Any, tuple[str, ...]] = {
    lookups.AssetStatus: ("Ready to Deploy", "Deployed"),
    lookups.TicketStatus: ("Open", "Pending", "Resolved"),
    lookups.TicketType: ("Incident", "Problem", "Loan"),
    lookups.TicketPriority: ("Low", "Medium", "High"),
}
REGIONS = (("London", "LON"), ("South East", "SE"), ("South West", "SW"))
Take = Callable[..., Taken]


@pytest.fixture
def take(root: User, run: Run) -> Take:
    """take("cars", text): what became of each line. A check has to foresee what the run does."""

    def through(
        importer: str,
        content: str | bytes,
        filename: str = "file.csv",
        *,
        applies: bool = True,
        user: User = root,
        **request: Any,
    ) -> Taken:
        data = content.encode() if isinstance(content, str) else content
        wanted = UploadRequest(importer=importer, filename=filename, **request)
        job = intake.receive_upload(user, wanted, io.BytesIO(data))
        assert job.status == Status.CHECKING, job.guesses
        run(job)
        assert job.status in (Status.READY, Status.FAILED), job.error_details
        foreseen = Taken(job)
        if not applies or job.status == Status.FAILED:  # not one row is good
            return foreseen
        wishes.confirm_import(user, job)
        run(job)
        assert job.status in (Status.COMPLETED, Status.FAILED), job.error_details
        done = Taken(job)
        if job.error_code != "all_or_nothing":
            assert (done.counts, done.problems) == (foreseen.counts, foreseen.problems)
        return done

    return through


@pytest.fixture
def take_row(take: Take) -> Callable[..., Taken]:
    """take_row("cars", AUDI, price="-5"): a file of one row, the base with some cells changed."""

    def take_changed(importer: str, base: dict[str, str], /, **changed: str) -> Taken:
        return take(importer, written([base | changed]))

    return take_changed


@pytest.fixture
def world(make_user: Callable[..., User]) -> None:
    """The lists, people and places that the sample files name."""
    make_user("demo-01", email="Demo1@example.com", first_name="John", last_name="Doe")
    make_user("demo-02")
    make_user("demo-03")
    maker = lookups.Manufacturer.objects.create(name="Lenovo")
    kind = lookups.AssetType.objects.create(name="Laptop", abbreviation="LAP")
    for name in ("ThinkPad T14", "LG 24MK430"):
        lookups.AssetModel.objects.create(name=name, manufacturer=maker, asset_type=kind)
    lookups.Location.objects.create(name="Default Location", building="Main", office="HQ")
    for model, names in HELPDESK_LISTS.items():
        for name in names:
            model.objects.create(name=name)
    for pk, name in enumerate(("Acme", "Best"), 1):
        Company.objects.create(pk=pk, name=name)
    for pk, (name, code) in enumerate(REGIONS, 1):
        Region.objects.create(pk=pk, name=name, code=code)
    with connection.cursor() as cursor:  # the next ones get other numbers
        for statement in connection.ops.sequence_reset_sql(no_style(), [Company, Region]):
            cursor.execute(statement)
    for name, code in (("San Francisco Bay Area", "sfbay"), ("New York City", "newyork")):
        Location.objects.create(name=name, code=code)
