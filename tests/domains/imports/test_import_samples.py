"""The files that the documentation offers, line by line, and each of them once more."""

import pytest

from imports.models import LedgerEntry
from imports.registry import find_importer
from tests.domains.imports.conftest import Take
from tests.domains.imports.files import SAMPLES, sample

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("world")]

GOOD = {
    "cars.csv": ("cars", ["create"] * 3),
    "assets.csv": ("assets", ["create"] * 3),
    "tickets.csv": ("tickets", ["create"] * 2),
    "ezpass.csv": ("ezpass", ["create", "create", "skip left_out", "skip left_out"]),
    "ezpass-2023.csv": ("ezpass", ["create"]),
    "ezpass-statement.csv": ("ezpass", ["create", "skip left_out"]),
    "pvb.csv": ("pvb", ["create"] * 3),
    "curb.csv": ("curb", ["create"] * 2),
    "leads.csv": ("leads", ["create"] * 2),
    "sites.csv": ("sites", ["create"] * 3),
    "readings-wide.csv": ("readings-hh", ["create"] * 4),
    "readings-long.csv": ("readings-hh", ["create"] * 4),
    "readings-daily.csv": ("readings-daily", ["create"] * 3),
}
BAD = {
    "cars-with-errors.csv": (
        "cars",
        ["create", "fail out_of_range", "fail out_of_range", "fail not_a_number",
         "fail unknown_choice", "fail required_for_new"],
    ),
    "assets-with-errors.csv": (
        "assets",
        ["create", "create", "fail duplicate_in_file", "fail not_a_date not_an_ip unknown_record",
         "fail not_unique", "fail required_for_new"],
    ),
    "tickets-with-errors.csv": (
        "tickets",
        ["create", "fail duplicate_in_file", "fail unknown_record",
         "fail unknown_record unknown_record", "create before_creation"],
    ),
    "ezpass-with-errors.csv": (
        "ezpass",
        ["create", "fail duplicate_in_file", "fail not_a_date", "fail not_a_time not_a_number",
         "fail digits_lost", "fail too_few_cells"],
    ),
    "pvb-with-errors.csv": (
        "pvb",
        ["create", "fail duplicate_in_file", "fail too_many_cells",
         "fail not_a_date not_a_time not_a_number", "fail too_few_cells"],
    ),
    "curb-with-errors.csv": (
        "curb",
        ["create total_differs", "fail duplicate_in_file", "fail missing",
         "fail not_a_date no_such_time unknown_choice"],
    ),
    "leads-with-errors.csv": (
        "leads",
        ["create", "fail duplicate_in_file", "fail not_a_url", "fail unknown_record",
         "fail unknown_choice out_of_range unknown_choice", "fail digits_lost"],
    ),
    "sites-with-errors.csv": (
        "sites",
        ["fail not_a_date",
         "fail unknown_choice out_of_range out_of_range out_of_range unknown_record",
         "fail required_for_new"],
    ),
    "readings-wide-with-errors.csv": (
        "readings-hh",
        ["create", "fail not_a_number", "fail no_values", "fail missing", "fail digits_lost",
         "fail not_a_date", "fail no_such_period no_such_period"],
    ),
    "readings-long-with-errors.csv": (
        "readings-hh",
        ["create", "skip repeated", "update repeated", "fail missing", "fail not_a_time",
         "fail missing", "fail not_a_number", "fail no_such_time"],
    ),
    "readings-daily-with-errors.csv": (
        "readings-daily",
        ["create check_digit", "fail missing", "fail not_a_date", "fail missing",
         "fail not_a_number"],
    ),
}  # fmt: skip
# Files of these say the same ids again: that is a mistake, and no change.
REFUSED_AGAIN = {"ezpass", "pvb"}


def test_every_sample_is_tried() -> None:
    assert {path.name for path in SAMPLES.glob("*.csv")} == {*GOOD, *BAD}
    page = (SAMPLES / "README.md").read_text(encoding="utf-8")
    assert [name for name in GOOD if f"`{name}`" not in page] == []


@pytest.mark.parametrize("name", [*GOOD, *BAD])
def test_each_line_of_a_sample_gets_what_it_deserves(name: str, take: Take) -> None:
    importer, outcomes = (GOOD | BAD)[name]
    assert take(importer, sample(name), name).outcomes == outcomes


@pytest.mark.parametrize("name", GOOD)
def test_a_sample_taken_again_doubles_nothing(name: str, take: Take) -> None:
    importer, _outcomes = GOOD[name]
    model = find_importer(importer).model
    first = take(importer, sample(name), name)
    before = list(model._base_manager.order_by("pk").values())
    second = take(importer, sample(name), name)
    added = first.counts["create"]
    said_again = "fail" if importer in REFUSED_AGAIN else "unchanged"
    skipped = {"skip": first.counts["skip"]} if "skip" in first.counts else {}
    assert second.counts == {said_again: added, **skipped}
    assert second.job.values_written == 0
    assert list(model._base_manager.order_by("pk").values()) == before
    assert not LedgerEntry.objects.filter(job_id=second.job.pk).exists()
    if importer in REFUSED_AGAIN:
        assert second.job.problem_codes["duplicate"] == added


@pytest.mark.parametrize("name", GOOD)
def test_a_header_without_rows_is_no_import(name: str, take: Take) -> None:
    importer, _outcomes = GOOD[name]
    taken = take(importer, sample(name).splitlines()[0] + b"\n", name)
    assert (taken.job.status, taken.counts) == ("failed", {})
    assert taken.job.error_message == "The file has a header, but no rows."
