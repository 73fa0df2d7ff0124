"""A day in a row: the columns HH01 to HH50, and which half-hours they are."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

from exportsite.domains.energy.periods import MOST_PERIODS, periods_in
from exportsite.domains.energy.reading_fields import number
from imports.fields import Field
from imports.importers import Row

USUAL_PERIODS = 48
WIDE_HEADER = re.compile(r"\s*hh\s*0?[0-9]{1,2}\s*", re.IGNORECASE)
# The hour that is left out in March: its columns, where a file keeps all 48 and leaves it empty.
LEFT_OUT = (3, 4)


def period_name(period: int) -> str:
    return f"hh{period:02}"


WIDE_FIELDS: tuple[Field, ...] = tuple(
    number(
        period_name(period),
        period_name(period).upper(),
        aliases=(f"HH{period}", f"HH{period:02}"),
        example="0.107",
    )
    for period in range(1, MOST_PERIODS + 1)
)


def is_wide(header: Sequence[str]) -> bool:
    return any(WIDE_HEADER.fullmatch(text) for text in header)


def periods_of(row: Row, options: Any) -> list[tuple[int, Decimal]]:
    """The half-hours of a row that have a value, as period and value. Refuses what cannot be."""
    found = {
        period: row.values[period_name(period)]
        for period in range(1, MOST_PERIODS + 1)
        if period_name(period) in row.values
    }
    if not found:
        row.refuse("no_values", _("No half-hour of this row has a reading."))
        return []
    day: dt.date = row.values["date"]
    most = USUAL_PERIODS if options.get("clock") == "gmt" else periods_in(day)
    if most < USUAL_PERIODS and _keeps_the_gap(found):
        found = {period - 2 if period > LEFT_OUT[1] else period: found[period] for period in found}
    beyond = [period for period in found if period > most]
    for period in beyond:
        row.refuse(
            "no_such_period",
            _("%(day)s has %(most)d half-hours, so this cell must be empty.")
            % {"day": day, "most": most},
            field=period_name(period),
        )
    if most > USUAL_PERIODS and not found.keys() & {49, 50}:
        row.warn(
            "short_of_periods",
            _("%(day)s has %(most)d half-hours, this row only 48. Is the file's clock on GMT?")
            % {"day": day, "most": most},
        )
    return [] if beyond else sorted(found.items())


def _keeps_the_gap(found: dict[int, Decimal]) -> bool:
    """Whether the columns of a short day go by the clock, with the missing hour left empty."""
    return not found.keys() & set(LEFT_OUT) and bool(found.keys() & {47, 48})
