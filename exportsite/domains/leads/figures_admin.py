"""The page of figures, as an entry of its own in the admin. It holds no rules."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from exports.admin.create_filters import Controls
from exports.default_filters import filterset_of
from exports.permissions import may_export
from exports.registry import find_resource
from exportsite.domains.leads.analytics_resource import LeadAnalyticsResource
from exportsite.domains.leads.figures_page import Asked, figures_for, read_address
from exportsite.domains.leads.models import LeadFigures

LIST_ANSWER = "e"  # what the admin's lists add to an address that they refused


@admin.register(LeadFigures)
class FiguresAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Whoever may see leads may see figures about them. Nothing can be changed here."""

    def get_urls(self) -> list[URLPattern]:
        """Only the page: a lead itself is shown by its own admin, which knows who may see what."""
        page = self.admin_site.admin_view(require_safe(self.changelist_view))
        return [path("", page, name="leads_leadfigures_changelist")]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm("leads.view_lead"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        data = request.GET.copy()
        data.pop(LIST_ANSWER, None)
        request.current_app = self.admin_site.name
        context = {**self.admin_site.each_context(request), **self._page(request, data)}
        return TemplateResponse(request, "leads/figures.html", context | (extra_context or {}))

    def _page(self, request: HttpRequest, data: QueryDict) -> dict[str, Any]:
        asked = read_address(request.user, data)
        controls = Controls(
            LeadAnalyticsResource,
            asked.filterset,
            site=self.admin_site,
            user=request.user,
            errors=asked.errors,
        )
        known = asked.filterset.filters
        return {
            "title": _("Lead figures"),
            "opts": self.opts,
            "controls": controls.all(),
            "media": controls.media,
            "faults": [
                text for name in asked.errors if name not in known for text in asked.errors[name]
            ],
            "has_errors": bool(asked.errors),
            "is_narrowed": bool(asked.filters.keys() - {"days"}),
            "figures": None if asked.errors else figures_for(asked),
            "today": timezone.localdate(),
            "export_figures": export_url(request, "lead-analytics", asked),
            "export_leads": export_url(request, "leads", asked),
        }


def export_url(request: HttpRequest, name: str, asked: Asked) -> str:
    """The create page, with the same filters; "" for who may not export."""
    resource = find_resource(name)
    if not may_export(request.user, resource):
        return ""
    known = filterset_of(resource).base_filters
    filters = {key: value for key, value in asked.filters.items() if key in known}
    url = reverse("admin:exports_export_new_resource", args=[name])
    return f"{url}?{urlencode(filters, doseq=True)}" if filters else url
