"""One walk through a file: chunk after chunk, each in one transaction that proves the job ours."""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager, nullcontext
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from exportsite.jobs.errors import JobError
from exportsite.jobs.lease import count_due
from exportsite.jobs.progress import TurnOver
from imports import uploads
from imports.ahead import read_ahead
from imports.attempt import Attempt, Columns
from imports.bookkeeping import Chunk
from imports.garbage import seldom_collected
from imports.ingest import Applier, ChunkResult
from imports.pacing import FIRST, Pacer, in_chunks
from imports.preparation import Preparer, all_fields
from imports.problems import FileRefused
from imports.readers.base import Layout, Reader, open_reader
from imports.seen import Seen
from imports.targets import Target
from imports.transactions import chunk_transaction
from imports.validation import BLOCK, Parsed, RowReader, compile_rows

REMEMBERED_AT_ONCE = 2_000  # rows that were dealt with before
WORTH_A_GUESS = 2_000  # rows; fewer are checked before anybody has read how many there may be


@dataclass(frozen=True, kw_only=True)
class Walk:
    """What a walk does with the rows that it meets."""

    applies: bool  # False: nothing is written to the target
    open: Callable[[Attempt], AbstractContextManager[Iterable[Parsed]]]
    cursor: int  # rows up to it are dealt with already
    settle: Callable[[Attempt, Chunk, ChunkResult], Columns]  # in the transaction of each chunk
    # In the transaction of the first chunk, before it.
    prepare: Callable[[Attempt], None] = lambda _attempt: None
    gives_way: bool = True  # to others that wait, since it can go on where it stopped
    is_mending: bool = False  # rows that failed before, while their neighbours are in
    reads_ahead: bool = True  # on a thread beside, so its rows must come without the database


def walk(attempt: Attempt, way: Walk) -> None:
    """Deal with every row behind the cursor. Raises Interrupted, LostRace and JobError."""
    pacer = Pacer(first=REMEMBERED_AT_ONCE if way.cursor else FIRST)
    with (
        seldom_collected(),
        way.open(attempt) as rows,
        closing(Seen()) as seen,
        _made(in_chunks(rows, pacer), attempt, way) as chunks,
    ):
        steps = Steps(attempt, way, seen)
        is_first = True
        for chunk in filter(None, map(steps.skip_done, chunks)):
            if not is_first:
                _rest(attempt, way)
            is_first = False
            steps.take(chunk)
            pacer.heed(len(chunk))


def _made(
    chunks: Iterator[list[Parsed]], attempt: Attempt, way: Walk
) -> AbstractContextManager[Iterator[list[Parsed]]]:
    plan = attempt.plan
    fields = all_fields(plan.importer, plan.fields)
    prepared = map(Preparer(Target(plan.importer.model, fields=fields, key=plan.key)), chunks)
    return read_ahead(prepared, attempt.ticker.check) if way.reads_ahead else nullcontext(prepared)


class Steps:
    """The steps of one walk. The applier is made in the first transaction, with its context."""

    def __init__(self, attempt: Attempt, way: Walk, seen: Seen) -> None:
        self._attempt = attempt
        self._way = way
        self._seen = seen
        self._applier: Applier | None = None

    def skip_done(self, chunk: list[Parsed]) -> list[Parsed]:
        """The rows that are left. Those done before are only remembered, as repeats count."""
        if chunk[-1].row > self._way.cursor >= chunk[0].row:
            left = [parsed for parsed in chunk if parsed.row > self._way.cursor]
            self._remember(chunk[: -len(left)])
            return left
        if chunk[-1].row <= self._way.cursor:
            self._remember(chunk)
            return []
        return chunk

    def _remember(self, rows: list[Parsed]) -> None:
        self._make_applier().remember(rows)
        self._attempt.ticker.check()

    def take(self, chunk: list[Parsed]) -> None:
        """All of the chunk, or nothing of it."""
        attempt = self._attempt
        try:
            with chunk_transaction():
                if self._applier is None:
                    self._way.prepare(attempt)
                result = self._make_applier().run(chunk)
                columns = self._way.settle(attempt, chunk, result)
                attempt.write(columns)
        except BaseException:
            self._seen.rollback()
            raise
        self._seen.commit()
        attempt.accept(columns)
        attempt.ticker.tick(len(chunk))

    def _make_applier(self) -> Applier:
        if self._applier is None:
            plan, job = self._attempt.plan, self._attempt.job
            self._applier = Applier(
                importer=plan.importer,
                fields=plan.fields,
                key=plan.key,
                mode=plan.mode,
                headers={field: name for name, field in plan.mapping.items() if field},
                run=self._attempt.run,
                context=job.context,
                applies=self._way.applies,
                is_mending=self._way.is_mending,
                seen=self._seen,
            )
        return self._applier


def _rest(attempt: Attempt, way: Walk) -> None:
    if settings.IMPORT_PAUSE:
        time.sleep(settings.IMPORT_PAUSE)
    is_long = attempt.ticker.seconds > settings.IMPORT_TURN
    if way.gives_way and is_long and count_due([attempt.job.lane]):
        raise TurnOver


@contextmanager
def open_upload(attempt: Attempt) -> Iterator[Iterable[Parsed]]:
    """The rows of the uploaded file, parsed. What it refuses, then or later, ends the job."""
    job = attempt.job
    path = uploads.locate(uploads.uploads(), job.file_key)
    if path is None:
        raise JobError("file_gone", _("The uploaded file is gone. Upload it again."))
    layout = Layout(
        encoding=job.encoding,
        delimiter=job.delimiter,
        sheet=job.sheet,
        header_row=job.header_row,
    )
    try:
        with closing(open_reader(path, job.filename, layout)) as reader:
            _expect(attempt, reader)
            yield row_reader(attempt).each_of(reader.blocks(BLOCK))
    except FileRefused as refusal:
        raise JobError(refusal.code, str(refusal)) from refusal


def _expect(attempt: Attempt, reader: Reader) -> None:
    """Say about how many rows there are, for those who watch the first check."""
    if attempt.job.total_rows is not None:
        return
    if (rows := reader.expected_rows()) >= WORTH_A_GUESS:
        columns: Columns = {"total_rows": rows}
        attempt.write(columns)
        attempt.accept(columns)


def row_reader(attempt: Attempt) -> RowReader:
    """What makes parsed rows of raw ones, by the job's header and mapping."""
    plan = attempt.plan
    return compile_rows(
        plan.importer,
        header=plan.header,
        mapping=plan.mapping,
        values=plan.values,
        run=attempt.run,
        time_zone=settings.TIME_ZONE,
        blank=plan.blank,
    )
