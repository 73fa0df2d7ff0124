import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from exportsite.domains.helpdesk import lookups
from exportsite.domains.helpdesk.models import Asset
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import Taken, sample

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

LAPTOP = {
    "Asset Tag": "AST-0001",
    "Serial Number": "SN-1000000001",
    "Model": "ThinkPad T14",
    "Division": "Finance",
    "Supplier": "Acme IT",
    "Purchase Date": "2024-03-18",
    "Warranty Months": "36",
    "IP Address": "192.168.1.20",
    "MAC Address": "00:1A:2B:3C:4D:5E",
    "Status": "Deployed",
    "Assigned To": "John Doe",
    "Notes": "",
}
EXAMPLE = """\
Asset Tag,Serial Number,Model,Division,Supplier,Purchase Date,Warranty Months,IP Address,MAC Address,Status,Assigned To,Notes
AST-0001,SN-1000000001,ThinkPad T14,Finance,Acme IT,2024-03-18,36,192.168.1.20,00:1A:2B:3C:4D:5E,Deployed,John Doe,
AST-0002,SN-1000000002,LG 24MK430,Finance,Acme IT,2023-11-02,24,,,Ready to Deploy,,"spare, boxed"
AST-0002,SN-1000000003,LG 24MK430,Finance,Acme IT,2023-11-02,24,,,Ready to Deploy,,duplicate tag -> error
AST-0004,SN-1000000004,Unknown Model,Sales,,not-a-date,,999.1.1.1,,Deployed,,three errors in one row
"""  # noqa: E501  # as it was printed


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"Asset Tag": ""}, "fail required_for_new"),
        ({"Asset Tag": "x" * 65}, "fail too_long"),
        ({"Asset Tag": "1.23457E+12"}, "fail digits_lost"),
        ({"Serial Number": ""}, "create"),
        ({"Model": "thinkpad t14"}, "create"),
        ({"Model": "Unknown"}, "fail unknown_record"),
        ({"Model": ""}, "fail required_for_new"),
        ({"Division": "Brand new"}, "create"),
        ({"Division": ""}, "fail required_for_new"),
        ({"Division": "x" * 101}, "fail too_long"),
        ({"Supplier": "Brand new"}, "create"),
        ({"Supplier": ""}, "create"),
        ({"Status": "Brand new"}, "create"),
        ({"Status": ""}, "fail required_for_new"),
        ({"Purchase Date": "18/03/2024"}, "create"),
        ({"Purchase Date": "18 Mar 2024"}, "create"),
        ({"Purchase Date": "04/03/2024"}, "fail ambiguous_date"),
        ({"Purchase Date": "31/02/2024"}, "fail not_a_date"),
        ({"Purchase Date": "1949-12-31"}, "fail min_value"),
        ({"Warranty Months": "601"}, "fail out_of_range"),
        ({"Warranty Months": "-1"}, "fail out_of_range"),
        ({"IP Address": "fe80::1"}, "create"),
        ({"IP Address": "999.1.1.1"}, "fail not_an_ip"),
        ({"MAC Address": "001a2b3c4d5e"}, "create"),
        ({"MAC Address": "00:1A"}, "fail not_a_mac"),
        ({"Assigned To": ""}, "create"),
        ({"Assigned To": "demo-02"}, "create"),
        ({"Assigned To": "DEMO1@EXAMPLE.COM"}, "create"),
        ({"Assigned To": "Nobody"}, "fail unknown_record"),
    ],
)
def test_each_rule_for_an_asset(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("assets", LAPTOP, **cells).outcomes == [outcome]


def test_the_example_of_the_older_system_line_by_line(take: Take) -> None:
    taken = take("assets", EXAMPLE)
    assert taken.outcomes == [
        "create",
        "create",
        "fail duplicate_in_file",
        "fail not_a_date not_an_ip unknown_record",
    ]
    assert taken.said(4) == ["Asset Tag: Row 3 of this file is about the same record."]
    assert taken.said(5) == [
        "Purchase Date: This is not a date. Write it like 2025-02-28.",
        "IP Address: This is not an IP address. Each of its four numbers goes up to 255.",
        "Model: No asset model is called that.",
    ]
    asset = Asset.objects.get(asset_tag="AST-0001")
    assert (asset.model.name, asset.division.name) == ("ThinkPad T14", "Finance")
    assert asset.assigned_to is not None
    assert asset.assigned_to.username == "demo-01"
    assert asset.purchase_date == dt.date(2024, 3, 18)


def test_lists_grow_by_what_good_rows_name_and_by_nothing_else(take: Take) -> None:
    before = set(lookups.AssetStatus.objects.values_list("name", flat=True))
    take("assets", EXAMPLE)
    assert set(lookups.Division.objects.values_list("name", flat=True)) == {"Finance"}
    assert set(lookups.Supplier.objects.values_list("name", flat=True)) == {"Acme IT"}
    assert set(lookups.AssetStatus.objects.values_list("name", flat=True)) == before


def test_a_check_makes_no_list_grow(take: Take) -> None:
    assert take("assets", sample("assets.csv"), applies=False).outcomes == ["create"] * 3
    assert not lookups.Division.objects.exists()
    assert not lookups.Supplier.objects.exists()


def test_a_new_asset_without_a_supplier_has_the_unknown_one(take: Take) -> None:
    take("assets", sample("assets.csv"))
    suppliers = dict(Asset.objects.values_list("asset_tag", "supplier__name"))
    assert suppliers == {"AST-9001": "Acme IT", "AST-9002": "Acme IT", "AST-9003": "Unknown"}


def test_an_empty_supplier_leaves_an_asset_the_one_it_has(take: Take, make_asset: Any) -> None:
    make_asset("AST-9003")
    take("assets", sample("assets.csv"))
    assert Asset.objects.get(asset_tag="AST-9003").supplier.name == "Acme IT"
    assert not lookups.Supplier.objects.filter(name="Unknown").exists()


def test_codes_are_kept_in_capitals_and_found_whatever_theirs(take: Take) -> None:
    take("assets", sample("assets.csv"))
    again = sample("assets.csv").replace(b"AST-9001", b" ast-9001 ").replace(b"SN-", b"sn-")
    assert take("assets", again).outcomes == ["unchanged"] * 3
    assert Asset.objects.filter(asset_tag="AST-9001", serial_number="SN-9000000001").exists()


def test_names_of_two_people_are_no_name(take_row: Callable[..., Taken], make_user: Any) -> None:
    make_user("john2", first_name="John", last_name="Doe")
    assert take_row("assets", LAPTOP).outcomes == ["fail several_records"]
