"""POST imports: a file becomes an import, or a sentence about what is wrong with it."""

import gzip
import hashlib
import io
import json
import uuid
import zipfile
from typing import Any

import pytest
from django.contrib.auth.models import Permission, User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from exportsite.api.models import IdempotencyKey
from imports import uploads
from imports.models import ImportJob
from imports.states import Status
from tests.api.conftest import Caller
from tests.api.threads import at_once
from tests.imports.conftest import Run
from tests.library.models import Note

pytestmark = pytest.mark.django_db

NOTES = "text,stars\nfirst,1\nsecond,2\n"
UNCLEAR = "remark,how many stars did it get\nfirst,1\n"


def kept_files() -> list[str]:
    return [owner for owner, _changed in uploads.uploads().owners()]


def test_a_file_is_accepted_and_checked_later(imports_api: Caller, run: Run) -> None:
    response = imports_api.send(NOTES, notes="from the fair")
    found = response.json()
    assert response.status_code == 202
    job = ImportJob.objects.get()
    assert found["batch_id"] == str(job.pk)
    assert found["status_url"] == f"http://testserver/api/v1/imports/{job.pk}"
    assert (found["status"], found["importer"], found["notes"]) == (
        "checking", "notes", "from the fair",
    )  # fmt: skip
    assert found["sha256"] == hashlib.sha256(NOTES.encode()).hexdigest()
    assert found["mapping"] == {"text": "text", "stars": "stars"}
    assert run(job).status == Status.READY
    assert not Note.objects.exists()


def packed(name: str, text: str) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(name, text)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("notes.tsv", b"text\tstars\nfirst\t1\n"),
        ("notes.txt", b"text;stars\nfirst;1\n"),
        ("notes.csv.gz", gzip.compress(NOTES.encode(), mtime=0)),
        ("notes.zip", packed("notes.csv", NOTES)),
    ],
)
def test_every_kind_of_file_comes_in(imports_api: Caller, name: str, data: bytes) -> None:
    found = imports_api.send(data, name).json()
    assert (found["status"], found["filename"]) == ("checking", name)


def test_all_of_the_form_is_heeded(imports_api: Caller) -> None:
    text = "sep is found out\nName;Stars;Aside\nfirst;1;x\n"
    found = imports_api.send(
        text,
        mapping=json.dumps({"Name": "text", "Stars": "stars", "Aside": None}),
        values=json.dumps({"kind": {"by the way": "Aside"}}),
        key="text",
        mode="create",
        on_error="abort",
        blank="clear",
        dry_run="true",
        confirm="false",
        header_row="2",
        delimiter=";",
        encoding="cp1252",
    ).json()
    assert found["mapping"] == {"Name": "text", "Stars": "stars", "Aside": None}
    assert found["values"] == {"kind": {"by the way": "Aside"}}
    assert (found["key"], found["mode"], found["on_error"]) == ("text", "create", "abort")
    assert (found["blank"], found["dry_run"], found["confirm"]) == ("clear", True, False)
    assert (found["delimiter"], found["encoding"]) == (";", "cp1252")
    assert found["header"] == ["Name", "Stars", "Aside"]


def test_options_of_the_importer_are_heeded(root_api: Caller) -> None:
    text = "MPAN,ReadDateTime,ReadValue\n1200001234566,2024-11-09 00:30:00,5.9\n"
    found = root_api.send(text, importer="readings-hh", options='{"stamps": "end"}').json()
    assert found["options"]["stamps"] == "end"
    refused = root_api.send(text, importer="readings-hh", options='{"stamps": "middle"}')
    assert (refused.status_code, list(refused.json())) == (400, ["options"])


def test_fields_that_are_left_empty_are_as_good_as_none(imports_api: Caller) -> None:
    empty = dict.fromkeys(("sheet", "mapping", "key", "mode", "on_error", "blank", "notes"), "")
    found = imports_api.send(NOTES, **empty, dry_run="", confirm="").json()
    assert (found["status"], found["mode"], found["key"]) == ("checking", "upsert", "text")


def test_a_file_whose_columns_are_not_clear_waits_for_a_mapping(
    imports_api: Caller, run: Run
) -> None:
    found = imports_api.send(UNCLEAR, confirm="true").json()
    assert (found["status"], found["header"]) == (
        "uploaded", ["remark", "how many stars did it get"],
    )  # fmt: skip
    answer = imports_api.post(
        f"imports/{found['batch_id']}/mapping",
        {"mapping": {"remark": "text", "how many stars did it get": "stars"}},
    )
    assert (answer.status_code, answer.json()["status"]) == (202, "checking")
    run(run(ImportJob.objects.get()))
    assert Note.objects.get().stars == 1


def test_confirmed_at_the_upload_it_applies_by_itself(imports_api: Caller, run: Run) -> None:
    imports_api.send(NOTES, confirm="true")
    job = run(ImportJob.objects.get())
    assert job.status == Status.QUEUED
    assert run(job).status == Status.COMPLETED
    assert Note.objects.count() == 2


def test_the_same_file_again_waits_for_a_person(imports_api: Caller, run: Run) -> None:
    imports_api.send(NOTES, confirm="true")
    run(run(ImportJob.objects.get()))
    again = imports_api.send(NOTES, confirm="true").json()["batch_id"]
    run(ImportJob.objects.get(pk=again))
    found = imports_api.get(f"imports/{again}").json()
    assert found["status"] == "ready"
    assert "This very file was imported on" in found["message"]


# -- At the door --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fields", "field", "said"),
    [
        ({"file": None}, "file", "No file was submitted"),
        ({"file": "text"}, "file", "not a file"),
        ({"importer": None}, "importer", "required"),
        ({"importer": ""}, "importer", "required"),
        ({"importer": "nothing"}, "importer", "There are: "),
        ({"importer": "a\0b"}, "importer", "Null characters"),
        ({"modus": "x"}, "modus", "There are: file, importer, sheet, mapping"),
        ({"mode": "sometimes"}, "mode", "create, update, upsert"),
        ({"on_error": "stop"}, "on_error", "skip, abort"),
        ({"blank": "x"}, "blank", "ignore, clear"),
        ({"key": "stars"}, "key", "There are: text"),
        ({"dry_run": "1"}, "dry_run", "neither true nor false"),
        ({"confirm": "yes"}, "confirm", "neither true nor false"),
        ({"header_row": "0"}, "header_row", "1"),
        ({"header_row": "99"}, "file", "99"),
        ({"encoding": "klingon"}, "encoding", "utf-8, utf-16"),
        ({"mapping": "{"}, "mapping", "JSON"),
        ({"mapping": "[]"}, "mapping", "dictionary"),
        ({"mapping": '{"text": 5}'}, "mapping.text", "valid string"),
        ({"mapping": '{"text": "\\u0000"}'}, "mapping", "NUL"),
        ({"mapping": '{"text": "\\ud800"}'}, "mapping", "surrogate"),
        ({"mapping": "[" * 5000}, "mapping", "deep"),
        ({"mapping": "{}"}, "mapping", "No column is mapped"),
        ({"mapping": '{"text": "nope"}'}, "mapping", "There is no field “nope”"),
        ({"mapping": '{"nope": "text"}'}, "mapping", "The file has no column “nope”"),
        ({"values": '{"nope": {"a": "b"}}'}, "values", "There are: text"),
        ({"values": '{"kind": "b"}'}, "values.kind", "dictionary"),
        ({"options": '{"nope": "b"}'}, "options", "none"),
        ({"mapping": SimpleUploadedFile("m.json", b"{}")}, "mapping", "This is a file"),
        ({"notes": ["a", "b"]}, "notes", "2 times"),
    ],
)
def test_what_is_wrong_is_named_with_what_is_right(
    imports_api: Caller, fields: dict[str, Any], field: str, said: str
) -> None:
    response = imports_api.send(NOTES, **fields)
    assert response.status_code == 400
    assert list(response.json()) == [field]
    assert said in "".join(response.json()[field])
    assert not ImportJob.objects.exists()
    assert not kept_files()


MACROS = packed("xl/vbaProject.bin", "")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("notes.csv", b"", "empty"),
        ("notes.xlsx", NOTES.encode(), ""),
        ("notes.csv", MACROS, ""),
        ("notes.xlsx", MACROS, ""),
        ("notes.pdf", b"%PDF-1.7", ""),
        ("two.zip", b"PK\x03\x04 broken", ""),
    ],
)
def test_files_that_cannot_be_taken_are_refused_with_a_reason(
    imports_api: Caller, name: str, data: bytes, said: str
) -> None:
    response = imports_api.send(data, name)
    assert (response.status_code, list(response.json())) == (400, ["file"])
    assert said in response.json()["file"][0]
    assert response.json()["file"][0].endswith(".")
    assert not kept_files()


def test_a_file_over_the_limit_is_refused(imports_api: Caller, settings: Any) -> None:
    settings.IMPORT_MAX_BYTES = 20
    response = imports_api.send(NOTES)
    assert (response.status_code, list(response.json())) == (413, ["detail"])
    assert "larger than 20" in response.json()["detail"]
    assert not kept_files()


def test_a_request_over_the_limit_is_refused_before_it_is_read(
    imports_api: Caller, settings: Any
) -> None:
    settings.IMPORT_MAX_BYTES = 20
    response = imports_api.client.post(
        "/api/v1/imports",
        b"not even a form",
        content_type="multipart/form-data; boundary=x",
        headers={"Authorization": f"Bearer {imports_api.secret}"},
        CONTENT_LENGTH=str(10 * 1024**3),
    )
    assert response.status_code == 413


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("application/json", b"{}", 415),
        ("multipart/form-data", b"x", 400),
        ("multipart/form-data; boundary=x", b"", 400),
        ("multipart/form-data; boundary=x", b"--x\r\nnonsense", 400),
        ("multipart/form-data; boundary=x", b"--x\r\n" * 10, 400),
    ],
)
def test_a_body_that_is_no_form_is_refused(
    imports_api: Caller, kind: str, body: bytes, code: int
) -> None:
    response = imports_api.client.post(
        "/api/v1/imports",
        body,
        content_type=kind,
        headers={"Authorization": f"Bearer {imports_api.secret}"},
    )
    assert response.status_code == code
    assert response["Content-Type"] == "application/json"


def test_a_form_with_too_many_fields_is_refused(imports_api: Caller, settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 3
    response = imports_api.send(NOTES, mode="create", notes="x", key="text", blank="clear")
    assert (response.status_code, list(response.json())) == (400, ["detail"])


def test_add_and_change_are_asked_separately(iris: User, imports_api: Caller) -> None:
    iris.user_permissions.remove(Permission.objects.get(codename="change_note"))
    refused = imports_api.send(NOTES, mode="upsert")
    assert refused.status_code == 403
    assert "you may not do" in refused.json()["detail"]
    assert imports_api.send(NOTES).json()["mode"] == "create"
    assert imports_api.send(NOTES, importer="tickets").status_code == 403


def test_a_session_needs_its_csrf_token(iris: User) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(iris)
    caller = Caller(client=client)
    assert caller.send(NOTES).status_code == 403
    client.get("/api/v1/docs")  # sets the cookie
    token = client.cookies["csrftoken"].value
    assert caller.send(NOTES, headers={"X-CSRFToken": token}).status_code == 202


# -- Once ---------------------------------------------------------------------------------------
KEY = {"Idempotency-Key": "k"}


def test_the_same_key_answers_with_the_first_import(imports_api: Caller, run: Run) -> None:
    first = imports_api.send(NOTES, headers=KEY)
    run(ImportJob.objects.get())
    second = imports_api.send(NOTES, headers=KEY)
    assert (first.status_code, second.status_code) == (202, 202)
    assert first.json()["batch_id"] == second.json()["batch_id"]
    assert second.json()["status"] == "ready"
    assert len(kept_files()) == 1


@pytest.mark.parametrize("other", [{"content": "text\nx\n"}, {"mode": "create"}, {"name": "b.csv"}])
def test_another_file_or_field_is_a_conflict(imports_api: Caller, other: dict[str, Any]) -> None:
    imports_api.send(NOTES, headers=KEY)
    again = imports_api.send(**{"content": NOTES, "headers": KEY, **other})
    assert (again.status_code, list(again.json())) == (409, ["detail"])
    assert ImportJob.objects.count() == 1


def test_a_refused_file_does_not_use_up_its_key(imports_api: Caller) -> None:
    assert imports_api.send("", headers=KEY).status_code == 400
    assert not IdempotencyKey.objects.exists()
    assert imports_api.send(NOTES, headers=KEY).status_code == 202


def test_a_key_whose_import_was_deleted(imports_api: Caller) -> None:
    imports_api.send(NOTES, headers=KEY)
    ImportJob.objects.all().delete()
    assert imports_api.send(NOTES, headers=KEY).status_code == 404


@pytest.mark.django_db(transaction=True)
def test_twenty_uploads_at_once_make_one_import(imports_api: Caller) -> None:
    key = {"Idempotency-Key": str(uuid.uuid4())}

    def ask() -> tuple[int, str]:
        response = Caller(secret=imports_api.secret).send(NOTES, headers=key)
        return response.status_code, response.json().get("batch_id", "")

    answers = at_once(20, ask)
    assert len(answers) == 20
    assert set(answers) == {(202, str(ImportJob.objects.get().pk))}
    assert kept_files() == [str(ImportJob.objects.get().pk)]
