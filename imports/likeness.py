"""How much a column's header is like a field's names, whatever its capitals, blanks and signs."""

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from imports.fields import Field

LEAST_LIKE = 0.8  # of names that are spelled differently
SHORTEST = 4  # letters; shorter names are alike by chance

_BRACKETS = re.compile(r"[(\[][^)\]]*[)\]]")
_DIGITS = re.compile(r"\d+")


@lru_cache(maxsize=4096)
def normalized(text: str) -> str:
    """Letters and digits of any script only, capitals folded: "Tag/Plate #" is "tagplate"."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum() or unicodedata.combining(sign))


def likeness(header: str, field: Field) -> float:
    """From 0 to 1. A field's name counts most, then its label, then its aliases; then spelling."""
    given = normalized(header)
    if not given:
        return 0
    if given == normalized(field.name):
        return 1
    if given == normalized(str(field.label)):
        return 0.99
    aliases = [normalized(alias) for alias in field.aliases]
    if given in aliases:
        return 0.98
    bare = normalized(_BRACKETS.sub("", header))
    names = {normalized(field.name), normalized(str(field.label)), *aliases}
    return max((_spelled_alike(text, name) for text in (given, bare) for name in names), default=0)


def _spelled_alike(one: str, other: str) -> float:
    """Below what is sure; 0 for what is not alike, or counts something else: Address 1 and 2."""
    if one == other and one:
        return 0.94
    if min(len(one), len(other)) < SHORTEST or _DIGITS.findall(one) != _DIGITS.findall(other):
        return 0
    matcher = SequenceMatcher(None, one, other, autojunk=False)
    if matcher.real_quick_ratio() < LEAST_LIKE or matcher.quick_ratio() < LEAST_LIKE:
        return 0
    ratio = matcher.ratio()
    return min(ratio, 0.93) if ratio >= LEAST_LIKE else 0
