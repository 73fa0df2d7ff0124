"""Exports through the queue, beside the limit and the peers, in one run.

    python benchmarks/exports.py --rows 200000 [--database-url postgresql://…] [--repeat 3]

Rows are helpdesk tickets, all 14 default columns. "Through the queue" is what a person waits for:
from the accepted request to the completed export, by a real `manage.py worker`. Each peer runs in
a process of its own. Prints a table for RESULTS.md.
"""

import argparse
import multiprocessing
import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
FORMATS = ("csv", "json", "xlsx")
POLL_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True)
class Run:
    name: str
    seconds: float
    megabytes: float  # peak resident memory of the process that did the work
    size: int = 0  # bytes of the file
    silence: float = 0.0  # longest time without progress, seconds


def main() -> None:
    arguments = read_arguments()
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        prepare(Path(folder), arguments.database_url)
        fill(arguments.rows)
        runs: list[Run] = []
        for _ in range(arguments.repeat):
            runs += through_the_queue()
            runs += peers(Path(folder))
        report(arguments.rows, runs)


def read_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--database-url", default="", help="an empty database; default: SQLite")
    return parser.parse_args()


def prepare(folder: Path, database_url: str) -> None:
    os.environ.update(
        VAR_DIR=str(folder),
        DATABASE_URL=database_url,
        DJANGO_SETTINGS_MODULE="exportsite.settings",
        LOG_LEVEL="ERROR",
        EXPORT_TIME_LIMIT="3600",
    )
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()


def fill(rows: int) -> None:
    from django.contrib.auth.models import User
    from django.core.management import call_command

    from exportsite.domains.helpdesk.seed import seed

    call_command("migrate", verbosity=0)
    seed(rows)
    if not User.objects.filter(username="bench").exists():
        User.objects.create_superuser("bench")


# -- Ours -------------------------------------------------------------------------------------
def through_the_queue() -> list[Run]:
    worker = subprocess.Popen([sys.executable, str(ROOT / "manage.py"), "worker"])
    try:
        wait_for_worker()
        return [export_once(name) for name in FORMATS]
    finally:
        worker.terminate()
        worker.wait()


def wait_for_worker() -> None:
    from exportsite.jobs.presence import look

    while look().workers == 0:
        time.sleep(POLL_SECONDS)


def export_once(name: str) -> Run:
    from django.contrib.auth.models import User

    from exports.intake import request_export
    from exports.plans import ExportRequest

    user = User.objects.get(username="bench")
    started = time.perf_counter()
    export = request_export(user, ExportRequest(resource="tickets", format=name))
    memory, rows, moved, silence = 0.0, 0, time.perf_counter(), 0.0
    while not export.is_finished:
        time.sleep(POLL_SECONDS)
        export.refresh_from_db()
        memory = max(memory, memory_of(export.claimed_by))
        now = time.perf_counter()
        if export.exported_rows != rows or export.is_finished:
            silence, moved, rows = max(silence, now - moved), now, export.exported_rows
    assert export.status == "completed", export.error_details
    return Run(
        name=f"{name}, through the queue",
        seconds=time.perf_counter() - started,
        megabytes=memory,
        size=export.file_size or 0,
        silence=silence,
    )


def memory_of(claimed_by: str) -> float:
    import psutil

    if not claimed_by:
        return 0.0
    try:
        process = psutil.Process(int(claimed_by.rsplit(":", 1)[1]))
        return float(process.memory_info().rss) / 2**20
    except psutil.NoSuchProcess:
        return 0.0


# -- The limit and the peers ------------------------------------------------------------------
def peers(folder: Path) -> list[Run]:
    from django.db import connection

    sql = ticket_sql()
    target = folder / "peer"
    runs = [
        in_a_process("csv, values_list and csv.writer", values_list_csv, target),
        in_a_process("xlsx, openpyxl write-only", openpyxl_write_only, target),
    ]
    if connection.vendor == "postgresql":
        runs.append(psql_copy(sql, target))
    else:
        runs.append(in_a_process("csv, sqlite3 and csv.writer", raw_sqlite_csv, target, sql))
    return runs


def plan() -> Any:
    from django.contrib.auth.models import User

    from exports.plans import ExportRequest, make_plan

    return make_plan(User.objects.get(username="bench"), ExportRequest(resource="tickets"))


def ticket_values() -> Any:
    chosen = plan()
    return chosen.rows.values_list(*(c.expression or c.path for c in chosen.columns))


def ticket_sql() -> str:
    from django.db import connection

    sql, parameters = ticket_values().query.sql_with_params()
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            return str(cursor.mogrify(sql, parameters))
    quoted = tuple(f"'{p}'" if isinstance(p, str) else int(p) for p in parameters)
    return str(sql % quoted)


def in_a_process(name: str, work: Callable[..., None], target: Path, *arguments: str) -> Run:
    from django.db import connections

    connections.close_all()
    started = time.perf_counter()
    process = multiprocessing.get_context("spawn").Process(
        target=with_django, args=(work, target, *arguments)
    )
    process.start()
    process.join()
    seconds = time.perf_counter() - started
    assert process.exitcode == 0, name
    memory = float(target.with_suffix(".memory").read_text())
    return Run(name=name, seconds=seconds, megabytes=memory, size=target.stat().st_size)


def with_django(work: Callable[..., None], target: Path, *arguments: str) -> None:
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    work(target, *arguments)
    target.with_suffix(".memory").write_text(str(peak_megabytes()))


def peak_megabytes() -> float:
    """Of this process alone; getrusage would count what it was before it became Python."""
    status = Path("/proc/self/status").read_text()
    return float(status.split("VmHWM:")[1].split()[0]) / 1024


def values_list_csv(target: Path) -> None:
    import csv

    with target.open("w", newline="", encoding="utf-8-sig") as stream:
        csv.writer(stream).writerows(ticket_values().iterator(chunk_size=2000))


def openpyxl_write_only(target: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in ticket_values().iterator(chunk_size=2000):
        sheet.append([v.replace(tzinfo=None) if hasattr(v, "hour") else v for v in row])
    book.save(target)


def raw_sqlite_csv(target: Path, sql: str) -> None:
    import csv

    from django.conf import settings

    database = sqlite3.connect(settings.DATABASES["default"]["NAME"])
    cursor = database.execute(sql)
    with target.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream)
        while rows := cursor.fetchmany(2000):
            writer.writerows(rows)


def psql_copy(sql: str, target: Path) -> Run:
    command = f"\\copy ({sql}) TO '{target}' (FORMAT csv, HEADER)"
    started = time.perf_counter()
    subprocess.run(["psql", "-qX", os.environ["DATABASE_URL"], "-c", command], check=True)
    seconds = time.perf_counter() - started
    return Run(name="csv, psql \\copy", seconds=seconds, megabytes=0, size=target.stat().st_size)


# -- The table --------------------------------------------------------------------------------
def report(rows: int, runs: list[Run]) -> None:
    from django.db import connection

    version = (
        f"PostgreSQL {connection.pg_version // 10000}.{connection.pg_version % 10000}"
        if connection.vendor == "postgresql"
        else f"SQLite {sqlite3.sqlite_version}"
    )
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=ROOT, capture_output=True, text=True
    ).stdout.strip()
    print(f"\n{rows:,} tickets, 14 columns, {version}, Python {platform.python_version()}, "
          f"{os.cpu_count()} cores, commit {commit or 'none'}\n")  # fmt: skip
    print("| work | s, median (min) | rows/s | MB at most | file MB | longest silence s |")
    print("|---|---|---|---|---|---|")
    for name in dict.fromkeys(run.name for run in runs):
        print(line(rows, [run for run in runs if run.name == name]))


def line(rows: int, runs: list[Run]) -> str:
    seconds = [run.seconds for run in runs]
    median = statistics.median(seconds)
    memory = max(run.megabytes for run in runs)
    silence = max(run.silence for run in runs)
    return (
        f"| {runs[0].name} | {median:.2f} ({min(seconds):.2f}) | {rows / median:,.0f} | "
        f"{f'{memory:.0f}' if memory else '–'} | {runs[0].size / 1e6:.1f} | "
        f"{f'{silence:.2f}' if silence else '–'} |"
    )


if __name__ == "__main__":
    main()
