"""How fast the API answers when there are many exports.

    python -m benchmarks.api [--rows 100000] [--reads 1000] [--database-url postgresql://…]

A real web server with the usual two processes and read limit; one caller, who keeps its
connection, asks for exports of its own, then for pages of the list. Writes a section of RESULTS.md.
"""

import argparse
import http.client
import random
import statistics
import time
import uuid
from collections.abc import Callable
from datetime import timedelta

from benchmarks import options, report
from benchmarks.place import prepared
from benchmarks.servers import web_server

BATCH = 5000


def main() -> None:
    arguments = read_arguments()
    # Reads are counted as always, but the limit is never reached.
    limit = {"API_READ_LIMIT": "1000000"}
    with prepared(arguments.database_url, arguments.rows, **limit):
        exports, token = fill(arguments.rows)
        with web_server() as port:
            found = measure(Caller(port, token), exports, arguments.reads)
        write(arguments, found)
        empty()


def read_arguments() -> argparse.Namespace:
    parser = options.make_parser(__doc__, rows=100_000)
    parser.add_argument("--reads", type=int, default=1000)
    return parser.parse_args()


def fill(count: int) -> tuple[list[uuid.UUID], str]:
    """Exports of ten people; the ids of those of one of them, and that one's token."""
    from django.contrib.auth.models import Permission, User
    from django.utils import timezone

    from exports.models import Export
    from exportsite.api import tokens

    people = [User.objects.get_or_create(username=f"bench{n}", is_staff=True)[0] for n in range(10)]
    people[0].user_permissions.add(Permission.objects.get(codename="add_export"))
    now = timezone.now()
    for first in range(0, count, BATCH):
        Export.objects.bulk_create(
            Export(
                status="expired",
                resource="tickets",
                format="csv",
                title="Tickets: Open or Pending",
                columns=["id", "ticket_code", "subject", "status_id", "created_at"],
                filters={"status_id": ["1", "2"]},
                created_by=people[number % len(people)],
                created_at=now - timedelta(seconds=number),
                started_at=now - timedelta(seconds=number),
                completed_at=now - timedelta(seconds=number - 5),
                total_rows=1284,
                exported_rows=1284,
            )
            for number in range(first, min(first + BATCH, count))
        )
    mine = Export.objects.filter(created_by=people[0]).values_list("pk", flat=True)
    return list(mine), tokens.issue(people[0])[1]


class Caller:
    def __init__(self, port: int, token: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port)
        self.headers = {"Authorization": f"Bearer {token}"}

    def milliseconds(self, path: str) -> float:
        started = time.perf_counter()
        self.connection.request("GET", f"/api/v1/{path}", headers=self.headers)
        answer = self.connection.getresponse()
        answer.read()
        assert answer.status == 200, (path, answer.status)
        return 1000 * (time.perf_counter() - started)


def empty() -> None:
    """As it was before; Django's own delete() would ask for each of them what depends on it."""
    from exports.models import Export

    exports = Export.objects.filter(created_by__username__startswith="bench", status="expired")
    exports._raw_delete(exports.db)


def measure(caller: Caller, exports: list[uuid.UUID], reads: int) -> dict[str, list[float]]:
    chance = random.Random(5)
    last = max(1, len(exports) // 20)
    paths: dict[str, Callable[[], str]] = {
        "GET exports/{id}": lambda: f"exports/{chance.choice(exports)}",
        "GET exports, first page": lambda: "exports",
        "GET exports, any page": lambda: f"exports?page={chance.randint(1, last)}",
        "GET exports?status=failed": lambda: "exports?status=failed",
    }
    found = {}
    for name, path in paths.items():
        for _ in range(20):
            caller.milliseconds(path())
        found[name] = [caller.milliseconds(path()) for _ in range(reads)]
    return found


def write(arguments: argparse.Namespace, found: dict[str, list[float]]) -> None:
    lines = [
        "## API",
        "",
        f"{arguments.rows:,} exports in the table, {arguments.reads:,} reads each, two web "
        "processes, one caller.",
        report.circumstances(1, "Django", "djangorestframework", "gunicorn"),
        "",
        "| call | ms, median | p95 | p99 |",
        "|---|--:|--:|--:|",
    ]
    for name, times in found.items():
        percent = statistics.quantiles(times, n=100)
        cells = " | ".join(f"{percent[share - 1]:.1f}" for share in (50, 95, 99))
        lines.append(f"| `{name}` | {cells} |")
    report.write_section("api", lines, arguments.output)


if __name__ == "__main__":
    main()
