"""RESULTS.md: a section for each benchmark and database, replaced when that runs again."""

import os
import platform
import sqlite3
import subprocess
from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.chart import Bar, svg
from benchmarks.runs import Run, groups, median, own, rate

ROOT = Path(__file__).resolve().parent.parent
RESULTS = ROOT / "benchmarks" / "RESULTS.md"
KINDS = ("exports", "imports", "readers", "visited", "latency", "api")  # as sections follow
DATABASES = ("", "-postgresql", "-sqlite")
ORDER = [f"{kind}{database}" for kind in KINDS for database in DATABASES]


def write_section(name: str, lines: Sequence[str], target: Path = RESULTS) -> None:
    """Put these lines in place of the section of that name, or where it belongs; keep the rest."""
    begin, end = f"<!-- {name} -->", f"<!-- end of {name} -->"
    text = target.read_text() if target.exists() else "# Results\n"
    before, found, rest = text.partition(begin)
    if found:
        after = rest.partition(end)[2].lstrip()
    else:
        later = [text.find(f"<!-- {other} -->") for other in ORDER[ORDER.index(name) + 1 :]]
        at = min((place for place in later if place >= 0), default=len(text))
        before, after = text[:at], text[at:]
    part = "\n".join([begin, *lines, end])
    target.write_text("\n\n".join(filter(None, [before.rstrip(), part, after.rstrip()])) + "\n")


def compare(name: str, title: str, facts: Sequence[str], runs: Sequence[Run], to: Path) -> None:
    """A section with a table and a chart of ours beside the limit and the peers."""
    chart = to.with_name(f"{name}.svg")
    found = groups(runs)
    bars = [Bar(label=label_of(g[0]), value=rate(g), is_ours=is_ours(g[0])) for g in found]
    chart.write_text(svg(bars, "/s"))
    picture = ["", f"![Rows a second]({chart.name})"]
    write_section(name, [f"## {title}", "", *facts, "", *table(found), *picture], to)


def label_of(run: Run) -> str:
    return f"{run.work}, {run.rows / 1000:g}k: {run.name}"


def is_ours(run: Run) -> bool:
    return run.name.startswith("ours")


def table(found: Sequence[Sequence[Run]]) -> list[str]:
    has_files = any(group[0].size for group in found)
    lines = [
        "| work | rows | by | s, median (min) | rows/s | time a row, ours = 1 | MB at most |",
        "|---|--:|---|--:|--:|--:|--:|",
    ]
    if has_files:
        lines = [f"{lines[0]} file MB |", f"{lines[1]}--:|"]
    return lines + [line(group, own(group, found), has_files) for group in found]


def line(group: Sequence[Run], ours: Sequence[Run], has_files: bool) -> str:
    first = group[0]
    cells = [
        first.work,
        f"{first.rows:,}",
        first.name,
        f"{median(group):.2f} ({min(run.seconds for run in group):.2f})",
        f"{rate(group):,.0f}",
        f"{rate(ours) / rate(group):.2f}",
        memory(group),
        *([f"{first.size / 1e6:.1f}"] if has_files else []),
    ]
    return f"| {' | '.join(cells)} |"


def memory(group: Sequence[Run]) -> str:
    """Jobs of a tenth of a second are over before somebody has looked."""
    most = max(run.megabytes for run in group)
    return f"{most:.0f}" if most else "–"


# -- Where and with what ----------------------------------------------------------------------
# The settings of PostgreSQL that decide most about large imports and exports.
TELLING = ["shared_buffers", "max_wal_size", "jit"]


def database() -> str:
    from django.db import connection

    if connection.vendor == "postgresql":
        number = connection.pg_version
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {', '.join('current_setting(%s)' for _ in TELLING)}", TELLING)
            values = cursor.fetchone()
        held = ", ".join(f"{name} {value}" for name, value in zip(TELLING, values, strict=True))
        return f"PostgreSQL {number // 10000}.{number % 10000} ({held})"
    return f"SQLite {sqlite3.sqlite_version}"


def circumstances(repeat: int, *packages: str, python: Path | None = None) -> str:
    """The machine, the versions, the commit and the load that one measurement was made with."""
    known = ", ".join(f"{name} {installed(name, python)}" for name in packages)
    times = "once" if repeat == 1 else f"{repeat} times, interleaved"
    return (
        f"{database()}, Python {platform.python_version()}, {known}. {os.cpu_count()} cores, "
        f"{processor()}, {platform.system()} {platform.release()}. Commit {commit()}. "
        f"Each {times}; load at the end {os.getloadavg()[0]:.1f}."
    )


def installed(name: str, python: Path | None) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        code = f"from importlib.metadata import version; print(version({name!r}))"
        command = [str(python), "-c", code]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def commit() -> str:
    command = ["git", "describe", "--always", "--dirty", "--exclude=*"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    return done.stdout.strip() or "none"


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    found = [line.partition(": ")[2] for line in lines if line.startswith("model name")]
    return found[0] if found else platform.machine()
