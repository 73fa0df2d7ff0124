"""What is written down of a chunk, in its transaction: counts, problems, failed rows, samples."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence

from django.conf import settings

from imports import staging
from imports.attempt import Attempt, Columns
from imports.ingest import ChunkResult
from imports.models import Action, FailedRow, ImportChange, ImportJob, ImportProblem
from imports.problems import Problem
from imports.summaries import COUNTED
from imports.validation import Parsed

BATCH = 500  # rows of one INSERT
COLUMN_LENGTH, VALUE_LENGTH, KEY_LENGTH, CODE_LENGTH = 255, 200, 255, 40

Chunk = Sequence[Parsed]


def wipe(job: ImportJob, *, with_changes: bool) -> Columns:
    """Forget what an earlier walk through the file has found."""
    for model in (ImportProblem, FailedRow, *([ImportChange] if with_changes else [])):
        model._base_manager.filter(job=job).delete()
    job.problem_codes = {}
    return {"problem_codes": {}}


def settle(attempt: Attempt, chunk: Chunk, result: ChunkResult) -> Columns:
    """All that a chunk of the file leaves behind; the columns to be written into the job's row."""
    job = attempt.job
    actions = Counter(result.actions.values())
    return {
        **write_findings(job, result),
        **count_up(job, actions),
        "cursor": chunk[-1].row,
        "processed_rows": job.processed_rows + len(chunk),
        "values_written": job.values_written + result.values_written,
    }


def count_up(job: ImportJob, actions: Counter[str]) -> Columns:
    return {column: getattr(job, column) + actions[action] for action, column in COUNTED.items()}


def write_findings(job: ImportJob, result: ChunkResult) -> Columns:
    """Failed rows whole; of problems so many of each kind, and how many there are."""
    found: dict[int, list[Problem]] = defaultdict(list)
    for parsed, problems in result.failures:
        found[parsed.row] += problems
    for row, problem in result.warnings:
        found[row].append(problem)
    _write_failed(job, [parsed for parsed, _problems in result.failures], found)
    codes = Counter(job.problem_codes)
    ImportProblem.objects.bulk_create(list(_kept(job, found, codes)), batch_size=BATCH)
    return {"problem_codes": dict(codes)}


def _write_failed(job: ImportJob, rows: Sequence[Parsed], found: dict[int, list[Problem]]) -> None:
    """Past Django's models, which took a tenth of the time of a whole import."""
    staging.insert(
        FailedRow,
        job_id=[job.pk] * len(rows),
        row=[parsed.row for parsed in rows],
        cells=[_cells(parsed) for parsed in rows],
        problems=[_told(found[parsed.row]) for parsed in rows],
    )


def write_samples(job: ImportJob, result: ChunkResult) -> None:
    """What rows would do, so many of each action."""
    room = {
        action: settings.IMPORT_CHANGES_KEPT - getattr(job, column)
        for action, column in COUNTED.items()
    }
    samples = []
    for row, action, key, changes in result.changes:
        room[Action(action)] -= 1
        if room[Action(action)] >= 0:
            key = printable(key)[:KEY_LENGTH]
            samples.append(ImportChange(job=job, row=row, action=action, key=key, changes=changes))
    ImportChange.objects.bulk_create(samples, batch_size=BATCH)


def _kept(
    job: ImportJob, found: dict[int, list[Problem]], codes: Counter[str]
) -> Iterator[ImportProblem]:
    """Counts every problem into `codes`; gives those for which there is room."""
    for row in sorted(found):
        for position, problem in enumerate(found[row]):
            codes[problem.code] += 1
            if codes[problem.code] <= settings.IMPORT_PROBLEMS_KEPT:
                yield ImportProblem(
                    job=job,
                    row=row,
                    position=position,
                    column=printable(problem.column)[:COLUMN_LENGTH],
                    value=printable(problem.value)[:VALUE_LENGTH],
                    code=problem.code[:CODE_LENGTH],
                    message=printable(problem.message),
                    severity=problem.severity,
                )


def _told(problems: Iterable[Problem]) -> list[list[str]]:
    return [[printable(p.column), printable(p.message), p.code, str(p.severity)] for p in problems]


def _cells(parsed: Parsed) -> list[str]:
    if "".join(parsed.cells).isprintable():
        return list(parsed.cells)
    return [printable(cell) for cell in parsed.cells]


def printable(text: str) -> str:
    """Text that both databases take: no NUL, no halves of characters."""
    if text.isprintable():
        return text
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
