"""What a mail about an export says. Reads the row, decides nothing."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from exports.admin import presentation, standing
from exports.models import Export
from exportsite.jobs import story
from exportsite.jobs.notices import Notice, make_message_id, one_line

COMPLETED, FAILED, REMINDER = "completed", "failed", "reminder"  # the names of templates too

Facts = list[tuple[str, str]]


def compose(export: Export, name: str, recipient: str) -> Notice:
    """The mail of this name about an export."""
    subject = _subject(export, name)
    words = {**_words(export, name), "subject": subject}
    return Notice(
        recipient=recipient,
        subject=subject,
        text=render_to_string(f"exports/mail/{name}.txt", words),
        html=render_to_string(f"exports/mail/{name}.html", words),
        message_id=_message_id(export, name),
    )


def _message_id(export: Export, name: str) -> str:
    """An export that is retried and fails again has another end, and so another mail."""
    assert export.completed_at is not None  # noqa: S101  # it has ended
    return make_message_id(f"export.{export.pk.hex}.{name}.{export.completed_at:%Y%m%d%H%M%S}")


def _subject(export: Export, name: str) -> str:
    words = {"title": one_line(export.title), "day": _day(export.expires_at)}
    if name == FAILED:
        return _("Failed: %(title)s") % words
    if name == REMINDER:
        return _("Deleted on %(day)s, not downloaded yet: %(title)s") % words
    return _("Ready: %(title)s") % words


def _words(export: Export, name: str) -> dict[str, Any]:
    return {
        "title": one_line(export.title),
        "facts": _facts(export, name),
        "notes": standing.notes_of(export) if name == COMPLETED else [],
        "kept_until": _day(export.expires_at),
        "reason": one_line(export.error_message) or _("It did not succeed."),
        "advice": standing.advice_for(export),
        # The login is asked for there; the link itself gives nothing away.
        "url": settings.SITE_URL + reverse("admin:exports_export_watch", args=[export.pk]),
        "why": _why(export, name),
    }


def _facts(export: Export, name: str) -> Facts:
    asked: Facts = [
        (_("What"), presentation.resource_label(export.resource)),
        (_("Asked at"), date_format(timezone.localtime(export.created_at), "j M Y, H:i T")),
    ]
    if name == FAILED:
        return [*asked, (_("Attempts"), presentation.number(export.attempts))]
    file = f"{one_line(export.file_name)} ({presentation.size(export.file_size)})"
    return [*asked, *_counts(export), (_("File"), file)]


def _counts(export: Export) -> Facts:
    seconds = standing.seconds_taken(export, story.logs_of(export))
    counts: Facts = [(_("Rows"), presentation.number(export.exported_rows))]
    if not export.parts:  # an archive of several files has no columns of its own
        counts.append((_("Columns"), presentation.number(len(export.columns))))
    return [*counts, (_("Made in"), presentation.duration(seconds))]


def _day(moment: dt.datetime | None) -> str:
    """ "21 Dec 2026", always with the year: a mail is read later."""
    return presentation.NONE if moment is None else date_format(timezone.localtime(moment), "j M Y")


def _why(export: Export, name: str) -> str:
    if name == REMINDER:
        return _("You get this mail because your file would go unseen.")
    if export.email_notification:
        return _("You get this mail because you wanted to hear of this export.")
    return _("You get this mail because the export took longer than %s.") % presentation.duration(
        settings.EXPORT_MAIL_AFTER
    )
