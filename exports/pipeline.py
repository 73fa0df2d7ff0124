"""One export from its row to its file. It reads like the data flows; the steps are elsewhere."""

from collections.abc import Callable
from io import BufferedIOBase
from typing import Any, BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from exports import delivery
from exports.errors import InvalidRequest, NotAllowed
from exports.models import Export
from exports.plans import ExportRequest, Plan, make_plan
from exports.requests import read_parts
from exports.writing import Author, write_plan
from exportsite.jobs.errors import JobError
from exportsite.jobs.lease import Fence
from exportsite.jobs.progress import Interrupted, Ticker
from exportsite.jobs.states import LostRace

Listen = Callable[[bytes], None]


def run_export(export: Export, ticker: Ticker, *, listen: Listen | None = None) -> None:
    """Write the export's file and complete it. Whatever is raised ends the attempt.

    `listen` hears every piece of the file as it is written.
    """
    fence = Fence(claimed_by=export.claimed_by, attempt=export.attempts)
    plan = plan_again(export)
    ticker.pause = settings.EXPORT_PAUSE
    folder = delivery.folder()
    folder.clear(export.pk)  # what earlier attempts left; nobody else works on this export
    extension = plan.format.extension_for(plan.options)
    key = folder.new_key(export.pk, export.attempts, extension)
    with folder.begin(key) as part:
        stream: Any = part.stream if listen is None else Overheard(part.stream, listen)
        author = Author(user=export.created_by, export_id=export.pk)
        totals = write_plan(plan, author, stream, ticker)
        published = part.publish()
    try:
        ticker.check()
        name = delivery.name_file(plan.resource, extension, export)
        delivery.complete(export, fence, published, totals, name)
    except (Interrupted, LostRace):
        # After any other error the row may refer to the file already; a next attempt clears up.
        folder.delete(key)
        raise


def plan_again(export: Export) -> Plan:
    """The export's plan, with every permission asked anew. Raises JobError when it is refused."""
    user = export.created_by
    if user is None:
        raise JobError("no_owner", _("The person who asked for this export is gone."))
    try:
        return make_plan(user, request_of(export))
    except NotAllowed as error:
        raise JobError("not_allowed", str(error)) from error
    except InvalidRequest as error:
        raise JobError("invalid", str(error)) from error


def request_of(export: Export) -> ExportRequest:
    """The request that made this export; also what "export again" starts from."""
    return ExportRequest(
        resource=export.resource,
        format=export.format,
        columns=tuple(export.columns),
        filters=export.filters,
        sort_by=export.sort_by,
        sort_descending=export.sort_descending,
        limit=export.row_limit,
        options=export.options,
        headers=export.headers,
        parts=read_parts(export.parts),
        also=read_parts(export.also),
        include_contact_info=export.include_contact_info,
        email_notification=export.email_notification,
    )


class Overheard(BufferedIOBase):
    """A file that somebody listens to. It only goes forward, since what is heard cannot change."""

    def __init__(self, stream: BinaryIO, listen: Listen) -> None:
        self._stream = stream
        self._listen = listen

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._stream.write(data)
        self._listen(bytes(data))
        return len(data)


def time_limit() -> float:
    """Seconds of work that an attempt may take."""
    return float(settings.EXPORT_TIME_LIMIT)
