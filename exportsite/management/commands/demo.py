"""`make demo`: from an empty folder to a finished export in the browser, through the real queue."""

import hashlib
import time
from pathlib import Path
from typing import Any
from urllib.parse import urljoin
from zipfile import ZipFile

from defusedxml.ElementTree import iterparse
from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import User
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse
from tqdm import tqdm

from exports import delivery
from exports.errors import InvalidRequest, NotAllowed
from exports.intake import request_export
from exports.models import Export
from exports.plans import ExportRequest
from exports.states import Status
from exportsite.env import read_bool, read_int, read_text
from exportsite.serving import CannotServe, Serving, is_up

NAME = PASSWORD = "admin"  # noqa: S105  # the demo says it to everybody
HOST = "127.0.0.1"  # never wider: everybody knows the password
UP_WITHIN = 180.0  # seconds

NEXT = """
  The file     {path}
               {size} bytes, {rows} rows; size, checksum and rows are right.

  Click next   {export_url}
               Sign in as {login}; then press Download.
  Or begin at  {url}admin/
"""


class Command(BaseCommand):
    help = "Make demonstration data, run the site, and have one export made through the queue."

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PRODUCTION:
            raise CommandError("The demo makes a user admin/admin: it does not run in production.")
        try:
            port = read_int("PORT", 8000, minimum=1)
            quiet = read_text("LOG_LEVEL", "WARNING")  # lines would break the progress bar
            self._run(Serving(HOST, port, self.stderr.write, LOG_LEVEL=quiet))
        except CannotServe as error:
            raise CommandError(str(error)) from None
        except (InvalidRequest, NotAllowed) as error:
            raise CommandError(f"The demo's export was not accepted: {error}") from None
        except KeyboardInterrupt:
            raise CommandError("Stopped before it was ready.", returncode=130) from None

    def _run(self, serving: Serving) -> None:
        user = self._prepare()
        with serving:
            self._wait_until_up(serving)
            export = request_export(user, ExportRequest(resource="tickets", format="xlsx"))
            watch(export, serving)
            if serving.is_stopping:
                raise KeyboardInterrupt
            self._show(export, user, serving)
            while not serving.is_stopping and not read_bool("DEMO_ONCE", False):
                serving.look()
        self.stdout.write("Stopped. Nothing runs any more; the data stay for the next time.")

    def _prepare(self) -> User:
        self.stdout.write("Preparing the database and the demonstration records ...")
        call_command("migrate", verbosity=0, interactive=False)
        call_command("seed", stdout=self.stdout)
        return find_or_make_admin()

    def _wait_until_up(self, serving: Serving) -> None:
        self.stdout.write("Starting the web server and the worker ...")
        deadline = time.monotonic() + UP_WITHIN
        while not serving.is_stopping and not is_up(serving.url):
            if time.monotonic() > deadline:
                raise CannotServe(f"The site is not up after {UP_WITHIN:g} s.")
            serving.look()

    def _show(self, export: Export, user: User, serving: Serving) -> None:
        path = verify(export)
        known = PASSWORD if user.check_password(PASSWORD) else "as you set it"
        self.stdout.write(
            NEXT.format(
                path=path,
                size=f"{export.file_size:,}",
                rows=f"{export.exported_rows:,}",
                url=serving.url,
                login=f"{NAME}, password {known}",
                export_url=urljoin(
                    serving.url, reverse("admin:exports_export_change", args=[export.pk])
                ),
            )
        )
        if not read_bool("DEMO_ONCE", False):
            self.stdout.write("The site stays up. Stop it with Ctrl-C.")


def find_or_make_admin() -> User:
    """A user of that name who is there already belongs to a person and is left alone."""
    users = get_user_model()
    found = users.objects.filter(username=NAME).first()
    return found or users.objects.create_superuser(NAME, password=PASSWORD)


def watch(export: Export, serving: Serving) -> None:
    """Show how far the worker is, until it has finished."""
    deadline = time.monotonic() + settings.EXPORT_TIME_LIMIT
    with tqdm(total=export.total_rows, desc=export.title, unit=" rows") as bar:
        while not export.is_finished and not serving.is_stopping:
            if time.monotonic() > deadline:
                raise CannotServe("The worker did not finish the export in time.")
            serving.look()
            export.refresh_from_db()
            bar.update(export.exported_rows - bar.n)


def verify(export: Export) -> Path:
    """Is the file whole? Size, checksum and rows are compared with what the export says."""
    if export.status != Status.COMPLETED:
        raise CommandError(f"The export is {export.status}: {export.error_message}")
    path = delivery.folder().locate(export.file_key)
    content = path.read_bytes()
    found = (len(content), hashlib.sha256(content).hexdigest(), count_rows(path))
    if found != (export.file_size, export.sha256, export.exported_rows):
        raise CommandError(f"The file {path} is not what the export says: {found}")
    return path


def count_rows(path: Path) -> int:
    """Rows below the heading of the first sheet, as an XML parser finds them in the file."""
    with ZipFile(path) as workbook, workbook.open("xl/worksheets/sheet1.xml") as sheet:
        rows = 0
        for _, element in iterparse(sheet):
            if element.tag.endswith("}row"):
                is_total = element.find(".//{*}f") is not None
                rows += not is_total
                element.clear()
    return rows - 1
