import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User

from exportsite.domains.taxi.violations import PVBImport, PVBViolation
from imports.mapping import check_mapping, guess_mapping
from imports.registry import find_importer
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import Taken, sample

pytestmark = pytest.mark.django_db

HEADER, FIRST, SECOND, THIRD = sample("pvb.csv").decode().splitlines()
SUMMONS = dict(zip(HEADER.split(","), THIRD.split(","), strict=True))


@pytest.mark.parametrize(
    ("cells", "outcome"),
    [
        ({}, "create"),
        ({"PLATE": " "}, "fail required_for_new"),
        ({"STATE": ""}, "fail required_for_new"),
        ({"TYPE": ""}, "fail required_for_new"),
        ({"SUMMONS": "     "}, "fail required_for_new"),
        ({"SUMMONS": "1.49288E+09"}, "fail digits_lost"),
        ({"ISSUE DATE": "2025-07-05"}, "create"),
        ({"ISSUE DATE": "7/5/2025"}, "create"),
        ({"ISSUE DATE": ""}, "fail required_for_new"),
        ({"ISSUE DATE": "31/07/2025"}, "fail not_a_date"),
        ({"ISSUE TIME": ""}, "create"),
        ({"ISSUE TIME": "1330P"}, "fail not_a_time"),
        ({"ISSUE TIME": "0860A"}, "fail not_a_time"),
        ({"FINE": ""}, "create"),
        ({"FINE": "$1,065.00"}, "create"),
        ({"FINE": "-65"}, "fail out_of_range"),
        ({"FINE": "much"}, "fail not_a_number"),
        ({"AMOUNT DUE": ""}, "create"),
        ({"AMOUNT DUE": "two"}, "fail not_a_number"),
        ({"JUDGMENT": "whatever"}, "create"),
        ({"STREET NAME": "x" * 256}, "fail too_long"),
    ],
)
def test_each_rule_for_a_summons(
    cells: dict[str, str], outcome: str, take_row: Callable[..., Taken]
) -> None:
    assert take_row("pvb", SUMMONS, **cells).outcomes == [outcome]


@pytest.mark.parametrize(
    ("header", "text", "name", "value"),
    [
        ("ISSUE TIME", "0752A", "issue_time", dt.time(7, 52)),
        ("ISSUE TIME", "1230A", "issue_time", dt.time(0, 30)),
        ("ISSUE TIME", "0550P", "issue_time", dt.time(17, 50)),
        ("ISSUE TIME", "1215P", "issue_time", dt.time(12, 15)),
        ("NEW ISSUE", "true", "new_issue", True),
        ("NEW ISSUE", "1", "new_issue", True),
        ("NEW ISSUE", "y", "new_issue", True),
        ("NEW ISSUE", "YES", "new_issue", True),
        ("NEW ISSUE", "  ", "new_issue", False),
        ("NEW ISSUE", "N", "new_issue", False),
        ("HEARING IND", "              ", "hearing_ind", None),
        ("HEARING IND", "GUILTY   ", "hearing_ind", "GUILTY"),
        ("PENALTY", " ", "penalty", Decimal(0)),
        ("FINE", "115", "processing_fee", Decimal("2.88")),
        ("FINE", "65", "processing_fee", Decimal("1.63")),
        ("FINE", "", "processing_fee", Decimal(0)),
        ("AMOUNT DUE", "75.42", "amount_due", Decimal("77.05")),
        ("AMOUNT DUE", "", "amount_due", Decimal("1.63")),
    ],
)
def test_what_a_cell_means(
    header: str, text: str, name: str, value: object, take_row: Callable[..., Taken]
) -> None:
    take_row("pvb", SUMMONS, **{header: text})
    assert getattr(PVBViolation.objects.get(), name) == value


def test_the_example_of_the_older_system_line_by_line(take: Take) -> None:
    taken = take("pvb", "\n".join((HEADER, FIRST, SECOND, THIRD, THIRD)), "fleet.csv")
    assert taken.outcomes == ["create", "create", "create", "fail duplicate_in_file"]
    assert taken.said(5) == ["SUMMONS: Row 4 of this file is about the same record."]
    first = PVBViolation.objects.get(summons="4046361992")
    assert (first.street_name, first.intersect_street) == ("EB W 14TH STREET @ 5", "TH AVE")
    assert (first.source, first.disposition, first.status) == ("CSV_IMPORT", "Paid", "Imported")
    run = PVBImport.objects.get()
    assert (run.file_name, run.status, first.pvb_import) == ("fleet.csv", "COMPLETED", run)
    assert (run.total_records, run.successful_records, run.failed_records) == (4, 3, 1)


def test_a_comma_in_a_street_without_quotes_is_said_so(take: Take) -> None:
    shifted = FIRST.replace("EB W 14TH STREET @ 5", "W 14TH ST, NEAR 5")
    taken = take("pvb", "\n".join((HEADER, SECOND, shifted)))
    assert taken.outcomes == ["create", "fail too_many_cells"]
    assert taken.said(3) == [
        "This row has 31 cells, the header has 30. "
        "A text with a separator in it needs quotes around it."
    ]


def test_headers_do_not_matter_while_the_columns_are_in_their_places(
    take: Take, root: User
) -> None:
    names = ",".join(f"Field {number}" for number in range(1, 31))
    assert take("pvb", "\n".join((names, FIRST))).outcomes == ["create"]
    assert PVBViolation.objects.get().summons == "4046361992"


@pytest.mark.parametrize(
    ("header", "refusal"),
    [
        (HEADER.removesuffix(",STREET CODE3"), "This file has 29 columns, and 30 are wanted"),
        (
            HEADER.replace("PLATE,STATE", "STATE,PLATE"),
            "“STATE” stands in column 1 and belongs in column 2.",
        ),
    ],
)
def test_columns_in_other_places_are_refused(header: str, refusal: str) -> None:
    importer: Any = find_importer("pvb")
    columns = tuple(header.split(","))
    mapping = {name: guess.field for name, guess in guess_mapping(importer, columns).items()}
    faults = check_mapping(importer, columns, mapping)
    assert any(fault.startswith(refusal) for fault in faults), faults
