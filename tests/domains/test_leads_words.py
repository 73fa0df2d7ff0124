import pytest

from exports.plans import bind_filters
from exports.summaries import filters_in_use
from exportsite.domains.leads.export_resources import LeadResource

pytestmark = pytest.mark.django_db


def test_days_are_told_as_days() -> None:
    filters = bind_filters(LeadResource, {"date_from": "2026-01-01", "date_to": "2026-02-01"})
    told = [used.phrase for used in filters_in_use(filters)]
    assert told == ["scraped from 2026-01-01", "scraped to 2026-02-01"]


def test_a_range_that_is_upside_down_is_told_in_days() -> None:
    filters = bind_filters(LeadResource, {"date_from": "2026-02-01", "date_to": "2026-01-01"})
    (fault,) = filters.form.errors["date_to"]
    assert fault == "The end of the range, 2026-01-01, is before its beginning, 2026-02-01."
