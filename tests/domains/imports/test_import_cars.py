from collections.abc import Callable
from typing import Any

import pytest

from exportsite.domains.cars.models import CarListing
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import Taken, written

pytestmark = pytest.mark.django_db

AUDI = {
    "ID": "14",
    "Title": "2019 Audi A4 - Premium Sedan",
    "Make": "Audi",
    "Model": "A4",
    "Year": "2019",
    "Price": "27800.00",
    "Mileage": "38000",
    "Description": "Stylish.",
    "Status": "sold",
    "Images": "68e0b444cc292.jpg",
}
STORE_FILE = """\
ID,Title,Make,Model,Year,Price,Mileage,Description,Status,"Created At","Updated At"
2,"byd 2025",byd,byd,2025,15000.00,0,"byd zero ",available,"2025-10-03 16:13:57","2025-10-03 16:13:57"
8,"2021 Tesla Model 3 - Long Range","Tesla ","Model 3",2021,20000.00,22000,"Fully electric, autopilot enabled, fast charging, excellent range of over 500 km.",available,"2025-10-03 16:26:06","2025-10-03 16:26:06"
14,"2019 Audi A4 - Premium Sedan","Audi ","A4 ",2019,27800.00,38000,"Stylish sedan with excellent handling, high-tech interior, and strong performance.",sold,"2025-10-03 16:32:05","2025-10-03 20:57:00"
26,opel,opel,omega,1994,2000.00,1231234,sdf,available,"2025-10-04 21:46:55","2025-10-04 21:47:26"
"""  # noqa: E501  # as the store's own program writes it


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"ID": ""}, "create"),
        ({"ID": "0"}, "fail out_of_range"),
        ({"ID": "x"}, "fail not_a_number"),
        ({"Title": ""}, "fail required_for_new"),
        ({"Title": "x" * 256}, "fail too_long"),
        ({"Make": "x" * 101}, "fail too_long"),
        ({"Year": "1900"}, "create"),
        ({"Year": "1899"}, "fail out_of_range"),
        ({"Year": "2999"}, "fail out_of_range"),
        ({"Year": "2019.5"}, "fail not_whole"),
        ({"Price": "$27,800.00"}, "create"),
        ({"Price": "0"}, "create"),
        ({"Price": "-0.01"}, "fail out_of_range"),
        ({"Price": "27800.001"}, "fail too_many_decimals"),
        ({"Price": "100000000"}, "fail out_of_range"),
        ({"Mileage": "38,000"}, "create"),
        ({"Mileage": "-1"}, "fail out_of_range"),
        ({"Status": "Available"}, "create"),
        ({"Status": ""}, "create"),
        ({"Status": "stolen"}, "fail unknown_choice"),
        ({"Images": ""}, "create"),
        ({"Images": "a.png, b.JPG, c.jpeg"}, "create"),
        ({"Images": "a.png, b.png, c.png, d.png"}, "fail invalid"),
        ({"Images": "a.gif"}, "fail invalid"),
    ],
)
def test_each_rule_for_a_car(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("cars", AUDI, **cells).outcomes == [outcome]


def test_the_stores_own_file_comes_in_with_its_ids(take: Take) -> None:
    taken = take("cars", STORE_FILE)
    assert taken.outcomes == ["create"] * 4
    assert list(CarListing.objects.order_by("pk").values_list("pk", "make", "status")) == [
        (2, "byd", "available"),
        (8, "Tesla", "available"),
        (14, "Audi", "sold"),
        (26, "opel", "available"),
    ]
    assert take("cars", STORE_FILE + "\n").outcomes == ["unchanged"] * 4


def test_what_a_car_does_not_say_has_its_default(take_row: Callable[..., Taken]) -> None:
    assert take_row("cars", AUDI, Status="", Description="", Images="").outcomes == ["create"]
    car = CarListing.objects.get()
    assert (car.status, car.description, car.images) == ("available", None, [])


def test_a_row_with_a_known_id_changes_that_car_only(take: Take, make_car: Any) -> None:
    one, other = make_car("one"), make_car("other")
    taken = take("cars", f"ID,Title,Make,Model,Year,Price,Mileage\n{one.pk},One,A,B,2000,1,2\n")
    assert taken.outcomes == ["update"]
    one.refresh_from_db()
    assert (one.title, one.status, one.created_at < one.updated_at) == ("One", "available", True)
    assert CarListing.objects.get(pk=other.pk).title == "other"


def test_new_cars_get_free_ids_beside_those_that_the_file_gives(take: Take, make_car: Any) -> None:
    taken = take("cars", written([AUDI | {"ID": number} for number in ("1", "2", "500", "", "")]))
    assert taken.outcomes == ["create"] * 5
    assert CarListing.objects.count() == 5
    assert make_car("by hand").pk > 500


def test_a_file_of_new_cars_needs_no_id_column(take: Take) -> None:
    cells = {name: text for name, text in AUDI.items() if name != "ID"}
    assert take("cars", written([cells, cells])).outcomes == ["create", "create"]
