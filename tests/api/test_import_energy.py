"""The energy system's job calls, each with its counterpart."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User

from exportsite.domains.energy.models import Company, Meter, MeterReading, Site
from imports.models import ImportJob
from imports.states import Status
from tests.api.conftest import Caller
from tests.imports.conftest import Run

pytestmark = pytest.mark.django_db

DAILY = """\
MPAN,Date,Reading
1200001234566,2025-11-01,45.6
1200001234566,2025-11-02,48.2
1000001234567,2025-11-01,38.4
"""
HALF_HOURLY = "MPAN,Date," + ",".join(f"HH{n:02d}" for n in range(1, 49)) + "\n"
HALF_HOURLY += "1200001234566,2025-11-07" + ",0.5" * 48 + "\n"
SITES = "name,company_id,address,postcode,site_type\nShop,Acme,789 High St,B1 1BB,retail\n"
RIGHTS = ("imports.add_importjob", *(f"energy.{verb}_{name}" for verb in ("add", "change")
                                     for name in ("meterreading", "site")))  # fmt: skip


@pytest.fixture
def api(make_user: Any, caller_for: Callable[..., Caller]) -> Caller:
    """The program of a person who reads meters."""
    user: User = make_user("mia", *RIGHTS, email="mia@example.org")
    return caller_for(user, scopes=["imports"])


def through(api: Caller, run: Run, text: str, importer: str, **fields: Any) -> Any:
    """Upload a file, run all that a worker has to do, and ask what became of it."""
    job_id = api.send(text, f"{importer}.csv", importer=importer, **fields).json()["batch_id"]
    job = run(ImportJob.objects.get(pk=job_id))
    if job.status == Status.QUEUED:
        run(job)
    return api.get(f"imports/{job_id}").json()


def test_half_hourly_daily_and_site_files_are_taken(api: Caller, run: Run) -> None:
    Company.objects.create(name="Acme")
    hh = through(api, run, HALF_HOURLY, "readings-hh", confirm="true")
    assert (hh["status"], hh["created_rows"], hh["values_written"]) == ("completed", 1, 48)
    daily = through(api, run, DAILY, "readings-daily", confirm="true")
    assert (daily["status"], daily["created_rows"], daily["values_written"]) == ("completed", 3, 3)
    sites = through(api, run, SITES, "sites", confirm="true")
    assert (sites["status"], sites["created_rows"]) == ("completed", 1)
    assert (MeterReading.objects.count(), Meter.objects.count()) == (51, 2)
    assert Site.objects.filter(name="Shop", site_type="retail").exists()


def test_a_dry_run_does_everything_but_write(api: Caller, run: Run) -> None:
    found = through(api, run, DAILY, "readings-daily", dry_run="true")
    assert (found["status"], found["dry_run"], found["created_rows"]) == ("completed", True, 3)
    assert not MeterReading.objects.exists()
    assert not Meter.objects.exists()


def test_a_job_tells_what_the_old_one_told(api: Caller, run: Run) -> None:
    found = through(api, run, DAILY, "readings-daily", confirm="true")
    assert (found["filename"], found["importer"]) == ("readings-daily.csv", "readings-daily")
    assert (found["total_rows"], found["processed_rows"], found["failed_rows"]) == (3, 3, 0)
    assert (found["progress_percent"], found["user_name"]) == (100.0, "mia")
    assert found["user_email"] == "mia@example.org"
    assert found["queued_at"] <= found["started_at"] <= found["completed_at"]


def test_jobs_are_listed_by_status_twenty_unless_said_otherwise(api: Caller, run: Run) -> None:
    through(api, run, DAILY, "readings-daily")
    for number in range(22):
        api.send(
            f"MPAN,Date,Reading\n1200001234566,2025-11-02,{number}\n", importer="readings-daily"
        )
    assert len(api.get("imports").json()["data"]) == 20
    assert len(api.get("imports?limit=22").json()["data"]) == 22
    ready = api.get("imports?status=ready&limit=5").json()
    assert [job["filename"] for job in ready["data"]] == ["readings-daily.csv"]


def test_bad_rows_are_told_and_a_batch_fails_only_when_every_row_does(
    api: Caller, run: Run
) -> None:
    text = f"{DAILY}1200001234566,31/02/2025,1\n1200001234566,2025-11-05,abc\n"
    some = through(api, run, text, "readings-daily", confirm="true")
    assert (some["status"], some["created_rows"], some["failed_rows"]) == ("completed", 3, 2)
    problems = api.get(f"imports/{some['batch_id']}/problems").json()["data"]
    assert [(one["row"], one["column"], one["value"]) for one in problems] == [
        (5, "Date", "31/02/2025"), (6, "Reading", "abc"),
    ]  # fmt: skip
    none = through(api, run, "MPAN,Date,Reading\n1200001234566,2025-11-05,abc\n", "readings-daily")
    assert (none["status"], none["failed_rows"]) == ("failed", 1)


def test_a_job_is_cancelled_and_tried_again(api: Caller, run: Run) -> None:
    job_id = api.send(DAILY, importer="readings-daily", confirm="true").json()["batch_id"]
    run(ImportJob.objects.get())
    assert api.post(f"imports/{job_id}/cancel").json()["status"] == "cancelled"
    assert api.post(f"imports/{job_id}/cancel").status_code == 409
    assert api.post(f"imports/{job_id}/retry").json()["status"] == "queued"
    assert run(ImportJob.objects.get()).status == Status.COMPLETED
    assert MeterReading.objects.count() == 3
    assert api.post(f"imports/{job_id}/retry").status_code == 409


def test_the_same_file_again_doubles_nothing(api: Caller, run: Run) -> None:
    through(api, run, DAILY, "readings-daily", confirm="true")
    again = through(api, run, DAILY, "readings-daily")
    assert (again["status"], again["unchanged_rows"]) == ("ready", 3)
