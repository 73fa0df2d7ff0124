"""Building blocks for the filters of resources: one FilterSet serves form, API and job."""

from exports.filters.base import ExportFilterSet, KeysField, KeysFilter
from exports.filters.choices import (
    AnyOfFilter,
    CommaChoicesFilter,
    RelatedFilter,
    refuse_choice,
)
from exports.filters.flags import (
    HasValueFilter,
    TriStateField,
    TriStateFilter,
    TriStateSelect,
)
from exports.filters.ranges import (
    DayFromFilter,
    DayToFilter,
    FromFilter,
    MomentFromFilter,
    MomentToFilter,
    ToFilter,
)
from exports.filters.texts import (
    CommaContainsFilter,
    CommaNumbersFilter,
    ContainsFilter,
    ExcludeKeywordsFilter,
    KeywordsFilter,
    SearchFilter,
)

__all__ = [
    "AnyOfFilter",
    "CommaChoicesFilter",
    "CommaContainsFilter",
    "CommaNumbersFilter",
    "ContainsFilter",
    "DayFromFilter",
    "DayToFilter",
    "ExcludeKeywordsFilter",
    "ExportFilterSet",
    "FromFilter",
    "HasValueFilter",
    "KeysField",
    "KeysFilter",
    "KeywordsFilter",
    "MomentFromFilter",
    "MomentToFilter",
    "RelatedFilter",
    "SearchFilter",
    "ToFilter",
    "TriStateField",
    "TriStateFilter",
    "TriStateSelect",
    "refuse_choice",
]
