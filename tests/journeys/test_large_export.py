"""Two hundred thousand tickets through the queue: every value arrives, in little memory."""

import csv
import hashlib
import json
from itertools import chain, islice
from pathlib import Path
from typing import Any

import openpyxl
import psutil
import pytest
from django.contrib.auth.models import User
from python_calamine import CalamineWorkbook

from exports import delivery
from exports.intake import request_export
from exports.models import Export
from exports.plans import ExportRequest, make_plan
from exports.sources.orm import read_batches
from exports.sources.snapshot import snapshot
from exports.states import Status
from exportsite.domains.helpdesk.seed import seed
from tests.conftest import wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.process,
    pytest.mark.timeout(900),
]

ROWS = 200_000
MEMORY = 150 * 2**20
Truth = list[tuple[Any, ...]]
COLUMNS = ["id", "ticket_code", "subject", "description", "status_id", "is_open", "created_at"]


def memory_of(pid: int) -> int:
    try:
        return int(psutil.Process(pid).memory_info().rss)
    except psutil.NoSuchProcess:
        return 0


def watch(export: Export) -> tuple[int, set[int]]:
    """Wait for the end; the worker's largest memory in bytes, and the row counts seen."""
    largest, counts = 0, set()

    def is_finished() -> bool:
        nonlocal largest
        export.refresh_from_db()
        if export.claimed_by:
            largest = max(largest, memory_of(int(export.claimed_by.rsplit(":", 1)[1])))
        counts.add(export.exported_rows)
        return export.is_finished

    wait_until(is_finished, within=240, what="the end of the export")
    return largest, counts


def read_truth(user: User) -> Truth:
    plan = make_plan(user, ExportRequest(resource="tickets", columns=COLUMNS))
    with snapshot():
        return list(chain.from_iterable(read_batches(plan)))


def plain(row: tuple[Any, ...]) -> list[str]:
    """The database's values as CSV has them."""
    key, code, subject, description, status, is_open, created = row
    words = created.strftime("%Y-%m-%d %H:%M:%S")
    return [str(key), code, subject, description, str(status), str(bool(is_open)).lower(), words]


def check_csv(path: Path, truth: Truth) -> None:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        rows = csv.reader(stream)
        assert next(rows) == COLUMNS
        for found, row in zip(rows, truth, strict=True):
            assert found == plain(row)


def check_json(path: Path, truth: Truth) -> None:
    answer = json.loads(path.read_text(encoding="utf-8"))
    assert answer["item_count"] == ROWS
    for found, row in zip(answer["data"], truth, strict=True):
        assert list(found.values())[:6] == [*row[:5], bool(row[5])]
        assert found["created_at"] == row[6].isoformat()


def check_xlsx(path: Path, truth: Truth) -> None:
    sheet = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0)
    rows = iter(sheet.iter_rows())
    assert next(rows) == COLUMNS
    for found, row in zip(islice(rows, ROWS), truth, strict=True):
        assert found[1:4] == [row[1], row[2], row[3] or ""]
        assert [found[0], found[4], found[5]] == [row[0], row[4], bool(row[5])]
        assert str(found[6])[:19] == row[6].strftime("%Y-%m-%d %H:%M:%S")
    assert next(rows)[0] == ROWS  # the totals row
    book = openpyxl.load_workbook(path, read_only=True)
    assert book.sheetnames[1] == "About"
    first = next(book.worksheets[0].iter_rows(min_row=2, max_row=2, values_only=True))
    assert first[0] == truth[0][0]
    book.close()


CHECKS = {"csv": check_csv, "json": check_json, "xlsx": check_xlsx}


def test_every_value_of_a_large_export_arrives_in_little_memory(
    run_worker: Any, root: User
) -> None:
    seed(ROWS)
    truth = read_truth(root)
    # The work takes a second or two; it rests as long, so that somebody sees it go on.
    run_worker(JOB_BEAT=0.05, EXPORT_PAUSE=0.01)
    for name, check in CHECKS.items():
        options = {"formula_guard": False} if name == "csv" else {}
        request = ExportRequest(resource="tickets", format=name, columns=COLUMNS, options=options)
        export = request_export(root, request)
        memory, counts = watch(export)
        assert export.status == Status.COMPLETED, export.error_details
        assert (export.exported_rows, export.lane) == (ROWS, "bulk")
        assert 0 < memory < MEMORY
        # Others may be over between two looks; whoever watches a slow one is in the other journeys.
        assert len(counts) > 2 or name != "xlsx", "no progress was seen"
        path = delivery.folder().locate(export.file_key)
        assert hashlib.sha256(path.read_bytes()).hexdigest() == export.sha256
        check(path, truth)
