"""Times in a sheet, a batch at a time: numbers of days, made of an hour and what follows it."""

import datetime as dt
from collections.abc import Sequence
from itertools import repeat
from operator import truediv

from exports.formats.column_cells import Cells, encode
from exports.formats.column_times import Lookup, Times, Unsteady
from exports.formats.values import in_zone
from exports.formats.xlsx_cells import DAY_SECONDS, EPOCH, days_text


class SheetTimes(Times):
    def prepare(self) -> None:
        self._around: tuple[str, str] | None = None
        self._begins = Lookup(self.shared(self._begin))
        self._seconds = Lookup(self._seconds_of)

    def put_together(self, texts: Sequence[str]) -> Cells:
        self.check(texts)
        begins, seconds, cut, whole = self._begins, self._seconds, self.cut, self.whole
        numbers = [begins[text[:cut]] + seconds[text[cut:whole]] for text in texts]
        # What `days_text` makes of each, made of all.
        lines = "\n".join([*map(repr, map(truediv, numbers, repeat(DAY_SECONDS))), ""])
        cells = lines.replace(".0\n", "\n").encode().split(b"\n")[:-1]
        return Cells(cells, *map(encode, self._around or ("", "")))

    def _begin(self, period: str) -> int:
        """Seconds before the period, since Excel's first day or since midnight."""
        cells = [self.cell(period + rest) for rest in self.samples]
        begin = self._seconds_before(self.stored.read(period + self.samples[0]))
        before, _, after = cells[0].partition(f">{days_text(begin)}<")
        around = (f"{before}>", f"<{after}")
        rests = [self._seconds_of(rest.partition(".")[0]) for rest in self.samples]
        wanted = [f"{around[0]}{days_text(begin + rest)}{around[1]}" for rest in rests]
        if cells != wanted or self._around not in (None, around):
            raise Unsteady
        self._around = around
        return begin

    def _seconds_before(self, value: object) -> int:
        if isinstance(value, dt.datetime):
            since = in_zone(self.maker.zone)(value).replace(tzinfo=None) - EPOCH
            return since.days * DAY_SECONDS + since.seconds
        if isinstance(value, dt.time):
            return value.hour * 3600 + value.minute * 60 + value.second
        raise Unsteady

    def _seconds_of(self, rest: str) -> int:
        self.check_rest(rest)
        figures = [int(part) for part in rest.split(":")[1:]]
        return figures[0] if len(figures) == 1 else figures[0] * 60 + figures[1]
