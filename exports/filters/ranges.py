"""Bounds: both ends belong to the range, zero is a bound, and a date covers its whole day."""

import datetime as dt
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

FIRST_YEAR, LAST_YEAR = 2, 9998
DATE_LENGTH = len("2026-11-21")


class FromFilter(django_filters.NumberFilter):
    """At least this number."""

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name=field_name, lookup_expr="gte", **kwargs)


class ToFilter(django_filters.NumberFilter):
    """At most this number."""

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name=field_name, lookup_expr="lte", **kwargs)


class DayField(forms.DateField):
    """A date whose neighbours exist too, in every time zone."""

    def to_python(self, value: Any) -> dt.date | None:
        day = super().to_python(value)
        if day is not None and not FIRST_YEAR <= day.year <= LAST_YEAR:
            raise ValidationError(
                _("The year is not between %(first)d and %(last)d."),
                params={"first": FIRST_YEAR, "last": LAST_YEAR},
            )
        return day


class DayFromFilter(django_filters.DateFilter):
    """From the first moment of that day, in the current time zone."""

    field_class = DayField

    def filter(self, qs: "QuerySet[Any]", value: dt.date | None) -> "QuerySet[Any]":
        if value is None:
            return qs
        return qs.filter(**{f"{self.field_name}__gte": start_of(value)})


class DayToFilter(django_filters.DateFilter):
    """Up to the last moment of that day, in the current time zone."""

    field_class = DayField

    def filter(self, qs: "QuerySet[Any]", value: dt.date | None) -> "QuerySet[Any]":
        if value is None:
            return qs
        return qs.filter(**{f"{self.field_name}__lt": start_of(value + dt.timedelta(days=1))})


def start_of(day: dt.date) -> dt.datetime:
    """The first moment of a day in the current time zone."""
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


class MomentField(forms.DateTimeField):
    """A date or a moment. A date stands for its first moment, or with `is_end` for its last."""

    def __init__(self, *args: Any, is_end: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._is_end = is_end

    def to_python(self, value: Any) -> dt.datetime | None:
        if not isinstance(value, str) or len(value.strip()) > DATE_LENGTH:
            return _in_utc(super().to_python(value))
        day = DayField().to_python(value.strip())
        if day is None or not self._is_end:
            return start_of(day) if day else None
        return start_of(day + dt.timedelta(days=1)) - dt.timedelta(microseconds=1)


def say_bound(bound: Any, *, is_end: bool) -> str:
    """A bound as a person gives it: a moment that begins or ends a range of days is a day."""
    if not isinstance(bound, dt.datetime):
        return str(bound)
    local = timezone.localtime(bound)
    is_day = local.time() == (dt.time.max if is_end else dt.time.min)
    return local.strftime("%Y-%m-%d" if is_day else "%Y-%m-%d %H:%M:%S %Z")


def _in_utc(moment: dt.datetime | None) -> dt.datetime | None:
    """Databases know no offset of 16 hours and more, and no year before 1 or after 9999."""
    try:
        return moment.astimezone(dt.UTC) if moment else None
    except OverflowError:
        raise ValidationError(_("This is out of range: the years are 1 to 9999.")) from None


class MomentFromFilter(django_filters.Filter):
    """From this date or moment on."""

    field_class = MomentField

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name=field_name, lookup_expr="gte", **kwargs)


class MomentToFilter(django_filters.Filter):
    """Up to this moment, or to the end of this date."""

    field_class = MomentField

    def __init__(self, field_name: str, **kwargs: Any) -> None:
        super().__init__(field_name=field_name, lookup_expr="lte", is_end=True, **kwargs)
