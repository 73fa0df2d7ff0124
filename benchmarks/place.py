"""Where a benchmark runs: a folder, a database with rows, and the peers in a place of their own."""

import os
import site
import subprocess
import sys
import tempfile
import venv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PEERS = ("XlsxWriter", "rustpy-xlsxwriter", "orjson", "django-import-export")
ALSO = ("redis",)  # that queues may have, and the product can do without


@dataclass(frozen=True, kw_only=True)
class Place:
    folder: Path
    python: Path  # that has the peers, and all that the product has
    rows: int


@contextmanager
def prepared(database_url: str, rows: int, **environment: str) -> Iterator[Place]:
    """Django is set up for the database, which has its tables; the peers are installed."""
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        os.environ.update(
            VAR_DIR=name,
            DATABASE_URL=database_url,
            DJANGO_SETTINGS_MODULE="exportsite.settings",
            LOG_LEVEL="ERROR",
            EXPORT_TIME_LIMIT="3600",
            EXPORT_RATE_LIMIT="0",
            PYTHONPATH=str(ROOT),
            **environment,
        )
        _set_up()
        python = peers_python(ROOT / "var" / ".bench")
        yield Place(folder=Path(name), python=python, rows=rows)


def _set_up() -> None:
    import django

    django.setup()
    from django.contrib.auth.models import User
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    if not User.objects.filter(username="bench").exists():
        User.objects.create_superuser("bench")


def peers_python(home: Path) -> Path:
    """A virtual environment with the peers; what the product has is seen from it."""
    python = home / "bin" / "python"
    if not python.exists():
        venv.create(home, with_pip=True)
        found = next(home.glob("lib/python*/site-packages"))
        (found / "product.pth").write_text("\n".join(site.getsitepackages()))
    quiet = ("-qq", "--disable-pip-version-check")
    subprocess.run([python, "-m", "pip", "install", *quiet, *PEERS, *ALSO], check=True)
    return python


def fill(rows: int) -> None:
    """So many E-ZPass transactions, with what they refer to."""
    from django.db import connection

    from exportsite.domains.taxi.seed import seed

    seed(rows)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    say(f"{rows:,} rows are there.")


def say(line: str) -> None:
    sys.stderr.write(f"{line}\n")
