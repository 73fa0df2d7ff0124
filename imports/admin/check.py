"""What an import would do: progress first, then counts, problems, differences, and *Import*."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST, require_safe

from exportsite.jobs import fragments
from imports import summaries, wishes
from imports.admin import findings, presentation, watch
from imports.admin.access import find_import
from imports.errors import InvalidRequest, NotAllowed, WrongState
from imports.mapping import column_names
from imports.models import Action, ImportJob
from imports.permissions import visible_to
from imports.states import Status

PAGE = 50  # rows
IN_SAMPLES = (Action.CREATE, Action.UPDATE, Action.UNCHANGED)


def urls(site: AdminSite) -> list[URLPattern]:
    wrap, known = site.admin_view, {"site": site}
    return [
        path("<uuid:pk>/check/", wrap(page), known, name="imports_importjob_check"),
        path("<uuid:pk>/check/fragment/", wrap(fragment), name="imports_importjob_check_fragment"),
        path("<uuid:pk>/confirm/", wrap(confirm), name="imports_importjob_confirm"),
    ]


@require_safe
def page(request: HttpRequest, pk: UUID, site: AdminSite) -> HttpResponse:
    job = find_import(request, pk)
    if presentation.page_of(job) != "check":
        return redirect(presentation.address(job))
    context = {**site.each_context(request), **describe(request, job)}
    return TemplateResponse(request, "imports/check/page.html", context)


@require_safe
def fragment(request: HttpRequest, pk: UUID) -> HttpResponse:
    context = describe(request, find_import(request, pk))
    return fragments.answer(request, render_to_string("imports/check/body.html", context))


@require_POST
def confirm(request: HttpRequest, pk: UUID) -> HttpResponse:
    job = find_import(request, pk)
    try:
        wishes.confirm_import(request.user, job, on_error=request.POST.get("on_error", ""))
    except (WrongState, NotAllowed, InvalidRequest) as error:
        messages.error(request, str(error))
    job.refresh_from_db()
    return redirect(presentation.address(job))


def describe(request: HttpRequest, job: ImportJob) -> dict[str, Any]:
    counts = findings.counts_shown(job)
    chosen = _chosen(request, counts)
    is_elsewhere = presentation.page_of(job) != "check"
    good = counts[Action.CREATE] + counts[Action.UPDATE]
    return {
        **watch.describe(request, job),
        "go": presentation.address(job) if is_elsewhere else "",
        "is_checking": job.status == Status.CHECKING,
        "is_ready": job.status == Status.READY,
        "counts": counts,
        "tiles": findings.tiles_of(counts, chosen),
        "chosen": chosen,
        "good": good,
        "bad": counts[Action.FAIL],
        "ignored": [n for n in column_names(job.header) if job.mapping.get(n) is None],
        "same_file": summaries.same_file(job),
        "earlier": _earlier(request, job),
        "live_query": f"?{request.GET.urlencode()}",
        **_table(request, job, chosen),
    }


def _chosen(request: HttpRequest, counts: dict[str, int]) -> str:
    """The tile whose rows are listed: as asked for, else the first that matters most."""
    asked = request.GET.get("action", "")
    if asked in counts:
        return asked
    order = (Action.UPDATE, Action.CREATE, Action.FAIL, Action.SKIP, Action.UNCHANGED)
    return str(next((action for action in order if counts[action]), Action.CREATE))


def _table(request: HttpRequest, job: ImportJob, chosen: str) -> dict[str, Any]:
    """The rows below the tiles: problems of rows that stay out, else what would change."""
    kind = {name: request.GET.get(name, "") for name in ("code", "column")}
    if chosen in IN_SAMPLES and not kind["code"]:
        return _changes(request, job, chosen)
    problems = job.problems.all()
    if kind["code"]:
        problems = problems.filter(**kind)
    elif chosen == Action.SKIP:
        problems = problems.filter(code="left_out")
    else:
        problems = problems.filter(severity="error")
    return {"problem_rows": _page(request, problems), "kind": kind, "query": _query(request)}


def _changes(request: HttpRequest, job: ImportJob, chosen: str) -> dict[str, Any]:
    field = request.GET.get("field", "")
    changes = job.changes.filter(action=chosen)
    if field:
        changes = changes.filter(changes__has_key=field)
    shown = _page(request, changes)
    return {
        "changes": shown,
        "changed": findings.changed_rows(job, list(shown)),
        "fields": findings.changed_fields(job) if chosen == Action.UPDATE else [],
        "field": field,
        "query": _query(request),
    }


def _page(request: HttpRequest, rows: Any) -> Page[Any]:
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def _query(request: HttpRequest) -> str:
    """The query without its page, for the links to other pages."""
    query = request.GET.copy()
    query.pop("page", None)
    return query.urlencode()


def _earlier(request: HttpRequest, job: ImportJob) -> str:
    """The page of the earlier import of the same file, if this person may see it."""
    earlier = job.same_as
    if earlier is None or not visible_to(request.user).filter(pk=earlier.pk).exists():
        return ""
    return presentation.address(earlier)
