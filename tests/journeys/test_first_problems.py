"""A check of a large file shows its first problems long before it is done."""

import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook

from imports import intake, wishes
from imports.models import ImportJob
from imports.requests import UploadRequest
from imports.states import Status
from tests.conftest import wait_until
from tests.journeys.test_large_import import tolls

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.process]


def as_csv(lines: Iterator[str]) -> bytes:
    return "\n".join([*lines, ""]).encode()


def as_workbook(lines: Iterator[str]) -> bytes:
    book, stream = Workbook(write_only=True), io.BytesIO()
    sheet = book.create_sheet("Data")
    for line in lines:
        sheet.append(line.split(","))
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "write", "rows"), [("a.csv", as_csv, 200_000), ("a.xlsx", as_workbook, 60_000)]
)
def test_the_page_shows_problems_while_the_check_goes_on(
    run_worker: Any,
    root: User,
    client: Client,
    name: str,
    write: Callable[[Iterator[str]], bytes],
    rows: int,
) -> None:
    run_worker(IMPORT_PAUSE=0.5)  # that it goes on is certain then, on any machine
    client.force_login(root)
    wanted = UploadRequest(filename=name, importer="ezpass", accepts_guesses=True)
    job = intake.receive_upload(root, wanted, io.BytesIO(write(tolls(rows))))
    page = reverse("admin:imports_importjob_check_fragment", args=[job.pk])
    wait_until(lambda: b"nine" in client.get(page).content, what="the first problem in the page")
    now = ImportJob.objects.get(pk=job.pk)
    assert now.status == Status.CHECKING
    assert 0 < now.processed_rows < rows / 2
    wishes.cancel_import(root, now)
