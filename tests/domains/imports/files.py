"""Small files, and what became of their lines."""

import csv
import io
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path

from django.conf import settings

from imports.models import Action, ImportJob, ImportProblem
from imports.problems import Severity
from imports.summaries import COUNTED

SAMPLES = Path(settings.BASE_DIR, "docs", "samples")


class Taken:
    """What an import made of a file. Lines are numbered as in the file: the header is 1."""

    def __init__(self, job: ImportJob) -> None:
        self.job = job
        counts = {str(action): getattr(job, column) for action, column in COUNTED.items()}
        self.counts = {action: count for action, count in counts.items() if count}
        self.all_problems = list(ImportProblem.objects.filter(job=job))
        self.problems = [(p.row, p.column, p.code) for p in self.all_problems]

    @property
    def lines(self) -> dict[int, str]:
        """Line -> its action, with the codes of its problems: "fail not_a_date"."""
        actions: dict[int, str] = dict(self.job.changes.values_list("row", "action"))
        actions |= dict.fromkeys(self.job.failures.values_list("row", flat=True), Action.FAIL)
        codes = defaultdict(list)
        for problem in self.all_problems:
            if problem.row not in actions or actions[problem.row] == Action.SKIP:
                actions[problem.row] = Action.SKIP
            codes[problem.row].append(problem.code)
        assert len(actions) == self.job.processed_rows
        return {row: " ".join((str(actions[row]), *codes[row])) for row in sorted(actions)}

    @property
    def outcomes(self) -> list[str]:
        return list(self.lines.values())

    def said(self, row: int = 2) -> list[str]:
        """The sentences about a line, each after its column."""
        return [
            f"{problem.column}: {problem.message}" if problem.column else problem.message
            for problem in self.all_problems
            if problem.row == row
        ]

    def warnings(self) -> list[str]:
        return [p.code for p in self.all_problems if p.severity == Severity.WARNING]


def sample(name: str) -> bytes:
    """A file that the documentation offers."""
    return (SAMPLES / name).read_bytes()


def written(rows: Sequence[Mapping[str, object]]) -> str:
    """Rows as a CSV file. The first row's names are the header."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()
