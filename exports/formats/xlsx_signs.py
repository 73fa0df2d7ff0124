"""Signs that PostgreSQL puts between the cells of a sheet: a control character for a piece of XML.

A line is what begins it, then a delimiter and a text for each column of texts. Numbers stand at
the end of the text before them, or at the beginning. A delimiter opens a text, so that
replacing each sign gives the XML, with no look at single cells.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from exports.formats.rendering import NotInSql, literal

TEXT_END = b"\x01"
TEXT_BLANK = b"\x02"  # our own: of a text of nothing
NUMBER_END = b"\x03"
NO_LOOK = b"\x04"  # before a text that might be highlighted and is not
ROW_END = b"\x05"  # our own: a line's end, when a text may have lines too
# Those that COPY neither escapes nor has between cells.
FREE = bytes((6, 7, *range(0x0E, 0x1F)))


@dataclass(frozen=True, kw_only=True)
class Around:
    """What stands around the cells of a column."""

    before: bytes
    after: bytes
    blank: bytes  # a whole cell
    text_style: int | None = None  # of a column of texts
    styles: Mapping[str, int] = field(default_factory=dict)  # of texts that are highlighted

    @property
    def is_text(self) -> bool:
        return self.text_style is not None


@dataclass(frozen=True, kw_only=True)
class Group:
    """Columns of the sheet that are one in COPY."""

    text: Around | None  # the first group has none
    numbers: Sequence[Around]


class Signs:
    """Which sign stands for what. Raises NotInSql if signs are not enough."""

    def __init__(self, columns: Sequence[Around]) -> None:
        numbers = [one for one in columns if not one.is_text]
        looks = {style for one in columns for style in one.styles.values()}
        opens, blanks = {one.before for one in numbers}, {one.blank for one in numbers}
        has_one_blank = len({one.blank for one in columns if one.is_text}) <= 1
        if not has_one_blank or len(opens) + len(blanks) + len(looks) > len(FREE):
            raise NotInSql
        free = (bytes((code,)) for code in FREE)
        self.opens = {one: next(free) for one in sorted(opens)}
        self.blanks = {one: next(free) for one in sorted(blanks)}
        self.looks = {style: next(free) for style in sorted(looks)}

    def text(self, sql: str, around: Around, *, is_alone: bool) -> str:
        end = literal(TEXT_END.decode())
        if around.styles:
            return f"{self._look(sql, around)} || coalesce({sql}, '') || {end}"
        # Alone, NULL stays NULL, which COPY writes as the end of a text.
        return f"{sql} || {end}" if is_alone else f"coalesce({sql}, '') || {end}"

    def number(self, sql: str, around: Around) -> str:
        opened, end, blank = (
            literal(sign.decode())
            for sign in (self.opens[around.before], NUMBER_END, self.blanks[around.blank])
        )
        return f"coalesce({opened} || ({sql})::text || {end}, {blank})"

    def _look(self, sql: str, around: Around) -> str:
        whens = [
            f"WHEN {literal(text)} THEN {literal(self.looks[style].decode())}"
            for text, style in around.styles.items()
        ]
        other = literal(NO_LOOK.decode())
        return f'CASE ({sql}) COLLATE "C" {" ".join(whens)} ELSE {other} END'


def groups_of(columns: Sequence[Around]) -> list[Group]:
    texts: list[Around | None] = [None]
    numbers: list[list[Around]] = [[]]
    for one in columns:
        if one.is_text:
            texts.append(one)
            numbers.append([])
        else:
            numbers[-1].append(one)
    return [Group(text=text, numbers=some) for text, some in zip(texts, numbers, strict=True)]
