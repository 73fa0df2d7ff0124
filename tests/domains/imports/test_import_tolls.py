import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from exportsite.domains.taxi.tolls import EZPassImport, EZPassTransaction
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import Taken, sample, written

pytestmark = pytest.mark.django_db

TOLL = {
    "Lane Txn ID": "33068397029",
    "Tag/Plate #": "NY Y207163C",
    "Agency": "MTAB&T",
    "Entry Plaza": "",
    "Exit Plaza": "RKB",
    "Class": "31",
    "Date": "11/19/2025",
    "Exit Time": "02:44:33 PM",
    "Amount": "($9.11)",
}
EXAMPLE = """\
Lane Txn ID,Tag/Plate #,Agency,Entry Plaza,Exit Plaza,Class,Date,Exit Time,Amount
33068397029,NY Y207163C,MTAB&T,,RKB,31,11/19/2025,02:44:33 PM,($9.11)
33068397030," 00414500433",NYSTA,15,19,2L,12/29/2025,05:13:32 PM,$-2.86
33068397031,NY Y208142C,CBDTP,,CRZ,1,11/19/2025,2:44:33 PM,($9.00)
33049494683,NY Y208142C,,,CRZ,1,11/13/2025,1:23:29 PM,$3.00
"""


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"Lane Txn ID": ""}, "fail required_for_new"),
        ({"Lane Txn ID": "3.30684E+10"}, "fail digits_lost"),
        ({"Lane Txn ID": '="33068397029"'}, "create"),
        ({"Tag/Plate #": ""}, "fail required_for_new"),
        ({"Agency": ""}, "fail required_for_new"),
        ({"Agency": "", "Amount": "$3.00"}, "skip left_out"),
        ({"Agency": "", "Amount": "$0.00"}, "fail required_for_new"),
        ({"Exit Plaza": ""}, "create"),
        ({"Exit Plaza": "CRZ"}, "skip left_out"),
        ({"Exit Plaza": "NY-crz-1"}, "skip left_out"),
        ({"Exit Plaza": "CRZ", "Amount": "free"}, "skip left_out"),
        ({"Class": "PAYMENT"}, "skip left_out"),
        ({"Class": "Tag Leasing Fee"}, "skip left_out"),
        ({"Date": ""}, "fail missing"),
        ({"Date": "19/11/2025"}, "fail not_a_date"),
        ({"Date": "02/30/2025"}, "fail not_a_date"),
        ({"Date": "11/19/25"}, "fail short_year"),
        ({"Exit Time": ""}, "fail missing"),
        ({"Exit Time": "13:44:33 PM"}, "fail not_a_time"),
        ({"Exit Time": "2:44:33 PM"}, "create"),
        ({"Exit Time": "14:44:33"}, "create"),
        ({"Date": "03/09/2025", "Exit Time": "02:30:00 AM"}, "fail no_such_time"),
        ({"Amount": ""}, "create"),
        ({"Amount": "free"}, "fail not_a_number"),
    ],
)
def test_each_rule_for_a_toll(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("ezpass", TOLL, **cells).outcomes == [outcome]


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("($9.11)", "-9.11"),
        ("$-2.86", "-2.86"),
        ("-$2.00", "-2.00"),
        ("$9.00", "9.00"),
        ("($1,009.11)", "-1009.11"),
        ("", "0.00"),
    ],
)
def test_a_charge_is_below_zero_and_a_refund_above(
    text: str, amount: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("ezpass", TOLL, Amount=text).outcomes == ["create"]
    assert EZPassTransaction.objects.get().amount == Decimal(amount)


@pytest.mark.parametrize(
    ("day", "time", "moment"),
    [
        ("11/19/2025", "02:44:33 PM", (2025, 11, 19, 19, 44, 33)),  # winter, five hours behind
        ("07/04/2025", "02:44:33 PM", (2025, 7, 4, 18, 44, 33)),  # summer, four
        ("12/31/2025", "11:59:59 PM", (2026, 1, 1, 4, 59, 59)),
        ("11/02/2025", "01:30:00 AM", (2025, 11, 2, 5, 30)),  # came twice; the first is meant
    ],
)
def test_times_are_those_of_new_york(
    day: str, time: str, moment: Any, take_row: Callable[..., Taken]
) -> None:
    take_row("ezpass", TOLL, **{"Date": day, "Exit Time": time})
    assert EZPassTransaction.objects.get().transaction_datetime == dt.datetime(
        *moment, tzinfo=dt.UTC
    )


def test_the_example_of_the_older_system_line_by_line(take: Take) -> None:
    taken = take("ezpass", EXAMPLE)
    assert taken.outcomes == ["create", "create", "skip left_out", "skip left_out"]
    assert taken.said(4) == ["Tolls of the congestion zone (CRZ) are charged elsewhere."]
    tolls = EZPassTransaction.objects.order_by("pk")
    assert [(t.tag_or_plate, t.exit_plaza, t.status) for t in tolls] == [
        ("NY Y207163C", "RKB", "Imported"),
        ("00414500433", "19", "Imported"),
    ]


def test_each_import_leaves_a_row_about_its_file(take: Take) -> None:
    bad = written([TOLL, TOLL, TOLL | {"Lane Txn ID": "7", "Exit Plaza": "CRZ"}])
    take("ezpass", bad, "Transaction_Report.csv")
    run = EZPassImport.objects.get()
    assert (run.file_name, run.status) == ("Transaction_Report.csv", "COMPLETED")
    assert (run.total_records, run.successful_records, run.failed_records) == (3, 1, 1)
    assert run.created_by is not None
    assert EZPassTransaction.objects.get().ezpass_import == run


def test_a_check_leaves_no_row_about_its_file(take: Take) -> None:
    take("ezpass", EXAMPLE, applies=False)
    assert not EZPassImport.objects.exists()


def test_a_toll_that_is_there_is_a_duplicate(take: Take) -> None:
    take("ezpass", EXAMPLE)
    more = EXAMPLE + ",".join((TOLL | {"Lane Txn ID": "7"}).values()) + "\n"
    taken = take("ezpass", more)
    assert taken.outcomes[:2] == ["fail duplicate"] * 2
    assert taken.outcomes[-1] == "create"
    assert taken.said(2) == [
        "Lane Txn ID: This record exists already, and the import only adds new ones."
    ]


def test_the_form_with_posted_dates_is_the_same_toll(take: Take) -> None:
    assert take("ezpass", sample("ezpass-2023.csv")).outcomes == ["create"]
    toll = EZPassTransaction.objects.get()
    assert (toll.transaction_id, toll.amount) == ("33068397051", Decimal("-1009.11"))
    assert toll.posting_date is None  # ours, when it goes into the ledger


def test_statements_have_charges_above_zero_and_no_numbers(take: Take) -> None:
    assert take("ezpass", sample("ezpass-statement.csv")).outcomes == ["create", "skip left_out"]
    toll = EZPassTransaction.objects.get()
    assert (toll.amount, toll.tag_or_plate) == (Decimal("-8.11"), "YV0234C")
    assert toll.transaction_datetime == dt.datetime(2025, 10, 20, 18, 35, tzinfo=dt.UTC)
    assert toll.transaction_id.startswith("V0-")


def test_a_line_of_a_statement_has_one_number_wherever_it_stands(take: Take) -> None:
    take("ezpass", sample("ezpass-statement.csv"))
    header, toll, payment = sample("ezpass-statement.csv").decode().splitlines()
    later = toll.replace("14:35:00", "15:35:00").replace("$250.00", "$240.00")
    taken = take("ezpass", "\n".join((header, payment, later, toll.replace("$250.00", "$1.00"))))
    assert taken.outcomes == ["skip left_out", "create", "fail duplicate"]


def test_a_charge_of_a_statement_without_agency_is_no_payment(take: Take) -> None:
    text = sample("ezpass-statement.csv").decode().replace("MTABT", "")
    assert take("ezpass", text).outcomes == ["fail required_for_new", "skip left_out"]
