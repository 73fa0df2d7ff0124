"""What went wrong in the older systems or in real files, each once. The numbers are those of the
list of traps that was kept while these were studied.
"""

import pytest

from exportsite.domains.energy.models import MeterReading
from exportsite.domains.leads.models import Lead
from exportsite.domains.taxi.tolls import EZPassImport, EZPassTransaction
from exportsite.domains.taxi.violations import PVBViolation
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import sample, written

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

DAILY = "MPAN,Date,Reading\n1200001234566,2025-11-07,45.6\n1600001234564,2025-11-07,38.4\n"


@pytest.mark.parametrize("mark", ["", "\ufeff"], ids=["plain", "with a BOM"])
@pytest.mark.parametrize("sign", [",", "\t", ";", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_10_any_delimiter_line_end_and_byte_order_mark(
    sign: str, end: str, mark: str, take: Take
) -> None:
    text = mark + DAILY.replace(",", sign).replace("\n", end)
    assert take("readings-daily", text.encode()).outcomes == ["create", "create"]


def test_10_blanks_around_headers(take: Take) -> None:
    text = DAILY.replace("MPAN,Date,Reading", " MPAN , Date, Reading ")
    assert take("readings-daily", text).outcomes == ["create", "create"]


def test_12_a_row_that_fails_half_way_leaves_nothing(take: Take) -> None:
    text = "MPAN,Date,HH01,HH02,HH03\nE1,2025-11-07,1,x,3\nE2,2025-11-07,1,2,3\n"
    assert take("readings-hh", text).outcomes == ["fail not_a_number", "create"]
    assert set(MeterReading.objects.values_list("meter__mpan", flat=True)) == {"E2"}


def test_12_all_or_nothing_leaves_nothing_of_any_row(take: Take) -> None:
    text = "MPAN,Date,HH01,HH02\nE1,2025-11-07,1,2\nE2,2025-11-07,1,x\n"
    taken = take("readings-hh", text, on_error="abort")
    assert taken.job.status == "failed"
    assert not MeterReading.objects.exists()


def test_13_readings_taken_again_are_overwritten_and_ids_are_duplicates(take: Take) -> None:
    take("readings-daily", DAILY)
    changed = take("readings-daily", DAILY.replace("45.6", "50"))
    assert changed.outcomes == ["update", "unchanged"]
    take("ezpass", sample("ezpass.csv"))
    assert take("ezpass", sample("ezpass.csv")).outcomes[:2] == ["fail duplicate"] * 2
    take("pvb", sample("pvb.csv"))
    assert take("pvb", sample("pvb.csv")).outcomes == ["fail duplicate"] * 3


def test_14_days_first_in_britain_and_months_first_in_new_york(take: Take) -> None:
    take("readings-daily", "MPAN,Date,Reading\nE1,03/04/2025,1\n")
    take("pvb", sample("pvb.csv"))
    assert f"{MeterReading.objects.get().reading_date}" == "2025-04-03"
    assert f"{PVBViolation.objects.get(summons='4046361992').issue_date}" == "2025-07-03"


def test_15_signs_and_brackets_of_amounts(take: Take) -> None:
    header, *rows = sample("ezpass.csv").decode().splitlines()
    base = dict(zip(header.split(","), rows[0].split(","), strict=True))
    amounts = ("($9.11)", "$-2.86", "$9.00", "-$2.00")
    take(
        "ezpass",
        written([base | {"Lane Txn ID": f"{n}", "Amount": a} for n, a in enumerate(amounts, 1)]),
    )
    found = EZPassTransaction.objects.order_by("pk").values_list("amount", flat=True)
    assert [str(amount) for amount in found] == ["-9.11", "-2.86", "9.00", "-2.00"]


def test_16_half_past_midnight_is_written_1230a(take: Take) -> None:
    take("pvb", sample("pvb.csv"))
    assert str(PVBViolation.objects.get(summons="1492882902").issue_time) == "00:30:00"


def test_17_a_comma_in_a_street_shifts_columns_and_is_seen(take: Take) -> None:
    taken = take("pvb", sample("pvb-with-errors.csv"))
    assert taken.lines[4] == "fail too_many_cells"
    assert "31 cells, the header has 30" in taken.said(4)[0]


@pytest.mark.parametrize("title", ["=1+1", "+49 30", "-item", "@handle", "'=1+1"])
def test_19_texts_like_formulas_stay_texts(title: str, take: Take) -> None:
    header, row, _other = sample("leads.csv").decode().splitlines()
    take("leads", f"{header}\n{row.replace('Web site for a bakery', title)}\n")
    assert Lead.objects.get().title == title.removeprefix("'")


@pytest.mark.parametrize(
    ("rows", "status"),
    [("", "failed"), ("E1,never,1\nE2,never,1\n", "failed"), ("E1,never,1\nE2,2025-11-07,1\n",
     "completed")],
    ids=["no rows", "all bad", "some bad"],
)  # fmt: skip
def test_20_an_import_fails_only_when_nothing_of_it_is_good(
    rows: str, status: str, take: Take
) -> None:
    assert take("readings-daily", f"MPAN,Date,Reading\n{rows}").job.status == status


def test_20_the_taxi_companys_own_row_is_completed_when_some_are_good(take: Take) -> None:
    take("ezpass", sample("ezpass-with-errors.csv"))
    run = EZPassImport.objects.get()
    assert (run.status, run.successful_records, run.failed_records) == ("COMPLETED", 1, 5)


def test_a_spreadsheets_damage_is_refused_with_advice(take: Take) -> None:
    taken = take("readings-daily", "MPAN,Date,Reading\n1.23457E+12,2025-11-07,1\nE1,2025-11-07,1\n")
    assert taken.said() == [
        "MPAN: A spreadsheet has shortened this number and its last digits are lost. Format the "
        "column as text, type the number again, and save the file anew."
    ]


def test_what_excel_was_made_to_leave_alone_is_read(take: Take) -> None:
    take("readings-daily", 'MPAN,Date,Reading\n"=""1200001234566""",2025-11-07,1\n')
    assert MeterReading.objects.get().meter.mpan == "1200001234566"


def test_every_reason_stands_beside_its_row_and_column(take: Take) -> None:
    taken = take("readings-hh", sample("readings-wide-with-errors.csv"))
    assert [(p.row, p.column) for p in taken.all_problems] == [
        (3, "HH07"), (4, ""), (5, "MPAN"), (6, "MPAN"), (7, "Date"), (8, "HH47"), (8, "HH48")
    ]  # fmt: skip
    assert taken.job.failed_rows == 6
