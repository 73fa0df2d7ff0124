import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from exports.plans import ExportRequest, Plan, make_plan
from exportsite.domains.cars.models import CarListing
from exportsite.domains.energy.models import Company, Meter, MeterReading, Region, Site, Supplier
from exportsite.domains.helpdesk import lookups
from exportsite.domains.helpdesk.models import Asset, Ticket

NOON = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
NOVEMBER_7 = dt.date(2025, 11, 7)


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


@pytest.fixture
def make_meter(db: None) -> Callable[..., Meter]:
    """A meter; what it belongs to is given by name and made when it is missing."""

    def make(
        mpan: str = "1200001234566",
        *,
        site: str = "Office 1",
        company: str = "Acme",
        region: str | None = "London",
        supplier: str | None = "Octopus",
        **fields: Any,
    ) -> Meter:
        owner, _ = Company.objects.get_or_create(name=company)
        where = coded(Region, region) if region else None
        place, _ = Site.objects.get_or_create(
            name=site, defaults={"company": owner, "region": where, "postcode": "SW1A 1AA"}
        )
        seller = coded(Supplier, supplier) if supplier else None
        return Meter.objects.create(mpan=mpan, site=place, supplier=seller, **fields)

    return make


def coded(model: type[Any], name: str) -> Any:
    return named(model, name, code=name[:10].upper())


@pytest.fixture
def make_reading(make_meter: Any) -> Callable[..., MeterReading]:
    """A reading of the meter with that MPAN, which is made when it is missing."""

    def make(
        mpan: str = "1200001234566", period: int = 1, value: str = "1.200", **fields: Any
    ) -> MeterReading:
        meter = Meter.objects.filter(mpan=mpan).first() or make_meter(mpan)
        return MeterReading.objects.create(
            meter=meter,
            period_number=period,
            reading_value=Decimal(value),
            **{"reading_date": NOVEMBER_7, **fields},
        )

    return make
