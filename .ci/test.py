"""`make test`: all tests on SQLite, those that see a database on PostgreSQL, and one line."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg

DATABASE_URL = os.environ.get("TEST_DATABASE_URL") or (
    "postgresql://postgres@127.0.0.1:5432/postgres"
)
CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
# Two processes for each processor, as many tests only wait for a worker or a browser. They take
# tests in the order of the collection, quick ones first, and few at once, so that all end together.
PROCESSES = min(8, 2 * (os.cpu_count() or 1))
OPTIONS = [f"--numprocesses={PROCESSES}", "--dist=load", "--maxschedchunk=2", "-p", "tests.blind"]

NOTHING_LEFT = 5  # pytest's answer when no test is chosen


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        return test_all(Path(folder, "blind"))


def test_all(blind: Path) -> int:
    code = run_tests("", f"--note-blind={blind}")
    sqlite = f"SQLite {sqlite3.sqlite_version}"
    tested, missing = [sqlite], []
    postgres, fault = ask_postgres()
    if postgres:
        again = run_tests(DATABASE_URL, f"--leave-out-blind={blind}")
        code = code or (0 if again == NOTHING_LEFT else again)
        tested.append(postgres)
    else:
        missing.append(f"not on PostgreSQL ({fault})")
        code = code or int(os.environ.get("REQUIRE_POSTGRES") == "1")
    if shutil.which(CHROMIUM):
        browser = "with Chromium"
    else:
        browser = f"without a browser (there is no {CHROMIUM})"
    verdict = "Tested" if code == 0 else "FAILED. Tested"
    print(f"{verdict} on {' and '.join(tested)}, {', '.join([browser, *missing])}.")
    return code


def ask_postgres() -> tuple[str, str]:
    """Name and version of the server, or else why there is none. Never the password."""
    try:
        with psycopg.connect(DATABASE_URL, connect_timeout=30) as connection:
            version = connection.info.parameter_status("server_version") or ""
            return f"PostgreSQL {version.split()[0]}", ""
    except psycopg.Error as error:
        return "", (str(error) or type(error).__name__).splitlines()[0]


def run_tests(database_url: str, *options: str) -> int:
    print(f"\n== Tests on {'PostgreSQL' if database_url else 'SQLite'}", flush=True)
    environment = {**os.environ, "DATABASE_URL": database_url}
    # Bytecode is kept: without it each of these processes compiles all tests, for ten seconds.
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    command = [sys.executable, "-m", "pytest", *OPTIONS, *options, *sys.argv[1:]]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
