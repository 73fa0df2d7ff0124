import shutil
import sys
import time
from argparse import ArgumentParser
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from exports import delivery, intake
from exports.errors import InvalidRequest, NotAllowed
from exports.models import Export
from exports.plans import ExportRequest
from exports.states import Status
from exportsite.jobs import queue

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
        parser.add_argument("--sort", default="", help="a sort field; -name sorts downwards")
        parser.add_argument("--limit", type=int, help="at most so many rows")
        parser.add_argument(
            "--option", action="append", default=[], metavar="NAME=VALUE", help="of the format"
        )
        parser.add_argument(
            "--include-contact-info", action="store_true", help="allow sensitive columns"
        )
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
        request = ExportRequest(
            resource=options["resource"],
            format=options["format"],
            columns=options["column"],
            filters=read_pairs("--filter", options["filter"]),
            sort_by=options["sort"].removeprefix("-"),
            sort_descending=options["sort"].startswith("-") if options["sort"] else None,
            limit=options["limit"],
            options=read_options(options["option"]),
            include_contact_info=options["include_contact_info"],
        )
        try:
            return intake.request_export(find_user(options["user"]), request)
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


def read_pairs(option: str, given: Sequence[str]) -> dict[str, list[str]]:
    pairs: dict[str, list[str]] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name:
            raise CommandError(f"{option} {text}: write it as NAME=VALUE.")
        pairs.setdefault(name, []).append(value)
    return pairs


def read_options(given: Sequence[str]) -> dict[str, object]:
    return {name: values[-1] for name, values in read_pairs("--option", given).items()}


def find_user(name: str) -> Any:
    """The named person, or the first superuser: whoever has a shell here may act as one."""
    people = get_user_model()._default_manager
    if name:
        user = people.filter(**{get_user_model().USERNAME_FIELD: name}).first()
        if user is None:
            raise CommandError(f"There is no user {name}.")
        return user
    user = people.filter(is_superuser=True, is_active=True).order_by("pk").first()
    if user is None:
        raise CommandError("There is no superuser yet. Name a user with --user.")
    return user
