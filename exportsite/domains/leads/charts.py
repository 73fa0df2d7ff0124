"""Counts as bars. Pure: numbers in, geometry out; sizes are texts, since languages change numbers.

A drawing is stretched to the width of its place. Words stand beside it, never in it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

COLUMN, GAP = 10, 2  # units wide; the drawing's width follows from the number of columns
HEIGHT = 100
LEAST = 1  # units, so that one of a million is seen


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A row of a table with a bar in it."""

    label: str
    count: int
    share: float  # per cent of the whole
    width: str  # per cent of the longest


@dataclass(frozen=True, kw_only=True)
class Column:
    label: str
    count: int
    x: str
    y: str
    width: str
    height: str


@dataclass(frozen=True, kw_only=True)
class Columns:
    columns: tuple[Column, ...]
    width: int
    height: int
    top: int  # what the upper edge means
    labels: tuple[str, ...]  # below: first, middle, last

    @property
    def half(self) -> int:
        return self.top // 2

    @property
    def highest(self) -> Column | None:
        return max(self.columns, key=lambda one: one.count, default=None)


def draw_bars(counts: Iterable[tuple[str, int]], *, whole: int) -> tuple[Bar, ...]:
    """The counts in their order; `whole` is what each is a share of."""
    rows = list(counts)
    most = max((count for _label, count in rows), default=0)
    return tuple(
        Bar(
            label=label,
            count=count,
            share=count / whole * 100 if whole else 0.0,
            width=_size(count, most, 100),
        )
        for label, count in rows
    )


def draw_columns(counts: Sequence[tuple[str, int]]) -> Columns:
    top = round_up(max((count for _label, count in counts), default=0))
    columns = []
    for at, (label, count) in enumerate(counts):
        height = _size(count, top, HEIGHT)
        columns.append(
            Column(
                label=label,
                count=count,
                x=f"{at * COLUMN + GAP / 2:g}",
                y=f"{HEIGHT - float(height):g}",
                width=f"{COLUMN - GAP:g}",
                height=height,
            )
        )
    return Columns(
        columns=tuple(columns),
        width=max(1, len(columns)) * COLUMN,
        height=HEIGHT,
        top=top,
        labels=_ends([label for label, _count in counts]),
    )


def round_up(number: int) -> int:
    """The next even digit with noughts, which has a half: 37 is 40, 1,203 is 2,000."""
    noughts = 1
    while True:
        for times in (2, 4, 6, 8, 10):
            if times * noughts >= number:
                return times * noughts
        noughts *= 10


def _size(count: int, most: int, full: int) -> str:
    return f"{max(LEAST, count / most * full):.4g}" if count and most else "0"


def _ends(labels: Sequence[str]) -> tuple[str, ...]:
    places = dict.fromkeys((0, (len(labels) - 1) // 2, len(labels) - 1)) if labels else {}
    return tuple(labels[at] for at in places)
