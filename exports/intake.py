"""The only place where an export is born, and where people's wishes about one are accepted."""

from collections.abc import Callable

from django.conf import settings
from django.db import transaction
from django.db.models.functions import Now
from django.utils.translation import gettext as _

from exports import delivery, limits, logs, summaries
from exports.errors import WrongState
from exports.models import Event, Export, Mode
from exports.permissions import User
from exports.plans import ExportRequest, Plan, make_plan
from exports.states import Status
from exportsite.jobs.lease import Claim
from exportsite.jobs.models import Lane
from exportsite.jobs.queue import claim_here, nudge
from exportsite.jobs.states import IllegalMove, LostRace, move

TRIES = 3

Heed = Callable[[Export], None]  # hears of a new export while it may still be undone


def ignore(_export: Export) -> None:
    """For those who need not know."""


def request_export(
    user: User,
    request: ExportRequest,
    *,
    is_limited: bool = False,
    origin: str = "",
    on_birth: Heed = ignore,
) -> Export:
    """Accept a request for a worker: row, first log row and doorbell, all or none of them.

    `origin` is a sentence for the log when no person asked just now. `on_birth` is called in the
    same transaction; what it raises leaves nothing behind.

    Raises NotAllowed or InvalidRequest, and TooMany when `is_limited`; then nothing was made.
    """
    plan = make_plan(user, request)
    with transaction.atomic():
        if is_limited:
            limits.take_turn(user)
        export = _give_birth(user, plan, request, Mode.BACKGROUND, origin)
        on_birth(export)
        nudge(export)
    return export


def request_here(
    user: User,
    plan: Plan,
    request: ExportRequest,
    mode: Mode,
    *,
    is_limited: bool = True,
    on_birth: Heed = ignore,
) -> tuple[Export, Claim]:
    """Accept a request that this very process is to run; no worker ever sees it waiting."""
    with transaction.atomic():
        if is_limited:
            limits.take_turn(user)
        export = _give_birth(user, plan, request, mode)
        on_birth(export)
        claim = claim_here(export)
    if claim is None:
        raise WrongState(_("Somebody else runs this export already."))
    return export, claim


def _give_birth(
    user: User, plan: Plan, request: ExportRequest, mode: Mode, origin: str = ""
) -> Export:
    rows = limits.acceptable_rows(plan)
    export = Export.objects.create(
        status=Status.PENDING,
        mode=mode,
        lane=Lane.FAST if rows <= settings.EXPORT_FAST_ROWS else Lane.BULK,
        created_by=user,
        resource=plan.resource.name,
        format=plan.format.name,
        title=summaries.title_of(plan, is_parts=bool(request.parts)),
        columns=[column.name for column in plan.columns],
        filters=dict(plan.filters),
        sort_by=plan.sort_by,
        sort_descending=plan.sort_descending,
        row_limit=plan.limit,
        options=dict(plan.options),
        headers=dict(plan.headers),
        parts=request.kept_parts(),
        also=request.kept_also(),
        include_contact_info=plan.include_contact_info,
        email_notification=request.email_notification,
        total_rows=rows,
    )
    logs.write_birth(export, summaries.sentence(plan), actor=user, origin=origin)
    return export


def retry_export(user: User, export: Export) -> None:
    """Send a failed or cancelled export back to the queue. Raises WrongState."""
    if export.status not in (Status.FAILED, Status.CANCELLED):
        raise WrongState(_("Only a failed or cancelled export can be tried again."))
    try:
        with transaction.atomic():
            move(
                export,
                Status.PENDING,
                attempts=0,
                available_at=Now(),
                completed_at=None,
                started_at=None,
                cancel_requested_at=None,
                cancel_requested_by=None,
                email_sent_at=None,
                mail_after=None,
                mail_tries=0,
                exported_rows=0,
                error_code="",
                error_message="",
                error_details="",
            )
            logs.write(export, Event.RETRIED, _("Asked again."), actor=user)
            nudge(export)
    except LostRace:
        raise WrongState(_("Somebody else has tried this export again already.")) from None


def cancel_export(user: User, export: Export) -> None:
    """Cancel a waiting export at once; ask a running one to stop. Raises WrongState."""
    for _try in range(TRIES):  # a worker may take it or give it back between our two looks
        export.refresh_from_db()
        if export.status == Status.PENDING and _cancel_waiting(user, export):
            return
        if export.status == Status.PROCESSING and _ask_to_stop(user, export):
            return
        if export.is_finished:
            break
    raise WrongState(_("This export is finished already; there is nothing to cancel."))


def _cancel_waiting(user: User, export: Export) -> bool:
    """False when a worker was faster and runs it now."""
    try:
        with transaction.atomic():
            move(export, Status.CANCELLED, completed_at=Now())
            logs.write(export, Event.CANCELLED, _("Cancelled before it began."), actor=user)
    except LostRace:
        return False
    return True


def _ask_to_stop(user: User, export: Export) -> bool:
    """False when it has stopped running by itself."""
    running = Export.objects.filter(pk=export.pk, status=Status.PROCESSING)
    asked = running.update(cancel_requested_at=Now(), cancel_requested_by=user)
    export.refresh_from_db()
    return bool(asked)


def delete_file(user: User, export: Export) -> int:
    """Delete the file of a completed export; the row stays. The bytes freed. Raises WrongState."""
    try:
        with transaction.atomic():
            move(export, Status.EXPIRED)
            logs.write(export, Event.DELETED, _("The file was deleted."), actor=user)
    except (IllegalMove, LostRace):
        raise WrongState(_("Only a completed export has a file that can be deleted.")) from None
    return delivery.delete_file(export)
