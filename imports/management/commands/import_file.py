import json
import shutil
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from threading import Thread
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from exportsite.jobs import queue
from exportsite.jobs.management.arguments import find_user, read_last
from imports import intake, summaries, wishes
from imports.errors import InvalidRequest, NotAllowed, WrongState
from imports.models import Blank, ImportJob, ImportProblem, Mode, OnError
from imports.readers.base import Layout
from imports.report import make_report
from imports.requests import UploadRequest
from imports.states import Status

POLL_SECONDS = 0.2
PROBLEMS_SHOWN = 20
MOVING = (Status.CHECKING, Status.QUEUED, Status.PROCESSING)


class Command(BaseCommand):
    help = "Imports a file now, in this process, just as an upload would be."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("importer", help="what the file holds, such as tickets")
        parser.add_argument("file", type=Path, help="CSV, TSV, TXT or XLSX; also as .gz or .zip")
        parser.add_argument("--mode", default="", choices=Mode.values)
        parser.add_argument("--key", default="", help="fields that tell records apart: a,b")
        parser.add_argument("--on-error", default=OnError.SKIP, choices=OnError.values)
        parser.add_argument("--blank", default=Blank.IGNORE, choices=Blank.values)
        parser.add_argument("--dry-run", action="store_true", help="check only, write nothing")
        parser.add_argument(
            "--again", action="store_true", help="import a file that was imported before"
        )
        parser.add_argument(
            "--mapping", default="", help='JSON: {"File header": "field" or null, …}'
        )
        parser.add_argument(
            "--trust-guesses", action="store_true", help="go on with columns that are only likely"
        )
        parser.add_argument("--sheet", default="")
        parser.add_argument("--encoding", default="")
        parser.add_argument("--delimiter", default="")
        parser.add_argument("--header-row", type=int, default=0)
        parser.add_argument(
            "--option", action="append", default=[], metavar="NAME=VALUE", help="of the importer"
        )
        parser.add_argument("--notes", default="")
        parser.add_argument("--user", default="", help="whose permissions count")
        parser.add_argument(
            "--report", type=Path, help="where to write the failed rows: a .csv or .xlsx"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        job = self._upload(options)
        if job.status == Status.UPLOADED:
            raise CommandError(open_questions(job))
        self._run(job)
        if job.status == Status.READY and options["again"]:
            wishes.confirm_import(job.created_by, job)
            self._run(job)
        self._tell(job)
        if options["report"] and job.failed_rows:
            self._write_report(job, options["report"])
        if job.status == Status.READY:
            raise CommandError(f"{summaries.same_file(job)} Use --again.")
        if job.status != Status.COMPLETED:
            raise CommandError(summaries.message_of(job) or f"The import is {job.status}.")

    def _upload(self, options: dict[str, Any]) -> ImportJob:
        path: Path = options["file"]
        request = UploadRequest(
            filename=path.name,
            importer=options["importer"],
            layout=Layout(
                encoding=options["encoding"],
                delimiter=options["delimiter"],
                sheet=options["sheet"],
                header_row=options["header_row"],
            ),
            mapping=read_mapping(options["mapping"]),
            key=options["key"],
            mode=options["mode"],
            on_error=options["on_error"],
            blank=options["blank"],
            options=read_last("--option", options["option"]),
            notes=options["notes"],
            dry_run=options["dry_run"],
            confirm=not options["dry_run"],
            accepts_guesses=options["trust_guesses"],
        )
        try:
            with path.open("rb") as stream:
                return intake.receive_upload(find_user(options["user"]), request, stream)
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        except InvalidRequest as error:
            lines = [f"{field}: {' '.join(texts)}" for field, texts in error.errors.items()]
            raise CommandError("\n".join(lines)) from error

    def _run(self, job: ImportJob) -> None:
        """Check it and apply it here; if a worker was faster, watch that one."""
        while job.status in MOVING:
            run = queue.start_here(job)
            try:
                self._watch(job, run)
            except KeyboardInterrupt:
                wishes.cancel_import(job.created_by, job)
                raise CommandError("Cancelled. What was written stays.") from None
            finally:
                if run is not None:
                    run.join()
                job.refresh_from_db()

    def _watch(self, job: ImportJob, run: Thread | None) -> None:
        """Until this step is over, or whoever works on it has stopped."""
        step = job.status
        name = "checking" if step == Status.CHECKING else "importing"
        with tqdm(total=job.total_rows, unit=" rows", desc=name, file=sys.stderr) as bar:
            is_going_on = True
            while is_going_on:
                time.sleep(POLL_SECONDS)
                is_alive = run is not None and run.is_alive()
                job.refresh_from_db()
                is_going_on = is_alive or (run is None and bool(job.claimed_by))
                bar.total = job.total_rows
                if job.status == step or job.status == Status.PROCESSING:
                    bar.update(job.processed_rows - bar.n)
            if job.counted_rows and job.status not in MOVING[1:]:
                bar.update(job.counted_rows - bar.n)

    def _tell(self, job: ImportJob) -> None:
        self.stdout.write(f"{job.pk} {job.get_status_display()}: {summaries.message_of(job)}")
        problems = ImportProblem.objects.filter(job=job)
        for problem in problems[:PROBLEMS_SHOWN]:
            place = f"Row {problem.row}" + (f", {problem.column}" if problem.column else "")
            self.stderr.write(f"{place}: {problem.message}")
        if (more := sum(job.problem_codes.values()) - PROBLEMS_SHOWN) > 0:
            self.stderr.write(f"… and {more:,} more.")

    def _write_report(self, job: ImportJob, path: Path) -> None:
        try:
            report = make_report(job.created_by, job, path.suffix.lstrip(".").lower())
        except (InvalidRequest, WrongState) as error:
            raise CommandError(str(error)) from error
        with report.stream as source, path.open("wb") as target:
            shutil.copyfileobj(source, target)
        self.stderr.write(f"{job.failed_rows:,} failed rows in {path}")


def open_questions(job: ImportJob) -> str:
    """What a person has to say of a file before it can be imported."""
    lines = [
        f"  {name}: {guess['field'] or 'not imported'} ({guess['confidence']})"
        for name, guess in job.guesses.items()
    ]
    return "\n".join(
        [
            "The file is kept, but what its columns mean is not sure:",
            *lines,
            "Say it with --mapping, or use --trust-guesses when they are right.",
        ]
    )


def read_mapping(text: str) -> dict[str, str | None] | None:
    if not text:
        return None
    try:
        mapping = json.loads(text)
    except ValueError as error:
        raise CommandError(f"--mapping is not JSON: {error}") from error
    if not isinstance(mapping, dict):
        raise CommandError('--mapping: write it as {"File header": "field"}.')
    return mapping
