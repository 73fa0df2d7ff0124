"""The calls about what can be exported, and those that export it from its own address."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponseBase
from rest_framework.request import Request
from rest_framework.response import Response

from exports.api.access import ExportsView, MayExport, resource_named
from exports.api.bodies import ExportBody, QuickQuery, request_of
from exports.api.creation import create, create_quickly
from exports.api.filters import takes_many
from exports.api.resources import ResourceOut, represent_resource
from exports.api.samples import CREATE, MADE, QUICK, RESOURCE, STATS, TAG
from exports.api.stats import all_stats
from exports.api.trial import try_out
from exports.default_filters import filterset_of
from exports.permissions import resources_for
from exportsite.api.idempotency import read_wish
from exportsite.api.inputs import read_body
from exportsite.api.schema import IDEMPOTENCY, described
from exportsite.api.security import HasScope, IsStaff
from exportsite.api.throttles import count_read

WHO = (IsStaff, HasScope, MayExport)


class Resources(ExportsView):
    permission_classes = WHO

    @described(
        "What you may export",
        operation_id="resources",
        tag=TAG,
        answer={200: ResourceOut(many=True)},
    )
    def get(self, request: Request) -> Response:
        return Response([represent_resource(request, one) for one in resources_for(request.user)])


class OneResource(ExportsView):
    permission_classes = WHO

    @described(
        "One resource, with its columns and filters",
        operation_id="resource",
        tag=TAG,
        parameters=[RESOURCE],
        answer={200: ResourceOut},
        faults=[404],
    )
    def get(self, request: Request, resource: str) -> Response:
        return Response(represent_resource(request, resource_named(request, resource)))


class Stats(ExportsView):
    permission_classes = WHO

    @described(
        "How much there is of each",
        operation_id="stats",
        tag=TAG,
        answer={200: STATS},
    )
    def get(self, request: Request) -> Response:
        return Response(all_stats(request.user))


class ResourceExport(ExportsView):
    """POST for all wishes; GET, the quick form, for a link. HEAD would make one unseen."""

    permission_classes = WHO
    http_method_names = ["get", "post"]
    queries = {"GET": QuickQuery}

    def more_parameters(self, **place: Any) -> Mapping[str, Any]:
        found = filterset_of(resource_named(self.request, place["resource"]))
        if self.request.method != "GET":
            return {}
        return {**found.base_filters, **found.aliases}

    @described(
        "The quick form: a file at once",
        operation_id="export_quick",
        tag=TAG,
        description=QUICK,
        parameters=[RESOURCE, QuickQuery],
        answer=MADE,
        faults=[404],
    )
    def get(self, request: Request, resource: str) -> HttpResponseBase:
        found = filterset_of(resource_named(request, resource))
        filters: dict[str, Any] = {}
        for name in request.query_params:
            if name in QuickQuery._declared_fields:
                continue
            one = found.base_filters[found.aliases.get(name, name)]
            values = request.query_params.getlist(name)
            filters[name] = values if takes_many(one) or len(values) > 1 else values[0]
        body = {**self.query, "columns": split(self.query["columns"]), "filters": filters}
        return create_quickly(request, request_of(resource, body))

    @described(
        "Export: the file at once, or in the background when there are many rows",
        operation_id="export_create",
        tag=TAG,
        description=CREATE,
        parameters=[RESOURCE, IDEMPOTENCY],
        body=ExportBody,
        answer=MADE,
        faults=[404, 409],
    )
    def post(self, request: Request, resource: str) -> HttpResponseBase:
        body = read_body(ExportBody, request.data)
        wanted = request_of(resource, body)
        wish = read_wish(request, request.data)
        if body["dry_run"]:
            count_read(request)
            return Response(try_out(request.user, wanted, in_background=body["async"]))
        return create(request, wanted, wish, in_background=body["async"])


def split(names: list[str]) -> list[str]:
    """Columns may be repeated parameters or a comma list."""
    return [part.strip() for name in names for part in name.split(",") if part.strip()]
