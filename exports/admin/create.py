"""The pages on which an export is asked for: choose, configure, preview, create."""

from collections.abc import Callable
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from exports.admin.create_budget import TooSlow, at_most
from exports.admin.create_page import answer_context, form_context
from exports.answers import answer_at_once, answer_soon, decide_mode
from exports.errors import InvalidRequest, NotAllowed, TooMany
from exports.forms import (
    SAVE_AS,
    Errors,
    check_request,
    read_request,
    wants_background,
)
from exports.intake import request_export
from exports.models import Export, Mode
from exports.permissions import may_export, resources_for
from exports.pipeline import request_of
from exports.plans import ExportRequest, Plan, formats_of
from exports.query_strings import write_query
from exports.registry import UnknownResource, find_resource
from exports.resources import ExportResource, label_of, noun_of

CARD_SECONDS = 0.5  # for the row count of one card


def urls(site: AdminSite) -> list[URLPattern]:
    """For the `get_urls` of the exports' own admin."""
    pages = CreatePages(site)

    def page(route: str, view: Callable[..., HttpResponse], name: str) -> URLPattern:
        return path(route, site.admin_view(view), name=name)

    configure = require_http_methods(["GET", "HEAD", "POST"])(pages.configure)
    return [
        page("new/", require_safe(pages.choose), "exports_export_new"),
        page("new/<str:resource>/", configure, "exports_export_new_resource"),
        page("new/<str:resource>/preview/", require_safe(pages.preview), "exports_export_preview"),
    ]


def again_query(export: Export) -> str:
    """The query string that fills the create page with what this export was made of."""
    return write_query(request_of(export))


class CreatePages:
    """The views of one admin site."""

    def __init__(self, site: AdminSite) -> None:
        self.site = site

    def choose(self, request: HttpRequest) -> HttpResponse:
        resources = resources_for(request.user)
        if len(resources) == 1:
            return redirect(self._url("exports_export_new_resource", resources[0].name))
        cards = [
            {
                "url": self._url("exports_export_new_resource", resource.name),
                "label": label_of(resource),
                "rows": count_rows(resource),
                "formats": [one.label for one in formats_of(resource)],
            }
            for resource in resources
        ]
        title = _("What do you want to export?") if cards else _("New export")
        return self._render(request, "choose.html", {"title": title, "cards": cards})

    def configure(self, request: HttpRequest, resource: str) -> HttpResponse:
        found = allowed_resource(request, resource)
        data = request.POST if request.method == "POST" else request.GET
        plan, errors = try_plan(request, found, data)
        if plan is not None and request.method == "POST":
            try:
                asked, in_background = read_request(found, data), wants_background(data)
                export = make_export(request.user, plan, asked, in_background=in_background)
                return redirect(self._url("exports_export_watch", export.pk))
            except InvalidRequest as error:
                plan, errors = None, error.errors
            except TooMany as error:
                plan, errors = None, {"detail": [str(error)]}
        context = form_context(self.site, request.user, found, data, plan, errors)
        context |= {"save_as": data.get(SAVE_AS, ""), **self._addresses(found)}
        return self._render(request, "configure.html", context)

    def preview(self, request: HttpRequest, resource: str) -> HttpResponse:
        """The parts of the page that follow each change: summary, rows, faults."""
        found = allowed_resource(request, resource)
        plan, errors = try_plan(request, found, request.GET)
        return self._render(
            request,
            "preview.html",
            answer_context(request.user, found, request.GET, plan, errors),
        )

    def _addresses(self, resource: type[ExportResource]) -> dict[str, str]:
        return {
            "page_url": self._url("exports_export_new_resource", resource.name),
            "preview_url": self._url("exports_export_preview", resource.name),
            "resource_name": resource.name,
        }

    def _render(self, request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
        request.current_app = self.site.name
        common = {
            **self.site.each_context(request),
            "opts": Export._meta,
            "is_posted": request.method == "POST",
        }
        return TemplateResponse(request, f"exports/create/{template}", {**common, **context})

    def _url(self, name: str, *args: Any) -> str:
        return reverse(f"admin:{name}", args=args, current_app=self.site.name)


def allowed_resource(request: HttpRequest, name: str) -> type[ExportResource]:
    """The resource of that name, or the page that says why not."""
    try:
        resource = find_resource(name)
    except UnknownResource as error:
        raise Http404(str(error)) from None
    if not may_export(request.user, resource):
        raise PermissionDenied(_("You may not export %s.") % noun_of(resource))
    return resource


def try_plan(
    request: HttpRequest, resource: type[ExportResource], data: QueryDict
) -> tuple[Plan | None, Errors]:
    """The plan, or what is wrong with it, by field."""
    try:
        return check_request(request.user, resource, data), {}
    except InvalidRequest as error:
        return None, error.errors
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from None


def make_export(
    user: Any, plan: Plan, request: ExportRequest, *, in_background: bool = False
) -> Export:
    """Only large exports are made by a worker, unless the person wishes it."""
    match decide_mode(plan.count(), in_background=in_background):
        case Mode.IMMEDIATE:
            return answer_at_once(user, request)
        case Mode.STREAM:
            return answer_soon(user, request)
        case Mode.BACKGROUND:
            return request_export(user, request, is_limited=True)


def count_rows(resource: type[ExportResource]) -> int | None:
    """How many there are before any filter; None when that takes too long to say."""
    rows = resource.get_queryset().order_by()
    try:
        with at_most(CARD_SECONDS, using=rows.db):
            return rows.count()
    except TooSlow:
        return None
