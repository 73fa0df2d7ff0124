"""Imports through the queue, beside the limit and the peers, in one run.

    python -m benchmarks.imports --rows 1000000 [--kinds check,import] [--skip-slow]
        [--slow-rows 100000] [--slowest-rows 5000] [--database-url postgresql://…] [--repeat 3]

The file is an E-ZPass report of 9 columns: 5 % of its rows are bad, and of the others each second
one exists already with another amount. Everybody starts from the same table. "Ours" is from the
accepted upload to the end of the check, and from the confirmation to the end of the import, with
the ledger on, by a real `manage.py worker`. Peers that are slow get the first rows of the same
file and are compared by rate. Writes a section of RESULTS.md.
"""

import argparse
import statistics
from collections.abc import Callable, Iterator
from typing import Any

from benchmarks import import_peers, options, ours, report, tolls
from benchmarks.place import Place, prepared, say
from benchmarks.runs import Run

KINDS = ("check", "import")


def main() -> None:
    arguments = read_arguments()
    with prepared(arguments.database_url, arguments.rows) as place:
        for rows in {arguments.rows, *map(rows_of(arguments), import_peers.names())}:
            tolls.write_files(place.folder, rows)
        tolls.keep_before(arguments.rows)
        say(f"{arguments.rows // 2:,} rows are there.")
        runs: list[Run] = []
        waits: list[float] = []
        for done in range(1, arguments.repeat + 1):
            runs += one_round(place, arguments, waits)
            write(place, runs, waits, done, arguments)
        tolls.clear()


def read_arguments() -> argparse.Namespace:
    parser = options.make_parser(__doc__, rows=100_000)
    options.add_peers(parser, slow_rows=100_000)
    parser.add_argument(
        "--slowest-rows", type=int, default=5_000, help="rows of django-import-export, at most"
    )
    parser.add_argument("--kinds", type=options.names, default=KINDS, help=",".join(KINDS))
    return parser.parse_args()


def rows_of(arguments: argparse.Namespace) -> Callable[[str], int]:
    """How many rows each peer gets."""
    fewer = {
        import_peers.BULK_CREATE: arguments.slow_rows,
        import_peers.IMPORT_EXPORT: arguments.slowest_rows,
    }
    return lambda name: min(arguments.rows, fewer.get(name, arguments.rows))


def one_round(place: Place, arguments: argparse.Namespace, waits: list[float]) -> Iterator[Run]:
    for rows in sorted({arguments.rows, min(arguments.rows, arguments.slow_rows)}, reverse=True):
        yield from by_us(place, arguments, rows, waits)
    if "import" not in arguments.kinds:
        return
    for name in import_peers.names():
        is_slow = name in (import_peers.BULK_CREATE, import_peers.IMPORT_EXPORT)
        if arguments.only in name and not (arguments.skip_slow and is_slow):
            tolls.restore()
            yield import_peers.run(name, place, rows_of(arguments)(name))


def by_us(
    place: Place, arguments: argparse.Namespace, rows: int, waits: list[float]
) -> Iterator[Run]:
    tolls.restore()
    job, checked, wait = ours.check(place.folder / f"report-{rows}.csv", rows)
    waits.append(wait)
    yield checked
    if "import" in arguments.kinds:
        yield ours.apply(job, rows)
    assert_right(job, rows, "import" in arguments.kinds)


def assert_right(job: Any, rows: int, is_applied: bool) -> None:
    good = tolls.count_good(rows)
    job.refresh_from_db()
    counts = job.check_counts
    assert counts["create"] + counts["update"] == good, counts
    assert not is_applied or job.created_rows + job.updated_rows == good


def write(
    place: Place, runs: list[Run], waits: list[float], done: int, arguments: argparse.Namespace
) -> None:
    name = report.database().split()[0]
    facts = [
        "E-ZPass report as CSV, 9 columns, upsert on the transaction's number, 50 % of the rows "
        "existing, 5 % bad, ledger on. The limit reads a clean file, checks nothing and reports "
        "nothing. Slow peers have fewer rows of the same file against the same table, and are "
        "compared by rate.",
        f"The first problems of a check are there after {statistics.median(waits):.1f} s (median, "
        f"at most {max(waits):.1f}).",
        report.circumstances(done, "Django", "django-import-export", python=place.python),
    ]
    section = f"imports-{name.lower()}"
    report.compare(section, f"Imports into {name}", facts, runs, arguments.output)


if __name__ == "__main__":
    main()
