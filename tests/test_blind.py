"""What is left out of the second run has looked at no connection in the first one."""

import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

TOYS = """
import subprocess, sys
import pytest
from django.db import connection

def test_blind(): pass
def test_looks(): assert connection.vendor
def test_starts(): subprocess.run([sys.executable, "-c", ""], check=True)
def test_skips(): pytest.skip("not now")
def test_fails(): raise AssertionError
@pytest.mark.process
def test_is_marked(): pass
"""


def run(folder: Path, *options: str) -> str:
    (folder / "test_toys.py").write_text(TOYS)
    plain = ["-p", "no:cacheprovider", "-p", "tests.blind", "-n2", "-c", "pyproject.toml"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plain, "-v", *options, str(folder)],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stdout + done.stderr
    return done.stdout


@pytest.mark.process
def test_only_a_passed_test_that_sees_no_database_is_left_out(tmp_path: Path) -> None:
    notes = tmp_path / "blind"
    first = run(tmp_path, "--note-blind", str(notes))
    assert "1 failed, 4 passed, 1 skipped" in first
    assert [line.rpartition("::")[2] for line in notes.read_text().splitlines()] == ["test_blind"]
    second = run(tmp_path, "--leave-out-blind", str(notes))
    assert "1 failed, 3 passed, 1 skipped" in second
    assert "::test_blind" not in second
