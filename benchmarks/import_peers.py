"""The limit and the peers of imports: each in a process of its own, against the same table.

Their clock starts when Django is ready.
Run by `python -m benchmarks.import_peers NAME FOLDER ROWS`.
"""

import csv
import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.place import Place
from benchmarks.runs import Run, peak_megabytes
from benchmarks.tolls import COLUMNS, NEW_YORK

CHUNK = 10_000  # rows; about what the pipeline settles on
OTHERS = ("status", "is_active", "created_on", "updated_on", "import_id")


def batch() -> int:
    from exportsite.domains.taxi.models import EZPassImport

    return EZPassImport.objects.latest("pk").pk


def upsert(source: str) -> str:
    names = ", ".join((*COLUMNS, *OTHERS))
    sets = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    return (
        f"INSERT INTO taxi_ezpasstransaction ({names}) {source} "
        f"ON CONFLICT (transaction_id) DO UPDATE SET {sets}"
    )


# -- The limits -------------------------------------------------------------------------------
def psql_copy(folder: Path, rows: int) -> float:
    """The memory of psql alone, in MB."""
    names = ", ".join(COLUMNS)
    others = f"'Imported', true, now(), now(), {batch()}"
    file = folder / f"clean-{rows}.csv"
    commands = [
        "SET TimeZone = 'UTC'",
        f"CREATE TEMP TABLE stage AS SELECT {names} FROM taxi_ezpasstransaction LIMIT 0",
        f"\\copy stage FROM '{file}' (FORMAT csv, FORCE_NOT_NULL (entry_plaza))",
        upsert(f"SELECT {names}, {others} FROM stage"),
    ]
    arguments = [part for command in commands for part in ("-c", command)]
    memory = 0.0
    with subprocess.Popen(["psql", "-qX", os.environ["DATABASE_URL"], *arguments]) as psql:
        while psql.poll() is None:
            with suppress(OSError, IndexError):  # it has just ended
                memory = max(memory, peak_megabytes(psql.pid))
            time.sleep(0.1)
    assert psql.returncode == 0
    return memory


def sqlite_executemany(folder: Path, rows: int) -> None:
    """The driver's own upsert, prepared once, a transaction for each chunk."""
    from django.db import connection, transaction

    marks = ", ".join("?" * len(COLUMNS))
    now = "strftime('%Y-%m-%d %H:%M:%f', 'now')"
    statement = upsert(f"VALUES ({marks}, 'Imported', 1, {now}, {now}, {batch()})")
    connection.ensure_connection()
    with (folder / f"clean-{rows}.csv").open(newline="") as stream:
        reader = csv.reader(stream)
        while chunk := list(islice(reader, CHUNK)):
            with transaction.atomic():
                connection.connection.executemany(statement, chunk)


# -- The peers --------------------------------------------------------------------------------
def bulk_create(folder: Path, rows: int) -> None:
    """What a Django developer writes by hand, with the checks that the ORM asks for."""
    from django.db import transaction

    from exportsite.domains.taxi.models import EZPassTransaction

    with (folder / f"report-{rows}.csv").open(newline="") as stream:
        records = read_records(stream, batch())
        while chunk := list(islice(records, CHUNK)):
            with transaction.atomic():
                EZPassTransaction.objects.bulk_create(
                    chunk,
                    batch_size=2_000,
                    update_conflicts=True,
                    unique_fields=["transaction_id"],
                    update_fields=COLUMNS[1:],
                )


def read_records(stream: Any, batch: int) -> Iterator[Any]:
    from exportsite.domains.taxi.models import EZPassTransaction

    for *texts, day, clock, amount in islice(csv.reader(stream), 1, None):
        try:
            local = dt.datetime.strptime(f"{day} {clock} +0000", "%m/%d/%Y %I:%M:%S %p %z")
            value = Decimal(amount.replace("($", "-").strip(")$"))
        except (ValueError, ArithmeticError):
            continue
        moment = local.replace(tzinfo=NEW_YORK)
        fields = dict(zip(COLUMNS, (*texts, moment, value), strict=True))
        yield EZPassTransaction(**fields, ezpass_import_id=batch)


def django_import_export(folder: Path, rows: int) -> None:
    import tablib
    from import_export import resources

    from exportsite.domains.taxi.models import EZPassTransaction

    class Resource(resources.ModelResource):  # type: ignore[misc]  # only the peer has it
        class Meta:
            model = EZPassTransaction
            import_id_fields = ("transaction_id",)
            fields = COLUMNS

        def before_save_instance(self, instance: Any, row: Any, **options: Any) -> None:
            instance.ezpass_import_id = own

    own = batch()
    data = tablib.Dataset().load((folder / f"plain-{rows}.csv").read_text(), format="csv")
    result = Resource().import_data(data, raise_errors=True)
    assert result.totals["new"] + result.totals["update"] == len(data)


# -- Choosing and running ---------------------------------------------------------------------
Work = Callable[[Path, int], float | None]  # memory, if not of this process
BULK_CREATE, IMPORT_EXPORT = "bulk_create(update_conflicts)", "django-import-export"
WORKS: dict[str, Work] = {
    "limit: \\copy, INSERT … ON CONFLICT": psql_copy,
    "limit: sqlite3 executemany upsert": sqlite_executemany,
    BULK_CREATE: bulk_create,
    IMPORT_EXPORT: django_import_export,
}


def names() -> list[str]:
    """Of those that work on this database."""
    from django.db import connection

    other = sqlite_executemany if connection.vendor == "postgresql" else psql_copy
    return [name for name, work in WORKS.items() if work is not other]


def run(name: str, place: Place, rows: int) -> Run:
    from django.db import connections

    connections.close_all()
    module = ("-m", "benchmarks.import_peers", name, str(place.folder), str(rows))
    done = subprocess.run([place.python, *module], check=True, stdout=subprocess.PIPE, text=True)
    seconds, megabytes = json.loads(done.stdout)
    return Run(work="import", name=name, rows=rows, seconds=seconds, megabytes=megabytes)


def main() -> None:
    import django

    django.setup()
    name, folder, rows = sys.argv[1:]
    started = time.perf_counter()
    memory = WORKS[name](Path(folder), int(rows))
    print(json.dumps([time.perf_counter() - started, memory or peak_megabytes()]))


if __name__ == "__main__":
    main()
