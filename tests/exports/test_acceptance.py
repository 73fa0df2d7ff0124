"""What the options of a file are when nobody says anything, and who is heard first."""

import re
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from exports.plans import ExportRequest, make_plan
from tests.library.export_resources import BookResource

pytestmark = pytest.mark.django_db


def options_of(user: User, **options: object) -> Any:
    request = ExportRequest(resource="books", format="zip", options=options)
    return make_plan(user, request).options


def test_the_site_says_how_hard_archives_are_compressed(ana: User, settings: Any) -> None:
    settings.EXPORT_COMPRESSION_LEVEL = 2
    assert options_of(ana)["level"] == 2


def test_the_resource_is_heard_before_the_site_and_the_person_before_both(
    ana: User, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.EXPORT_COMPRESSION_LEVEL = 2
    monkeypatch.setattr(BookResource, "format_defaults", {"zip": {"level": 4}})
    assert options_of(ana)["level"] == 4
    assert options_of(ana, level="9")["level"] == 9


def test_the_page_shows_the_sites_level_as_the_usual_one(
    client: Client, ana: User, settings: Any
) -> None:
    settings.EXPORT_COMPRESSION_LEVEL = 2
    client.force_login(ana)
    html = client.get("/admin/exports/export/new/books/?_format=zip").content.decode()
    assert re.search(r'id="id_option_level" value="2" data-usual="2"', html)
    assert "--option level" not in html


def test_the_file_in_an_archive_is_as_the_resource_wants_it(
    ana: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"csv": {"bom": False, "delimiter": ";", "quote": "all"}}
    monkeypatch.setattr(BookResource, "format_defaults", wanted)
    request = ExportRequest(resource="books", format="zip", options={"delimiter": "|"})
    (rows, *_others) = make_plan(ana, request).parts
    chosen = [rows.options[name] for name in ("bom", "delimiter", "quote")]
    assert chosen == [False, "|", "all"]
