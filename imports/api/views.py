"""The calls about imports. They hold no rules: see `intake`, `wishes`, `permissions`, `report`."""

from functools import partial
from typing import Any
from uuid import UUID

from django.http import HttpResponseBase
from rest_framework import status
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from exportsite.api.inputs import read_body
from exportsite.api.pagination import answer_page
from exportsite.api.schema import FORM, IDEMPOTENCY, described, paged, shown
from exportsite.files import downloads
from imports import intake, wishes
from imports.api.access import ImportsView, MayImport, find_import
from imports.api.bodies import (
    ChangeQuery,
    ListQuery,
    MappingBody,
    ProblemQuery,
    ReportQuery,
    UploadBody,
    mapping_request,
)
from imports.api.creation import create, refuse_oversized
from imports.api.forms import read_form
from imports.api.listing import narrow
from imports.api.representation import (
    ChangeOut,
    ImportOut,
    ProblemOut,
    represent,
    represent_changes,
    represent_one,
    represent_problems,
)
from imports.api.samples import (
    ID,
    MAPPING,
    MAPPING_EXAMPLES,
    ONE_CHANGE,
    ONE_IMPORT,
    ONE_PROBLEM,
    REPORT,
    TAG,
    UPLOAD,
    UPLOAD_EXAMPLES,
    files,
    page,
)
from imports.report import make_report

ACCEPTED = shown(ImportOut, "The import as it is now.", ONE_IMPORT)
# How each call is described that asks something of an import.
wished = partial(described, tag=TAG, parameters=[ID], answer={202: ACCEPTED}, faults=[404, 409])


def accepted(request: Request, pk: UUID) -> Response:
    """The import as it is now; a worker does the rest."""
    answer = represent_one(request, find_import(request, pk))
    return Response(answer, status=status.HTTP_202_ACCEPTED)


class ImportsList(ImportsView):
    queries = {"GET": ListQuery}
    post_permissions = (MayImport,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        if request.method == "POST":
            refuse_oversized(request)
        super().initial(request, *args, **kwargs)

    def get_parsers(self) -> list[BaseParser]:
        is_upload = self.request is not None and self.request.method == "POST"
        return [MultiPartParser()] if is_upload else super().get_parsers()

    @described(
        "List imports, newest first",
        operation_id="imports_list",
        tag=TAG,
        parameters=[ListQuery],
        answer={200: shown(paged("ImportPage", ImportOut), "A page.", page(ONE_IMPORT))},
        faults=[404],
    )
    def get(self, request: Request) -> Response:
        rows = narrow(request.user, self.query)
        return answer_page(request, rows, self.query, lambda jobs: represent(request, jobs))

    @described(
        "Upload a file to be imported",
        operation_id="imports_create",
        tag=TAG,
        description=UPLOAD,
        parameters=[IDEMPOTENCY],
        body=UploadBody,
        body_type=FORM,
        examples=UPLOAD_EXAMPLES,
        answer={202: ACCEPTED},
        faults=[404, 409],
    )
    def post(self, request: Request) -> Response:
        job = create(request, read_form(UploadBody, request.data))
        return accepted(request, job.pk)


class OneImport(ImportsView):
    @described(
        "One import",
        operation_id="import",
        tag=TAG,
        parameters=[ID],
        answer={200: shown(ImportOut, "The import.", ONE_IMPORT)},
        faults=[404],
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        return Response(represent_one(request, find_import(request, import_id)))


class Mapping(ImportsView):
    @wished(
        "Say what the columns mean",
        operation_id="import_mapping",
        description=MAPPING,
        body=MappingBody,
        examples=MAPPING_EXAMPLES,
    )
    def post(self, request: Request, import_id: UUID) -> Response:
        job = find_import(request, import_id)
        wanted = mapping_request(read_body(MappingBody, request.data))
        intake.set_mapping(request.user, job, wanted)
        return accepted(request, import_id)


class Confirm(ImportsView):
    @wished("Apply what was checked", operation_id="import_confirm")
    def post(self, request: Request, import_id: UUID) -> Response:
        wishes.confirm_import(request.user, find_import(request, import_id))
        return accepted(request, import_id)


class Cancel(ImportsView):
    @wished(
        "Cancel an import; a running one stops after the rows that it is writing",
        operation_id="import_cancel",
    )
    def post(self, request: Request, import_id: UUID) -> Response:
        wishes.cancel_import(request.user, find_import(request, import_id))
        return accepted(request, import_id)


class Retry(ImportsView):
    @wished(
        "Go on with a failed or cancelled import after the last rows that are in",
        operation_id="import_retry",
    )
    def post(self, request: Request, import_id: UUID) -> Response:
        wishes.retry_import(request.user, find_import(request, import_id))
        return accepted(request, import_id)


class Problems(ImportsView):
    queries = {"GET": ProblemQuery}

    @described(
        "What is wrong with the rows, in the order of the file",
        operation_id="import_problems",
        tag=TAG,
        description="Of each kind so many are kept; `problem_codes` counts all of them.",
        parameters=[ID, ProblemQuery],
        answer={200: shown(paged("ProblemPage", ProblemOut), "A page.", page(ONE_PROBLEM))},
        faults=[404],
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        rows = find_import(request, import_id).problems.all()
        if severity := self.query.get("severity"):
            rows = rows.filter(severity=severity)
        return answer_page(request, rows, self.query, represent_problems)


class Changes(ImportsView):
    queries = {"GET": ChangeQuery}

    @described(
        "A sample of what the rows would do, found by the check",
        operation_id="import_changes",
        tag=TAG,
        parameters=[ID, ChangeQuery],
        answer={200: shown(paged("ChangePage", ChangeOut), "A page.", page(ONE_CHANGE))},
        faults=[404],
    )
    def get(self, request: Request, import_id: UUID) -> Response:
        rows = find_import(request, import_id).changes.all()
        if action := self.query.get("action"):
            rows = rows.filter(action=action)
        return answer_page(request, rows, self.query, represent_changes)


class FailedRows(ImportsView):
    """HEAD would write the whole report, and a line into the story, for nothing."""

    http_method_names = ["get"]
    queries = {"GET": ReportQuery}

    @described(
        "The failed rows as a file",
        operation_id="import_report",
        tag=TAG,
        description=REPORT,
        parameters=[ID, ReportQuery],
        answer=files("The failed rows."),
        faults=[404, 409],
    )
    def get(self, request: Request, import_id: UUID) -> HttpResponseBase:
        job = find_import(request, import_id)
        report = make_report(request.user, job, self.query["format"])
        return downloads.answer_pieces(
            downloads.read_all(report.stream, report.size),
            name=report.name,
            content_type=report.content_type,
            size=report.size,
        )
