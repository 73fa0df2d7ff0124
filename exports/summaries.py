"""A plan in words that an admin reads: its filters, a title, what a file says about itself."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from exports.filters import ExportFilterSet
from exports.filters.ranges import say_bound
from exports.plans import Plan
from exports.resources import column_label, column_named, columns_of, label_of

TITLE_LENGTH = 255


@dataclass(frozen=True, kw_only=True)
class InUse:
    """One filter that is in use, in words."""

    label: str
    text: str
    phrase: str  # as part of a sentence: "Open or Pending", "not resolved", "created from …"


def filters_in_use(filterset: ExportFilterSet) -> list[InUse]:
    """Each filter that is in use; none when the filters are not valid."""
    cleaned = filterset.form.cleaned_data if filterset.form.is_valid() else {}
    found = []
    for name, one in filterset.filters.items():
        value = cleaned.get(name)
        chosen = _chosen(filterset, name, value)
        text = _any_of(chosen) if chosen else _describe(value, is_end=one.lookup_expr == "lte")
        if text:
            label = str(one.label or name.replace("_", " "))
            phrase = text if chosen else _phrase(label, text, value)
            if name == "keys":
                text = str(len(cleaned[name]))
                phrase = f"{text} {_lower_first(label)}"
            found.append(InUse(label=label, text=text, phrase=phrase))
    return found


def _phrase(label: str, text: str, value: Any) -> str:
    label = _lower_first(label)
    if value is True:
        return label
    if value is False:
        return _("not %s") % label
    return f"{label} {text}"


def _lower_first(label: str) -> str:
    """For the middle of a sentence; "MPAN" stays as it is."""
    return label if label[1:2].isupper() else label[:1].lower() + label[1:]


def _chosen(filterset: ExportFilterSet, name: str, value: Any) -> list[str]:
    """The labels of what was chosen from a list; none when this filter is no such list."""
    if isinstance(value, list | QuerySet) and any(isinstance(item, Model) for item in value):
        return [str(row) for row in value]
    choices = dict(getattr(filterset.form.fields[name], "choices", ()))
    return [str(choices[key]) for key in value] if choices and value else []


def _describe(value: Any, *, is_end: bool) -> str:
    if value in (None, "") or isinstance(value, QuerySet):
        return ""
    if isinstance(value, dt.datetime):
        return say_bound(value, is_end=is_end)
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return _any_of([f"“{text}”" for text in value]) if value else ""
    return f"“{value}”" if isinstance(value, str) else str(value)


def _any_of(texts: list[str]) -> str:
    *most, last = texts
    if not most:
        return last
    return _("%(most)s or %(last)s") % {"most": ", ".join(most), "last": last}


def sentence(plan: Plan) -> str:
    """All filters in one line, "Open or Pending, created from 2026-11-01"; "all" without any."""
    parts = [used.phrase for used in filters_in_use(plan.filterset)]
    if plan.limit is not None:
        parts.append(_("at most %d rows") % plan.limit)
    return ", ".join(parts) or _("all")


def title_of(plan: Plan, *, is_parts: bool = False) -> str:
    """What lists call the export: "Tickets: Open or Pending". Or its parts are all that it is."""
    whole = plan.parts if is_parts else (plan,)
    text = "; ".join(f"{label_of(one.resource)}: {sentence(one)}" for one in whole)
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1] + "…"


def about(plan: Plan, *, asked_by: str, asked_at: str) -> tuple[tuple[str, str], ...]:
    """Label and text of what a person should know of a file that they find years later."""
    order = plan.sort_by or "pk"
    if plan.sort_by in {column.name for column in columns_of(plan.resource)}:
        order = column_label(plan.resource, column_named(plan.resource, plan.sort_by))
    if plan.sort_descending:
        order = _("%s, downwards") % order
    return (
        (_("What"), label_of(plan.resource)),
        (_("Asked by"), asked_by),
        (_("Asked at"), asked_at),
        *((used.label, used.text) for used in filters_in_use(plan.filterset)),
        (_("Sorted by"), order),
        *(((_("At most"), str(plan.limit)),) if plan.limit is not None else ()),
    )
