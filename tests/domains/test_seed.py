import datetime as dt
import itertools
import re
from collections import Counter
from io import StringIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command
from django.db import connection
from django.db.models import F, Q
from django.test.utils import CaptureQueriesContext

from exportsite.domains.cars import seed as cars
from exportsite.domains.cars.models import CarListing, Order
from exportsite.domains.helpdesk import lookups
from exportsite.domains.helpdesk import seed as helpdesk
from exportsite.domains.helpdesk.models import Asset, Ticket
from exportsite.domains.helpdesk.seed_texts import SLA_HOURS
from exportsite.seeding import BATCH, ODD_TEXTS, add_named

pytestmark = pytest.mark.django_db

UNTIL = dt.datetime(2026, 5, 4, 12, tzinfo=dt.UTC)
TABLES = (CarListing, Order, Asset, Ticket)


def contents() -> dict[Any, list[dict[str, Any]]]:
    return {model: list(model._default_manager.order_by("pk").values()) for model in TABLES}


def fill(scale: int = 400, **options: Any) -> dict[str, int]:
    options.setdefault("until", UNTIL)
    return cars.seed(scale, **options) | helpdesk.seed(scale, **options)


def empty() -> None:
    for model in (Ticket, Asset, Order, CarListing, lookups.AssetModel, User):
        model._default_manager.all().delete()


def without_keys(rows: dict[Any, list[dict[str, Any]]]) -> list[list[tuple[Any, ...]]]:
    """Keys run on after rows are deleted, so they differ from one filling to the next."""
    kept = ("title", "price", "description", "notes", "subject", "asset_tag", "ticket_code",
            "created_at", "updated_at", "status_id", "resolved_at")  # fmt: skip
    return [
        [tuple(row[name] for name in kept if name in row) for row in table]
        for table in rows.values()
    ]


def test_it_answers_with_what_it_added() -> None:
    added = fill(400)
    assert added == {
        "car listings": 400,
        "orders": Order.objects.count(),
        "assets": 160,
        "tickets": 400,
    }
    assert Order.objects.count() == CarListing.objects.filter(status="sold").count() > 50


def test_the_same_seed_gives_the_same_rows(transactional_db: None) -> None:
    call_command("flush", interactive=False, verbosity=0)  # keys begin anew
    fill()
    first = contents()
    call_command("flush", interactive=False, verbosity=0)
    fill()
    assert without_keys(contents()) == without_keys(first)
    call_command("flush", interactive=False, verbosity=0)
    fill(rng_seed=1)
    assert without_keys(contents()) != without_keys(first)


def test_a_second_time_nothing_is_added_or_changed() -> None:
    fill()
    first, people = contents(), User.objects.count()
    assert set(fill().values()) == {0}
    assert set(fill(100, until=UNTIL + dt.timedelta(days=99)).values()) == {0}
    assert (contents(), User.objects.count()) == (first, people)


def test_a_larger_scale_tops_up_and_leaves_the_rest_alone() -> None:
    fill(200)
    first = contents()
    added = fill(500, until=UNTIL + dt.timedelta(days=30))
    assert (added["car listings"], added["assets"], added["tickets"]) == (300, 120, 300)
    for model, rows in contents().items():
        assert rows[: len(first[model])] == first[model]


def test_what_people_made_stays_as_it_is(make_car: Any, make_ticket: Any) -> None:
    car = make_car("Mine", status="sold")
    ticket = make_ticket("TKT-20260504-002", status="Closed")
    status = lookups.TicketStatus.objects.get(name="Closed")
    fill(300)
    assert CarListing.objects.count() == 300
    assert CarListing.objects.values().get(pk=car.pk)["updated_at"] == car.updated_at
    assert not car.orders.exists()
    assert Ticket.objects.get(pk=ticket.pk).status == status
    assert lookups.TicketStatus.objects.filter(name="Closed").get().pk == status.pk
    assert Ticket.objects.filter(ticket_code__startswith="TKT-20260504-").count() > 1


def test_a_list_that_is_in_use_keeps_its_keys() -> None:
    lookups.TicketStatus.objects.create(id=1, name="Mine")
    keys = add_named(
        lookups.TicketStatus, [{"id": 1, "name": "Open"}, {"id": 2, "name": "Pending"}]
    )
    assert keys["Mine"] == 1
    assert keys["Open"] != 1
    assert lookups.TicketStatus.objects.create(name="Next").pk not in keys.values()


def test_what_is_there_under_another_case_or_code_is_not_made_twice() -> None:
    mine = lookups.AssetType.objects.create(name="laptop", abbreviation="NB")
    tablets = lookups.AssetType.objects.create(name="Slate", abbreviation="TAB")
    keys = add_named(
        lookups.AssetType,
        [{"name": "Laptop", "abbreviation": "LAP"}, {"name": "Tablet", "abbreviation": "TAB"}],
    )
    assert keys == {
        "laptop": mine.pk, "Laptop": mine.pk, "Slate": tablets.pk, "Tablet": tablets.pk,
    }  # fmt: skip
    assert lookups.AssetType.objects.count() == 2


def test_a_list_that_was_loaded_with_its_keys_takes_new_rows() -> None:
    lookups.TicketStatus.objects.bulk_create(
        [lookups.TicketStatus(id=key, name=f"Old {key}") for key in (1, 2, 3)]
    )
    keys = add_named(lookups.TicketStatus, [{"name": "New"}])
    assert keys["New"] > 3


def test_the_lists_have_the_keys_of_the_first_system() -> None:
    fill(1)
    assert dict(lookups.AssetStatus.objects.values_list("pk", "name")) == {
        1: "Ready to Deploy", 2: "Deployed", 3: "Out for Repairs", 4: "Waiting for Repairs",
        5: "Written Off - Broken", 6: "Written Off - Age", 8: "Pending Disposal", 9: "Retired",
        15: "In Use/Active",
    }  # fmt: skip
    assert list(lookups.TicketStatus.objects.values_list("pk", "name")) == [
        (1, "Open"), (2, "Pending"), (3, "Resolved"), (4, "In Progress"), (5, "Closed"),
    ]  # fmt: skip
    assert list(lookups.TicketPriority.objects.values_list("pk", "name", "sla_hours")) == [
        (1, "Low", 168), (2, "Medium", 72), (3, "High", 24), (4, "Urgent", 4),
    ]  # fmt: skip
    assert lookups.Manufacturer.objects.count() == 21
    assert lookups.AssetType.objects.get(abbreviation="DCK").name == "Docking Station"
    assert lookups.AssetType.objects.count() == 18


def test_the_first_cars_are_those_of_the_car_store() -> None:
    fill(30)
    assert list(CarListing.objects.order_by("pk").values_list("pk", flat=True)[:18]) == [
        *range(2, 16), 22, 24, 26, 27,
    ]  # fmt: skip
    audi = CarListing.objects.get(pk=14)
    assert (audi.make, audi.model, audi.status) == ("Audi ", "A4 ", "sold")
    assert audi.created_at == dt.datetime(2025, 10, 3, 16, 32, 5, tzinfo=dt.UTC)
    assert CarListing.objects.create(title="x", make="x", model="x", year=2000, price=1, mileage=1)


def test_every_row_is_one_that_a_form_would_take() -> None:
    fill(400)
    for model in TABLES:
        for row in model._default_manager.all():
            row.full_clean(validate_unique=False, validate_constraints=False)


def test_ticket_codes_number_each_day_anew_in_the_order_of_creation() -> None:
    fill(3_000)
    fill(4_000)
    days: Counter[str] = Counter()
    for code, created in Ticket.objects.order_by("pk").values_list("ticket_code", "created_at"):
        match = re.fullmatch(r"TKT-(\d{8})-(\d{3,})", code)
        assert match
        assert match[1] == f"{created:%Y%m%d}"
        days[match[1]] += 1
        assert int(match[2]) == days[match[1]]
    assert len(days) > 600


def test_the_times_of_a_ticket_follow_each_other() -> None:
    fill(1_000)
    order = ("created_at", "assigned_at", "first_response_at", "resolved_at", "closed_at")
    for earlier, later in itertools.pairwise(order):
        assert not Ticket.objects.filter(**{f"{earlier}__gt": F(later)}).exists()
        assert not Ticket.objects.filter(**{f"{earlier}": None, f"{later}__isnull": False}).exists()
    assert not Ticket.objects.filter(Q(updated_at__gt=UNTIL) | Q(updated_at__lt=F("created_at")))
    for ticket in Ticket.objects.exclude(sla_due=None).select_related("priority"):
        allowed = dt.timedelta(hours=SLA_HOURS[ticket.priority.name])
        assert ticket.sla_due == ticket.created_at + allowed
    finished = Q(status__name__in=("Resolved", "Closed"))
    assert not Ticket.objects.filter(finished, resolved_at=None).exists()
    assert not Ticket.objects.filter(~finished, resolved_at__isnull=False).exists()
    assert {row["status__name"] for row in Ticket.objects.values("status__name")} == {
        "Open", "Pending", "In Progress", "Resolved", "Closed",
    }  # fmt: skip


def test_there_are_rows_of_the_last_days_but_none_of_later() -> None:
    fill(2_000)
    for model in TABLES:
        newest = model._default_manager.latest("created_at").created_at
        assert UNTIL - dt.timedelta(days=7) < newest <= UNTIL
    assert Ticket.objects.filter(created_at__date=UNTIL.date()).exists()


def test_the_texts_are_as_awkward_as_those_of_people() -> None:
    fill(2_000)
    texts = {
        *CarListing.objects.values_list("description", flat=True),
        *CarListing.objects.values_list("title", flat=True),
        *Asset.objects.values_list("name", flat=True),
        *Ticket.objects.values_list("subject", flat=True),
    }
    assert {None, ""} < texts
    assert set(ODD_TEXTS) < texts
    assert CarListing.objects.filter(price=0).exists()
    assert Asset.objects.filter(notes="").exists()
    assert Asset.objects.filter(notes=None).exists()
    for name in ("assigned_to", "location", "purchase_date", "warranty_months", "serial_number"):
        assert 0 < Asset.objects.filter(**{name: None}).count() < Asset.objects.count() / 2
    assert all(not user.has_usable_password() for user in User.objects.all())
    assert not User.objects.filter(Q(is_staff=True) | Q(is_superuser=True)).exists()


def test_rows_are_written_in_batches() -> None:
    with CaptureQueriesContext(connection) as queries:
        cars.seed(BATCH + 20, until=UNTIL)
    assert CarListing.objects.count() == BATCH + 20
    assert len(queries) < 60


# -- The command ------------------------------------------------------------------------------
def run(*arguments: str) -> str:
    out = StringIO()
    call_command("seed", *arguments, stdout=out)
    return out.getvalue()


def test_the_command_fills_every_domain_and_says_what_it_did() -> None:
    said = run("--scale", "50", "--until", "2026-05-04")
    assert "cars: 50 car listings added\n" in said
    assert "helpdesk: 20 assets added\nhelpdesk: 50 tickets added\n" in said
    newest = Ticket.objects.latest("created_at").created_at
    assert newest.date() <= dt.date(2026, 5, 4)
    assert "helpdesk: 0 tickets added\n" in run("--scale", "50")


def test_the_command_takes_the_names_of_apps() -> None:
    said = run("helpdesk", "--scale", "10")
    assert "cars" not in said
    assert (CarListing.objects.count(), Ticket.objects.count()) == (0, 10)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["boats"], "No seed for boats. There is: cars, helpdesk"),
        (["auth"], "No seed for auth. There is: cars, helpdesk"),
        (["--scale", "-1"], "--scale is a number of rows, 0 or more."),
        (["--until", "tomorrow"], "Error: argument --until: invalid"),
    ],
)
def test_the_command_refuses_what_it_does_not_know(arguments: list[str], message: str) -> None:
    with pytest.raises(CommandError, match=re.escape(message)):
        run(*arguments)
    assert not CarListing.objects.exists()
