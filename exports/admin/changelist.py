"""The button "Export…" on any model's list, beside *Add*, and the action for selected rows."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.views.main import ChangeList
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import select_template
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exports.admin.create_carry import carry_list, carry_selection
from exports.permissions import may_export
from exports.registry import all_resources
from exports.resources import ExportResource

if TYPE_CHECKING:
    Base = admin.ModelAdmin[Any]
else:
    Base = object

LONGEST_QUERY = 3500  # characters; web servers refuse addresses of more than about 4000
TEMPLATE = "exports/changelist/change_list.html"


class ExportButtonMixin(Base):
    """Put it before ModelAdmin. It works with the admin's own `change_list_template` and actions.

    Which list parameter is which filter stands in the resource's `changelist_filters`.
    """

    export_resource: str = ""  # its name, where several resources are of this model

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        response = super().changelist_view(request, extra_context)
        resource = find_for(self, request)
        if resource is not None and isinstance(response, TemplateResponse):
            self._add_button(response, resource)
        return response

    def get_actions(self, request: HttpRequest) -> Any:
        actions: dict[str, Any] = super().get_actions(request)
        if self.actions is not None and find_for(self, request) is not None:
            text = gettext_lazy("Export selected %(verbose_name_plural)s…")
            actions["export_selected"] = (export_selected, "export_selected", text)
        return actions

    def _add_button(self, response: TemplateResponse, resource: type[ExportResource]) -> None:
        """The page extends whatever template this list has."""
        context: Any = response.context_data
        if not context or "cl" not in context or context.get("is_popup"):
            return
        context["export_url"] = address(self, resource, carry_list(resource, context["cl"]))
        names: Any = response.template_name
        context["export_base"] = select_template([names] if isinstance(names, str) else names)
        response.template_name = TEMPLATE


def export_selected(
    model_admin: ExportButtonMixin, request: HttpRequest, _queryset: Any
) -> HttpResponse | None:
    """To the create page, with the selection; with the list's filters when all are selected."""
    resource = find_for(model_admin, request)
    if resource is None:
        return None
    changelist: ChangeList = model_admin.get_changelist_instance(request)
    if request.POST.get("select_across") == "1":
        return redirect(address(model_admin, resource, carry_list(resource, changelist)))
    keys = request.POST.getlist(ACTION_CHECKBOX_NAME)
    query = carry_selection(resource, changelist, keys)
    if len(query) > LONGEST_QUERY:
        text = _("These are too many rows to hand over one by one. Filter the list instead.")
        model_admin.message_user(request, text, messages.WARNING)
        return None
    return redirect(address(model_admin, resource, query))


def find_for(model_admin: ExportButtonMixin, request: HttpRequest) -> type[ExportResource] | None:
    """The resource of the list's model that this person may export, if there is one."""
    wanted = model_admin.export_resource
    for resource in sorted(all_resources(), key=lambda one: one.name):
        is_it = resource.name == wanted if wanted else resource.model is model_admin.model
        if is_it and may_export(request.user, resource):
            return resource
    return None


def address(model_admin: ExportButtonMixin, resource: type[ExportResource], query: str) -> str:
    site = model_admin.admin_site.name
    url = reverse("admin:exports_export_new_resource", args=[resource.name], current_app=site)
    return f"{url}?{query}" if query else url
