"""A job through the queue while people look at its page: what it costs the job, how the page is.

    python -m benchmarks.visited --rows 1000000 [--viewers 5] [--database-url postgresql://…]

A real web server with the usual two processes, a real worker, and viewers who keep the page open
as a browser does. Each round runs each job without and with them. Writes a section of RESULTS.md.
"""

import argparse
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from benchmarks import options, ours, report, tolls
from benchmarks.place import Place, fill, prepared
from benchmarks.servers import web_server, worker
from benchmarks.viewers import EVERY, Viewers, log_in, looking

Job = Callable[[Place, int], Any]


@dataclass(frozen=True, kw_only=True)
class Visit:
    work: str
    viewers: int
    seconds: float
    megabytes: float
    seen: Viewers


def main() -> None:
    arguments = read_arguments()
    with prepared(arguments.database_url, arguments.rows) as place:
        fill(arguments.rows)
        visits: list[Visit] = []
        with web_server() as port:
            warm(place, arguments, port)
            for _ in range(arguments.repeat):
                visits += round_of(place, arguments, port, "export, csv", export)
        tolls.write_files(place.folder, arguments.rows)
        tolls.keep_before(arguments.rows)
        with web_server() as port:
            warm(place, arguments, port)
            for _ in range(arguments.repeat):
                visits += round_of(place, arguments, port, "import, csv", start_import)
        tolls.clear()
        write(arguments, visits)


def read_arguments() -> argparse.Namespace:
    parser = options.make_parser(__doc__, rows=200_000)
    parser.add_argument("--viewers", type=int, default=5)
    return parser.parse_args()


def warm(place: Place, arguments: argparse.Namespace, port: int) -> None:
    """What a web process does once only is not what viewers wait for."""
    with worker():
        job = export(place, 1)
        with looking(arguments.viewers, port, page_of(job), log_in(arguments.viewers)):
            ours.watch(job, "completed")
            time.sleep(3 * EVERY)


def page_of(job: Any) -> str:
    return f"/admin/{job._meta.app_label}/{job._meta.model_name}/{job.pk}/"


def round_of(
    place: Place, arguments: argparse.Namespace, port: int, work: str, start: Job
) -> Iterator[Visit]:
    cookies = log_in(arguments.viewers)
    for viewers in (0, arguments.viewers):
        with worker():
            job = start(place, arguments.rows)
            with looking(viewers, port, page_of(job), cookies) as seen:
                watched = ours.watch(job, "completed")
        seconds = (job.completed_at - watched.asked_at).total_seconds()
        yield Visit(
            work=work,
            viewers=viewers,
            seconds=seconds,
            megabytes=watched.megabytes,
            seen=seen,
        )


def export(_place: Place, rows: int) -> Any:
    return ours.request("csv", rows)


def start_import(place: Place, rows: int) -> Any:
    """Checked, and confirmed this moment."""
    from imports.wishes import confirm_import

    tolls.restore()
    job = ours.upload(place.folder / f"report-{rows}.csv")
    ours.watch(job, "ready")
    confirm_import(ours.user(), job)
    return job


def write(arguments: argparse.Namespace, visits: list[Visit]) -> None:
    name = report.database().split()[0]
    lines = [
        f"## End to end with viewers, {name}",
        "",
        f"{arguments.rows:,} rows through the queue, the job's page open in {arguments.viewers} "
        "browsers or in none; each asks for the page, then for its fragment every second. Two web "
        "processes, one worker and the viewers share the machine.",
        report.circumstances(arguments.repeat, "Django", "gunicorn"),
        "",
        "| work | viewers | s, median (min) | MB at most | page ms, median | fragment ms, median "
        "| p95 | answers |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for work, viewers in dict.fromkeys((visit.work, visit.viewers) for visit in visits):
        same = [v for v in visits if (v.work, v.viewers) == (work, viewers)]
        lines.append(line(work, viewers, same))
    report.write_section(f"visited-{name.lower()}", lines, arguments.output)


def line(work: str, viewers: int, visits: list[Visit]) -> str:
    seconds = [visit.seconds for visit in visits]
    pages = [ms for visit in visits for ms in visit.seen.pages]
    fragments = [ms for visit in visits for ms in visit.seen.fragments]
    cells = [
        work,
        str(viewers),
        f"{statistics.median(seconds):.2f} ({min(seconds):.2f})",
        f"{max(visit.megabytes for visit in visits):.0f}",
        f"{statistics.median(pages):.0f}" if pages else "–",
        f"{statistics.median(fragments):.0f}" if fragments else "–",
        f"{statistics.quantiles(fragments, n=20)[18]:.0f}" if len(fragments) > 1 else "–",
        str(len(pages) + len(fragments)),
    ]
    return f"| {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
