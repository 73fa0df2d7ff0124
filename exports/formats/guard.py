"""Text that a spreadsheet would run as a formula, and characters that no reader takes.

https://owasp.org/www-community/attacks/CSV_Injection; the full-width signs count in Japanese
locales. What a spreadsheet strips before it looks is looked through as well.
"""

import re
from dataclasses import dataclass

TRIGGERS = "=+\\-@\t\r\n\uff1d\uff0b\uff0d\uff20"  # the last four: full-width = + - @
STRIPPED = "\0 \u00a0\ufeff\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2069"

_FORMULA = re.compile(f"[{STRIPPED}]*[{TRIGGERS}]")
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?")

# One look into a set settles nearly every cell; the pattern is asked for the rest only.
SUSPECTS = f"{STRIPPED}{TRIGGERS}"
SUSPECT_STARTS = frozenset(re.findall(f"[{SUSPECTS}]", "".join(map(chr, range(0x10000)))))


@dataclass
class Tally:
    """What was changed so far."""

    protected_cells: int = 0
    removed_nuls: int = 0

    @property
    def changes(self) -> int:
        return self.protected_cells + self.removed_nuls

    def without_nuls(self, text: str) -> str:
        self.removed_nuls += text.count("\0")
        return text.replace("\0", "")


def is_formula(text: str, *, numeric: bool = False) -> bool:
    """Whether a spreadsheet may run this text. A plain number of a numeric column is none."""
    return bool(_FORMULA.match(text)) and not (numeric and _NUMBER.fullmatch(text))
