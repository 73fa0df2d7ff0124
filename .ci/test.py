"""`make test`: all tests on SQLite, again on PostgreSQL if one answers, and one line about it."""

import os
import shutil
import sqlite3
import subprocess
import sys

import psycopg

DATABASE_URL = os.environ.get("TEST_DATABASE_URL") or (
    "postgresql://postgres@127.0.0.1:5432/postgres"
)
CHROMIUM = os.environ.get("CHROMIUM") or "/usr/bin/chromium"


def main() -> int:
    code = run_tests("")
    sqlite = f"SQLite {sqlite3.sqlite_version}"
    tested, missing = [sqlite], []
    postgres, fault = ask_postgres()
    if postgres:
        code = run_tests(DATABASE_URL) or code
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
        with psycopg.connect(DATABASE_URL, connect_timeout=5) as connection:
            version = connection.info.parameter_status("server_version") or ""
            return f"PostgreSQL {version.split()[0]}", ""
    except psycopg.Error as error:
        return "", (str(error) or type(error).__name__).splitlines()[0]


def run_tests(database_url: str) -> int:
    print(f"\n== Tests on {'PostgreSQL' if database_url else 'SQLite'}", flush=True)
    environment = {**os.environ, "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "pytest", *sys.argv[1:]]
    return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
