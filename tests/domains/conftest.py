import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from exports.plans import ExportRequest, Plan, make_plan
from exportsite.domains.cars.models import CarListing
from exportsite.domains.helpdesk import lookups
from exportsite.domains.helpdesk.models import Asset, Ticket

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)


@pytest.fixture
def root(db: None) -> User:
    return User.objects.create_superuser("root", "root@example.org", "secret")


@pytest.fixture
def plan(root: User) -> Callable[..., Plan]:
    """plan("cars", filters, columns=[...]): the checked request of somebody who may do all."""

    def make(resource: str, filters: dict[str, Any] | None = None, **fields: Any) -> Plan:
        return make_plan(root, ExportRequest(resource=resource, filters=filters or {}, **fields))

    return make


@pytest.fixture
def make_car(db: None) -> Callable[..., CarListing]:
    def make(title: str = "2019 Audi A4", **fields: Any) -> CarListing:
        values: dict[str, Any] = {
            "make": "Audi ",
            "model": "A4 ",
            "year": 2019,
            "price": Decimal("27800.00"),
            "mileage": 38_000,
            "created_at": NOON,
            "updated_at": NOON,
        }
        return CarListing.objects.create(title=title, **{**values, **fields})

    return make


def named(model: type[Any], name: str, **fields: Any) -> Any:
    return model.objects.get_or_create(name=name, defaults=fields)[0]


@pytest.fixture
def make_asset(db: None) -> Callable[..., Asset]:
    """An asset; its lookups are given by name and made when they are missing."""

    def make(
        tag: str = "AST-0001",
        *,
        maker: str = "Lenovo",
        kind: str = "Laptop",
        status: str = "Deployed",
        division: str = "Finance",
        location: str | None = "Server Room",
        **fields: Any,
    ) -> Asset:
        model = named(
            lookups.AssetModel,
            f"{maker} {kind}",
            manufacturer=named(lookups.Manufacturer, maker),
            asset_type=named(lookups.AssetType, kind, abbreviation=kind[:3].upper()),
        )
        return Asset.objects.create(
            asset_tag=tag,
            model=model,
            status=named(lookups.AssetStatus, status),
            division=named(lookups.Division, division),
            supplier=named(lookups.Supplier, "Acme IT"),
            location=place(location) if location else None,
            **{"created_at": NOON, "updated_at": NOON, **fields},
        )

    return make


def place(name: str) -> lookups.Location:
    found: lookups.Location = named(lookups.Location, name, building="Main", office="HQ")
    return found


@pytest.fixture
def make_ticket(root: User) -> Callable[..., Ticket]:
    """A ticket of root's; its lookups are given by name and made when they are missing."""

    def make(
        code: str = "TKT-20260504-001",
        *,
        status: str = "Open",
        priority: str = "Medium",
        kind: str = "Incident",
        location: str = "Server Room",
        **fields: Any,
    ) -> Ticket:
        values: dict[str, Any] = {
            "subject": "Printer is on fire",
            "description": "",
            "requester": root,
            "created_at": NOON,
            "updated_at": NOON,
        }
        return Ticket.objects.create(
            ticket_code=code,
            status=named(lookups.TicketStatus, status),
            priority=named(lookups.TicketPriority, priority),
            type=named(lookups.TicketType, kind),
            location=place(location),
            **{**values, **fields},
        )

    return make
