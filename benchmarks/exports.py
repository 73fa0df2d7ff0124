"""Exports through the queue, beside the limit and the peers, in one run.

    python -m benchmarks.exports --rows 1000000 [--formats csv,json] [--skip-slow]
        [--slow-rows 100000] [--database-url postgresql://…] [--repeat 3]

Rows are E-ZPass transactions: 18 columns, four of them over joins. "Ours" is what a person waits
for, from the accepted request to the completed export, by a real `manage.py worker`. Each round
runs everything once, so that what else the machine does hits all alike. Peers that need minutes
or gigabytes get fewer rows and are compared by rate. Writes a section of RESULTS.md.
"""

import argparse
from collections.abc import Iterator

from benchmarks import options, ours, peers, report
from benchmarks.place import PEERS, Place, fill, prepared
from benchmarks.runs import Run

FORMATS = ("csv", "json", "xlsx", "pdf")
PDF_ROWS = 10_000


def main() -> None:
    arguments = read_arguments()
    with prepared(arguments.database_url, arguments.rows) as place:
        fill(arguments.rows)
        runs: list[Run] = []
        for done in range(1, arguments.repeat + 1):
            runs += one_round(place, arguments)
            write(place, runs, done, arguments)


def read_arguments() -> argparse.Namespace:
    parser = options.make_parser(__doc__, rows=200_000)
    options.add_peers(parser, slow_rows=100_000)
    parser.add_argument("--formats", type=options.names, default=FORMATS, help=",".join(FORMATS))
    return parser.parse_args()


def one_round(place: Place, arguments: argparse.Namespace) -> Iterator[Run]:
    few = min(arguments.slow_rows, place.rows)
    for name in arguments.formats:
        if name == "pdf":
            yield from of_format(place, arguments, name, min(PDF_ROWS, place.rows))
        else:
            yield from of_format(place, arguments, name, place.rows)
            if few < place.rows:
                yield ours.export(name, few)


def of_format(place: Place, arguments: argparse.Namespace, name: str, rows: int) -> Iterator[Run]:
    yield ours.export(name, rows, peers.PDF_COLUMNS if name == "pdf" else ())
    for peer in peers.of(name):
        if arguments.only in peer and not (arguments.skip_slow and peers.is_slow(name, peer)):
            is_less = peers.is_slow(name, peer)
            yield peers.run(name, peer, place, min(arguments.slow_rows, rows) if is_less else rows)


def write(place: Place, runs: list[Run], done: int, arguments: argparse.Namespace) -> None:
    name = report.database().split()[0]
    facts = [
        f"{place.rows:,} E-ZPass transactions, 18 columns, 4 joins, newest first. Peers that are "
        f"slow have {arguments.slow_rows:,}, and are compared by rate.",
        report.circumstances(done, "Django", "openpyxl", "reportlab", *PEERS, python=place.python),
    ]
    section = f"exports-{name.lower()}"
    report.compare(section, f"Exports from {name}", facts, runs, arguments.output)


if __name__ == "__main__":
    main()
