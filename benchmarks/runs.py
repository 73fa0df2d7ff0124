"""What is measured of one piece of work."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Run:
    work: str  # runs of one work are compared: a format, a kind of import
    name: str  # who did it; ours begins with "ours"
    rows: int
    seconds: float
    megabytes: float  # peak resident memory of the process that did the work
    size: int = 0  # bytes of the file


def groups(runs: Sequence[Run]) -> list[list[Run]]:
    """Repetitions of the same, in the order of the first of each."""
    found: dict[tuple[str, str, int], list[Run]] = {}
    for run in runs:
        found.setdefault((run.work, run.name, run.rows), []).append(run)
    order = list(dict.fromkeys(run.work for run in runs))
    return sorted(found.values(), key=lambda group: order.index(group[0].work))


def median(runs: Sequence[Run]) -> float:
    return statistics.median(run.seconds for run in runs)


def rate(runs: Sequence[Run]) -> float:
    """Rows a second."""
    return runs[0].rows / median(runs)


def own(group: Sequence[Run], among: Sequence[Sequence[Run]]) -> Sequence[Run]:
    """Ours at the same work, with the most rows: what all others are compared with."""
    ours = [
        other
        for other in among
        if other[0].work == group[0].work and other[0].name.startswith("ours")
    ]
    return max(ours, key=lambda other: other[0].rows, default=group)


def peak_megabytes(pid: int | str = "self") -> float:
    """Of this process alone; getrusage would count what it was before it became Python."""
    status = Path(f"/proc/{pid}/status").read_text()
    return float(status.split("VmHWM:")[1].split()[0]) / 1024
