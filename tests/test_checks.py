import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from exportsite.checks import refuse_unsafe


def ids() -> set[str]:
    """The ids of this site's own messages."""
    return {str(message.id) for message in run_checks() if str(message.id).startswith("exportsite")}


@pytest.fixture
def production(settings: Any, tmp_path: Path) -> Any:
    """A production that nothing is wrong with."""
    (tmp_path / "staticfiles.json").write_text("{}")
    settings.PRODUCTION = settings.USE_HTTPS = True
    settings.SECRET_KEY = "a key of its own"
    settings.ALLOWED_HOSTS = ["exports.example.com"]
    settings.STATIC_ROOT = str(tmp_path)
    return settings


def test_development_and_a_sound_production_are_silent(production: Any) -> None:
    assert ids() == set()
    refuse_unsafe()
    production.PRODUCTION = False
    production.SECRET_KEY, production.DEBUG = site.DEMO_SECRET_KEY, True
    assert ids() == set()
    refuse_unsafe()


@pytest.mark.parametrize(
    ("setting", "value", "check_id"),
    [
        ("SECRET_KEY", site.DEMO_SECRET_KEY, "exportsite.E001"),
        ("DEBUG", True, "exportsite.E002"),
        ("ALLOWED_HOSTS", ["exports.example.com", "*"], "exportsite.E003"),
        ("EXPORT_DIRECTORY", site.BASE_DIR / "static" / "exports", "exportsite.E004"),
    ],
)
def test_production_refuses(production: Any, setting: str, value: Any, check_id: str) -> None:
    setattr(production, setting, value)
    assert ids() == {check_id}
    with pytest.raises(ImproperlyConfigured, match=check_id):
        refuse_unsafe()


def test_a_link_does_not_hide_that_exports_are_served(production: Any, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(production.STATIC_ROOT)
    production.EXPORT_DIRECTORY = tmp_path / "link" / "exports"
    assert ids() == {"exportsite.E004"}


def test_openpyxl_without_its_guard_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENPYXL_DEFUSEDXML", "False")
    assert ids() == {"exportsite.E005"}
    monkeypatch.delenv("OPENPYXL_DEFUSEDXML")
    monkeypatch.setitem(sys.modules, "defusedxml", None)
    assert ids() == {"exportsite.E005"}


def test_a_connection_pool_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(site.DATABASES["default"]["OPTIONS"], "pool", True)
    assert ids() == {"exportsite.E006"}


def test_a_lease_as_short_as_the_heartbeat_is_refused(settings: Any) -> None:
    settings.JOB_LEASE, settings.JOB_BEAT = 2, 1
    assert ids() == {"exportsite.E007"}


@pytest.mark.parametrize(
    ("setting", "value", "check_id"),
    [
        ("USE_HTTPS", False, "exportsite.W001"),
        ("STATIC_ROOT", "/nowhere", "exportsite.W002"),
    ],
)
def test_production_warns_and_starts(
    production: Any, setting: str, value: Any, check_id: str
) -> None:
    setattr(production, setting, value)
    assert ids() == {check_id}
    refuse_unsafe()


@pytest.mark.parametrize(
    "command",
    [
        ["manage.py", "worker"],
        ["manage.py", "serve"],
        ["manage.py", "demo"],
        ["-c", "import exportsite.wsgi"],
        ["-c", "import exportsite.asgi"],
    ],
    ids=lambda command: command[-1].split()[-1],
)
def test_nothing_starts_on_the_demo_key_in_production(command: list[str], tmp_path: Path) -> None:
    environment = {**os.environ, "EXPORTSITE_ENV": "production", "VAR_DIR": str(tmp_path)}
    environment["DJANGO_SETTINGS_MODULE"] = "exportsite.settings"
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=site.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert ended.returncode != 0
    assert "exportsite.E001" in ended.stderr


def test_the_project_has_no_warnings_of_its_own(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-W", "error", "manage.py", "check", "--fail-level", "WARNING"],
        cwd=site.BASE_DIR,
        env={**os.environ, "DJANGO_SETTINGS_MODULE": "exportsite.settings"},
        capture_output=True,
        text=True,
        timeout=250,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (0, "")
