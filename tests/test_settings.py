"""What the environment makes of the settings. Each test runs `settings.py` anew."""

import ast
import re
import runpy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.exceptions import ImproperlyConfigured
from django.db import connection

Load = Callable[..., dict[str, Any]]

READ_BY_SITE = ["settings.py", "serving.py", "gunicorn_settings.py"]
READ_BY_OTHERS = {"POSTGRES_PASSWORD"}  # compose.yaml


def variables_of(path: Path) -> set[str]:
    """The environment variables that a file reads with exportsite.env."""
    return {
        node.args[0].value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id.startswith("read_")
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str)
    }


VARIABLES = set().union(*(variables_of(site.BASE_DIR / "exportsite" / n) for n in READ_BY_SITE))


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Load:
    """The settings of an environment with nothing but these variables."""

    def run(**environment: str) -> dict[str, Any]:
        for name in VARIABLES:
            monkeypatch.delenv(name, raising=False)
        for name, value in {"VAR_DIR": str(tmp_path), **environment}.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(site.BASE_DIR / "exportsite" / "settings.py"))

    return run


def test_the_defaults_are_for_this_machine_only(load: Load) -> None:
    settings = load()
    assert not settings["PRODUCTION"]
    assert not settings["DEBUG"]
    assert settings["ALLOWED_HOSTS"] == ["localhost", "127.0.0.1", "[::1]"]


@pytest.mark.parametrize(
    ("environment", "is_production"),
    [
        ({"ALLOWED_HOSTS": "localhost,127.0.0.1"}, False),
        ({"ALLOWED_HOSTS": "exports.example.com"}, True),
        ({"ALLOWED_HOSTS": "localhost,192.0.2.7"}, True),
        ({"ALLOWED_HOSTS": "*"}, True),
        ({"ALLOWED_HOSTS": "*", "EXPORTSITE_ENV": "development"}, False),
        ({"EXPORTSITE_ENV": "production"}, True),
    ],
)
def test_who_opens_the_site_to_others_runs_production(
    load: Load, environment: dict[str, str], is_production: bool
) -> None:
    settings = load(**environment)
    assert settings["PRODUCTION"] is is_production
    assert settings["SESSION_COOKIE_SECURE"] is is_production
    assert settings["SECURE_SSL_REDIRECT"] is is_production


def test_an_unknown_environment_is_refused(load: Load) -> None:
    with pytest.raises(ImproperlyConfigured, match=r"EXPORTSITE_ENV='prod' .*development, prod"):
        load(EXPORTSITE_ENV="prod")


def test_what_is_no_address_of_a_redis_is_refused(load: Load) -> None:
    with pytest.raises(ImproperlyConfigured, match="REDIS_URL is no address of a Redis"):
        load(REDIS_URL="localhost:6379")


def test_sqlite_is_set_up_for_two_writers(load: Load, tmp_path: Path) -> None:
    database = load()["DATABASES"]["default"]
    assert database["NAME"] == str(tmp_path / "db.sqlite3")
    assert database["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert database["OPTIONS"]["timeout"] == 30


@pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite")
@pytest.mark.django_db(transaction=True)
def test_sqlite_really_runs_with_a_write_ahead_log() -> None:
    with connection.cursor() as cursor:
        assert cursor.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        assert cursor.execute("PRAGMA busy_timeout").fetchone() == (30_000,)


def test_a_folder_with_odd_characters_holds_the_database(load: Load, tmp_path: Path) -> None:
    folder = tmp_path / "50% of #1? é"
    assert load(VAR_DIR=str(folder))["DATABASES"]["default"]["NAME"] == f"{folder}/db.sqlite3"
    assert folder.is_dir()


def test_an_address_chooses_postgresql(load: Load) -> None:
    url = "postgresql://me:s%23cret@db:5433/exports?sslmode=require"
    database = load(DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["PASSWORD"], database["PORT"]) == ("s#cret", 5433)
    assert database["OPTIONS"]["sslmode"] == "require"
    assert "idle_in_transaction_session_timeout" in database["OPTIONS"]["options"]
    assert database["CONN_HEALTH_CHECKS"]


@pytest.mark.parametrize(
    "url", ["mysql://me:secret@db/x", "me:secret@db", "postgresql://me:secret@db:port/x"]
)
def test_another_address_is_refused_without_showing_it(load: Load, url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL") as refusal:
        load(DATABASE_URL=url)
    assert "secret" not in str(refusal.value)


def test_the_example_lists_every_setting_and_no_other() -> None:
    text = (site.BASE_DIR / ".env.example").read_text()
    assert set(re.findall(r"^([A-Z_]+)=", text, re.MULTILINE)) == VARIABLES | READ_BY_OTHERS


def test_the_values_in_the_example_are_the_defaults(load: Load) -> None:
    text = (site.BASE_DIR / ".env.example").read_text()
    example = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))
    given = load(**{**example, "VAR_DIR": str(site.VAR_DIR)})
    default = load(VAR_DIR=str(site.VAR_DIR))
    assert {n: v for n, v in given.items() if n.isupper()} == {
        n: v for n, v in default.items() if n.isupper()
    }


def test_exports_read_from_a_database_of_their_own_only_when_it_is_another(load: Load) -> None:
    primary, replica = "postgresql://a@one:5432/door", "postgresql://a@two:5432/door"
    for same in ({}, {"EXPORT_DATABASE": primary}):
        settings = load(DATABASE_URL=primary, **same)
        assert (settings["EXPORT_DATABASE"], list(settings["DATABASES"])) == (
            "default",
            ["default"],
        )
    settings = load(DATABASE_URL=primary, EXPORT_DATABASE=replica)
    assert settings["DATABASES"][settings["EXPORT_DATABASE"]]["HOST"] == "two"
    assert settings["DATABASES"]["default"]["HOST"] == "one"
    with pytest.raises(ImproperlyConfigured, match="EXPORT_DATABASE is not the address"):
        load(DATABASE_URL=primary, EXPORT_DATABASE="mysql://a@two/door")
