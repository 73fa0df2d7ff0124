import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from io import BytesIO
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.formats import FORMATS, Document, Field
from exports.resources import column_kind, columns_of, order_of, sorts_of
from exports.sources.orm import read_some
from exportsite.domains.cars.export_resources import CarResource
from exportsite.domains.cars.models import CarListing, Order

HEADERS = [
    "ID", "Title", "Make", "Model", "Year", "Price", "Mileage", "Description", "Status",
    "Created At", "Updated At",
]  # fmt: skip
NAMES = [header.lower().replace(" ", "_") for header in HEADERS]


@pytest.fixture
def titles(plan: Any) -> Callable[..., list[str]]:
    def found(**filters: Any) -> list[str]:
        return sorted(plan("cars", filters).rows.values_list("title", flat=True))

    return found


@pytest.fixture
def refusal(plan: Any) -> Callable[..., dict[str, list[str]]]:
    def refused(**filters: Any) -> dict[str, list[str]]:
        with pytest.raises(InvalidRequest) as caught:
            plan("cars", filters)
        return caught.value.errors

    return refused


def test_the_columns_are_those_of_the_car_store_in_its_order(plan: Any) -> None:
    columns = plan("cars").columns
    assert [column.file_header for column in columns] == HEADERS
    assert [column.name for column in columns] == NAMES
    assert column_kind(CarResource, columns[5]) == "money"


def test_cars_come_by_id_and_sort_by_any_column(plan: Any, make_car: Any) -> None:
    keys = [make_car(title).pk for title in "cab"]
    assert [car.pk for car in plan("cars").rows] == keys
    by_title = plan("cars", sort_by="title", sort_descending=True).rows
    assert [car.title for car in by_title] == ["c", "b", "a"]
    assert list(sorts_of(CarResource)) == NAMES
    assert order_of(CarResource, "price", descending=True) == ("-price", "pk")


@pytest.mark.parametrize("name", ["title", "make", "model"])
def test_text_is_found_anywhere_whatever_the_case(name: str, make_car: Any, titles: Any) -> None:
    make_car("x audi a4 x", make="Audi A4", model="The A4 ")
    make_car("zero", make="byd", model="byd")
    assert titles(**{name: "A4"}) == titles(**{name: "a4"}) == ["x audi a4 x"]


@pytest.mark.parametrize("name", ["title", "make", "model"])
@pytest.mark.parametrize(("text", "other"), [("100%", "100 %"), ("a_b", "axb"), ("a\\b", "ab")])
def test_wildcards_mean_themselves(
    name: str, text: str, other: str, make_car: Any, titles: Any
) -> None:
    make_car(**{"title": "hit", name: text})
    make_car(**{"title": "miss", name: other})
    assert len(titles(**{name: text})) == 1


def test_the_year_is_exact(make_car: Any, titles: Any, refusal: Any) -> None:
    make_car("old", year=2018)
    make_car("new", year=2019)
    assert titles(year="2019") == titles(year=2019) == ["new"]
    assert list(refusal(year="2019.5")) == ["year"]
    assert list(refusal(year="last")) == ["year"]


def test_the_status_is_one_of_the_chosen(make_car: Any, titles: Any, refusal: Any) -> None:
    make_car("here")
    make_car("gone", status="sold")
    assert titles(status="sold") == ["gone"]
    assert titles(status=["sold", "available"]) == ["gone", "here"]
    assert titles(status="") == ["gone", "here"]
    message = "“stolen” is not a valid choice. Valid are: available, sold."
    assert refusal(status="stolen") == {"status": [message]}


def test_prices_and_years_are_ranges_that_include_their_ends(make_car: Any, titles: Any) -> None:
    for title, price, year in (("a", "0.00", 1994), ("b", "99.99", 2000), ("c", "100.00", 2025)):
        make_car(title, price=Decimal(price), year=year)
    assert titles(min_price="99.99", max_price="100") == ["b", "c"]
    assert titles(min_year=1994, max_year=2000) == ["a", "b"]
    assert titles(min_price="0", max_price="100", make="audi", year="2000") == ["b"]


def test_zero_is_a_bound(make_car: Any, titles: Any) -> None:
    make_car("free", price=Decimal(0))
    make_car("cheap", price=Decimal("0.01"))
    assert titles(max_price="0") == titles(max_price=0) == ["free"]
    assert titles(min_price=0) == ["cheap", "free"]


def test_ranges_understand_the_old_spellings(plan: Any, make_car: Any, titles: Any) -> None:
    make_car("a", price=Decimal(5), year=2001)
    assert titles(minPrice=5, maxPrice=5, minYear=2001, maxYear=2001) == ["a"]
    assert titles(minPrice=6) == titles(maxYear=2000) == []
    assert plan("cars", {"minPrice": 5}).filters == {"min_price": "5"}


@pytest.mark.parametrize("what", ["price", "year"])
def test_a_range_upside_down_is_refused(what: str, refusal: Any) -> None:
    assert list(refusal(**{f"min_{what}": 2, f"max_{what}": 1})) == [f"max_{what}"]


def test_an_unknown_filter_is_refused_with_the_names_of_the_valid_ones(refusal: Any) -> None:
    assert "min_price" in refusal(colour="red")["colour"][0]


def test_search_looks_for_each_word_in_any_text(make_car: Any, titles: Any) -> None:
    make_car("2019 Audi A4", description="one owner")
    make_car("2020 Audi A6", description=None)
    assert titles(search="audi OWNER") == ["2019 Audi A4"]


def test_the_csv_has_the_form_of_the_stores_own_files(plan: Any, make_car: Any) -> None:
    moment = dt.datetime(2025, 10, 3, 16, 32, 5, tzinfo=dt.UTC)
    car = make_car("=2019 Audi", description="Stylish, fast", created_at=moment, updated_at=moment)
    bare = make_car("byd", make="byd", model="byd", price=Decimal(0), mileage=0)
    asked = plan("cars", format="csv")
    assert asked.options["formula_guard"] is True
    fields = tuple(
        Field(name=c.name, header=c.file_header, kind=column_kind(CarResource, c))
        for c in asked.columns
    )
    document = Document(title="Cars", fields=fields, total_rows=2, time_zone=ZoneInfo("UTC"))
    stream = BytesIO()
    writer = FORMATS["csv"].open(stream, document, asked.options)
    writer.write(read_some(asked, 2))
    writer.close()
    assert stream.getvalue().decode() == (
        'ID,Title,Make,Model,Year,Price,Mileage,Description,Status,"Created At","Updated At"\n'
        f'{car.pk},"\'=2019 Audi","Audi ","A4 ",2019,27800.00,38000,'
        '"Stylish, fast",available,"2025-10-03 16:32:05","2025-10-03 16:32:05"\n'
        f"{bare.pk},byd,byd,byd,2019,0.00,0,,available,"
        '"2026-05-04 12:00:00","2026-05-04 12:00:00"\n'
    )


def test_the_file_is_named_as_in_the_car_store() -> None:
    assert CarResource.file_name == "car_listings_export_%Y-%m-%d_%H-%M-%S_{uid}"
    assert CarResource.datetime_format == "%Y-%m-%d %H:%M:%S"


@pytest.mark.parametrize("fields", [{"year": 1899}, {"price": Decimal("-0.01")}, {"mileage": -1}])
def test_the_database_refuses_what_cannot_be(fields: dict[str, Any], make_car: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        make_car(**fields)


@pytest.mark.parametrize(
    ("fields", "is_valid"),
    [
        ({"year": lambda: timezone.now().year + 1}, True),
        ({"year": lambda: timezone.now().year + 2}, False),
        ({"images": ["a.PNG", "b.jpg", "c.jpeg"]}, True),
        ({"images": ["a.png"] * 4}, False),
        ({"images": ["a.exe"]}, False),
        ({"images": {"a": 1}}, False),
        ({"status": "stolen"}, False),
    ],
)
def test_a_form_refuses_what_cannot_be(
    fields: dict[str, Any], is_valid: bool, make_car: Any
) -> None:
    car = make_car()
    for name, value in fields.items():
        setattr(car, name, value() if callable(value) else value)
    if is_valid:
        car.full_clean()
    else:
        with pytest.raises(ValidationError) as caught:
            car.full_clean()
        assert set(caught.value.message_dict) == set(fields)


def test_every_list_parameter_leads_to_a_filter() -> None:
    assert set(CarResource.changelist_filters.values()) <= set(
        filterset_of(CarResource).base_filters
    )
    assert len(columns_of(CarResource)) == 11


def test_the_list_and_the_export_agree_on_the_lists_filters(
    client: Client, root: Any, make_car: Any, titles: Any
) -> None:
    make_car("a", year=2018, status="sold")
    make_car("b", year=2018)
    make_car("c", year=2019, status="sold")
    client.force_login(root)
    for parameters in ({"status__exact": "sold"}, {"year": "2018"}):
        page = client.get(reverse("admin:cars_carlisting_changelist"), parameters)
        shown = sorted(car.title for car in page.context["cl"].result_list)
        asked = {CarResource.changelist_filters[name]: v for name, v in parameters.items()}
        assert shown == titles(**asked)


@pytest.mark.parametrize("model", ["carlisting", "order"])
def test_lists_take_as_many_queries_for_many_rows_as_for_one(
    model: str, client: Client, root: Any, make_car: Any, django_assert_num_queries: Any
) -> None:
    def add() -> None:
        Order.objects.create(car_listing=make_car(), user=root, purchase_price=1)

    client.force_login(root)
    address = reverse(f"admin:cars_{model}_changelist")
    add()
    with CaptureQueriesContext(connection) as once:
        assert client.get(address).status_code == 200
    for _ in range(9):
        add()
    with django_assert_num_queries(len(once)):
        client.get(address)


def test_saving_in_the_admin_moves_the_time_of_change(
    client: Client, root: Any, make_car: Any
) -> None:
    car = make_car(description=None)
    client.force_login(root)
    values = {
        "title": "Renamed", "make": "Audi", "model": "A4", "year": 2019, "price": "1.00",
        "mileage": 0, "description": "", "images": "[]", "status": "sold",
    }  # fmt: skip
    answer = client.post(reverse("admin:cars_carlisting_change", args=[car.pk]), values)
    assert answer.status_code == 302
    changed = CarListing.objects.get(pk=car.pk)
    assert (changed.title, changed.created_at) == ("Renamed", car.created_at)
    assert changed.updated_at > car.updated_at
