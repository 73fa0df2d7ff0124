"""Colours for a cell that says something special. They go with its text, never in its place."""

import re
from dataclasses import dataclass

CONTRAST = 4.5  # https://www.w3.org/TR/WCAG22/#contrast-minimum
_COLOUR = re.compile("[0-9A-F]{6}")


@dataclass(frozen=True, kw_only=True)
class Highlight:
    """A fill and a font colour, as RRGGBB, that can be told apart."""

    fill: str
    font: str

    def __post_init__(self) -> None:
        for colour in (self.fill, self.font):
            if not _COLOUR.fullmatch(colour):
                raise ValueError(f'A colour is six digits such as "C00000", not {colour!r}')
        if contrast(self.fill, self.font) < CONTRAST:
            raise ValueError(f"{self.font} on {self.fill} has a contrast below {CONTRAST}")


def contrast(one: str, other: str) -> float:
    """From 1 to 21: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio"""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


RED = Highlight(fill="FFC7CE", font="800000")
AMBER = Highlight(fill="FFE8A3", font="6B4200")
GREEN = Highlight(fill="C9EFCF", font="00501E")
BLUE = Highlight(fill="D6E6FA", font="0B3D74")
GREY = Highlight(fill="E7E7E7", font="404040")
