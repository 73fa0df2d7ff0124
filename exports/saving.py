"""Templates: what may be kept, who sees it, and the way from one to an export."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from exports import summaries
from exports.acceptance import bind_filters
from exports.errors import InvalidRequest, NotAllowed
from exports.intake import request_export
from exports.models import Export
from exports.permissions import User, may_export_anything, may_look, resources_for
from exports.plans import Plan, make_plan
from exports.relative import choose, phrases, resolve, words_of
from exports.requests import ExportRequest, read_parts
from exports.saved import NAME_LENGTH, ExportSchedule, ExportTemplate

SUMMARY_LENGTH = 255


class NameTaken(InvalidRequest):
    """The person has a template of that name already."""


# -- Who may ----------------------------------------------------------------------------------
def visible_templates(user: User) -> "QuerySet[ExportTemplate]":
    """The own ones, and the shared ones of what this person may export; all for a superuser."""
    if not may_look(user):
        return ExportTemplate.objects.none()
    if user.is_superuser:
        return ExportTemplate.objects.all()
    names = [resource.name for resource in resources_for(user)]
    return ExportTemplate.objects.filter(Q(owner=user) | Q(is_shared=True, resource__in=names))


def visible_schedules(user: User) -> "QuerySet[ExportSchedule]":
    """The own ones; all for a superuser."""
    if not may_look(user):
        return ExportSchedule.objects.none()
    if user.is_superuser:
        return ExportSchedule.objects.all()
    return ExportSchedule.objects.filter(owner=user)


def may_change(user: User, template: ExportTemplate) -> bool:
    """Only the owner and superusers rename, share, edit or delete a template."""
    return bool(user.is_superuser or (template.owner_id == user.pk and may_export_anything(user)))


def _refuse_change(user: User, template: ExportTemplate) -> None:
    if not may_change(user, template):
        raise NotAllowed(_("Only its owner may change the template “%s”.") % template.name)


# -- Keep -------------------------------------------------------------------------------------
def save_template(
    user: User,
    name: str,
    request: ExportRequest,
    *,
    is_shared: bool = False,
    is_replacing: bool = False,
) -> ExportTemplate:
    """Keep a request under a name. Raises NotAllowed, or InvalidRequest with every fault.

    `is_replacing` says that an own template of that name may be overwritten.
    """
    name = _check_name(name)
    fields = {**_fields_of(user, request), "is_shared": is_shared}
    own = ExportTemplate.objects.filter(owner=user, name=name)
    if is_replacing and own.update(**fields):
        return own.get()
    try:
        with transaction.atomic():
            return ExportTemplate.objects.create(owner=user, name=name, **fields)
    except IntegrityError:
        raise NameTaken({"name": [_taken(name)]}) from None


def change_template(
    user: User,
    template: ExportTemplate,
    *,
    name: str,
    is_shared: bool,
    periods: Mapping[str, str],
) -> None:
    """Another name, other readers, other dates. Raises NotAllowed or InvalidRequest."""
    _refuse_change(user, template)
    name = _check_name(name)
    asked = request_of(template)
    chosen = choose(asked, periods)
    fields: dict[str, Any] = {"name": name, "is_shared": is_shared}
    if chosen.filters != asked.filters:
        fields |= _fields_of(user, chosen)
    try:
        with transaction.atomic():
            ExportTemplate.objects.filter(pk=template.pk).update(**fields)
    except IntegrityError:
        raise NameTaken({"name": [_taken(name)]}) from None
    template.refresh_from_db()


def delete_template(user: User, template: ExportTemplate) -> None:
    """Delete it. Schedules that ran it stay, paused, and say why."""
    _refuse_change(user, template)
    reason = _("Paused: the template “%s” was deleted.") % template.name
    with transaction.atomic():
        template.schedules.update(is_paused=True, next_run_at=None, last_problem=reason)
        template.delete()


def _check_name(name: str) -> str:
    name = " ".join(name.split())
    if not name:
        raise InvalidRequest({"name": [_("Give it a name.")]})
    if len(name) > NAME_LENGTH or not name.isprintable():
        text = _("A name is one line of at most %d characters.") % NAME_LENGTH
        raise InvalidRequest({"name": [text]})
    return name


def _taken(name: str) -> str:
    return _("You have a template “%s” already. Choose another name, or replace it.") % name


def _fields_of(user: User, request: ExportRequest) -> dict[str, Any]:
    """The columns of the row, as accepted; dates that move stay words."""
    plan = make_plan(user, resolve(request, timezone.localdate()))
    moving = named(plan, request)
    return {
        "summary": summarise(plan, moving)[:SUMMARY_LENGTH],
        "resource": plan.resource.name,
        "format": plan.format.name,
        "columns": [column.name for column in plan.columns],
        "filters": dict(moving.filters),
        "sort_by": plan.sort_by,
        "sort_descending": plan.sort_descending,
        "row_limit": plan.limit,
        "options": dict(plan.options),
        "headers": dict(plan.headers),
        "parts": request.kept_parts(),
        "also": request.kept_also(),
        "include_contact_info": plan.include_contact_info,
        "email_notification": request.email_notification,
    }


def named(plan: Plan, request: ExportRequest) -> ExportRequest:
    """The plan's filters under their own names, with the words of the request."""
    aliases = plan.filterset.aliases
    words = {aliases.get(name, name): word.lower() for name, word in words_of(request).items()}
    return replace(request, filters={**plan.filters, **words})


def summarise(plan: Plan, request: ExportRequest) -> str:
    """The filters in words, "Open or Pending, created last month"; "all rows" without any."""
    words = words_of(request)
    fixed = {name: value for name, value in plan.filters.items() if name not in words}
    parts = [used.phrase for used in summaries.filters_in_use(bind_filters(plan.resource, fixed))]
    parts += phrases(request)
    if plan.limit is not None:
        parts.append(_("at most %d rows") % plan.limit)
    return ", ".join(parts) or _("all rows")


# -- Run --------------------------------------------------------------------------------------
def request_of(template: ExportTemplate) -> ExportRequest:
    """What the template asks for; its dates may be words."""
    return ExportRequest(
        resource=template.resource,
        format=template.format,
        columns=tuple(template.columns),
        filters=template.filters,
        sort_by=template.sort_by,
        sort_descending=template.sort_descending,
        limit=template.row_limit,
        options=template.options,
        headers=template.headers,
        parts=read_parts(template.parts),
        also=read_parts(template.also),
        include_contact_info=template.include_contact_info,
        email_notification=template.email_notification,
    )


def run_template(
    user: User,
    template: ExportTemplate,
    *,
    wants_mail: bool | None = None,
    today: dt.date | None = None,
    is_limited: bool = True,
    origin: str = "",
) -> Export:
    """Ask for the template's export as this person, who must be allowed to have it now.

    Whether a mail is wanted says the template, unless `wants_mail` says otherwise.
    Raises NotAllowed, InvalidRequest when the template no longer fits, and TooMany.
    """
    if not visible_templates(user).filter(pk=template.pk).exists():
        raise NotAllowed(_("The template “%s” is not shared with you.") % template.name)
    request = resolve(request_of(template), today or timezone.localdate())
    if wants_mail is not None:
        request = replace(request, email_notification=wants_mail)
    export = request_export(user, request, is_limited=is_limited, origin=origin)
    ExportTemplate.objects.filter(pk=template.pk).update(last_run_at=timezone.now())
    return export


def problem_of(user: User, template: ExportTemplate) -> str:
    """Why this person cannot run it now, in a sentence; "" when they can."""
    try:
        make_plan(user, resolve(request_of(template), timezone.localdate()))
    except (InvalidRequest, NotAllowed) as error:
        return str(error)
    return ""
