"""The calls about exports. They hold no rules: see `intake`, `answers`, `permissions`."""

from collections.abc import Mapping
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from drf_spectacular.utils import OpenApiResponse
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from exports import intake, retention
from exports.api.access import ExportsView, IsOperator, MayExport, find_export
from exports.api.bodies import CleanupBody, CreateBody, request_of
from exports.api.creation import create
from exports.api.errors import refuse
from exports.api.filters import ExportListFilters, narrow, parameters
from exports.api.representation import (
    AcceptedOut,
    ExportOut,
    LogOut,
    represent,
    represent_logs,
    represent_one,
)
from exports.api.samples import (
    CREATE,
    CREATE_EXAMPLES,
    DOWNLOADED,
    ID,
    IF_NONE_MATCH,
    RANGE,
    TAG,
)
from exports.api.trial import TrialOut, try_out
from exports.handover import NoFile, hand_over
from exports.models import Event, ExportLog
from exports.permissions import visible_to
from exportsite.api.idempotency import read_wish
from exportsite.api.inputs import OneOf, read_body
from exportsite.api.pagination import LogPageQuery, PageQuery, answer_page
from exportsite.api.schema import IDEMPOTENCY, described, paged
from exportsite.api.security import HasScope, IsStaff
from exportsite.api.throttles import count_read

# How each call is described that asks something of an export.
wished = partial(described, tag=TAG, parameters=[ID], answer={202: ExportOut}, faults=[404, 409])


def accepted(request: Request, pk: UUID) -> Response:
    """The export as it is now; a worker does the rest."""
    answer = represent_one(request, find_export(request, pk))
    return Response(answer, status=status.HTTP_202_ACCEPTED)


class LogQuery(LogPageQuery):
    event = OneOf(choices=Event.choices, required=False)


class FreedOut(serializers.Serializer[Any]):
    """What a clean-up did."""

    expired = serializers.IntegerField()
    bytes_freed = serializers.IntegerField()


class ExportsList(ExportsView):
    queries = {"GET": PageQuery}
    post_permissions = (MayExport,)

    def more_parameters(self, **_place: Any) -> Mapping[str, Any]:
        return ExportListFilters.base_filters if self.request.method in ("GET", "HEAD") else {}

    @described(
        "List exports, newest first",
        operation_id="exports_list",
        tag=TAG,
        parameters=[PageQuery, *parameters(ExportListFilters)],
        answer={200: paged("ExportPage", ExportOut)},
        faults=[404],
    )
    def get(self, request: Request) -> Response:
        filters = request.query_params.copy()
        for name in filters:
            filters.setlist(name, [text for text in filters.getlist(name) if text])
        rows = visible_to(request.user).select_related("created_by")
        found = narrow(ExportListFilters(filters, queryset=rows))
        return answer_page(request, found, self.query, lambda page: represent(request, page))

    @described(
        "Create an export, always in the background",
        operation_id="exports_create",
        tag=TAG,
        description=CREATE,
        parameters=[IDEMPOTENCY],
        body=CreateBody,
        examples=CREATE_EXAMPLES,
        answer={200: TrialOut, 202: AcceptedOut},
        faults=[409],
    )
    def post(self, request: Request) -> HttpResponseBase:
        body = read_body(CreateBody, request.data)
        wanted = request_of(body["resource"], body)
        wish = read_wish(request, request.data)
        if body["dry_run"]:
            count_read(request)
            return Response(try_out(request.user, wanted, in_background=True))
        return create(request, wanted, wish, in_background=True)


class OneExport(ExportsView):
    @described(
        "One export",
        operation_id="export",
        tag=TAG,
        parameters=[ID],
        answer={200: ExportOut},
        faults=[404],
    )
    def get(self, request: Request, export_id: UUID) -> Response:
        return Response(represent_one(request, find_export(request, export_id)))

    @described(
        "Delete the file; the export stays as expired",
        operation_id="export_delete",
        tag=TAG,
        parameters=[ID],
        answer={204: OpenApiResponse(None, "The file is deleted.")},
        faults=[404, 409],
    )
    def delete(self, request: Request, export_id: UUID) -> Response:
        intake.delete_file(request.user, find_export(request, export_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


class Download(ExportsView):
    @described(
        "Download the file",
        operation_id="export_download",
        tag=TAG,
        description="`ETag` is the SHA-256; `Range`, `If-Range` and `If-None-Match` are heeded.",
        parameters=[ID, RANGE, IF_NONE_MATCH],
        answer=DOWNLOADED,
        faults=[404, 409, 410],
    )
    def get(self, request: Request, export_id: UUID) -> HttpResponseBase:
        plain: HttpRequest = request._request
        answer = hand_over(request.user, plain, find_export(request, export_id))
        if isinstance(answer, NoFile):
            refuse(answer)
        return answer


class Logs(ExportsView):
    queries = {"GET": LogQuery}

    @described(
        "What happened to an export, oldest first",
        operation_id="export_logs",
        tag=TAG,
        parameters=[ID, LogQuery],
        answer={200: paged("LogPage", LogOut)},
        faults=[404],
    )
    def get(self, request: Request, export_id: UUID) -> Response:
        logs = ExportLog.objects.filter(export=find_export(request, export_id)).select_related(
            "actor"
        )
        if event := self.query.get("event"):
            logs = logs.filter(event=event)
        return answer_page(request, logs, self.query, represent_logs)


class Retry(ExportsView):
    @wished("Try a failed or cancelled export again", operation_id="export_retry")
    def post(self, request: Request, export_id: UUID) -> Response:
        intake.retry_export(request.user, find_export(request, export_id))
        return accepted(request, export_id)


class Cancel(ExportsView):
    @wished(
        "Cancel an export; a running one stops within two seconds", operation_id="export_cancel"
    )
    def post(self, request: Request, export_id: UUID) -> Response:
        intake.cancel_export(request.user, find_export(request, export_id))
        return accepted(request, export_id)


class Cleanup(ExportsView):
    permission_classes = (IsStaff, HasScope, IsOperator)

    @described(
        "Delete the files of old exports (superusers)",
        operation_id="exports_cleanup",
        tag=TAG,
        body=CleanupBody,
        examples={"a month": {"days": 30}},
        answer={200: FreedOut},
    )
    def post(self, request: Request) -> Response:
        body = read_body(CleanupBody, request.data)
        freed = retention.expire_older_than(body.get("days", settings.EXPORT_CLEANUP_DAYS))
        return Response({"expired": freed.expired, "bytes_freed": freed.bytes_freed})
