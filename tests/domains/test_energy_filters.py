"""What meters and readings are chosen by."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.registry import find_resource
from exports.sources.orm import read_some
from exportsite.domains.energy.models import Meter

DAY = dt.date(2025, 11, 7)


@pytest.fixture
def found(plan: Any) -> Callable[..., list[str]]:
    """The MPANs that a resource gives for these filters, one for each row."""

    def mpans(resource: str, **filters: Any) -> list[str]:
        asked = plan(resource, filters, columns=["mpan"])
        rows = [str(mpan) for (mpan,) in read_some(asked, 1_000)]
        assert asked.count() == len(rows)
        return sorted(rows)

    return mpans


@pytest.fixture
def refusal(plan: Any) -> Callable[..., dict[str, list[str]]]:
    def refused(resource: str, **filters: Any) -> dict[str, list[str]]:
        with pytest.raises(InvalidRequest) as caught:
            plan(resource, filters)
        return caught.value.errors

    return refused


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
@pytest.mark.parametrize("name", ["company", "region", "supplier", "site"])
def test_rows_are_chosen_by_what_their_meter_belongs_to(
    resource: str, name: str, make_meter: Any, make_reading: Any, found: Any, refusal: Any
) -> None:
    for mpan in ("A", "B", "C"):
        make_meter(mpan, **{"site": f"Site {mpan}", name: f"Name {mpan}"})
        make_reading(mpan)
    (filter_,) = [filterset_of(find_resource(resource)).base_filters[name]]
    key = filter_.queryset.get(name="Name A").pk
    assert found(resource, **{name: key}) == found(resource, **{name: "name a"}) == ["A"]
    assert found(resource, **{f"{name}_id": [key, "Name B"]}) == ["A", "B"]
    assert f"{key} Name A" in refusal(resource, **{name: "nobody"})[name][0]


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
def test_rows_without_region_or_supplier_drop_only_when_one_is_asked_for(
    resource: str, make_meter: Any, make_reading: Any, found: Any
) -> None:
    make_meter("A", site="Nowhere", region=None, supplier=None)
    make_meter("B")
    make_reading("A")
    make_reading("B")
    assert found(resource) == ["A", "B"]
    assert found(resource, region="london") == found(resource, supplier="octopus") == ["B"]


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
def test_mpans_are_a_comma_list_of_parts(resource: str, make_reading: Any, found: Any) -> None:
    for mpan in ("E06BG12862", "1200001234566", "M000000004", "1_0"):
        make_reading(mpan)
    assert found(resource, mpan="e06bg, M0") == ["E06BG12862", "M000000004"]
    assert found(resource, mpan="1200001234566") == ["1200001234566"]
    assert found(resource, mpan="1_0") == ["1_0"]


@pytest.mark.parametrize("resource", ["readings", "readings-wide"])
def test_a_meter_is_given_by_key_or_whole_mpan(
    resource: str, make_reading: Any, found: Any, refusal: Any
) -> None:
    key = make_reading("E06BG12862").meter_id
    make_reading("E06BG1286")
    assert found(resource, meter=key) == found(resource, meter="e06bg12862") == ["E06BG12862"]
    assert found(resource, meter_id=["E06BG1286"]) == ["E06BG1286"]
    assert "E06BG12862" in refusal(resource, meter="E06")["meter"][0]


@pytest.mark.parametrize("resource", ["meters", "readings", "readings-wide"])
def test_the_type_of_meter(
    resource: str, make_meter: Any, make_reading: Any, found: Any, refusal: Any
) -> None:
    for mpan, kind in (("E", "electricity"), ("M", "gas"), ("W", "water")):
        make_meter(mpan, meter_type=kind)
        make_reading(mpan)
    assert found(resource, meter_type="gas") == ["M"]
    assert found(resource, **{"meter_type[]": ["gas", "water"]}) == ["M", "W"]
    (message,) = refusal(resource, meter_type="steam")["meter_type"]
    assert "electricity, gas, water, heat" in message


@pytest.mark.parametrize("name", ["is_smart_meter", "is_half_hourly", "is_active"])
def test_facts_about_meters_are_yes_no_or_not_asked(name: str, make_meter: Any, found: Any) -> None:
    make_meter("A", **{name: True})
    make_meter("B", **{name: False})
    assert found("meters", **{name: True}) == ["A"]
    assert found("meters", **{name: "false"}) == ["B"]
    assert found("meters", **{name: None}) == ["A", "B"]


@pytest.mark.parametrize("resource", ["readings", "readings-wide"])
def test_facts_about_readings(resource: str, make_reading: Any, found: Any, refusal: Any) -> None:
    make_reading("A", reading_type="actual", is_validated=True, import_batch_id="b-1")
    make_reading("B", reading_type="estimated", import_batch_id="b-2")
    make_reading("C", reading_type="manual")
    assert found(resource, reading_type="estimated") == ["B"]
    assert found(resource, **{"reading_type[]": ["actual", "manual"]}) == ["A", "C"]
    assert found(resource, is_validated="yes") == ["A"]
    assert found(resource, is_validated=False) == ["B", "C"]
    assert found(resource, is_validated="") == ["A", "B", "C"]
    assert found(resource, import_batch_id="b-1") == found(resource, batch_id="b-1") == ["A"]
    assert "actual, estimated, manual" in refusal(resource, reading_type="E")["reading_type"][0]


@pytest.mark.parametrize("resource", ["readings", "readings-wide"])
def test_both_days_belong_to_the_range(
    resource: str, make_reading: Any, found: Any, refusal: Any
) -> None:
    for number in range(4):
        make_reading(f"{number}", reading_date=DAY + dt.timedelta(days=number))
    assert found(resource, date_from="2025-11-08", date_to="2025-11-09") == ["1", "2"]
    assert found(resource, date_to="2025-11-07") == ["0"]
    assert list(refusal(resource, date_from="2025-11-09", date_to="2025-11-08")) == ["date_to"]
    assert list(refusal(resource, date_from="31/02/2025")) == ["date_from"]


def test_values_are_a_range_with_zero_as_a_bound(
    make_reading: Any, found: Any, refusal: Any
) -> None:
    for mpan, value in (("A", "-0.100"), ("B", "0"), ("C", "1.200")):
        make_reading(mpan, value=value)
    assert found("readings", min_value=0) == ["B", "C"]
    assert found("readings", max_value="0") == ["A", "B"]
    assert found("readings", min_value="1.2", max_value="1.2") == ["C"]
    assert list(refusal("readings", min_value=2, max_value=1)) == ["max_value"]


def test_readings_of_half_hours_or_of_days(make_reading: Any, found: Any, refusal: Any) -> None:
    make_reading("A", 1)
    make_reading("B", 0)
    assert found("readings", interval="half-hourly") == ["A"]
    assert found("readings", interval=["daily"]) == ["B"]
    assert found("readings", interval=["daily", "half-hourly"]) == ["A", "B"]
    assert "half-hourly, daily" in refusal("readings", interval="weekly")["interval"][0]
    assert found("readings-wide") == ["A"]


def test_searches_and_selections(make_reading: Any, found: Any) -> None:
    key = make_reading("A", import_batch_id="b-17").pk
    make_reading("B")
    assert found("readings", search="b-17") == found("readings", keys=str(key)) == ["A"]
    assert found("readings-wide", keys=str(key)) == ["A"]
    assert found("meters", search="office b") == ["B"]
    assert found("meters", keys=str(Meter.objects.get(mpan="A").pk)) == ["A"]


def test_no_filter_is_untested() -> None:
    """Each is used above; a new one is to be added here and there."""
    of_meter = {"company", "region", "supplier", "site", "mpan", "meter_type"}
    of_day = {"meter", "reading_type", "is_validated", "date_from", "date_to", "import_batch_id"}
    expected = {
        "meters": of_meter | {"is_smart_meter", "is_half_hourly", "is_active", "keys", "search"},
        "readings": of_meter | of_day | {"interval", "min_value", "max_value", "keys", "search"},
        "readings-wide": of_meter | of_day | {"keys"},
    }
    for name, filters in expected.items():
        filterset = filterset_of(find_resource(name))
        assert set(filterset.base_filters) == filters
        assert set(filterset.aliases.values()) <= filters
        assert not set(filterset.aliases) & filters
