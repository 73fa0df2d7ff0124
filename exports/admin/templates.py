"""The pages of templates: the list, one of them, run, delete. How one is made: saved_new."""

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exports import saving
from exports.admin import saved_new
from exports.admin.saved_forms import TemplateForm
from exports.admin.saved_page import SavedAdmin, query_of, render
from exports.errors import InvalidRequest, NotAllowed, TooMany
from exports.forms import SAVE_AS
from exports.permissions import may_export_anything, may_look
from exports.query_strings import write_query
from exports.relative import resolve
from exports.saved import ExportTemplate

SHOWN = 50  # on one page


@admin.register(ExportTemplate)
class ExportTemplateAdmin(SavedAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.page("", show_list, "changelist"),
            self.act("add/", go_create, "add"),
            self.page("new/<str:resource>/", saved_new.from_form, "new"),
            self.page("from/<uuid:pk>/", saved_new.from_export, "from"),
            self.page("<int:pk>/", show_one, "change"),
            self.act("<int:pk>/run/", run, "run"),
            self.page("<int:pk>/delete/", delete, "delete"),
        ]


def find_template(request: HttpRequest, pk: int) -> ExportTemplate:
    """The template, if it exists for this person. Raises PermissionDenied or Http404."""
    if not may_look(request.user):
        raise PermissionDenied
    found = saving.visible_templates(request.user).select_related("owner").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such template."))
    return found


@require_safe
def go_create(_request: HttpRequest) -> HttpResponse:
    """A template begins as an export."""
    return redirect("admin:exports_export_new")


@require_safe
def show_list(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not may_look(request.user):
        raise PermissionDenied
    templates = saving.visible_templates(request.user).select_related("owner")
    return render(
        request,
        site,
        "list_templates.html",
        title=_("Templates"),
        page=Paginator(templates.order_by("name", "pk"), SHOWN).get_page(request.GET.get("p")),
        may_export=may_export_anything(request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def show_one(request: HttpRequest, pk: int, site: AdminSite) -> HttpResponse:
    template = find_template(request, pk)
    is_post = request.method == "POST"
    initial = {"name": template.name, "is_shared": template.is_shared}
    asked = saving.request_of(template)
    form = TemplateForm(request.POST if is_post else None, request=asked, initial=initial)
    if is_post and _change(request, template, form):
        messages.success(request, _("The template is saved."))
        return redirect("admin:exports_exporttemplate_change", template.pk)
    return render(
        request,
        site,
        "template.html",
        title=template.name,
        template=template,
        form=form,
        may_change=saving.may_change(request.user, template),
        may_export=may_export_anything(request.user),
        problem=saving.problem_of(request.user, template),
        configure_url=_configure_url(template),
        schedules=saving.visible_schedules(request.user)
        .filter(template=template)
        .select_related("last_export", "owner"),
    )


def _change(request: HttpRequest, template: ExportTemplate, form: TemplateForm) -> bool:
    if not form.is_valid():
        return False
    data = form.cleaned_data
    try:
        saving.change_template(
            request.user,
            template,
            name=data["name"],
            is_shared=data["is_shared"],
            periods=form.periods,
        )
    except InvalidRequest as error:
        form.take(error)
        return False
    except NotAllowed as error:
        raise PermissionDenied(str(error)) from None
    return True


def _configure_url(template: ExportTemplate) -> str:
    """The create page, filled in; saving there under the same name replaces the template."""
    try:
        asked = resolve(saving.request_of(template), timezone.localdate())
    except InvalidRequest:
        return ""
    page = reverse("admin:exports_export_new_resource", args=[template.resource])
    query = write_query(asked)
    return f"{page}?{query}&{query_of({SAVE_AS: template.name})}"


@require_POST
def run(request: HttpRequest, pk: int) -> HttpResponse:
    template = find_template(request, pk)
    try:
        export = saving.run_template(request.user, template)
    except TooMany as error:
        messages.warning(request, str(error))
    except (InvalidRequest, NotAllowed) as error:
        text = _("“%(name)s” cannot run: %(reason)s") % {"name": template.name, "reason": error}
        messages.error(request, text)
    else:
        return redirect("admin:exports_export_watch", export.pk)
    return redirect("admin:exports_exporttemplate_change", template.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int, site: AdminSite) -> HttpResponse:
    """Ask, then delete."""
    template = find_template(request, pk)
    if not saving.may_change(request.user, template):
        raise PermissionDenied
    if request.method == "POST":
        saving.delete_template(request.user, template)
        messages.success(request, _("The template “%s” is deleted.") % template.name)
        return redirect("admin:exports_exporttemplate_changelist")
    return render(
        request,
        site,
        "delete_template.html",
        title=_("Delete the template?"),
        template=template,
        schedules=template.schedules.count(),
    )
