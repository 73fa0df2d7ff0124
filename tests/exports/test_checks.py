from typing import ClassVar

import pytest

from exports.checks import check, check_resources
from exports.resources import Column, ExportResource
from tests.library.export_resources import BookResource
from tests.library.models import Book


def resource(**attributes: object) -> type[ExportResource]:
    return type(
        "BrokenResource",
        (ExportResource,),
        {"name": "broken", "model": Book, **attributes},
    )


def test_every_resource_of_the_product_is_sound() -> None:
    assert check_resources() == []


@pytest.mark.parametrize(
    ("attributes", "code"),
    [
        ({"columns": (Column(name="title"), Column(name="title"))}, "exports.E001"),
        ({"columns": (Column(name="hash", source="author__password"),)}, "exports.E002"),
        ({"columns": (Column(name="titel"),)}, "exports.E003"),
        ({"columns": (Column(name="x", source="author__nobody"),)}, "exports.E003"),
        ({"default_sort": "-nothing"}, "exports.E004"),
        ({"sort_fields": {"name": "nobody"}}, "exports.E005"),
        ({"changelist_filters": {"shelf": "no_such_filter"}}, "exports.E006"),
        ({"formats": ("csv", "docx")}, "exports.E007"),
        ({"format_defaults": {"docx": {}}}, "exports.E007"),
        ({"presets": {"Short": ("title", "titel")}}, "exports.E008"),
        ({"presets": {"Short": ("title", "title")}}, "exports.E008"),
        ({"tie_break": ("author", "nobody")}, "exports.E009"),
    ],
)
def test_a_wrong_declaration_is_found_at_start_up(attributes: dict[str, object], code: str) -> None:
    assert code in {message.id for message in check(resource(**attributes))}


def test_a_message_names_the_resource_and_what_is_wrong() -> None:
    (message,) = check(resource(default_sort="nothing"))
    assert "BrokenResource" in message.msg
    assert "“nothing”" in message.msg


def test_checks_ask_no_database() -> None:
    # No `db` fixture: pytest-django would refuse a query.
    class Fine(BookResource):
        formats: ClassVar = ("csv",)

    assert list(check(Fine)) == []
