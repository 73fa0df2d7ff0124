"""Typed readers of environment variables. They fail loudly and name the variable.

A variable that is set to nothing counts as not set, as `.env` files often have it.
"""

import math
import os
from collections.abc import Sequence

from django.core.exceptions import ImproperlyConfigured

TRUE_WORDS = ("1", "true", "yes", "on")
FALSE_WORDS = ("0", "false", "no", "off")


def read_text(name: str, default: str) -> str:
    return os.environ.get(name, "").strip() or default


def read_choice(name: str, default: str, choices: Sequence[str]) -> str:
    word = read_text(name, default)
    if word != default and word not in choices:
        raise ImproperlyConfigured(f"{name}={word!r} is not one of: {', '.join(choices)}.")
    return word


def read_bool(name: str, default: bool) -> bool:
    word = read_text(name, "").lower()
    if word and word not in TRUE_WORDS + FALSE_WORDS:
        raise ImproperlyConfigured(f"{name}={word!r} is not a yes or no. Use 1 or 0.")
    return word in TRUE_WORDS if word else default


def read_int(name: str, default: int, *, minimum: int = 0, maximum: int | None = None) -> int:
    raw = read_text(name, "")
    try:
        number = int(raw) if raw else default
    except ValueError:
        raise ImproperlyConfigured(f"{name}={raw!r} is not a whole number.") from None
    if number < minimum:
        raise ImproperlyConfigured(f"{name}={raw!r} is too small. The least is {minimum}.")
    if maximum is not None and number > maximum:
        raise ImproperlyConfigured(f"{name}={raw!r} is too large. The most is {maximum}.")
    return number


def read_float(name: str, default: float, *, minimum: float = 0.0) -> float:
    raw = read_text(name, "")
    try:
        number = float(raw) if raw else default
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise ImproperlyConfigured(f"{name}={raw!r} is not a number.")
    if number < minimum:
        raise ImproperlyConfigured(f"{name}={raw!r} is too small. The least is {minimum:g}.")
    return number


def read_list(name: str, default: list[str]) -> list[str]:
    """Items between commas."""
    raw = read_text(name, "")
    return [item.strip() for item in raw.split(",") if item.strip()] if raw else default
