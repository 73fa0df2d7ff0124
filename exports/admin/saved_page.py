"""What the pages of templates and schedules have in common."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.http import HttpRequest, HttpResponse, QueryDict
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from exports.permissions import may_export_anything, may_look


class SavedAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # takes no model at run time
    """Puts pages of our own in the place of Django's, and into its index."""

    def has_module_permission(self, request: HttpRequest) -> bool:
        return may_look(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return may_look(request.user)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_export_anything(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def page(self, route: str, view: Callable[..., Any], name: str) -> URLPattern:
        """A view that shows a page, and is told the admin site for it."""
        return path(route, self._wrap(view), {"site": self.admin_site}, self._name(name))

    def act(self, route: str, view: Callable[..., Any], name: str) -> URLPattern:
        """A view that does something and leads on."""
        return path(route, self._wrap(view), name=self._name(name))

    def _wrap(self, view: Callable[..., Any]) -> Callable[..., Any]:
        return self.admin_site.admin_view(view)

    def _name(self, name: str) -> str:
        return f"{self.opts.app_label}_{self.opts.model_name}_{name}"


def render(request: HttpRequest, site: AdminSite, name: str, **context: Any) -> HttpResponse:
    request.current_app = site.name
    return TemplateResponse(
        request, f"exports/saved/{name}", {**site.each_context(request), **context}
    )


def query_of(items: Mapping[str, str]) -> str:
    data = QueryDict(mutable=True)
    data.update(items)
    return data.urlencode()
