"""What can be imported, and empty files to fill in."""

import csv
import io
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Permission, User

from imports.importers import Importer
from imports.registry import all_importers
from tests.api.conftest import Caller, content

pytestmark = pytest.mark.django_db

OF_THE_CONTRACT = {
    *("cars", "assets", "tickets", "ezpass", "pvb", "curb", "leads", "sites"),
    *("readings-hh", "readings-daily"),
}


def test_only_what_one_may_import_is_listed(
    iris: User, imports_api: Caller, root_api: Caller
) -> None:
    assert [one["name"] for one in imports_api.get("importers").json()] == ["books", "notes"]
    iris.user_permissions.remove(*Permission.objects.filter(codename__endswith="_note"))
    assert [one["name"] for one in imports_api.get("importers/").json()] == ["books"]
    assert {one["name"] for one in root_api.get("importers").json()} >= OF_THE_CONTRACT


def test_an_importer_says_what_it_takes(imports_api: Caller) -> None:
    found = imports_api.get("importers/books").json()
    assert {"name", "label", "fields", "keys", "modes", "example"} <= set(found)
    assert (found["name"], found["label"]) == ("books", "Books")
    assert found["keys"] == ["title,author", "title"]
    assert found["modes"] == ["upsert", "create", "update"]
    assert found["example"][0]["Author"] == "Jane Austen"
    fields = {field["name"]: field for field in found["fields"]}
    assert fields["title"] == {
        "name": "title", "label": "title", "type": "text", "required": True,
        "aliases": ["book", "name of the book"],
    }  # fmt: skip
    assert fields["shelf"]["choices"] == [
        {"value": "novel", "label": "Novel"},
        {"value": "poetry", "label": "Poetry"},
    ]


def test_only_the_modes_are_shown_that_one_may_use(iris: User, imports_api: Caller) -> None:
    iris.user_permissions.remove(Permission.objects.get(codename="change_book"))
    assert imports_api.get("importers/books").json()["modes"] == ["create"]


def test_switches_of_an_importer_are_shown(root_api: Caller) -> None:
    found = root_api.get("importers/readings-hh").json()
    stamps = next(option for option in found["options"] if option["name"] == "stamps")
    assert [choice["value"] for choice in stamps["choices"]] == ["start", "end"]


def test_fields_that_need_a_permission_are_shown_with_it(
    make_user: Any, caller_for: Any, root_api: Caller
) -> None:
    norma = caller_for(make_user("norma", "imports.add_importjob", "leads.add_lead"))
    mine = {field["name"] for field in norma.get("importers/leads").json()["fields"]}
    all_of_them = {field["name"] for field in root_api.get("importers/leads").json()["fields"]}
    assert "title" in mine
    assert {"email", "phone"} <= all_of_them - mine


def test_an_importer_that_is_none_or_not_allowed(imports_api: Caller) -> None:
    for path in ("importers/nothing", "importers/nothing/template"):
        response = imports_api.get(path)
        assert response.status_code == 404
        assert response.json()["detail"].endswith("There are: books, notes.")
    for path in ("importers/tickets", "importers/tickets/template"):
        response = imports_api.get(path)
        assert response.status_code == 403
        assert "You may not import" in response.json()["detail"]


def test_a_template_as_csv(imports_api: Caller) -> None:
    response = imports_api.get("importers/books/template")
    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == 'attachment; filename="books.csv"'
    assert int(response["Content-Length"]) == len(content(response))
    assert content(response).decode("utf-8-sig") == "Title,Author,Genre,Price\r\n"


def test_a_template_as_workbook_has_drop_downs(imports_api: Caller) -> None:
    response = imports_api.get("importers/books/template/?format=xlsx")
    assert response["Content-Disposition"] == 'attachment; filename="books.xlsx"'
    sheet = openpyxl.load_workbook(io.BytesIO(content(response))).worksheets[0]
    assert [cell.value for cell in sheet[1]] == ["Title", "Author", "Genre", "Price"]
    assert [str(rule.sqref) for rule in sheet.data_validations.dataValidation] == ["C2:C1048576"]


@pytest.mark.parametrize(
    ("query", "field", "said"),
    [("format=pdf", "format", "csv, xlsx"), ("formt=csv", "formt", "There are: format")],
)
def test_templates_that_there_are_not(
    imports_api: Caller, query: str, field: str, said: str
) -> None:
    response = imports_api.get(f"importers/books/template?{query}")
    assert (response.status_code, list(response.json())) == (400, [field])
    assert said in response.json()[field][0]


@pytest.mark.parametrize("importer", sorted(all_importers(), key=lambda one: one.name))
def test_each_importer_is_described_and_takes_its_template(
    importer: type[Importer], root_api: Caller
) -> None:
    found = root_api.get(f"importers/{importer.name}").json()
    names = {field["name"] for field in found["fields"]}
    assert names
    template = content(root_api.get(f"importers/{importer.name}/template")).decode("utf-8-sig")
    header = next(csv.reader(io.StringIO(template)))
    row = ",".join("1" for _ in header)
    response = root_api.send(f"{template}{row}\r\n", importer=importer.name)
    assert response.status_code == 202, response.json()
    assert {field for field in response.json()["mapping"].values() if field} <= names
