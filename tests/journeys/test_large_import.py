"""Files of the size that people really have, with bad rows: exact counts, in little memory."""

import datetime as dt
import io
from collections.abc import Callable, Iterator
from itertools import islice, product
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models

from exportsite.domains.energy.models import MeterReading
from exportsite.domains.taxi.tolls import EZPassTransaction
from imports import intake, wishes
from imports.models import FailedRow, ImportJob
from imports.requests import UploadRequest
from imports.states import Status
from tests.conftest import wait_until
from tests.journeys.test_large_export import memory_of

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]

MEMORY = 200 * 2**20
BAD_EVERY = 20


@pytest.fixture(autouse=True)
def _private_uploads(settings: Any, tmp_path: Path) -> None:
    settings.IMPORT_DIRECTORY = tmp_path / "uploads"


def readings(rows: int) -> Iterator[str]:
    """Half-hours of twenty meters in one summer; every twentieth value is no number."""
    yield "MPAN,Date,Time,Reading"
    moments = product(range(10**6), range(20), range(48))
    for number, (day, meter, half_hour) in enumerate(islice(moments, rows)):
        date = dt.date(2024, 4, 1) + dt.timedelta(days=day)
        time = f"{half_hour // 2:02}:{half_hour % 2 * 3}0"
        value = "n.a." if is_bad(number) else f"{number % 1000 / 8:.3f}"
        yield f"{1200000000000 + meter},{date:%d/%m/%Y},{time},{value}"


def tolls(rows: int) -> Iterator[str]:
    """Every twentieth amount is no amount."""
    yield "Lane Txn ID,Tag/Plate #,Agency,Entry Plaza,Exit Plaza,Class,Date,Time,Amount"
    for number in range(rows):
        date = dt.date(2025, 1, 1) + dt.timedelta(days=number % 300)
        time = f"{number % 12 + 1:02}:{number % 60:02}:{number // 60 % 60:02} PM"
        amount = "nine" if is_bad(number) else f"(${number % 90 + 1}.11)"
        tag = f"NY T{number % 800:06}C"
        when = f"{date:%m/%d/%Y},{time}"
        yield f"{33_000_000_000 + number},{tag},MTABT,,RKB,31,{when},{amount}"


def is_bad(number: int) -> bool:
    return number % BAD_EVERY == 13


def send(user: User, importer: str, lines: Iterator[str]) -> ImportJob:
    data = io.BytesIO("\n".join([*lines, ""]).encode())
    wanted = UploadRequest(
        filename=f"{importer}.csv", importer=importer, confirm=True, accepts_guesses=True
    )
    return intake.receive_upload(user, wanted, data)


def watch(job: ImportJob) -> int:
    """Wait for the end; the largest memory of the process that runs it, in bytes."""
    largest = 0

    def is_over() -> bool:
        nonlocal largest
        job.refresh_from_db()
        if job.claimed_by:
            largest = max(largest, memory_of(int(job.claimed_by.rsplit(":", 1)[1])))
        return job.is_finished or job.status == Status.READY

    wait_until(is_over, within=400, what="the end of the import")
    return largest


@pytest.mark.timeout(900)
@pytest.mark.parametrize(
    ("importer", "make", "rows", "model"),
    [
        ("readings-hh", readings, 200_000, MeterReading),
        ("ezpass", tolls, 100_000, EZPassTransaction),
    ],
)
def test_every_good_row_goes_in_and_every_bad_one_is_named(
    run_worker: Any,
    root: User,
    importer: str,
    make: Callable[[int], Iterator[str]],
    rows: int,
    model: type[models.Model],
) -> None:
    run_worker()
    job = send(root, importer, make(rows))
    memory = watch(job)
    assert job.status == Status.COMPLETED, f"{job.error_message} {job.error_details}"
    bad = [number + 2 for number in range(rows) if is_bad(number)]
    good = rows - len(bad)
    assert (job.processed_rows, job.created_rows, job.failed_rows) == (rows, good, len(bad))
    assert model._default_manager.count() == good
    assert list(FailedRow.objects.filter(job=job).values_list("row", flat=True)) == bad
    assert job.problem_codes["not_a_number"] == len(bad)
    assert memory < MEMORY

    again = send(root, importer, make(rows))
    watch(again)
    assert again.same_as == job
    if again.status == Status.READY:
        wishes.confirm_import(root, again)
        watch(again)
    was_there = again.unchanged_rows + again.problem_codes.get("duplicate", 0)
    assert (was_there, again.created_rows, again.updated_rows) == (good, 0, 0)
    assert model._default_manager.count() == good
