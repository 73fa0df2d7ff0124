"""The limit and the peers: each in a process of its own, fed by the same query.

Their clock starts when Django is ready. Run by `python -m benchmarks.peers NAME FILE ROWS`.
"""

import csv
import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.place import Place
from benchmarks.runs import Run, peak_megabytes

FETCH_ROWS = 2000
PDF_COLUMNS = (
    "transaction_id", "transaction_date", "plate_number", "entry_plaza", "exit_plaza", "amount",
    "status", "driver_name",
)  # fmt: skip


# -- What they are fed ------------------------------------------------------------------------
def query(rows: int, columns: Sequence[str] = ()) -> Any:
    from django.contrib.auth.models import User

    from exports.plans import ExportRequest, make_plan
    from exports.sources.orm import select_of

    request = ExportRequest(resource="ezpass", limit=rows, columns=columns)
    plan = make_plan(User.objects.get(username="bench"), request)
    return plan.rows.values_list(*select_of(plan)), [column.name for column in plan.columns]


def values(rows: int) -> Iterator[tuple[Any, ...]]:
    return iter(query(rows)[0].iterator(chunk_size=FETCH_ROWS))


def records(rows: int) -> Iterator[dict[str, Any]]:
    found, names = query(rows)
    return (dict(zip(names, row, strict=True)) for row in found.iterator(chunk_size=FETCH_ROWS))


def statement(rows: int) -> str:
    from django.db import connection

    sql, parameters = query(rows)[0].query.sql_with_params()
    if connection.vendor == "postgresql":
        return str(connection.ops.compose_sql(sql, parameters))
    quoted = tuple(f"'{p}'" if isinstance(p, str) else p for p in parameters)
    return str(sql % quoted)


# -- CSV --------------------------------------------------------------------------------------
def psql_copy(target: Path, rows: int) -> float:
    """The memory of psql alone, in MB."""
    command = f"\\copy ({statement(rows)}) TO '{target}' (FORMAT csv, HEADER)"
    memory = 0.0
    with subprocess.Popen(["psql", "-qX", os.environ["DATABASE_URL"], "-c", command]) as psql:
        while psql.poll() is None:
            with suppress(OSError, IndexError):  # it has just ended
                memory = max(memory, peak_megabytes(psql.pid))
            time.sleep(0.01)
    assert psql.returncode == 0
    return memory


def sqlite_csv(target: Path, rows: int) -> None:
    """The driver's own rows, unguarded, times as they are stored."""
    from django.db import connection

    connection.ensure_connection()  # it knows the functions that the query uses
    cursor = connection.connection.execute(statement(rows))
    with target.open("w", newline="", encoding="utf-8-sig") as stream:
        writer = csv.writer(stream)
        while batch := cursor.fetchmany(FETCH_ROWS):
            writer.writerows(batch)


def orm_csv(target: Path, rows: int) -> None:
    with target.open("w", newline="", encoding="utf-8-sig") as stream:
        csv.writer(stream).writerows(values(rows))


def import_export_csv(target: Path, rows: int) -> None:
    from import_export.resources import modelresource_factory

    from exportsite.domains.taxi.models import EZPassTransaction

    related = ("driver", "lease", "vehicle", "medallion")
    found = EZPassTransaction.objects.select_related(*related).order_by("-transaction_datetime")
    columns = (
        "transaction_id", "transaction_datetime", "tag_or_plate", "entry_plaza", "exit_plaza",
        "amount", "posting_date", "status", "agency", "ezpass_class", "driver__driver_id",
        "driver__full_name", "lease__lease_id", "vehicle__vin", "medallion__medallion_number",
    )  # fmt: skip
    options = {"model": EZPassTransaction, "fields": columns}
    resource = modelresource_factory(EZPassTransaction, meta_options=options)()
    target.write_text(resource.export(found[:rows]).csv, encoding="utf-8-sig")


# -- Excel ------------------------------------------------------------------------------------
def openpyxl_write_only(target: Path, rows: int) -> None:
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    for row in values(rows):
        sheet.append(row)
    book.save(target)


def xlsxwriter_constant_memory(target: Path, rows: int) -> None:
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(str(target), options)
    sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd"})
    for number, row in enumerate(values(rows)):
        for place, value in enumerate(row):
            if isinstance(value, dt.date | dt.time):
                sheet.write_datetime(number, place, value, day)
            else:
                sheet.write(number, place, value)
    book.close()


def rustpy_xlsxwriter(target: Path, rows: int) -> None:
    from rustpy_xlsxwriter import write_worksheet

    def plain() -> Iterator[dict[str, Any]]:
        for record in records(rows):
            yield {k: PLAIN.get(type(v), same)(v) for k, v in record.items()}

    write_worksheet(plain(), str(target), "Tolls")


def same(value: Any) -> Any:
    return value


PLAIN: dict[type, Callable[[Any], Any]] = {Decimal: float, dt.time: str, dt.date: str}


# -- JSON -------------------------------------------------------------------------------------
def stdlib_json(target: Path, rows: int) -> None:
    from django.core.serializers.json import DjangoJSONEncoder

    encode = DjangoJSONEncoder(ensure_ascii=False).encode
    with target.open("w", encoding="utf-8") as stream:
        for record in records(rows):
            stream.write(f"{encode(record)},\n")


def orjson_json(target: Path, rows: int) -> None:
    import orjson

    with target.open("wb") as stream:
        for record in records(rows):
            stream.write(orjson.dumps(record, default=str) + b",\n")


# -- PDF --------------------------------------------------------------------------------------
def reportlab_long_table(target: Path, rows: int) -> None:
    from reportlab.lib.pagesizes import A4, landscape
    from reportlab.platypus import LongTable, SimpleDocTemplate

    found, names = query(rows, PDF_COLUMNS)
    cells = [names, *([str(v or "")[:28] for v in row] for row in found)]
    SimpleDocTemplate(str(target), pagesize=landscape(A4)).build([LongTable(cells, repeatRows=1)])


# -- Choosing and running ---------------------------------------------------------------------
Work = Callable[[Path, int], float | None]  # memory, if not of this process
LIMITS: dict[str, Work] = {"psql \\copy": psql_copy, "sqlite3 and csv.writer": sqlite_csv}
WORKS: dict[str, dict[str, Work]] = {
    "csv": {
        **LIMITS,
        "values_list and csv.writer": orm_csv,
        "django-import-export (15 columns)": import_export_csv,
    },
    "json": {"values and json": stdlib_json, "values and orjson": orjson_json},
    "xlsx": {
        "rustpy-xlsxwriter": rustpy_xlsxwriter,
        "XlsxWriter, constant memory": xlsxwriter_constant_memory,
        "openpyxl, write-only": openpyxl_write_only,
    },
    "pdf": {"reportlab LongTable": reportlab_long_table},
}
SLOW = {openpyxl_write_only, xlsxwriter_constant_memory, import_export_csv}


def of(format_name: str) -> list[str]:
    """The peers that work on this database."""
    from django.db import connection

    other = sqlite_csv if connection.vendor == "postgresql" else psql_copy
    return [name for name, work in WORKS[format_name].items() if work is not other]


def is_slow(format_name: str, name: str) -> bool:
    """Whether it needs minutes or gigabytes for a million rows."""
    return WORKS[format_name][name] in SLOW


def run(format_name: str, name: str, place: Place, rows: int) -> Run:
    from django.db import connections

    connections.close_all()
    target = place.folder / "peer"
    module = ("-m", "benchmarks.peers", format_name, name, str(target), str(rows))
    done = subprocess.run([place.python, *module], check=True, stdout=subprocess.PIPE, text=True)
    seconds, megabytes = json.loads(done.stdout)
    return Run(
        work=format_name,
        name=name,
        rows=rows,
        seconds=seconds,
        megabytes=megabytes,
        size=target.stat().st_size,
    )


def main() -> None:
    import django

    django.setup()
    format_name, name, target, rows = sys.argv[1:]
    started = time.perf_counter()
    memory = WORKS[format_name][name](Path(target), int(rows))
    print(json.dumps([time.perf_counter() - started, memory or peak_megabytes()]))


if __name__ == "__main__":
    main()
