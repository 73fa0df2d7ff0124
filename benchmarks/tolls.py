"""E-ZPass reports to import, and the table that they meet.

5 % of a report's rows are bad, and of the others each second one exists already with another
amount. The limit reads a file without bad rows, already in the database's own forms.
"""

import csv
import datetime as dt
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

HEADER = ("Lane Txn ID", "Tag/Plate #", "Agency", "Entry Plaza", "Exit Plaza", "Class", "Date",
          "Exit Time", "Amount")  # fmt: skip
COLUMNS = ("transaction_id", "tag_or_plate", "agency", "entry_plaza", "exit_plaza", "ezpass_class",
           "transaction_datetime", "amount")  # fmt: skip
BAD_EACH, BAD_REST = 20, 7  # rows; which of them
START = dt.datetime(2025, 1, 1, tzinfo=dt.UTC)
NEW_YORK = ZoneInfo("America/New_York")
BEFORE = "bench_before"  # a table with what is there when an import begins


# -- Files ------------------------------------------------------------------------------------
def write_files(folder: Path, rows: int) -> None:
    """report.csv for those who check; clean.csv for the limit; plain.csv has a header as well."""
    with (
        (folder / f"report-{rows}.csv").open("w", newline="") as report_file,
        (folder / f"clean-{rows}.csv").open("w", newline="") as clean_file,
        (folder / f"plain-{rows}.csv").open("w", newline="") as plain_file,
    ):
        report, clean, plain = map(csv.writer, (report_file, clean_file, plain_file))
        report.writerow(HEADER)
        plain.writerow(COLUMNS)
        for number in range(rows):
            record = make_record(number)
            stored = [*record[:-2], f"{record[-2]:%Y-%m-%d %H:%M:%S}", record[-1]]
            report.writerow(as_reported(number, record))
            clean.writerow(stored)
            plain.writerow(stored)


def make_record(n: int) -> tuple[Any, ...]:
    moment = START + dt.timedelta(seconds=37 * n)
    return (f"{33_000_000_000 + n * 7}", f"NY Y{200_000 + n % 9000}C", "MTAB&T", "", f"P{n % 60}",
            f"{n % 40}", moment, f"-{n % 40}.{n % 100:02d}")  # fmt: skip


def as_reported(n: int, record: tuple[Any, ...]) -> list[str]:
    *texts, moment, amount = record
    amount = "unknown" if n % BAD_EACH == BAD_REST else f"(${amount[1:]})"
    local = moment.astimezone(NEW_YORK)
    return [*texts, f"{local:%m/%d/%Y}", f"{local:%I:%M:%S %p}", amount]


# -- The table --------------------------------------------------------------------------------
def keep_before(rows: int) -> None:
    """Make what is there before each import: every second record of the report."""
    from django.db import connection

    from exportsite.domains.taxi.models import EZPassImport, EZPassTransaction

    batch = EZPassImport.objects.create(file_name="before.csv")
    with connection.cursor() as cursor:
        _empty(cursor)
        numbers = range(0, rows, 2)
        for start in range(0, len(numbers), 10_000):
            found = (make_existing(n, batch.pk) for n in numbers[start : start + 10_000])
            EZPassTransaction.objects.bulk_create(found, batch_size=2_000)
        cursor.execute(f"DROP TABLE IF EXISTS {BEFORE}")
        cursor.execute(f"CREATE TABLE {BEFORE} AS SELECT * FROM taxi_ezpasstransaction")


def make_existing(n: int, batch: int) -> Any:
    from exportsite.domains.taxi.models import EZPassTransaction

    record = dict(zip(COLUMNS, make_record(n), strict=True))
    return EZPassTransaction(**record | {"amount": Decimal("-0.01")}, ezpass_import_id=batch)


def restore() -> None:
    """The table as it was before, its indexes too, and no import that anybody remembers."""
    from django.db import connection

    with connection.cursor() as cursor:
        _empty(cursor)
        cursor.execute(f"INSERT INTO taxi_ezpasstransaction SELECT * FROM {BEFORE}")
        if connection.vendor == "postgresql":
            cursor.execute("SELECT setval('taxi_ezpasstransaction_id_seq', "
                           "(SELECT max(id) FROM taxi_ezpasstransaction))")  # fmt: skip
            cursor.execute("VACUUM ANALYZE taxi_ezpasstransaction")
            cursor.execute("CHECKPOINT")


def _empty(cursor: Any) -> None:
    from django.db import connection

    from imports.models import FailedRow, ImportProblem, LedgerEntry

    names = [m._meta.db_table for m in (LedgerEntry, ImportProblem, FailedRow)]
    for name in (*names, "taxi_ezpasstransaction"):
        is_postgres = connection.vendor == "postgresql"
        cursor.execute(f"TRUNCATE {name} CASCADE" if is_postgres else f"DELETE FROM {name}")


def clear() -> None:
    """Leave no rows that the next benchmark would take for those of a company."""
    from django.db import connection

    with connection.cursor() as cursor:
        _empty(cursor)
        cursor.execute(f"DROP TABLE IF EXISTS {BEFORE}")


def count_good(rows: int) -> int:
    """Of a report of so many rows."""
    return sum(n % BAD_EACH != BAD_REST for n in range(rows))
