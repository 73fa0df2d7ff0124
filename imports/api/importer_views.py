"""The calls about what can be imported."""

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from exportsite.api.schema import described, shown
from exportsite.api.security import HasScope, IsStaff
from exportsite.files import downloads
from imports.api.access import ImportsView, MayImport, importer_in_address
from imports.api.bodies import TemplateQuery
from imports.api.importers import ImporterOut, represent_importer
from imports.api.samples import IMPORTER, ONE_IMPORTER, TAG, files
from imports.permissions import importers_for
from imports.report import TYPES
from imports.templates import make_template

WHO = (IsStaff, HasScope, MayImport)


class Importers(ImportsView):
    permission_classes = WHO

    @described(
        "What you may import",
        operation_id="importers",
        tag=TAG,
        answer={200: shown(ImporterOut(many=True), "By name.", ONE_IMPORTER)},
    )
    def get(self, request: Request) -> Response:
        found = importers_for(request.user)
        return Response([represent_importer(request.user, importer) for importer in found])


class OneImporter(ImportsView):
    permission_classes = WHO

    @described(
        "One importer, with its fields and keys",
        operation_id="importer",
        tag=TAG,
        parameters=[IMPORTER],
        answer={200: shown(ImporterOut, "The importer.", ONE_IMPORTER)},
        faults=[404],
    )
    def get(self, request: Request, importer: str) -> Response:
        return Response(represent_importer(request.user, importer_in_address(request, importer)))


class Template(ImportsView):
    permission_classes = WHO
    queries = {"GET": TemplateQuery}

    @described(
        "An empty file to fill in; a workbook has drop-downs and an explanation",
        operation_id="importer_template",
        tag=TAG,
        parameters=[IMPORTER, TemplateQuery],
        answer=files("The file."),
        faults=[404],
    )
    def get(self, request: Request, importer: str) -> HttpResponseBase:
        found = importer_in_address(request, importer)
        wanted = self.query["format"]
        body = make_template(found, wanted)
        return downloads.answer_pieces(
            [body],
            name=f"{found.name}.{wanted}",
            content_type=TYPES[wanted],
            size=len(body),
        )
