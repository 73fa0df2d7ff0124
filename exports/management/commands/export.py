import shutil
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from exports import delivery, intake
from exports.errors import InvalidRequest, NotAllowed
from exports.forms import read_part, stand_alone
from exports.models import Export
from exports.plans import ExportRequest
from exports.states import Status
from exportsite.jobs import queue
from exportsite.jobs.management.arguments import find_user, read_last, read_pairs

POLL_SECONDS = 0.2


class Command(BaseCommand):
    help = "Makes an export now, in this process, and copies its file to where you want it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("resource", help="what to export, such as tickets")
        parser.add_argument("--format", default="csv", help="csv, xlsx, json … (default: csv)")
        parser.add_argument(
            "--filter",
            action="append",
            default=[],
            metavar="NAME=VALUE",
            help="may be given often; the same name again adds a value",
        )
        parser.add_argument("--column", action="append", default=[], help="in the order given")
        parser.add_argument(
            "--header",
            action="append",
            default=[],
            metavar="COLUMN=HEADING",
            help="another heading for a column; may be given often",
        )
        parser.add_argument("--sort", default="", help="a sort field; -name sorts downwards")
        parser.add_argument("--limit", type=int, help="at most so many rows")
        parser.add_argument(
            "--option", action="append", default=[], metavar="NAME=VALUE", help="of the format"
        )
        parser.add_argument(
            "--include-contact-info", action="store_true", help="allow sensitive columns"
        )
        parser.add_argument(
            "--also",
            action="append",
            default=[],
            metavar="RESOURCE?QUERY",
            help="goes into the same ZIP or Excel file, such as notes?_format=json&title=a",
        )
        parser.add_argument(
            "--alone", action="store_true", help="without what else belongs into a ZIP of it"
        )
        parser.add_argument("--email", action="store_true", help="send a mail when it is ready")
        parser.add_argument("--user", default="", help="whose permissions count")
        parser.add_argument("-o", "--output", default="", help="a file, or - for standard output")

    def handle(self, *args: Any, **options: Any) -> None:
        target = options["output"]
        if target and target != "-" and not Path(target).resolve().parent.is_dir():
            raise CommandError(f"There is no folder {Path(target).resolve().parent}.")
        export = self._request(options)
        self._run(export)
        if export.status != Status.COMPLETED:
            raise CommandError(export.error_message or f"The export is {export.status}.")
        self._hand_over(export, target)

    def _request(self, options: dict[str, Any]) -> Export:
        try:
            return intake.request_export(find_user(options["user"]), read_request(options))
        except NotAllowed as error:
            raise CommandError(str(error)) from error
        except InvalidRequest as error:
            lines = [f"{field}: {' '.join(texts)}" for field, texts in error.errors.items()]
            raise CommandError("\n".join(lines)) from error

    def _run(self, export: Export) -> None:
        """Work on it here; if a worker was faster, watch that one."""
        run = queue.start_here(export)
        try:
            with tqdm(total=export.total_rows, unit=" rows", file=sys.stderr) as bar:
                while not export.is_finished:
                    time.sleep(POLL_SECONDS)
                    export.refresh_from_db()
                    bar.total = export.total_rows
                    bar.update(export.exported_rows - bar.n)
        except KeyboardInterrupt:
            intake.cancel_export(export.created_by, export)
            raise CommandError("Cancelled.") from None
        finally:
            if run is not None:
                run.join()

    def _hand_over(self, export: Export, target: str) -> None:
        with delivery.folder().open(export.file_key) as source:
            if target == "-":
                shutil.copyfileobj(source, sys.stdout.buffer)
                return
            path = Path(target or export.file_name)
            with path.open("wb") as copy:
                shutil.copyfileobj(source, copy)
        self.stderr.write(f"{export.exported_rows:,} rows in {path}")


def read_request(options: dict[str, Any]) -> ExportRequest:
    """Raises InvalidRequest when a further part cannot be read."""
    request = ExportRequest(
        resource=options["resource"],
        format=options["format"],
        columns=options["column"],
        filters=read_pairs("--filter", options["filter"]),
        sort_by=options["sort"].removeprefix("-"),
        sort_descending=options["sort"].startswith("-") if options["sort"] else None,
        limit=options["limit"],
        options=read_last("--option", options["option"]),
        headers=read_last("--header", options["header"]),
        include_contact_info=options["include_contact_info"],
        email_notification=options["email"],
        also=tuple(read_part(text) for text in options["also"]),
    )
    return stand_alone(request) if options["alone"] else request
