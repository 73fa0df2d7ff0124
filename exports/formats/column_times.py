"""Cells of times, a batch at a time: an hour is written once, and its minutes are put in.

Within an hour that has one offset from UTC, cells differ in minutes and seconds only. The encoder
of single values shows where these stand; where it shows nothing of the kind, it writes every cell.
"""

import datetime as dt
import re
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from zoneinfo import ZoneInfo

from exports.formats.column_cells import Cells, encode, encode_all, fill
from exports.formats.columns import CellMaker, Remembering
from exports.formats.stored import Form, StoredColumn

Known = TypeVar("Known")

LOOKED_UP = 10_000  # more than a year has hours
# In a zone half an hour off, a minute takes the place of the hour.
SAMPLES = (":00:00", ":59:59", ":30:30.500000")
MINUTE_SAMPLES = (":00", ":59", ":30.500000")
_PERIOD = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}(?::[0-9]{2})?|[0-9]{2}").fullmatch
_REST = re.compile(r"(?::[0-5][0-9]){1,2}").fullmatch
DAY = "2024-02-29"
HOUR_SECONDS = 3600
FRACTION = ".000001"
FIGURES = b"0123456789"


class Unsteady(Exception):
    """These cells are to be written one by one."""


class Lookup(dict[str, Known], Generic[Known]):
    def __init__(self, make: Callable[[str], Known]) -> None:
        self._make = make

    def __missing__(self, key: str) -> Known:
        if type(key) is not str:
            raise Unsteady
        if len(self) >= LOOKED_UP:
            self.clear()
        made = self[key] = self._make(key)
        return made


class Times(Remembering):
    """Times of a day, moments, and times of moments."""

    def __init__(self, stored: StoredColumn, maker: CellMaker) -> None:
        super().__init__(stored, maker)
        self._zone = None if stored.form is Form.TIME else stored.zone or maker.zone
        by_minute = self._zone is not None and not has_whole_hours(self._zone)
        self.samples = MINUTE_SAMPLES if by_minute else SAMPLES
        hour = "12" if stored.form is Form.TIME else f"{DAY} 12"
        self.cut = len(f"{hour}:00" if by_minute else hour)
        self.whole = len(f"{hour}:00:00")
        self.blank = encode(self.cell(None))
        self._layout = f"{hour}:00:00"
        self._offsets = Lookup(self._offset)
        self._is_time = stored.form is Form.MOMENT_TIME
        self._has_places = not by_minute and stored.form in (Form.MOMENT_DATE, Form.MOMENT_TIME)
        self._keeps: bool | None = None  # the fraction of a second
        self.prepare()

    def prepare(self) -> None:
        self._periods = Lookup(self.shared(self._period))
        self._rests = Lookup(self._rest)

    def shared(self, make: Callable[[str], Known]) -> Callable[[str], Known]:
        """Asks once for all periods of a place; a format is slow to ask."""
        made: dict[object, Known] = {}

        def find(period: str) -> Known:
            self.check_period(period)
            place = self.place(period)
            if place not in made:
                if len(made) >= LOOKED_UP:
                    made.clear()
                made[place] = make(period)
            return made[place]

        return find

    def __call__(self, values: Sequence[Any]) -> Cells:
        try:
            texts = [value for value in values if value is not None] if None in values else values
            return fill(values, self.put_together(texts), self.blank)
        except (Unsteady, TypeError):  # the latter of what is no text
            return super().__call__(values)

    def put_together(self, texts: Sequence[str]) -> Cells:
        periods, rests = self._periods, self._rests
        cut, whole = self.cut, self.whole
        has_fractions = self.check(texts)
        cells = [
            f"{(around := periods[text[:cut]])[0]}{rests[text[cut:whole]]}{around[1]}"
            for text in texts
        ]
        if has_fractions and self._keeps:
            cells = [
                f"{(around := periods[text[:cut]])[0]}{text[cut + 1 :]}{around[1]}"
                for text in texts
            ]
        return Cells(encode_all(cells))

    def check(self, texts: Sequence[str]) -> bool:
        """Whether some have a fraction of a second; raises Unsteady if not all look like times.

        Same places of all texts are looked at together.
        """
        lengths = set(map(len, texts))
        if not lengths - {self.whole}:
            self._check_places(texts, self._layout)
            return False
        layout = f"{self._layout}{FRACTION}"
        if lengths - {self.whole, len(layout)}:
            raise Unsteady
        if len(lengths) > 1:
            texts = [text if len(text) > self.whole else text + FRACTION for text in texts]
        self._check_places(texts, layout)
        return True

    def _check_places(self, texts: Sequence[str], layout: str) -> None:
        try:
            joined = "".join(texts).encode("ascii")
        except UnicodeEncodeError as error:
            raise Unsteady from error
        signs = {place: sign.encode() for place, sign in enumerate(layout) if not sign.isdigit()}
        size, count = len(layout), len(texts)
        if (
            len(joined.translate(None, FIGURES)) != len(signs) * count
            or any(joined[place::size] != sign * count for place, sign in signs.items())
            # The tens of minutes and of seconds. Of hours and days the calendar is asked.
            or joined[self.whole - 5 :: size].translate(None, FIGURES[:6])
            or joined[self.whole - 2 :: size].translate(None, FIGURES[:6])
            or b".000000" in joined  # no encoder shows a fraction that is none
        ):
            raise Unsteady

    def check_period(self, period: str) -> None:
        if len(period) != self.cut or not _PERIOD(period):
            raise Unsteady
        if self._zone is None or self._offsets[period[: len(DAY)]] is not None:
            return
        if not self._has_one_offset([f"{period}{rest}" for rest in self.samples]):
            raise Unsteady

    def _offset(self, day: str) -> float | None:
        """The zone's hours from UTC, if they are the same all day long."""
        hours = [f"{day} {hour:02d}:00:00" for hour in range(24)]
        offsets = self._offsets_at([*hours, f"{day} 23:59:59"])
        return offsets.pop() if len(offsets) == 1 else None

    def _has_one_offset(self, moments: Sequence[str]) -> bool:
        return len(self._offsets_at(moments)) == 1

    def _offsets_at(self, moments: Sequence[str]) -> set[float]:
        try:
            times = [dt.datetime.fromisoformat(one).replace(tzinfo=dt.UTC) for one in moments]
            found = {one.astimezone(self._zone).utcoffset() for one in times}
        except (ValueError, OverflowError):
            return set()
        return {offset.total_seconds() / HOUR_SECONDS for offset in found if offset is not None}

    def place(self, period: str) -> object:
        """What makes the same cells as other hours do; the hour itself, if nothing is known."""
        if not self._has_places:
            return period
        day, hour = period[: len(DAY)], period[len(DAY) + 1 :]
        offset = self._offsets[day]
        if offset is None or not offset.is_integer():
            return period
        days, shown = divmod(int(hour) + int(offset), 24)
        return shown if self._is_time else (day, days)

    def check_rest(self, rest: str) -> None:
        if not _REST(rest) or len(rest) != len(self.samples[0]):
            raise Unsteady

    def _period(self, period: str) -> tuple[str, str]:
        """What stands in a cell before and after the minutes and seconds."""
        first, last = (self.cell(period + rest) for rest in self.samples[:2])
        begin, end = (rest[1:] for rest in self.samples[:2])
        same = [one == other for one, other in zip(first, last, strict=False)]
        before = first[: same.index(False)] if False in same else first
        after = first[len(before) + len(begin) :]
        if (first, last) != (f"{before}{begin}{after}", f"{before}{end}{after}"):
            raise Unsteady
        if self._keeps is None:
            self._keeps = self._sees_fraction(period, before, after)
        return before, after

    def _sees_fraction(self, period: str, before: str, after: str) -> bool:
        rest = self.samples[2]
        cell = self.cell(period + rest)
        if cell == f"{before}{rest[1:]}{after}":
            return True
        if cell == f"{before}{rest[1 : -len(FRACTION)]}{after}":
            return False
        raise Unsteady

    def _rest(self, rest: str) -> str:
        self.check_rest(rest)
        return rest[1:]


class Days(Times):
    """The days of moments."""

    def put_together(self, texts: Sequence[str]) -> Cells:
        self.check(texts)
        cut = self.cut
        return Cells(list(map(self._days.__getitem__, [text[:cut] for text in texts])))

    def prepare(self) -> None:
        self._days = Lookup(self.shared(self._day))

    def _day(self, period: str) -> bytes:
        cells = {self.cell(period + rest) for rest in self.samples[:2]}
        if len(cells) > 1:
            raise Unsteady
        return encode(cells.pop())


def has_whole_hours(zone: ZoneInfo) -> bool:
    offsets = [dt.datetime(2024, month, 1, tzinfo=zone).utcoffset() for month in (1, 7)]
    return not any(offset and offset.total_seconds() % 3600 for offset in offsets)
