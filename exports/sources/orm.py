"""Rows of a plan from any database, in batches, in constant memory."""

from collections.abc import Callable, Generator, Iterator
from itertools import islice
from typing import Any

from exports.plans import Plan

BATCH_ROWS = 1000  # between two looks at the clock and at the wish to cancel
FETCH_ROWS = 2000  # that the driver holds at once

Batch = list[tuple[object, ...]]


def read_batches(plan: Plan) -> Generator[Batch]:
    """The plan's rows, each a tuple in the order of its columns."""
    if plan.resource.is_computed:
        yield from _computed(plan)
        return
    values = plan.rows.values_list(*select_of(plan))
    rows = iter(values.iterator(chunk_size=FETCH_ROWS))
    convert = _converter(plan)
    while batch := list(islice(rows, BATCH_ROWS)):
        yield convert(batch) if convert else batch


def read_some(plan: Plan, count: int) -> Batch:
    """The first rows, exactly as the file would have them."""
    if plan.resource.is_computed:
        return next(_computed(plan), [])[:count]
    values = plan.rows.values_list(*select_of(plan))
    batch: Batch = list(values[:count])
    convert = _converter(plan)
    return convert(batch) if convert else batch


def _computed(plan: Plan) -> Iterator[Batch]:
    names = [column.name for column in plan.columns]
    rows = plan.computed_rows()
    for first in range(0, len(rows), BATCH_ROWS):
        yield [tuple(row[name] for name in names) for row in rows[first : first + BATCH_ROWS]]


def select_of(plan: Plan) -> list[Any]:
    """What values_list takes for the plan's columns."""
    return [column.expression or column.path for column in plan.columns]


def _converter(plan: Plan) -> Callable[[Batch], Batch] | None:
    """What applies the columns' Python conversions to a batch; None when there are none."""
    converts = [(i, c.convert) for i, c in enumerate(plan.columns) if c.convert is not None]
    if not converts:
        return None

    def convert_batch(batch: Batch) -> Batch:
        converted = []
        for row in batch:
            cells = list(row)
            for index, convert in converts:
                cells[index] = convert(cells[index])
            converted.append(tuple(cells))
        return converted

    return convert_batch
