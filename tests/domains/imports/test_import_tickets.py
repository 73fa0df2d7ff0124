from collections.abc import Callable

import pytest

from exportsite.domains.helpdesk.models import Ticket
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import Taken, sample

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

TICKET = {
    "Ticket Code": "TKT-20251030-007",
    "Subject": "Printer jams",
    "Description": "Twice a day.",
    "User": "demo-01",
    "Assigned To": "",
    "Location": "Default Location",
    "Asset": "",
    "Status": "Open",
    "Priority": "Medium",
    "Type": "Incident",
    "SLA Due": "",
    "Resolved At": "",
    "Created At": "2025-10-30 09:15",
}


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"Ticket Code": ""}, "fail required_for_new"),
        ({"Subject": ""}, "fail required_for_new"),
        ({"Subject": "x" * 256}, "fail too_long"),
        ({"Description": ""}, "create"),
        ({"User": "John Doe"}, "create"),
        ({"User": "demo1@example.com"}, "create"),
        ({"User": "somebody"}, "fail unknown_record"),
        ({"User": ""}, "fail required_for_new"),
        ({"Assigned To": "demo-02"}, "create"),
        ({"Location": "The moon"}, "fail unknown_record"),
        ({"Asset": "AST-0001"}, "fail unknown_record"),
        ({"Status": "resolved"}, "create"),
        ({"Status": "Gone"}, "fail unknown_record"),
        ({"Priority": "Dire"}, "fail unknown_record"),
        ({"Type": "Wish"}, "fail unknown_record"),
        ({"SLA Due": "2025-11-02 09:15"}, "create"),
        ({"Resolved At": "2025-10-29 08:00"}, "create before_creation"),
        ({"Created At": "30.10.2025 09:15"}, "create"),
        ({"Created At": "soon"}, "fail not_a_date"),
    ],
)
def test_each_rule_for_a_ticket(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("tickets", TICKET, **cells).outcomes == [outcome]


def test_a_ticket_that_is_there_is_changed_by_its_code(
    take: Take, take_row: Callable[..., Taken]
) -> None:
    take("tickets", sample("tickets.csv"))
    code = "TKT-20251030-901"
    taken = take_row("tickets", TICKET, **{"Ticket Code": code.lower(), "Status": "Resolved"})
    assert taken.outcomes == ["update"]
    ticket = Ticket.objects.get(ticket_code=code)
    assert (ticket.status.name, ticket.requester.username) == ("Resolved", "demo-01")
    assert ticket.assigned_to is not None  # its cell was empty


def test_lists_may_be_named_by_their_numbers_as_exports_do(take: Take) -> None:
    take("tickets", sample("tickets.csv"))
    ticket = Ticket.objects.get(ticket_code="TKT-20251030-901")
    taken = take(
        "tickets",
        "ticket_code,subject,status_id,priority_id,type_id,created_by\n"
        f"{ticket.ticket_code},Other,{ticket.status_id},{ticket.priority_id},{ticket.type_id},"
        f"{ticket.requester_id}\n",
        mode="update",
    )
    assert taken.outcomes == ["update"]
    ticket.refresh_from_db()
    assert (ticket.subject, ticket.status.name) == ("Other", "Open")
