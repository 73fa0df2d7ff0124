"""The forms of templates and schedules: they read what was typed; what counts is decided behind."""

import datetime as dt
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.formats import date_format
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exports.errors import InvalidRequest
from exports.periods import PERIODS
from exports.relative import KEEP, Pair, choice_of, pairs_of
from exports.requests import ExportRequest
from exports.saved import NAME_LENGTH, ExportTemplate, Kind, Weekday
from exports.saving import NameTaken
from exports.timing import CRON_HELP, Timing

PERIOD = "period_"  # and the lower filter's name
MORNING = dt.time(6)


class TemplateForm(forms.Form):
    """Name, readers, and for each range of dates whether it moves."""

    prefix = "save"

    name = forms.CharField(
        label=gettext_lazy("Name"),
        required=False,  # what is missing is said by `saving`
        widget=forms.TextInput(attrs={"maxlength": NAME_LENGTH, "autocomplete": "off"}),
    )
    is_shared = forms.BooleanField(
        label=gettext_lazy("Share it"),
        required=False,
        help_text=gettext_lazy(
            "Everybody who may export these rows sees it and can run it. Only you can change it."
        ),
    )
    is_replacing = forms.BooleanField(
        label=gettext_lazy("Replace the template of this name"), required=False
    )

    def __init__(
        self,
        *args: Any,
        request: ExportRequest,
        moving: ExportRequest | None = None,  # the same with the dates that it starts with
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        self.is_taken = False
        self.pairs = pairs_of(request.resource)
        for pair in self.pairs:
            self.fields[PERIOD + pair.lower] = forms.ChoiceField(
                label=pair.label,
                choices=_choices(request, pair),
                initial=choice_of(moving or request, pair),
                required=False,
            )

    @property
    def periods(self) -> dict[str, str]:
        """What `relative.choose` takes."""
        return {pair.lower: self.cleaned_data[PERIOD + pair.lower] for pair in self.pairs}

    @property
    def period_fields(self) -> list[forms.BoundField]:
        return [self[PERIOD + pair.lower] for pair in self.pairs]

    def take(self, error: InvalidRequest) -> None:
        """Show what was refused at its field, or above the form."""
        self.is_taken = isinstance(error, NameTaken)
        add_errors(self, error)


def _choices(request: ExportRequest, pair: Pair) -> list[tuple[str, str]]:
    choices = [("", _("Any date"))]
    if choice_of(request, pair) == KEEP:
        choices.append((KEEP, _("Always %s") % _dates(request, pair)))
    return choices + [(word, capfirst(str(period.label))) for word, period in PERIODS.items()]


def _dates(request: ExportRequest, pair: Pair) -> str:
    """The dates as they are kept: "1 Oct 2026 – 31 Oct 2026"."""
    first, last = (_day(request.filters.get(name)) for name in (pair.lower, pair.upper))
    if first and last:
        return f"{first} – {last}"
    return _("from %s") % first if first else _("until %s") % last


def _day(value: Any) -> str:
    text = str((value[0] if isinstance(value, list) and value else value) or "")
    try:
        return date_format(dt.date.fromisoformat(text), "j M Y")
    except ValueError:
        return text


class ScheduleForm(forms.Form):
    """Which template, and when."""

    template = forms.ModelChoiceField(
        label=gettext_lazy("Template"), queryset=ExportTemplate.objects.none()
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("How often"),
        choices=Kind.choices,
        initial=Kind.DAILY,
        widget=forms.RadioSelect,
    )
    weekday = forms.TypedChoiceField(
        label=gettext_lazy("Weekday"),
        choices=Weekday.choices,
        coerce=int,
        initial=Weekday.MONDAY,
        required=False,
        empty_value=None,
    )
    day_of_month = forms.IntegerField(
        label=gettext_lazy("Day of the month"),
        initial=1,
        required=False,
        min_value=1,
        max_value=31,
        help_text=gettext_lazy("1 to 31. A month that is shorter runs it on its last day."),
    )
    time = forms.TimeField(
        label=gettext_lazy("Time"),
        initial=MORNING,
        required=False,
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    cron = forms.CharField(
        label=gettext_lazy("Cron line"),
        required=False,
        widget=forms.TextInput(
            attrs={"placeholder": CRON_HELP, "spellcheck": "false", "autocomplete": "off"}
        ),
        help_text=gettext_lazy("Minute, hour, day of the month, month, weekday."),
    )
    email = forms.BooleanField(
        label=gettext_lazy("Mail me the link when the file is ready"), initial=True, required=False
    )

    def __init__(self, *args: Any, templates: "QuerySet[ExportTemplate]", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.label_suffix = ""
        field: Any = self.fields["template"]
        field.queryset = templates
        field.empty_label = _("Choose a template")

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        if data.get("kind") != Kind.CRON and "time" in data and data["time"] is None:
            self.add_error("time", _("Say at what time."))
        if data.get("kind") == Kind.MONTHLY and data.get("day_of_month", 1) is None:
            self.add_error("day_of_month", _("Say on which day."))
        return data

    @property
    def timing(self) -> Timing:
        """Of a valid form; fields of another kind that were left empty do not matter."""
        data = self.cleaned_data
        return Timing(
            kind=data["kind"],
            time=data.get("time") or MORNING,
            weekday=data.get("weekday") or Weekday.MONDAY,
            day_of_month=data.get("day_of_month") or 1,
            cron=data.get("cron", ""),
        )

    def take(self, error: InvalidRequest) -> None:
        add_errors(self, error)


def add_errors(form: forms.Form, error: InvalidRequest) -> None:
    """Each message to its field; what has no field stands above the form."""
    for name, texts in error.errors.items():
        field = name if name in form.fields else None
        for text in texts:
            form.add_error(field, text)
