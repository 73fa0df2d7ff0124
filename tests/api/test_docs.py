"""docs/api.md says what works: each example runs against a real server with a real worker."""

import io
import json
import os
import re
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.utils import timezone

from exports.models import Export
from exportsite.api import tokens
from exportsite.api.docs import document
from exportsite.domains.energy.models import MeterReading
from exportsite.domains.helpdesk.seed import seed
from imports.intake import receive_upload
from imports.models import ImportJob
from imports.requests import UploadRequest
from tests.api.conftest import STREAM_ROWS

ROOT = Path(__file__).resolve().parent.parent.parent
PAGE = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", PAGE, flags=re.MULTILINE | re.DOTALL)


def test_the_page_opens_with_two_whole_rounds_in_twenty_lines_each() -> None:
    first, second = blocks("python")[:2]
    assert PAGE.index(first) < 200
    assert PAGE.index(second) - PAGE.index(first) - len(first) < 200
    for whole in (first, second):
        assert len([line for line in whole.splitlines() if line.strip()]) <= 20


def test_each_call_has_an_example_for_shell_and_python() -> None:
    shell, python = "".join(blocks("sh")), "".join(blocks("python"))
    for path in json.loads(document("en"))["paths"]:
        short = re.sub(r"{(resource|importer)}", "tickets", path.removeprefix("/api/v1/"))
        if short.endswith("/export"):
            short = "tickets/export"  # one stands for all
        in_shell = re.sub(r"{(\w+?)_id}", lambda found: f"${found[1].upper()}", short)
        in_python = re.sub(r"{(\w+?)_id}", lambda found: f"{{{found[1].upper()}}}", short)
        assert re.search(rf"\$SITE/{re.escape(in_shell)}(?![\w/])", shell), short
        assert re.search(rf'"{re.escape(in_python)}(?![\w/])', python), short


@pytest.fixture
def root(transactional_db: None) -> User:
    return User.objects.create_superuser("root", password="secret")


@pytest.fixture
def surroundings(root: User, run_server: Any, run_worker: Any) -> dict[str, str]:
    """What the examples find: data, a server, a worker, an export and an import that wait."""
    seed(60)
    export = Export.objects.create(
        created_by=root,
        resource="tickets",
        format="csv",
        title="Tickets: all",
        columns=["id", "subject"],
        available_at=timezone.now() + timedelta(hours=1),
    )
    server = run_server(EXPORT_STREAM_ROWS=STREAM_ROWS)
    run_worker()
    return {
        **os.environ,
        "SITE": f"{server.url}api/v1",
        "TOKEN": tokens.issue(root)[1],
        "EXPORT": str(export.pk),
        "IMPORT": str(waiting_import(root).pk),
    }


def waiting_import(root: User) -> ImportJob:
    """One whose columns a person must map."""
    rows = "Where,Day,Total,Remark\n1200001234566,2026-11-01,45.6,\n1200001234566,31/02/2026,4,\n"
    wanted = UploadRequest(filename="meters.csv", importer="readings-daily")
    job = receive_upload(root, wanted, io.BytesIO(rows.encode()))
    assert job.status == "uploaded"
    return job


READINGS = """\
MPAN,Date,Reading
1200001234566,2026-11-02,45.6
1200001234566,2026-11-03,48.2
1200001234566,31/02/2026,46.8
"""


def run(command: list[str], script: str, folder: Path, environment: dict[str, str]) -> None:
    (folder / "readings.csv").write_text(READINGS)
    done = subprocess.run(
        command, input=script, text=True, cwd=folder, env=environment, timeout=250,
        capture_output=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.django_db(transaction=True)
def test_the_examples_for_python_run(surroundings: dict[str, str], tmp_path: Path) -> None:
    script = "\n".join(blocks("python"))
    script += "\nassert len(importers) >= 10 and required and template"
    script += "\nassert waiting and header[0] == 'Where'"
    script += "\nassert job['status'] == 'completed' and '31/02/2026' in report"
    script += "\nassert data and text and total == 60 and 'tickets' in names and freed == 0"
    run([sys.executable, "-W", "ignore", "-"], script, tmp_path, surroundings)
    assert list(tmp_path.glob("tickets_*.xlsx"))
    assert "31/02/2026" in (tmp_path / "mend.csv").read_text(encoding="utf-8-sig")
    assert MeterReading.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_the_examples_for_the_shell_run(surroundings: dict[str, str], tmp_path: Path) -> None:
    run(["bash", "-e", "-o", "pipefail", "-s"], "\n".join(blocks("sh")), tmp_path, surroundings)
    assert (tmp_path / "tickets.csv").read_bytes().count(b"\n") == 61
    assert (tmp_path / "beginning").stat().st_size == 100
    assert list(tmp_path.glob("tickets_*.csv"))
    assert (tmp_path / "tickets.xlsx").stat().st_size > 1000
    assert (tmp_path / "meters_failed.xlsx").stat().st_size > 1000
    assert MeterReading.objects.count() == 1
