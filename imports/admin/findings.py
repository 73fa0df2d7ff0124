"""What a check or an import has found, arranged for people: tiles, problems by kind, changes."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Count, F, Window
from django.db.models.functions import RowNumber
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy

from imports import summaries
from imports.admin.kinds import phrase_of
from imports.mapping import column_names
from imports.models import Action, ImportChange, ImportJob, ImportProblem
from imports.registry import UnknownImporter, find_importer

SHOWN = 10  # rows of a kind before "show all"
WORD = re.compile(r"\w+(?:[.,:]\w+)*|\s+|.")  # a number is one: 12.40
TILES: tuple[tuple[Action, str, Promise], ...] = (
    (Action.CREATE, "plus", gettext_lazy("New")),
    (Action.UPDATE, "pen", gettext_lazy("Changed")),
    (Action.UNCHANGED, "same", gettext_lazy("Unchanged")),
    (Action.SKIP, "skip", gettext_lazy("Skipped")),
    (Action.FAIL, "warning", gettext_lazy("Failed")),
)


@dataclass(frozen=True, kw_only=True)
class Tile:
    action: str
    icon: str
    label: str | Promise
    rows: int
    is_chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Problems of one kind in one column, with the first of them."""

    code: str
    column: str
    phrase: str  # what is wrong, without the row; "" when the first message says it best
    count: int
    is_exact: bool  # else there are more than were kept
    is_warning: bool
    problems: Sequence[ImportProblem]

    @property
    def first(self) -> ImportProblem:
        return self.problems[0]


def tiles_of(counts: Mapping[str, int], chosen: str = "") -> list[Tile]:
    return [
        Tile(
            action=str(action),
            icon=icon,
            label=label,
            rows=counts.get(action, 0),
            is_chosen=action == chosen,
        )
        for action, icon, label in TILES
    ]


def counts_shown(job: ImportJob) -> dict[str, int]:
    return summaries.counts_of(job)


def kinds_of(job: ImportJob) -> list[Kind]:
    """The kinds of problems, errors first, the most frequent first. One query."""
    by_kind = [F("severity"), F("code"), F("column")]
    numbered = job.problems.annotate(
        number=Window(RowNumber(), partition_by=by_kind, order_by=[F("row"), F("position")]),
        kept=Window(Count("pk"), partition_by=by_kind),
    )
    first = numbered.filter(number__lte=SHOWN).order_by("severity", "code", "column", "number")
    groups = [
        (key, list(problems))
        for key, problems in groupby(first, key=lambda p: (p.severity, p.code, p.column))
    ]
    kept: dict[str, int] = {}
    for (_severity, code, _column), problems in groups:
        kept[code] = kept.get(code, 0) + _kept(problems)
    kinds = [_kind(job, key, problems, kept[key[1]]) for key, problems in groups]
    return sorted(kinds, key=lambda kind: (kind.is_warning, -kind.count, kind.code, kind.column))


def _kept(problems: Sequence[Any]) -> int:
    return int(problems[0].kept)


def _kind(
    job: ImportJob, key: tuple[str, str, str], problems: Sequence[ImportProblem], kept: int
) -> Kind:
    severity, code, column = key
    total = int(job.problem_codes.get(code, kept))
    own = _kept(problems)
    return Kind(
        code=code,
        column=column,
        phrase=phrase_of(code),
        count=total if own == kept else own,  # of one column only: every problem of this code
        is_exact=own == kept or total <= kept,
        is_warning=severity == "warning",
        problems=problems,
    )


# -- What rows would do ------------------------------------------------------------------------
@dataclass(frozen=True, kw_only=True)
class Difference:
    """One cell: what there is and what would be, with the part that differs."""

    label: str
    old: str | None
    new: str | None
    head: str = ""  # the same in both
    gone: str = ""
    come: str = ""
    tail: str = ""  # the same in both


@dataclass(frozen=True, kw_only=True)
class ChangedRow:
    change: ImportChange
    differences: Sequence[Difference]


def changed_rows(job: ImportJob, changes: Sequence[ImportChange]) -> list[ChangedRow]:
    places = _places(job)
    return [
        ChangedRow(
            change=change,
            differences=[
                difference(field_label(job, name), old, new)
                for name, (old, new) in sorted(
                    change.changes.items(), key=lambda item: places.get(item[0], len(places))
                )
            ],
        )
        for change in changes
    ]


def _places(job: ImportJob) -> dict[str, int]:
    """Field -> place of its column in the file. PostgreSQL keeps JSON in an order of its own."""
    fields = (job.mapping.get(name) for name in column_names(job.header))
    return {field: place for place, field in enumerate(fields) if field}


def difference(label: str, old: str | None, new: str | None) -> Difference:
    """Marks the words that differ between the common beginning and the common end."""
    if not old or not new:
        return Difference(label=label, old=old, new=new, gone=old or "", come=new or "")
    was, now = WORD.findall(old), WORD.findall(new)
    head = _alike(was, now)
    tail = _alike(was[head:][::-1], now[head:][::-1])
    return Difference(
        label=label,
        old=old,
        new=new,
        head="".join(was[:head]),
        gone="".join(was[head : len(was) - tail]),
        come="".join(now[head : len(now) - tail]),
        tail="".join(was[len(was) - tail :]),
    )


def _alike(one: Sequence[str], other: Sequence[str]) -> int:
    """With how many equal words both begin."""
    pairs = zip(one, other, strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def changed_fields(job: ImportJob) -> list[tuple[str, str]]:
    """The fields that the kept samples change, as name and label. One query."""
    names: dict[str, None] = {}
    samples = job.changes.filter(action=Action.UPDATE).order_by("row")
    for changes in samples.values_list("changes", flat=True):
        names.update(dict.fromkeys(changes))
    places = _places(job)
    in_order = sorted(names, key=lambda name: places.get(name, len(places)))
    return [(name, field_label(job, name)) for name in in_order]


def field_label(job: ImportJob, name: str) -> str:
    """What people call a column of the model."""
    try:
        model = find_importer(job.importer).model
        return str(capfirst(str(getattr(model._meta.get_field(name), "verbose_name", name))))
    except (UnknownImporter, FieldDoesNotExist):
        return name
