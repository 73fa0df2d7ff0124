"""Tickets, by their code."""

import datetime as dt

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exportsite.domains.helpdesk.import_fields import NAMES, code, person
from exportsite.domains.helpdesk.models import Ticket
from imports.fields import Choice, DateTime, Field, Lookup, Text
from imports.importers import Importer, Row, Run
from imports.registry import register


def moment(name: str, *aliases: str) -> Field:
    return DateTime(name=name, aliases=aliases, example="")


FIELDS: tuple[Field, ...] = (
    code("ticket_code", "Code", "Ticket", required=True, example="TKT-20251030-007"),
    Text(name="subject", aliases=("Title",), required=True, example="Printer jams"),
    Text(name="description", example="Twice a day, with thick paper."),
    person("requester", "User", "Created By", "Requested By", required=True, example="ana"),
    Lookup(name="location", by=NAMES, aliases=("location_id",), required=True, example="HQ"),
    Lookup(name="asset", by=("asset_tag",), aliases=("Asset Tag",), example=""),
    Lookup(name="status", by=NAMES, aliases=("status_id",), required=True, example="Open"),
    Lookup(name="priority", by=NAMES, aliases=("priority_id",), required=True, example="Medium"),
    Lookup(name="type", by=NAMES, aliases=("type_id",), required=True, example="Incident"),
    person("assigned_to", "Assignee"),
    moment("assigned_at"),
    Choice(name="assignment_type", example=""),
    moment("sla_due", "Due Date"),
    moment("first_response_at"),
    moment("resolved_at"),
    moment("closed_at", "Closed"),
    moment("created_at", "Created"),
)


@register
class TicketImporter(Importer):
    name = "tickets"
    model = Ticket
    label = gettext_lazy("Tickets")
    help = gettext_lazy("One ticket a row. People, assets and lists must be known already.")
    fields = FIELDS
    keys = (("ticket_code",),)
    touch = ("updated_at",)

    @classmethod
    def check_row(cls, row: Row, run: Run) -> None:
        created: dt.datetime | None = row.values.get("created_at")
        for name in ("first_response_at", "resolved_at", "closed_at"):
            moment = row.values.get(name)
            if created is not None and moment is not None and moment < created:
                row.warn("before_creation", _("This is before the ticket was made."), field=name)
