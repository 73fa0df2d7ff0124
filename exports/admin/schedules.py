"""The pages of schedules: the list, the form with its next runs, pause, resume, delete."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from exports import saving, scheduling
from exports.admin.saved_forms import ScheduleForm
from exports.admin.saved_page import SavedAdmin, render
from exports.admin.saved_words import coming_runs, site_clock
from exports.errors import InvalidRequest, NotAllowed, WrongState
from exports.permissions import User, may_export_anything, may_look
from exports.saved import ExportSchedule, ExportTemplate

SHOWN = 50  # on one page
LOOK = "look"  # the button that shows the next runs and saves nothing


@admin.register(ExportSchedule)
class ExportScheduleAdmin(SavedAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.page("", show_list, "changelist"),
            self.page("add/", add, "add"),
            self.page("next/", show_next, "next"),
            self.page("<int:pk>/", edit, "change"),
            self.act("<int:pk>/pause/", pause, "pause"),
            self.act("<int:pk>/resume/", resume, "resume"),
            self.page("<int:pk>/delete/", delete, "delete"),
        ]


def find_schedule(request: HttpRequest, pk: int) -> ExportSchedule:
    """The schedule, if it exists for this person. Raises PermissionDenied or Http404."""
    if not may_look(request.user):
        raise PermissionDenied
    visible = saving.visible_schedules(request.user)
    found = visible.select_related("owner", "template", "last_export").filter(pk=pk).first()
    if found is None:
        raise Http404(_("There is no such schedule."))
    return found


@require_safe
def show_list(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not may_look(request.user):
        raise PermissionDenied
    schedules = saving.visible_schedules(request.user)
    schedules = schedules.select_related("owner", "template", "last_export")
    return render(
        request,
        site,
        "list_schedules.html",
        title=_("Schedules"),
        page=Paginator(schedules, SHOWN).get_page(request.GET.get("p")),
        clock=site_clock(),
        has_templates=saving.visible_templates(request.user).exists(),
        may_export=may_export_anything(request.user),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, site: AdminSite) -> HttpResponse:
    if not may_export_anything(request.user):
        raise PermissionDenied
    form = _form(request, request.user, initial={"template": request.GET.get("template")})
    if request.method == "POST" and form.is_valid():
        try:
            scheduling.create_schedule(
                request.user, _template_of(form), form.timing, wants_mail=form.cleaned_data["email"]
            )
        except InvalidRequest as error:
            form.take(error)
        else:
            messages.success(request, _("The schedule is made. It runs by itself from now on."))
            return redirect("admin:exports_exportschedule_changelist")
    return _show_form(request, site, form, title=_("New schedule"))


@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, pk: int, site: AdminSite) -> HttpResponse:
    schedule = find_schedule(request, pk)
    form = _form(request, schedule.owner, initial=_initial(schedule))
    if request.method == "POST" and form.is_valid() and _change(schedule, form):
        messages.success(request, _("The schedule is saved."))
        return redirect("admin:exports_exportschedule_changelist")
    title = _("Schedule of “%s”") % schedule.template if schedule.template else _("Schedule")
    return _show_form(request, site, form, title=title, schedule=schedule)


def _change(schedule: ExportSchedule, form: ScheduleForm) -> bool:
    try:
        scheduling.change_schedule(
            schedule, _template_of(form), form.timing, wants_mail=form.cleaned_data["email"]
        )
    except InvalidRequest as error:
        form.take(error)
    except NotAllowed as error:
        form.add_error(None, str(error))
    else:
        return True
    return False


def _template_of(form: ScheduleForm) -> ExportTemplate:
    found: ExportTemplate = form.cleaned_data["template"]
    return found


def _form(request: HttpRequest, owner: User, *, initial: dict[str, Any]) -> ScheduleForm:
    """Bound when it is sent, and when its button asks to look at the next runs."""
    data = None
    if request.method == "POST":
        data = request.POST
    elif LOOK in request.GET:
        data = request.GET
    return ScheduleForm(
        data, templates=saving.visible_templates(owner).order_by("name"), initial=initial
    )


def _initial(schedule: ExportSchedule) -> dict[str, Any]:
    names = ("template", "kind", "time", "weekday", "day_of_month", "cron", "email")
    return {name: getattr(schedule, name) for name in names}


def _show_form(
    request: HttpRequest, site: AdminSite, form: ScheduleForm, **context: Any
) -> HttpResponse:
    return render(
        request,
        site,
        "schedule.html",
        form=form,
        clock=site_clock(),
        look=LOOK,
        **{"schedule": None, **context, **_coming(form)},
    )


def _coming(form: ScheduleForm) -> dict[str, Any]:
    """The next runs of what is typed now; without any, what keeps it from running."""
    if not form.is_bound:
        form = ScheduleForm(
            {name: field.value() for name, field in _fields(form)}, templates=_templates(form)
        )
    form.full_clean()
    faults = {name: texts for name, texts in form.errors.items() if name != "template"}
    if faults:
        return {"faults": [text for texts in faults.values() for text in texts]}
    try:
        return {"runs": coming_runs(form.timing)}
    except InvalidRequest as error:
        return {"faults": [str(error)]}


def _fields(form: ScheduleForm) -> list[tuple[str, Any]]:
    return [(name, form[name]) for name in form.fields]


def _templates(form: ScheduleForm) -> Any:
    field: Any = form.fields["template"]
    return field.queryset


@require_safe
def show_next(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """The next runs alone, for the form that follows each change."""
    if not may_look(request.user):
        raise PermissionDenied
    form = ScheduleForm(request.GET, templates=ExportTemplate.objects.none())
    return render(request, site, "next.html", **_coming(form))


@require_POST
def pause(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    scheduling.pause(find_schedule(request, pk))
    messages.success(request, _("It is paused. Nothing runs until you resume it."))
    return redirect("admin:exports_exportschedule_changelist")


@require_POST
def resume(request: HttpRequest, pk: int) -> HttpResponseRedirect:
    schedule = find_schedule(request, pk)
    try:
        scheduling.resume(schedule)
    except WrongState as error:
        messages.warning(request, str(error))
        return redirect("admin:exports_exportschedule_change", schedule.pk)
    messages.success(request, _("It runs again."))
    return redirect("admin:exports_exportschedule_changelist")


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, pk: int, site: AdminSite) -> HttpResponse:
    """Ask, then delete. The exports that it made stay."""
    schedule = find_schedule(request, pk)
    if request.method == "POST":
        schedule.delete()
        messages.success(request, _("The schedule is deleted. Its exports stay."))
        return redirect("admin:exports_exportschedule_changelist")
    return render(
        request,
        site,
        "delete_schedule.html",
        title=_("Delete the schedule?"),
        schedule=schedule,
    )
