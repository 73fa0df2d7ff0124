"""Filters that several exports of the taxi company share."""

from typing import Any, ClassVar

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from exports.filters import CommaContainsFilter, ExportFilterSet, RelatedFilter
from exports.filters.choices import RelatedField
from exportsite.domains.taxi.ledger import LedgerBalance

Rows = QuerySet[Any]


class SizeFromFilter(django_filters.NumberFilter):  # type: ignore[misc]
    """At least this number, whatever the sign."""

    def filter(self, qs: Rows, value: Any) -> Rows:
        name = self.field_name
        if value is None:
            return qs
        return qs.filter(Q(**{f"{name}__gte": value}) | Q(**{f"{name}__lte": -value}))


class SizeToFilter(django_filters.NumberFilter):  # type: ignore[misc]
    """At most this number, whatever the sign."""

    def filter(self, qs: Rows, value: Any) -> Rows:
        return qs if value is None else qs.filter(**{f"{self.field_name}__range": (-value, value)})


class LedgerBalanceFilter(django_filters.NumberFilter):  # type: ignore[misc]
    """What is still owed for this charge; a charge that the ledger does not know drops out.

    `field_name` is the charge's business id, by which the balance refers to it.
    """

    def __init__(self, field_name: str, lookup_expr: str, category: str, **kwargs: Any) -> None:
        super().__init__(field_name=field_name, lookup_expr=lookup_expr, **kwargs)
        self.category = category

    def filter(self, qs: Rows, value: Any) -> Rows:
        if value is None:
            return qs
        bound = {f"balance__{self.lookup_expr}": value}
        owed = LedgerBalance.objects.filter(category=self.category, **bound)
        return qs.filter(**{f"{self.field_name}__in": owed.values("reference_id")})


class CommaRelatedField(RelatedField):
    def clean(self, value: Any) -> Any:
        items = [value] if isinstance(value, str) else list(value or [])
        texts = [text.strip() for item in items for text in str(item).split(",")]
        return super().clean([text for text in texts if text])


class CommaRelatedFilter(RelatedFilter):
    """As RelatedFilter, but each value may be a comma list of keys or names."""

    field_class = CommaRelatedField


class LicenseeFilters(ExportFilterSet):
    """Whom and what a row belongs to. Rows without it drop out only when it is asked for."""

    driver_id = CommaContainsFilter("driver__driver_id", label=_("Driver ID"))
    driver_name = CommaContainsFilter("driver__full_name", label=_("Driver name"))
    lease_id = CommaContainsFilter("lease__lease_id", label=_("Lease ID"))
    vin = CommaContainsFilter("vehicle__vin", label=_("VIN"))
    medallion_no = CommaContainsFilter("medallion__medallion_number", label=_("Medallion"))

    aliases: ClassVar[dict[str, str]] = {"vehicle_vin": "vin", "medallion_number": "medallion_no"}
