"""From a checked wish to the answer: the file at once, the file as it is made, or a receipt."""

from uuid import UUID

from django.conf import settings
from django.http import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from exports import delivery
from exports.answers import answer_at_once, answer_streaming, decide_mode
from exports.api.access import find_export
from exports.api.errors import refuse
from exports.api.representation import represent_accepted
from exports.errors import InvalidRequest
from exports.handover import NoFile, hand_over_whole
from exports.intake import request_export
from exports.limits import acceptable_rows
from exports.models import Export, Mode
from exports.plans import ExportRequest, Plan, make_plan
from exports.states import Status
from exportsite.api.idempotency import Keep, Wish, once
from exportsite.files import downloads

ID_HEADER = "X-Export-Id"
Answer = HttpResponseBase


def create(
    request: Request, wanted: ExportRequest, wish: Wish | None, *, in_background: bool | None
) -> Answer:
    """Make an export in the way that its number of rows asks for; a repeated wish only once."""

    def make(keep: Keep) -> Answer:
        plan = make_plan(request.user, wanted)
        mode = decide_mode(acceptable_rows(plan), in_background=in_background)
        return _answer(request, plan, wanted, mode, keep)

    return once(wish, make, lambda pk: repeat(request, pk))


def create_quickly(request: Request, wanted: ExportRequest) -> Answer:
    """Make an export that is answered with its file, whatever comes. It may not be large."""
    most = settings.EXPORT_STREAM_ROWS
    plan = make_plan(request.user, wanted)
    if (plan.limit or 0) > most:
        raise InvalidRequest({"limit": [_("The quick form gives at most %d rows.") % most]})
    rows = acceptable_rows(plan)
    if rows > most:
        text = _(
            "These are %(rows)d rows; the quick form gives at most %(most)d. "
            "Filter more, set a limit, or POST the request."
        )
        raise InvalidRequest({"detail": [text % {"rows": rows, "most": most}]})
    return _answer(request, plan, wanted, decide_mode(rows), lambda _export: None)


def repeat(request: Request, pk: UUID) -> Answer:
    """What a request is answered that has made its export before."""
    export = find_export(request, pk)
    if export.mode == Mode.BACKGROUND:
        return _receipt(request, export)
    return _file_or_receipt(request, export)


def _answer(request: Request, plan: Plan, wanted: ExportRequest, mode: Mode, keep: Keep) -> Answer:
    match mode:
        case Mode.BACKGROUND:
            export = request_export(request.user, wanted, is_limited=True, on_birth=keep)
            return _receipt(request, export)
        case Mode.IMMEDIATE:
            return _file_or_receipt(request, answer_at_once(request.user, wanted, on_birth=keep))
        case Mode.STREAM:
            return _stream(request, plan, wanted, keep)


def _stream(request: Request, plan: Plan, wanted: ExportRequest, keep: Keep) -> Answer:
    export, pieces = answer_streaming(request.user, wanted, on_birth=keep)
    extension = plan.format.extension_for(plan.options)
    response = downloads.answer_pieces(
        pieces,
        name=delivery.name_file(plan.resource, extension, export),
        content_type=plan.format.content_type_for(plan.options),
    )
    response.headers[ID_HEADER] = str(export.pk)
    return response


def _file_or_receipt(request: Request, export: Export) -> Answer:
    """The file; while something keeps it from being there, where to look for it."""
    if export.status != Status.COMPLETED:
        return _receipt(request, export)
    answer = hand_over_whole(request.user, export)
    if isinstance(answer, NoFile):
        refuse(answer)
    answer.headers[ID_HEADER] = str(export.pk)
    return answer


def _receipt(request: Request, export: Export) -> Response:
    return Response(
        represent_accepted(request, export),
        status=status.HTTP_202_ACCEPTED,
        headers={ID_HEADER: str(export.pk)},
    )
