from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

from exportsite.env import read_bool, read_choice, read_float, read_int, read_list, read_text

READERS: list[Callable[[], Any]] = [
    lambda: read_text("SETTING", "default"),
    lambda: read_choice("SETTING", "default", ("red", "blue")),
    lambda: read_bool("SETTING", True),
    lambda: read_int("SETTING", 7),
    lambda: read_float("SETTING", 0.5),
    lambda: read_list("SETTING", ["a", "b"]),
]
DEFAULTS = ["default", "default", True, 7, 0.5, ["a", "b"]]


@pytest.mark.parametrize(("read", "default"), list(zip(READERS, DEFAULTS, strict=True)))
@pytest.mark.parametrize("value", [None, "", "  "])
def test_a_variable_without_a_value_counts_as_not_set(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any], default: Any, value: str | None
) -> None:
    monkeypatch.delenv("SETTING", raising=False)
    if value is not None:
        monkeypatch.setenv("SETTING", value)
    assert read() == default


@pytest.mark.parametrize(
    ("read", "value", "expected"),
    [
        (READERS[0], " text ", "text"),
        (READERS[1], "blue", "blue"),
        (READERS[2], "No", False),
        (READERS[2], "off", False),
        (lambda: read_bool("SETTING", False), "TRUE", True),
        (READERS[3], "0", 0),
        (READERS[3], " 12 ", 12),
        (READERS[4], "2", 2.0),
        (READERS[5], "a, b,,c ", ["a", "b", "c"]),
    ],
)
def test_a_value_is_read(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any], value: str, expected: Any
) -> None:
    monkeypatch.setenv("SETTING", value)
    assert read() == expected


@pytest.mark.parametrize(
    ("read", "value", "complaint"),
    [
        (READERS[1], "green", "SETTING='green' is not one of: red, blue."),
        (READERS[2], "maybe", "SETTING='maybe' is not a yes or no"),
        (READERS[3], "12.5", "SETTING='12.5' is not a whole number"),
        (READERS[3], "-1", "SETTING='-1' is too small. The least is 0."),
        (lambda: read_int("SETTING", 7, minimum=2), "1", "The least is 2."),
        (lambda: read_int("SETTING", 7, maximum=9), "10", "is too large. The most is 9."),
        (READERS[4], "soon", "SETTING='soon' is not a number"),
        (READERS[4], "nan", "SETTING='nan' is not a number"),
        (READERS[4], "inf", "SETTING='inf' is not a number"),
        (lambda: read_float("SETTING", 1, minimum=0.5), "0.4", "The least is 0.5."),
    ],
)
def test_a_wrong_value_is_refused_and_named(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[], Any], value: str, complaint: str
) -> None:
    monkeypatch.setenv("SETTING", value)
    with pytest.raises(ImproperlyConfigured, match="SETTING") as refusal:
        read()
    assert complaint in str(refusal.value)
