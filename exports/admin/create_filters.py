"""A resource's filters as the controls of the create page. Looks only; no rules."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import django_filters
from django import forms
from django.contrib.admin import AdminSite
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from exports.admin.create_choices import (
    Choice,
    autocomplete,
    choices_of,
    related_choices,
)
from exports.filters import ExportFilterSet, KeysField, TriStateField
from exports.filters.ranges import MomentField
from exports.filters.texts import CommaListField
from exports.forms import Errors
from exports.permissions import User
from exports.resources import ExportResource
from exports.sensitive import closed_filters

FLAT_CHOICES = 5  # up to so many stand open; more go into a folded list
FIRST = {"keys": 0, "search": 1}


@dataclass(frozen=True, kw_only=True)
class Box:
    """One input of a control."""

    name: str
    label: str
    value: str = ""
    type: str = "text"
    mode: str = ""  # which keyboard a phone shows
    help: str = ""
    errors: Sequence[str] = ()

    @property
    def id(self) -> str:
        return f"id_{self.name}"


@dataclass(frozen=True, kw_only=True)
class Control:
    """One filter, or two that are the bounds of a range, as a person sees it."""

    kind: str  # the template below exports/create/controls/
    label: str
    boxes: tuple[Box, ...]
    choices: tuple[Choice, ...] = ()
    widget: str = ""  # ready-made markup of an autocomplete
    more: int = 0  # choices that are not listed
    is_wide: bool = False

    @property
    def template(self) -> str:
        return f"exports/create/controls/{self.kind}.html"

    @property
    def box(self) -> Box:
        return self.boxes[0]

    @property
    def is_set(self) -> bool:
        return any(box.value for box in self.boxes) or bool(self.chosen)

    @property
    def chosen(self) -> list[str]:
        return [choice.label for choice in self.choices if choice.checked and choice.value]


class Controls:
    """Makes the controls of one resource, filled in with what was asked for."""

    def __init__(
        self,
        resource: type[ExportResource],
        filterset: ExportFilterSet,
        *,
        site: AdminSite,
        user: User,
        errors: Errors,
    ) -> None:
        self.resource, self.site, self.user, self.errors = resource, site, user, errors
        self.filterset = filterset
        self.form = filterset.form
        self.form.is_valid()
        self.media = forms.Media()

    def all(self) -> list[Control]:
        """As declared, but what narrows most comes first: a selection, then the search."""
        closed = closed_filters(self.user, self.resource)
        names = sorted(self.filterset.filters, key=lambda name: FIRST.get(name, len(FIRST)))
        return list(self._make([name for name in names if name not in closed]))

    def _make(self, names: Sequence[str]) -> Iterator[Control]:
        upper_of: Mapping[str, str] = dict(self.filterset.ranges)
        uppers = set(upper_of.values())
        for name in names:
            if name in upper_of:
                yield self._range(name, upper_of[name])
            elif name not in uppers:
                yield self._single(name)

    def _range(self, lower: str, upper: str) -> Control:
        boxes = self._box(lower), self._box(upper)
        label, words = split_labels(boxes[0].label, boxes[1].label)
        is_date = boxes[0].type == boxes[1].type == "date"
        named = tuple(replace(box, label=word) for box, word in zip(boxes, words, strict=True))
        return Control(kind="dates" if is_date else "pair", label=label, boxes=named)

    def _single(self, name: str) -> Control:
        field = self.form.fields[name]
        if isinstance(field, KeysField):
            return self._keys(name)
        if isinstance(field, TriStateField | forms.NullBooleanField):
            return self._segments(name)
        if isinstance(field, forms.ModelChoiceField):
            return self._related(name, field)
        if isinstance(field, forms.ChoiceField):
            found = self.form.cleaned_data.get(name) or self._values(name)
            choices, more = choices_of(field, found if isinstance(found, list) else [found])
            return self._choose(name, choices, more)
        box = self._box(name)
        return Control(kind="text", label=box.label, boxes=(box,), is_wide=name == "search")

    def _keys(self, name: str) -> Control:
        box = self._box(name)
        value = ",".join(self._values(name))
        count = len([key for key in value.split(",") if key.strip()])
        return Control(kind="keys", label=box.label, boxes=(replace(box, value=value),), more=count)

    def _segments(self, name: str) -> Control:
        now = self.form.cleaned_data.get(name)
        words = ((None, "", _("any")), (True, "true", _("yes")), (False, "false", _("no")))
        choices = tuple(
            Choice(value=value, label=label, checked=now is state) for state, value, label in words
        )
        box = self._box(name, value="")
        return Control(kind="segments", label=box.label, boxes=(box,), choices=choices)

    def _related(self, name: str, field: Any) -> Control:
        values, filter_ = self._values(name), self.filterset.filters[name]
        found = autocomplete(self.resource, filter_, field, self.site, self.user)
        if found is None:
            choices, more = related_choices(field, values)
            return self._choose(name, choices, more)
        box = self._box(name, value="")
        choices, _more = related_choices(field, values, chosen_only=True)
        found.choices = field.choices
        self.media += found.media
        markup = found.render(
            name,
            [choice.value for choice in choices if not choice.unknown],
            {"id": box.id, "aria-describedby": f"errors-{name}"},
        )
        return Control(
            kind="autocomplete", label=box.label, boxes=(box,), choices=choices, widget=markup
        )

    def _choose(self, name: str, choices: tuple[Choice, ...], more: int) -> Control:
        box = self._box(name, value="")
        many = getattr(self.form.fields[name].widget, "allow_multiple_selected", False)
        known = sum(not choice.unknown for choice in choices)
        kind = "select" if not many else "checks" if known <= FLAT_CHOICES else "picker"
        return Control(kind=kind, label=box.label, boxes=(box,), choices=choices, more=more)

    def _values(self, name: str) -> list[str]:
        return [str(value) for value in self.form.data.getlist(name) if str(value)]

    def _box(self, name: str, *, value: str | None = None) -> Box:
        field, filter_ = self.form.fields[name], self.filterset.filters[name]
        given = self._values(name)
        raw = ", ".join(given) if isinstance(field, CommaListField) else "".join(given[-1:])
        raw = raw if value is None else value
        kind, mode, text = input_of(field, raw)
        return Box(
            name=name,
            label=label_of_filter(name, filter_),
            value=text,
            type=kind,
            mode=mode,
            help=str(field.help_text or ""),
            errors=self.errors.get(name, ()),
        )


def label_of_filter(name: str, filter_: django_filters.Filter) -> str:
    return capfirst(str(filter_.label or name.replace("_", " ")))


def split_labels(lower: str, upper: str) -> tuple[str, tuple[str, str]]:
    """ "Price from" and "Price to" are one "Price", "from" and "to"."""
    first, second = lower.split(), upper.split()
    same = 0
    while same < min(len(first), len(second)) - 1 and first[same] == second[same]:
        same += 1
    if not same:
        return f"{lower} – {upper}", (_("from"), _("to"))
    return " ".join(first[:same]), (" ".join(first[same:]), " ".join(second[same:]))


def input_of(field: forms.Field, raw: str) -> tuple[str, str, str]:
    """Type, keyboard and value of an input. What a picker could not show is shown as text."""
    if isinstance(field, MomentField) and len(raw) < len("2026-11-21T00:00"):
        return _picker("date", raw, raw if parse_date_or_none(raw) else "")
    if isinstance(field, forms.DateTimeField):
        moment = _cleaned(field, raw)
        local = timezone.localtime(moment).replace(tzinfo=None) if moment else None
        return _picker("datetime-local", raw, local.isoformat("T", "seconds") if local else "")
    if isinstance(field, forms.DateField):
        day = _cleaned(field, raw)
        return _picker("date", raw, day.isoformat() if day else "")
    if isinstance(field, forms.TimeField):
        time = _cleaned(field, raw)
        return _picker("time", raw, time.isoformat("seconds") if time else "")
    # A browser's number input swallows what is no number; as text it comes back with its error.
    if isinstance(field, forms.IntegerField | forms.DecimalField):
        return "text", "decimal", raw
    return "text", "", raw


def parse_date_or_none(text: str) -> dt.date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _cleaned(field: forms.Field, raw: str) -> Any:
    try:
        return field.to_python(raw)
    except ValidationError:
        return None


def _picker(kind: str, raw: str, shown: str) -> tuple[str, str, str]:
    return (kind, "", shown) if shown or not raw else ("text", "", raw)
