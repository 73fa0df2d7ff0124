"""The button "Import…" on any model's list, beside *Add*."""

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.template.loader import select_template
from django.template.response import TemplateResponse
from django.urls import reverse

from imports.permissions import importers_for

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = object

TEMPLATE = "imports/changelist/change_list.html"


class ImportButtonMixin(Base):
    """Put it before ModelAdmin. It works with the admin's own `change_list_template`."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        if isinstance(response, TemplateResponse) and (url := self._import_url(request)):
            self._add_import_button(response, url)
        return response

    def _import_url(self, request: HttpRequest) -> str:
        """The upload page for what can be imported into this model; "" if nothing can."""
        names = [one.name for one in importers_for(request.user) if one.model is self.model]
        if not names:
            return ""
        site = self.admin_site.name
        page = reverse("admin:imports_importjob_upload", current_app=site)
        return f"{page}?{urlencode([('importer', name) for name in names])}"

    def _add_import_button(self, response: TemplateResponse, url: str) -> None:
        """The page extends whatever template this list has."""
        context: Any = response.context_data
        if not context or "cl" not in context or context.get("is_popup"):
            return
        context["import_url"] = url
        names: Any = response.template_name
        context["import_base"] = select_template([names] if isinstance(names, str) else names)
        response.template_name = TEMPLATE
