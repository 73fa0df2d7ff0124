"""One export from its row to its file. It reads like the data flows; the steps are elsewhere."""

from uuid import UUID

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from exports import delivery, summaries
from exports.errors import InvalidRequest, NotAllowed
from exports.formats.base import Document, Field, Totals
from exports.models import Export
from exports.permissions import User
from exports.plans import ExportRequest, Plan, make_plan
from exports.resources import column_kind, label_of
from exports.sources.orm import read_batches
from exports.sources.snapshot import snapshot
from exportsite.files.storage import Part
from exportsite.jobs.errors import JobError
from exportsite.jobs.lease import Fence
from exportsite.jobs.progress import Ticker


class RowsLost(Exception):
    """The file does not hold as many rows as the database gave."""


def run_export(export: Export, ticker: Ticker) -> None:
    """Write the export's file and complete it. Whatever is raised ends the attempt."""
    fence = Fence(claimed_by=export.claimed_by, attempt=export.attempts)
    plan = plan_again(export)
    folder = delivery.folder()
    folder.clear(export.pk)  # what earlier attempts left; nobody else works on this export
    key = folder.new_key(export.pk, export.attempts, plan.format.extension)
    with folder.begin(key) as part:
        totals = write_file(export, plan, part, ticker)
        published = part.publish()
    try:
        ticker.check()
        name = delivery.name_file(plan.resource, plan.format, export)
        delivery.complete(export, fence, published, totals, name)
    except BaseException:
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
        include_contact_info=export.include_contact_info,
        email_notification=export.email_notification,
    )


def write_file(export: Export, plan: Plan, part: Part, ticker: Ticker) -> Totals:
    """All rows of one snapshot into the file. Raises RowsLost when a row is missing."""
    with snapshot():
        ticker.total = plan.count()
        document = describe(plan, export.created_by, export_id=export.pk, rows=ticker.total)
        writer = plan.format.open(part.stream, document, plan.options)
        for batch in read_batches(plan):
            writer.write(batch)
            ticker.tick(len(batch))
    totals = writer.close()
    if not totals.rows == ticker.rows == ticker.total:
        raise RowsLost(f"counted {ticker.total}, read {ticker.rows}, wrote {totals.rows}")
    return totals


def describe(plan: Plan, user: User, *, export_id: UUID, rows: int) -> Document:
    """What the format is told about a file of so many rows; a preview is told the same."""
    now = timezone.localtime()
    asked_at = now.strftime("%Y-%m-%d %H:%M:%S %Z")
    return Document(
        title=label_of(plan.resource),
        fields=fields_of(plan),
        total_rows=rows,
        time_zone=timezone.get_current_timezone(),
        datetime_format=plan.resource.datetime_format,
        about=summaries.about(plan, asked_by=user.get_username(), asked_at=asked_at),
        envelope={
            "export_id": str(export_id),
            "resource_type": plan.resource.name,
            "exported_at": now.isoformat(timespec="seconds"),
            "item_count": rows,
            "filters": dict(plan.filters),
        },
    )


def fields_of(plan: Plan) -> tuple[Field, ...]:
    return tuple(
        Field(name=c.name, header=c.file_header, kind=column_kind(plan.resource, c))
        for c in plan.columns
    )


def time_limit() -> float:
    """Seconds of work that an attempt may take."""
    return float(settings.EXPORT_TIME_LIMIT)
