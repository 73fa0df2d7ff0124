"""`manage.py import_file`: the same way as an upload, from a shell."""

import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from imports.models import ImportJob
from imports.states import Status
from tests.library.models import Note

pytestmark = pytest.mark.django_db(transaction=True)

NOTES = "text,stars\nfirst,1\nsecond,x\n"
Call = Callable[..., tuple[str, str]]


@pytest.fixture
def call(transactional_db: None, tmp_path: Path) -> Call:
    """Run the command on a text as the superuser; what it said on both outputs."""
    User.objects.create_superuser("root")

    def run(content: str, *arguments: str, **options: Any) -> tuple[str, str]:
        path = tmp_path / "notes.csv"
        path.write_text(content)
        out, errors = StringIO(), StringIO()
        call_command("import_file", "notes", path, *arguments, stdout=out, stderr=errors, **options)
        return out.getvalue(), errors.getvalue()

    return run


def test_a_file_is_checked_and_imported(call: Call) -> None:
    out, errors = call(NOTES)
    job = ImportJob.objects.get()
    assert job.status == Status.COMPLETED
    assert out.startswith(f"{job.pk} Completed: 2 rows: 1 new, 1 failed.")
    assert errors.startswith("Row 3, stars: ")
    assert Note.objects.get().text == "first"


def test_a_dry_run_writes_nothing(call: Call) -> None:
    out, _errors = call(NOTES, "--dry-run")
    assert "It would be: 1 new, 1 failed. Nothing was written." in out
    assert not Note.objects.exists()


def test_all_or_nothing(call: Call) -> None:
    with pytest.raises(CommandError, match="1 row cannot be imported"):
        call(NOTES, "--on-error", "abort")
    assert not Note.objects.exists()


def test_the_same_file_again_must_be_meant(call: Call) -> None:
    call(NOTES)
    with pytest.raises(CommandError, match="--again"):
        call(NOTES)
    out, _errors = call(NOTES, "--again")
    assert "1 unchanged, 1 failed" in out


def test_columns_that_are_not_sure_are_asked_about(call: Call) -> None:
    content = "remark,x\nfirst,1\n"
    with pytest.raises(CommandError, match=r"remark: .*\n.*x: not imported"):
        call(content)
    call(content, "--mapping", json.dumps({"remark": "text", "x": "stars"}))
    assert Note.objects.get().stars == 1


def test_the_failed_rows_are_written_where_one_wants_them(call: Call, tmp_path: Path) -> None:
    call(NOTES, "--report", str(tmp_path / "bad.csv"))
    assert "second,x" in (tmp_path / "bad.csv").read_text()
    with pytest.raises(CommandError, match="csv, xlsx"):
        call(NOTES, "--again", "--report", str(tmp_path / "bad.pdf"))


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--user", "nobody"], "There is no user nobody."),
        (["--key", "stars"], "key: "),
        (["--mapping", "{"], "not JSON"),
        (["--mapping", "[]"], "write it as"),
        (["--option", "stamps"], "NAME=VALUE"),
    ],
)
def test_what_is_wrong_is_said(call: Call, arguments: list[str], sentence: str) -> None:
    with pytest.raises(CommandError, match=sentence):
        call(NOTES, *arguments)
    assert not ImportJob.objects.exists()


def test_a_file_that_is_not_there(call: Call, tmp_path: Path) -> None:
    User.objects.create_superuser("other")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_file", "notes", tmp_path / "none.csv")


def test_a_user_without_permission_is_refused(call: Call) -> None:
    User.objects.create_user("bob", is_staff=True)
    with pytest.raises(CommandError, match="may not import"):
        call(NOTES, "--user", "bob")
