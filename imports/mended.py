"""Failed rows that somebody has mended: told apart from others, run, and counted anew."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.utils.translation import gettext as _

from exportsite.jobs.errors import JobError
from imports import bookkeeping, endings, uploads
from imports.attempt import Attempt, Columns
from imports.bookkeeping import Chunk
from imports.ingest import ChunkResult
from imports.mended_files import Arrangement, open_mended
from imports.models import Action, FailedRow, ImportJob, ImportProblem
from imports.problems import FileRefused
from imports.readers.base import RawRow
from imports.summaries import COUNTED
from imports.validation import Parsed
from imports.walking import Walk, row_reader, walk

LOOKED_UP_AT_ONCE = 500  # rows
SENTENCES_KEPT = 50  # about rows that were refused


def run(attempt: Attempt) -> None:
    """Run the rows of the mended file. Those that are still bad stay failed, with new reasons."""
    source = MendedRows(attempt)
    way = Walk(
        applies=True,
        open=source.open,
        cursor=0,
        settle=source.settle,
        is_mending=True,
        reads_ahead=False,
    )
    walk(attempt, way)
    endings.end_mended(attempt, source.result_at(None))


class MendedRows:
    """The rows of a mended file that are failed rows of the job, under their old numbers."""

    def __init__(self, attempt: Attempt) -> None:
        job = attempt.job
        self._attempt = attempt
        self._cursor = job.mended_cursor
        self._places: dict[int, int] = {}  # row of the import -> row of the mended file
        self._met: set[int] = set()
        self._refused: list[tuple[int, str]] = []  # row of the mended file, why; not yet told
        self._result = {"rows": 0, "mended": 0, "failed": 0, "refused": 0, **job.mended_result}

    @contextmanager
    def open(self, attempt: Attempt) -> Iterator[Iterable[Parsed]]:
        job = attempt.job
        path = uploads.locate(uploads.mended(), job.mended_key)
        if path is None:
            raise JobError("file_gone", _("The mended file is gone. Upload it again."))
        try:
            with open_mended(path, job.mended_name, job.header) as (arrangement, reader):
                yield map(row_reader(attempt), self._known(arrangement, reader.rows()))
        except FileRefused as refusal:
            raise JobError(refusal.code, str(refusal)) from refusal

    def _known(self, arrangement: Arrangement, rows: Iterator[RawRow]) -> Iterator[RawRow]:
        while batch := list(islice(rows, LOOKED_UP_AT_ONCE)):
            numbered = [(raw, arrangement.number_of(raw)) for raw in batch]
            failed = self._failed_among([number for _raw, number in numbered if number])
            for raw, number in numbered:
                if raw.number <= self._cursor:
                    self._met.add(number)
                elif number not in failed:
                    self._refuse(raw, _("“Row” does not name a failed row of this import."))
                elif number in self._met:
                    self._refuse(raw, _("Row %d was there before; that one counts.") % number)
                else:
                    self._met.add(number)
                    self._places[number] = raw.number
                    yield RawRow(number, arrangement.cells_of(raw), raw.fault)

    def _failed_among(self, numbers: Sequence[int]) -> set[int]:
        rows = FailedRow.objects.filter(job=self._attempt.job, row__in=numbers)
        return set(rows.values_list("row", flat=True))

    def _refuse(self, raw: RawRow, why: str) -> None:
        self._refused.append((raw.number, why))

    def settle(self, attempt: Attempt, chunk: Chunk, result: ChunkResult) -> Columns:
        """The rows' old findings go, the new ones come; the job's counts move over."""
        job = attempt.job
        actions = Counter(result.actions.values())
        forget(job, [parsed.row for parsed in chunk])
        columns = bookkeeping.write_findings(job, result)
        columns |= bookkeeping.count_up(job, actions)
        columns[COUNTED[Action.FAIL]] -= len(chunk)
        cursor = self._places.pop(chunk[-1].row)
        for parsed in chunk[:-1]:
            del self._places[parsed.row]
        self._result["rows"] += len(chunk)
        self._result["failed"] += actions[Action.FAIL]
        self._result["mended"] += len(chunk) - actions[Action.FAIL]
        return columns | {
            "values_written": job.values_written + result.values_written,
            "mended_cursor": cursor,
            "mended_result": self.result_at(cursor),
        }

    def result_at(self, cursor: int | None) -> dict[str, Any]:
        """What has become of the mended rows up to here; None: of all."""
        told = [item for item in self._refused if cursor is None or item[0] <= cursor]
        self._refused = self._refused[len(told) :]
        self._result["refused"] += len(told)
        sentences = [
            *self._result.get("sentences", []),
            *(
                _("Row %(row)d of the file: %(why)s") % {"row": row, "why": why}
                for row, why in told
            ),
        ]
        self._result["sentences"] = sentences[:SENTENCES_KEPT]
        return dict(self._result)


def forget(job: ImportJob, rows: Sequence[int]) -> None:
    """What was wrong with these rows counts no more."""
    failed = FailedRow.objects.filter(job=job, row__in=rows)
    codes = Counter(job.problem_codes)
    for problems in failed.values_list("problems", flat=True):
        codes.subtract(code for _column, _message, code, _severity in problems)
    failed.delete()
    ImportProblem.objects.filter(job=job, row__in=rows).delete()
    job.problem_codes = {code: count for code, count in codes.items() if count > 0}
