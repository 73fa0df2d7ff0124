"""A request whose dates move: "@last_month" at both ends of a range of dates.

A word means its first day where a range begins and its last day where it ends. Only filters of
dates know words: in a text "@example.org" is a text.
"""

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

import django_filters
from django import forms
from django.core.exceptions import ValidationError
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from exports.default_filters import filterset_of
from exports.errors import InvalidRequest
from exports.filters import ExportFilterSet
from exports.filters.ranges import MomentField
from exports.periods import MARK, UnknownPeriod, find_period, word_for
from exports.registry import UnknownResource, find_resource
from exports.requests import ExportRequest

END_OF_DAY = " 23:59:59.999999"
KEEP = "keep"  # a choice for a pair: leave the dates as they are


@dataclass(frozen=True, kw_only=True)
class Pair:
    """The two filters of a range of dates, and what people call it."""

    lower: str
    upper: str
    label: str


def resolve(request: ExportRequest, today: dt.date) -> ExportRequest:
    """The request with dates in place of words. Raises InvalidRequest for unknown words."""
    errors: dict[str, list[str]] = {}
    filters = dict(request.filters)
    for name, word in words_of(request).items():
        try:
            filters[name] = _date_for(_filterset(request), _canonical(request, name), word, today)
        except UnknownPeriod as error:
            errors[name] = [str(error)]
    if errors:
        raise InvalidRequest(errors)
    parts = tuple(resolve(part, today) for part in request.parts)
    also = tuple(resolve(part, today) for part in request.also)
    return replace(request, filters=filters, parts=parts, also=also)


def words_of(request: ExportRequest) -> dict[str, str]:
    """The filters of dates that hold a word, known or not."""
    base = _filterset(request).base_filters
    found = {}
    for name, value in request.filters.items():
        text = _single(value)
        filter_ = base.get(_canonical(request, name))
        if text.startswith(MARK) and filter_ is not None and _is_date(filter_):
            found[name] = text
    return found


def suggest(request: ExportRequest, today: dt.date) -> ExportRequest:
    """Words in place of dates that are a period now: what a quick range was pressed for."""
    choices = {}
    for pair in pairs_of(request.resource):
        days = tuple(_day(request.filters.get(name)) for name in (pair.lower, pair.upper))
        if days[0] and days[1] and (word := word_for((days[0], days[1]), today)):
            choices[pair.lower] = word
    return choose(request, choices)


def choose(request: ExportRequest, choices: Mapping[str, str]) -> ExportRequest:
    """Other dates: lower filter -> a word, "" for any date, or KEEP."""
    filters = dict(request.filters)
    for pair in pairs_of(request.resource):
        choice = choices.get(pair.lower, KEEP)
        if choice == KEEP:
            continue
        for name in (pair.lower, pair.upper):
            filters.pop(name, None)
            if choice:
                filters[name] = choice
    return replace(request, filters=filters)


def choice_of(request: ExportRequest, pair: Pair) -> str:
    """What `choose` was told of this pair."""
    lower, upper = (_single(request.filters.get(name)) for name in (pair.lower, pair.upper))
    if not lower and not upper:
        return ""
    return lower if lower == upper and lower.startswith(MARK) else KEEP


def phrases(request: ExportRequest) -> Iterator[str]:
    """The words of a request as parts of a sentence: "created last month"."""
    said = set()
    for pair in pairs_of(request.resource):
        word = choice_of(request, pair)
        if word.startswith(MARK):
            said |= {pair.lower, pair.upper}
            yield f"{pair.label[:1].lower()}{pair.label[1:]} {find_period(word).label}"
    for name, word in words_of(request).items():
        if name not in said:
            label = _filterset(request).base_filters[_canonical(request, name)].label or name
            yield f"{label} {find_period(word).label}"


def pairs_of(resource: str) -> list[Pair]:
    """The ranges of dates that a resource can be filtered by."""
    try:
        filterset = filterset_of(find_resource(resource))
    except UnknownResource:
        return []
    base = filterset.base_filters
    return [
        Pair(lower=low, upper=high, label=_common(low, base[low], base[high]))
        for low, high in filterset.ranges
        if _is_date(base[low]) and _is_date(base[high])
    ]


def _common(name: str, lower: django_filters.Filter, upper: django_filters.Filter) -> str:
    """ "Created from" and "Created to" are one "Created"."""
    first, second = str(lower.label or name), str(upper.label or "")
    same = []
    for one, other in zip(first.split(), second.split(), strict=False):
        if one != other:
            break
        same.append(one)
    return capfirst(" ".join(same) or first.replace("_", " "))


def _date_for(filterset: type[ExportFilterSet], name: str, word: str, today: dt.date) -> str:
    first, last = find_period(word).days(today)
    edge = _edge_of(filterset, name)
    if edge == "last":
        field = filterset.base_filters[name].field_class
        is_moment = issubclass(field, forms.DateTimeField) and not issubclass(field, MomentField)
        return last.isoformat() + (END_OF_DAY if is_moment else "")
    if edge == "first" or first == last:
        return first.isoformat()
    raise UnknownPeriod(_("“%s” is several days; this filter takes one day.") % word)


def _edge_of(filterset: type[ExportFilterSet], name: str) -> str:
    for lower, upper in filterset.ranges:
        if name in (lower, upper):
            return "first" if name == lower else "last"
    lookup = filterset.base_filters[name].lookup_expr
    return {"gte": "first", "gt": "first", "lte": "last", "lt": "last"}.get(lookup, "")


def _is_date(filter_: django_filters.Filter) -> bool:
    return issubclass(filter_.field_class, forms.DateField | forms.DateTimeField)


def _filterset(request: ExportRequest) -> type[ExportFilterSet]:
    try:
        return filterset_of(find_resource(request.resource))
    except UnknownResource as error:
        raise InvalidRequest({"resource": [str(error)]}) from None


def _canonical(request: ExportRequest, name: str) -> str:
    return _filterset(request).aliases.get(name, name)


def _single(value: Any) -> str:
    if isinstance(value, list | tuple):
        value = value[0] if len(value) == 1 else ""
    return str(value or "").strip()


def _day(value: Any) -> dt.date | None:
    try:
        return forms.DateField().to_python(_single(value))
    except ValidationError:
        return None
