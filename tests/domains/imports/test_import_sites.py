import datetime as dt
from collections.abc import Callable

import pytest

from exportsite.domains.energy.models import Site
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import Taken

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

SITE = {
    "name": "Test Office 1",
    "company_id": "1",
    "region_id": "1",
    "address": "123 Business St London",
    "postcode": "SW1A 1AA",
    "site_type": "office",
    "floor_area": "500.50",
    "latitude": "51.5074",
    "longitude": "-0.1278",
    "is_active": "1",
    "created_at": "2025-01-15",
}
EXAMPLE = """\
name,company_id,region_id,address,postcode,site_type,floor_area,latitude,longitude,is_active,created_at
Test Office 1,1,1,123 Business St London,SW1A 1AA,office,500.50,51.5074,-0.1278,1,2025-01-15
Test Warehouse,1,2,456 Industrial Rd Manchester,M1 1AA,warehouse,2000,53.4808,-2.2426,1,2025-02-20
Retail Shop,2,3,789 High St Birmingham,B1 1BB,retail,150.25,52.4862,-1.8904,1,2025-03-10
Test Site 3,2,3,Address 3,CC3 3CC,warehouse,300,53.5,-2.0,1,INVALID_DATE
"""


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"name": ""}, "fail required_for_new"),
        ({"company_id": "Acme"}, "create"),
        ({"company_id": "99"}, "fail unknown_record"),
        ({"company_id": ""}, "fail required_for_new"),
        ({"region_id": "LON"}, "create"),
        ({"region_id": ""}, "create"),
        ({"region_id": "XYZ"}, "fail unknown_record"),
        ({"postcode": "SW1A 1AA 123"}, "fail too_long"),
        ({"site_type": "Warehouse"}, "create"),
        ({"site_type": ""}, "create"),
        ({"site_type": "castle"}, "fail unknown_choice"),
        ({"floor_area": "0"}, "create"),
        ({"floor_area": "-1"}, "fail out_of_range"),
        ({"floor_area": "big"}, "fail not_a_number"),
        ({"latitude": "90"}, "create"),
        ({"latitude": "90.1"}, "fail out_of_range"),
        ({"longitude": "-180"}, "create"),
        ({"longitude": "-180.1"}, "fail out_of_range"),
        ({"created_at": "2025-01-15 08:30:00"}, "create"),
        ({"created_at": "15/01/2025"}, "create"),
        ({"created_at": "15-01-2025"}, "create"),
        ({"created_at": "2025/01/15"}, "create"),
        ({"created_at": "01/15/2025"}, "create month_first"),
        ({"created_at": "31/02/2025"}, "fail not_a_date"),
        ({"created_at": "INVALID_DATE"}, "fail not_a_date"),
    ],
)
def test_each_rule_for_a_site(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("sites", SITE, **cells).outcomes == [outcome]


@pytest.mark.parametrize(
    ("text", "is_active"),
    [("1", True), ("true", True), ("Yes", True), ("active", True), ("", True), ("0", False),
     ("no", False), ("whatever", False)],
)  # fmt: skip
def test_a_site_is_active_if_its_word_says_so_or_nothing_does(
    text: str, is_active: bool, take_row: Callable[..., Taken]
) -> None:
    take_row("sites", SITE, is_active=text)
    assert Site.objects.get().is_active is is_active


@pytest.mark.parametrize("text", ["15/01/2025", "15-01-2025", "2025/01/15", "01/15/2025"])
def test_all_ways_to_write_a_day_mean_that_day(text: str, take_row: Callable[..., Taken]) -> None:
    take_row("sites", SITE, created_at=text)
    assert Site.objects.get().created_at.date() == dt.date(2025, 1, 15)


def test_of_a_day_that_could_be_two_the_british_one_is_meant(
    take_row: Callable[..., Taken],
) -> None:
    assert take_row("sites", SITE, created_at="03/04/2025").outcomes == ["create"]
    assert Site.objects.get().created_at.date() == dt.date(2025, 4, 3)


def test_the_example_of_the_older_system_line_by_line(take: Take) -> None:
    taken = take("sites", EXAMPLE)
    assert taken.outcomes == ["create", "create", "create", "fail not_a_date"]
    assert [(p.row, p.column, p.value) for p in taken.all_problems] == [
        (5, "created_at", "INVALID_DATE")
    ]
    assert take("sites", EXAMPLE + "\n").outcomes == [*["unchanged"] * 3, "fail not_a_date"]
    assert Site.objects.count() == 3


def test_two_companies_may_have_sites_of_one_name(take_row: Callable[..., Taken]) -> None:
    take_row("sites", SITE)
    assert take_row("sites", SITE, company_id="2").outcomes == ["create"]
    assert take_row("sites", SITE, postcode="N1").outcomes == ["update"]
