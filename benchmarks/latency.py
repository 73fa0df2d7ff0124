"""How soon a queued job starts, on each kind of queue.

    python -m benchmarks.latency [--jobs 40] [--waiting 50] [--database-url postgresql://…]
        [--redis-url redis://127.0.0.1:6379/9]

Between two notes in the job's row, both by the database's clock: accepted and started. Three
questions: the worker has nothing to do; so many long jobs wait and a short one comes; so many
short jobs wait, from the end of one to the start of the next in the same slot. Writes a section
of RESULTS.md.
"""

import argparse
import json
import os
import random
import socket
import statistics
import subprocess
import time
from typing import Any
from urllib.parse import urlsplit

from benchmarks import options, ours, report
from benchmarks.place import Place, fill, prepared
from benchmarks.servers import worker

LONG_ROWS = 12_000  # above EXPORT_FAST_ROWS: the lane of long jobs
SLOTS = 2  # jobs that a worker runs at once, by default
Found = dict[str, list[float]]  # question -> seconds


def main() -> None:
    arguments = read_arguments()
    with prepared(arguments.database_url, LONG_ROWS) as place:
        if arguments.child:
            print(json.dumps(measure(arguments)))
            return
        fill(LONG_ROWS)
        found = {"database": in_a_child(place, arguments, "")}
        if answers(arguments.redis_url):
            found["Redis"] = in_a_child(place, arguments, arguments.redis_url)
        write(arguments, found)


def read_arguments() -> argparse.Namespace:
    parser = options.make_parser(__doc__, rows=LONG_ROWS)
    parser.add_argument("--jobs", type=int, default=40, help="that come while nothing else does")
    parser.add_argument("--waiting", type=int, default=50)
    parser.add_argument("--redis-url", default="redis://127.0.0.1:6379/9")
    parser.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return parser.parse_args()


def answers(url: str) -> bool:
    address = urlsplit(url)
    try:
        socket.create_connection((address.hostname, address.port or 6379), timeout=1).close()
    except OSError:
        return False
    return True


def in_a_child(place: Place, arguments: argparse.Namespace, redis_url: str) -> Found:
    """What a process knows of its queue it has read when it started."""
    command = [place.python, "-m", "benchmarks.latency", "--child"]
    numbers = ["--jobs", str(arguments.jobs), "--waiting", str(arguments.waiting)]
    url = ["--database-url", os.environ["DATABASE_URL"] or f"sqlite:///{place.folder}/db.sqlite3"]
    environment = {**os.environ, "REDIS_URL": redis_url}
    done = subprocess.run(
        [*command, *numbers, *url], env=environment, check=True, stdout=subprocess.PIPE, text=True
    )
    found: Found = json.loads(done.stdout)
    return found


def measure(arguments: argparse.Namespace) -> Found:
    with worker():
        idle = [start_one() for _ in range(arguments.jobs)]
        long = [ours.request("csv", LONG_ROWS) for _ in range(arguments.waiting)]
        beside = [start_one() for _ in range(5)]
        for job in long:
            ours.watch(job, "completed")
        short = [ours.request("csv", 1) for _ in range(arguments.waiting)]
        for job in short:
            ours.watch(job, "completed")
    return {
        "nothing else to do": idle,
        f"a short one while {arguments.waiting} long ones wait": beside,
        "after the one before it, long ones": pauses(long, slots=SLOTS - 1),
        "after the one before it, short ones": pauses(short, slots=SLOTS),
    }


def start_one() -> float:
    time.sleep(random.uniform(0.1, 0.4))  # at any moment between two looks of the worker
    job = ours.request("csv", 1)
    seen = ours.watch(job, "completed")
    return float((job.started_at - seen.asked_at).total_seconds())


def pauses(jobs: list[Any], slots: int) -> list[float]:
    """From each end to the start that it made possible."""
    starts = sorted(job.started_at for job in jobs)[slots:]
    ends = sorted(job.completed_at for job in jobs)
    return [
        max(0.0, (start - end).total_seconds()) for start, end in zip(starts, ends, strict=False)
    ]


def write(arguments: argparse.Namespace, found: dict[str, Found]) -> None:
    name = report.database().split()[0]
    lines = [
        f"## How soon a job starts, {name}",
        "",
        f"Jobs are exports in a worker of {SLOTS} processes: short ones of a row, long ones of "
        f"{LONG_ROWS:,}.",
        report.circumstances(1, "Django", "django-q2"),
        "",
        "| queue | a job starts | ms, median | p95 | most | jobs |",
        "|---|---|--:|--:|--:|--:|",
    ]
    for queue, questions in found.items():
        for question, times in questions.items():
            ms = [1000 * seconds for seconds in times]
            p95 = statistics.quantiles(ms, n=20, method="inclusive")[18]
            figures = f"{statistics.median(ms):.0f} | {p95:.0f} | {max(ms):.0f} | {len(ms)}"
            lines.append(f"| {queue} | {question} | {figures} |")
    report.write_section(f"latency-{name.lower()}", lines, arguments.output)


if __name__ == "__main__":
    main()
